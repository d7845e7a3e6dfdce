package dev.embeddedbroker.inspect;

import dev.embeddedbroker.partition.Partition;
import dev.embeddedbroker.storage.batch.RecordBatchView;
import dev.embeddedbroker.storage.batch.RecordCursor;
import dev.embeddedbroker.storage.log.LogSlice;
import dev.embeddedbroker.storage.log.PartitionLog;
import dev.embeddedbroker.storage.segment.AbortedTxn;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How the records of one log are told apart: which are there to be consumed, and what became of the transactions of the
 * others. Made in one turn of the partition's loop, and as of then. Immutable.
 *
 * @param aborted the aborted transactions that overlap with the log up to {@code end}
 * @param open where the open transactions began, by producer id
 */
record LogScan(long start, long stable, long end, List<AbortedTxn> aborted, Map<Long, Long> open) {
    private static final int STEP_BYTES = 64 * 1024;

    /** Of a partition whose log can't be read now. */
    static final LogScan NOTHING = new LogScan(0, 0, 0, List.of(), Map.of());

    /** On the partition's loop. */
    static LogScan of(Partition partition) {
        LogScan[] scan = {NOTHING};
        partition.onLog(log -> {
            long end = partition.highWatermark();
            var open = new HashMap<Long, Long>();
            for (var producer : log.producers()) {
                if (producer.currentTxnFirstOffset() >= 0) {
                    open.put(producer.producerId(), producer.currentTxnFirstOffset());
                }
            }
            scan[0] = new LogScan(
                    log.startOffset(),
                    log.lastStableOffset(end),
                    end,
                    log.abortedTransactions(log.startOffset(), end),
                    open);
        });
        return scan[0];
    }

    /** The end of what is wanted. */
    long bound(boolean uncommitted) {
        return uncommitted ? end : stable;
    }

    /** What became of the transaction that a batch of records is in. */
    RecordFate fateOf(RecordBatchView batch) {
        if (!batch.isTransactional()) {
            return RecordFate.COMMITTED;
        }
        Long openFrom = open.get(batch.producerId());
        if (openFrom != null && batch.baseOffset() >= openFrom) {
            return RecordFate.OPEN;
        }
        boolean isAborted = aborted.stream()
                .anyMatch(txn -> txn.producerId() == batch.producerId()
                        && txn.firstOffset() <= batch.baseOffset()
                        && batch.baseOffset() <= txn.lastOffset());
        return isAborted ? RecordFate.ABORTED : RecordFate.COMMITTED;
    }

    /** Whether a batch holds records that are wanted. */
    boolean isWanted(RecordBatchView batch, boolean uncommitted) {
        return !batch.isControl() && batch.recordCount() > 0 && (uncommitted || fateOf(batch) == RecordFate.COMMITTED);
    }

    /** How many records of a batch are within {@code [from, bound)}. */
    static int countWithin(RecordBatchView batch, long from, long bound) {
        if (batch.baseOffset() >= from && batch.lastOffset() < bound) {
            return batch.recordCount();
        }
        int count = 0;
        try (var records = RecordCursor.over(batch)) {
            while (records.next()) {
                count += records.offset() >= from && records.offset() < bound ? 1 : 0;
            }
        }
        return count;
    }

    /** Whether a {@code read_committed} consumer that stands at {@code from} would get any record. On the partition's loop. */
    boolean hasLeft(Partition partition, long from) {
        boolean[] found = {false};
        partition.onLog(log -> {
            long next = Math.max(from, start);
            while (next < stable && !found[0]) {
                next = lookOn(log, next, found);
            }
        });
        return found[0];
    }

    private long lookOn(PartitionLog log, long from, boolean[] found) {
        try (LogSlice slice = log.read(from, stable, STEP_BYTES, true)) {
            for (var batch = first(slice); batch != null && !found[0]; batch = next(batch, slice)) {
                found[0] = isWanted(batch, false) && countWithin(batch, from, stable) > 0;
            }
            return slice.isEmpty() ? stable : Math.max(from + 1, slice.nextOffset());
        }
    }

    static @Nullable RecordBatchView first(LogSlice slice) {
        return slice.isEmpty() ? null : RecordBatchView.of(slice.bytes(), 0);
    }

    static @Nullable RecordBatchView next(RecordBatchView batch, LogSlice slice) {
        int position = batch.nextBatchPosition();
        return position < slice.sizeBytes() ? batch.at(position) : null;
    }
}
