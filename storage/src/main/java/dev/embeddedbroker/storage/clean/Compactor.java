package dev.embeddedbroker.storage.clean;

import dev.embeddedbroker.storage.batch.BatchFilter;
import dev.embeddedbroker.storage.batch.RecordBatchView;
import dev.embeddedbroker.storage.batch.RecordCursor;
import dev.embeddedbroker.storage.clean.CompactionPlan.Input;
import dev.embeddedbroker.storage.disk.Disk;
import dev.embeddedbroker.storage.disk.StorageException;
import dev.embeddedbroker.storage.log.PartitionLog;
import dev.embeddedbroker.storage.producer.LastBatch;
import dev.embeddedbroker.storage.segment.Segment;
import dev.embeddedbroker.storage.segment.SegmentName;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * One pass of compaction over a log: first {@link #index} the dirty records by key, then, group of segments by group,
 * {@link #cleanNext} writes what survives beside them and {@link #swapIn} puts it in their place.
 *
 * <p><b>Owner:</b> one task at a time: index, cleanNext and work, which is both in steps, block and may be run by any thread,
 * swapIn by the log's owner.
 */
/*
 * A record survives when no later one of the pass has its key, and it is not a tombstone whose time is over. A tombstone's
 * time, delete.retention.ms, begins with the first pass that meets it, which writes the end of it (the delete horizon) into
 * its batch (KIP-534). A batch of an aborted transaction goes at once; the marker of a transaction goes like a tombstone,
 * once no batch of the transaction is left. A batch stays, without records, when it holds a producer's last sequence, or
 * ends where the high watermark is.
 */
public final class Compactor implements AutoCloseable {
    private final Disk disk;
    private final CompactionPlan plan;
    private final CompactionSettings settings;
    private final BooleanSupplier cancelled;
    private final BatchFilter filter = new BatchFilter();
    private final CleanedTransactions transactions;
    private final long newHorizonMs;
    private @Nullable KeyMap keys;
    private List<List<Input>> groups = List.of();
    private int nextGroup;
    private long indexedUpTo;
    private boolean tombstonesStay;
    private ByteBuffer out = ByteBuffer.allocate(0);
    private @Nullable DirtyWalk dirty;
    private boolean dirtyForced;
    private @Nullable Segment cleaned;
    private int nextInput;
    private int nextPosition;
    private long bytesRead;
    private long bytesWritten;
    private long bytesMoved;

    /** @param cancelled asked between batches; when true, the work ends with a {@link CancellationException} */
    public Compactor(Disk disk, CompactionPlan plan, CompactionSettings settings, BooleanSupplier cancelled) {
        this.disk = disk;
        this.plan = plan;
        this.settings = settings;
        this.cancelled = cancelled;
        this.transactions = new CleanedTransactions(plan.aborted);
        this.newHorizonMs = plan.nowMs + plan.options.deleteRetentionMs();
        this.indexedUpTo = plan.firstDirtyOffset;
    }

    // ---- index

    /** Learns the newest offset of each key among the dirty records, as many as the memory allows. */
    public void index() {
        indexSome(Long.MAX_VALUE);
    }

    /** Goes on with that for about so many bytes; true when all is learned. */
    private boolean indexSome(long maxBytes) {
        DirtyWalk walk = dirty;
        if (walk == null) {
            walk = new DirtyWalk(plan, settings, cancelled);
            dirty = walk;
        }
        long before = walk.bytesRead();
        boolean done = walk.some(maxBytes);
        bytesMoved += walk.bytesRead() - before;
        if (!done) {
            return false;
        }
        keys = walk.keys();
        indexedUpTo = walk.indexedUpTo();
        List<Input> touched = plan.inputs.stream()
                .filter(input -> input.baseOffset() < indexedUpTo)
                .toList();
        int segmentBytes = Math.min(plan.options.segmentBytes(), disk.goodFileBytes());
        groups = SegmentGroups.of(touched, segmentBytes, plan.options.segmentIndexBytes(), plan.firstUncleanableOffset);
        out = ByteBuffer.allocate(Math.max(1024, settings.bufferBytes()));
        return true;
    }

    private int maxRecordBytes() {
        return plan.options.batches().maxDecompressedMessageBytes();
    }

    /**
     * Does the next part of what blocks, about so many bytes of it: the index, then a group of segments.
     *
     * @return false when there is more to do before {@link #swapIn}
     */
    public boolean work(long maxBytes) {
        if (keys == null) {
            return indexSome(maxBytes) && !hasNext();
        }
        return cleanSome(maxBytes);
    }

    /** Up to where the log is compacted once the last group is swapped in. */
    public long endOffset() {
        return indexedUpTo;
    }

    // ---- clean

    public boolean hasNext() {
        return nextGroup < groups.size();
    }

    /** Writes what survives of the next group of segments, durably, to {@code .cleaned} files. */
    public void cleanNext() {
        cleanSome(Long.MAX_VALUE);
    }

    /** Goes on with that for about so many bytes; true when the group is written. */
    private boolean cleanSome(long maxBytes) {
        List<Input> group = groups.get(nextGroup);
        Segment into = cleaned;
        if (into == null) {
            long base = group.get(0).baseOffset();
            into = Segment.createCleaned(disk, plan.directory, base, plan.options.segmentBytes(), plan.nowMs);
            cleaned = into;
            nextInput = 0;
            nextPosition = 0;
        }
        try {
            long end = maxBytes == Long.MAX_VALUE ? Long.MAX_VALUE : bytesMoved + maxBytes;
            for (; nextInput < group.size(); nextInput++, nextPosition = 0) {
                if (!clean(group.get(nextInput), into, end)) {
                    return false;
                }
            }
            finish(group, into);
            return true;
        } catch (RuntimeException e) {
            giveUp(e);
            throw e;
        }
    }

    private void finish(List<Input> group, Segment into) {
        if (!dirtyForced) {
            forceDirty();
        }
        flush(into);
        into.seal();
        into.force();
        disk.setLastModifiedMs(
                SegmentName.in(plan.directory, into.baseOffset(), SegmentName.LOG + SegmentName.CLEANED),
                group.get(group.size() - 1).lastModifiedMs());
        into.retire(() -> {});
        cleaned = null;
    }

    /** What takes the place of older records must not be lost after them: it is made durable before they go. */
    private void forceDirty() {
        for (Input input : plan.inputs) {
            if (input.nextOffset() > plan.firstDirtyOffset && input.baseOffset() < indexedUpTo) {
                disk.force(SegmentName.in(plan.directory, input.baseOffset(), SegmentName.LOG));
            }
        }
        disk.forceDirectory(plan.directory);
        dirtyForced = true;
    }

    private void giveUp(RuntimeException because) {
        Segment half = cleaned;
        if (half != null) {
            cleaned = null;
            half.retire(() -> {});
            deleteCleaned(half.baseOffset(), because);
        }
    }

    /**
     * Puts what {@link #cleanNext} wrote in the place of its inputs. Inside the log's owner.
     *
     * @return false when the log has changed since the plan was made; the pass is over then
     */
    public boolean swapIn(PartitionLog log) {
        List<Input> group = groups.get(nextGroup++);
        boolean swapped = log.replace(group.stream().map(Input::segment).toList(), plan.truncations);
        if (!swapped) {
            deleteCleaned(group.get(0).baseOffset());
        }
        return swapped;
    }

    /** What was half written must not meet a later swap: a recovery would take that for half done. */
    private void deleteCleaned(long base, RuntimeException because) {
        try {
            deleteCleaned(base);
        } catch (StorageException e) {
            because.addSuppressed(e);
        }
    }

    private void deleteCleaned(long base) {
        for (String suffix : SegmentName.FAMILY) {
            disk.delete(SegmentName.in(plan.directory, base, suffix + SegmentName.CLEANED));
        }
    }

    /** False when it is not at the segment's end, because so much has been moved. */
    private boolean clean(Input input, Segment into, long endOfStep) {
        RecordBatchView batch = RecordBatchView.of(input.bytes(), nextPosition);
        while (batch.position() < input.sizeBytes()) {
            if (bytesMoved >= endOfStep) {
                return false;
            }
            requireNotCancelled();
            input.requireSound(batch, plan.directory);
            ByteBuffer survivors = clean(batch, into);
            if (survivors != null) {
                bytesMoved += survivors.remaining();
                write(survivors, into);
            }
            bytesRead += batch.sizeBytes();
            bytesMoved += batch.sizeBytes();
            nextPosition = batch.nextBatchPosition();
            batch.at(nextPosition);
        }
        return true;
    }

    private @Nullable ByteBuffer clean(RecordBatchView batch, Segment cleaned) {
        boolean mayGo = batch.isControl()
                ? transactions.passControl(batch, cleaned::appendAborted)
                : transactions.passData(batch);
        boolean goes = mayGo && (!batch.isControl() || isOver(batch));
        tombstonesStay = !isOver(batch);
        boolean remembers = remembers(batch);
        if (goes) {
            return remembers ? BatchFilter.emptied(batch) : null;
        }
        Predicate<RecordCursor> keep = batch.isControl() ? marker -> true : this::survives;
        ByteBuffer survivors = filter.filter(batch, keep, mayGo && batch.isControl(), newHorizonMs, maxRecordBytes());
        return survivors == null && remembers ? BatchFilter.emptied(batch) : survivors;
    }

    /** The batch has a delete horizon, and the time is beyond. */
    private boolean isOver(RecordBatchView batch) {
        return batch.hasDeleteHorizon() && batch.deleteHorizonMs() <= plan.nowMs;
    }

    private boolean remembers(RecordBatchView batch) {
        if (batch.nextOffset() == plan.highWatermark) {
            return true;
        }
        LastBatch last = batch.hasProducerId() ? plan.lastBatches.get(batch.producerId()) : null;
        if (last == null) {
            return false;
        }
        return last.lastDataOffset() >= 0
                ? batch.lastOffset() == last.lastDataOffset()
                : batch.isControl() && batch.producerEpoch() == last.epoch();
    }

    private boolean survives(RecordCursor record) {
        if (record.offset() >= indexedUpTo) {
            return true;
        }
        ByteBuffer key = record.key();
        KeyMap map = keys;
        if (key == null || map == null) {
            return false;
        }
        return record.offset() >= map.get(key) && (record.hasValue() || tombstonesStay);
    }

    private void write(ByteBuffer batches, Segment cleaned) {
        if (batches.remaining() > out.remaining()) {
            flush(cleaned);
        }
        if (batches.remaining() > out.remaining()) {
            cleaned.append(batches, plan.options.indexIntervalBytes());
            bytesWritten += batches.position();
        } else {
            out.put(batches);
        }
    }

    private void flush(Segment cleaned) {
        out.flip();
        if (out.hasRemaining()) {
            bytesWritten += out.remaining();
            cleaned.append(out, plan.options.indexIntervalBytes());
        }
        out.clear();
    }

    private void requireNotCancelled() {
        if (cancelled.getAsBoolean()) {
            throw new CancellationException("compaction of " + plan.directory + " was cancelled");
        }
    }

    // ---- what it did

    public long bytesRead() {
        return bytesRead;
    }

    public long bytesWritten() {
        return bytesWritten;
    }

    /** Bytes read or written so far, the reading for the index included: what {@code log.cleaner.io.max.bytes.per.second} limits. */
    public long bytesMoved() {
        return bytesMoved;
    }

    /** Gives the plan's leases back, and up what is half written. */
    @Override
    public void close() {
        giveUp(new CancellationException());
        plan.close();
        keys = null;
        dirty = null;
    }
}
