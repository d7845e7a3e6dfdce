package dev.embeddedbroker.storage.clean;

import dev.embeddedbroker.storage.batch.RecordBatchView;
import dev.embeddedbroker.storage.batch.RecordCursor;
import dev.embeddedbroker.storage.clean.CompactionPlan.Input;
import java.nio.ByteBuffer;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;

/**
 * The walk through the dirty records of a log that learns the newest offset of each key; it may pause.
 *
 * <p><b>Owner:</b> the compaction, one task at a time.
 */
final class DirtyWalk {
    private final CompactionPlan plan;
    private final BooleanSupplier cancelled;
    private final KeyMap keys;
    private final CleanedTransactions seen;
    private long indexedUpTo;
    private long bytesRead;
    private int nextInput;
    private int nextPosition = -1;

    DirtyWalk(CompactionPlan plan, CompactionSettings settings, BooleanSupplier cancelled) {
        this.plan = plan;
        this.cancelled = cancelled;
        this.indexedUpTo = plan.firstDirtyOffset;
        this.keys = new KeyMap(dirtyRecords(), settings.keyMapBytes(), settings.keyMapLoadFactor());
        this.seen = new CleanedTransactions(plan.aborted.stream()
                .filter(txn -> txn.lastOffset() >= plan.firstDirtyOffset) // the walk meets no marker of the others
                .toList());
    }

    private long dirtyRecords() {
        long records = 0;
        for (Input input : plan.inputs) {
            RecordBatchView batch = RecordBatchView.of(input.bytes(), input.dirtyPosition());
            while (batch.position() < input.sizeBytes() && batch.isCompleteAt(input.sizeBytes())) {
                records += batch.isControl() ? 0 : batch.recordCount();
                batch.at(batch.nextBatchPosition());
            }
        }
        return records;
    }

    KeyMap keys() {
        return keys;
    }

    /** The end of what is learned. */
    long indexedUpTo() {
        return indexedUpTo;
    }

    long bytesRead() {
        return bytesRead;
    }

    /** Goes on for about so many bytes; true when there are no more records, or no more memory for keys. */
    boolean some(long maxBytes) {
        long end = maxBytes == Long.MAX_VALUE ? Long.MAX_VALUE : bytesRead + maxBytes;
        for (; nextInput < plan.inputs.size(); nextInput++, nextPosition = -1) {
            Input input = plan.inputs.get(nextInput);
            if (input.nextOffset() <= plan.firstDirtyOffset) {
                continue;
            }
            Pace pace = walk(input, end);
            if (pace == Pace.PAUSED) {
                return false;
            }
            if (pace == Pace.FULL) {
                requireProgress();
                return true;
            }
            indexedUpTo = nextInput + 1 < plan.inputs.size()
                    ? plan.inputs.get(nextInput + 1).baseOffset()
                    : plan.firstUncleanableOffset;
        }
        return true;
    }

    private enum Pace {
        DONE,
        PAUSED,
        FULL
    }

    private void requireProgress() {
        if (indexedUpTo == plan.firstDirtyOffset) {
            throw new IllegalStateException(plan.directory + " has a batch at or after offset " + indexedUpTo
                    + " with more keys than log.cleaner.dedupe.buffer.size has room for, " + keys.size());
        }
    }

    private Pace walk(Input input, long end) {
        int from = nextPosition < 0 ? input.dirtyPosition() : nextPosition;
        RecordBatchView batch = RecordBatchView.of(input.bytes(), from);
        while (batch.position() < input.sizeBytes()) {
            if (bytesRead >= end) {
                nextPosition = batch.position();
                return Pace.PAUSED;
            }
            if (cancelled.getAsBoolean()) {
                throw new CancellationException("compaction of " + plan.directory + " was cancelled");
            }
            input.requireSound(batch, plan.directory);
            if (batch.isControl()) {
                seen.passControl(batch, txn -> {});
            } else if (!seen.passData(batch) && !index(batch)) {
                return Pace.FULL;
            }
            indexedUpTo = Math.max(indexedUpTo, batch.nextOffset());
            bytesRead += batch.sizeBytes();
            batch.at(batch.nextBatchPosition());
        }
        return Pace.DONE;
    }

    /** False when the map is full before the end of the batch. */
    private boolean index(RecordBatchView batch) {
        int maxBytes = plan.options.batches().maxDecompressedMessageBytes();
        try (RecordCursor records = RecordCursor.over(batch, maxBytes)) {
            while (records.next()) {
                ByteBuffer key = records.key();
                if (key != null && records.offset() >= plan.firstDirtyOffset) {
                    if (keys.isFull()) {
                        return false;
                    }
                    keys.put(key, records.offset());
                }
            }
        }
        return true;
    }
}
