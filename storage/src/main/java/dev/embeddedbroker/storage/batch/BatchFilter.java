package dev.embeddedbroker.storage.batch;

import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Takes records out of a batch, as compaction does. What stays keeps its offsets, timestamps, headers and compression; the
 * batch keeps its range of offsets, its producer and its sequences.
 *
 * <p><b>Owner:</b> one thread.
 */
public final class BatchFilter {
    private static final int KEPT_FLAGS =
            RecordBatchView.APPEND_TIME_FLAG | RecordBatchView.TRANSACTIONAL_FLAG | RecordBatchView.CONTROL_FLAG;

    private final BitSet kept = new BitSet();
    private int recordsRead;
    private int recordsKept;
    private boolean keptTombstone;

    /** How many records the last batch had. */
    public int recordsRead() {
        return recordsRead;
    }

    /** How many records of the last batch are kept. */
    public int recordsKept() {
        return recordsKept;
    }

    /**
     * The batch with the records that {@code keep} accepts, or null when there are none. It is the batch's own bytes when
     * nothing changes.
     *
     * @param isEmptiedMarker the batch ends a transaction of which nothing is left, so it is to go some time
     * @param newDeleteHorizonMs when tombstones, and such a marker, may go, unless the batch says so already (KIP-534)
     */
    public @Nullable ByteBuffer filter(
            RecordBatchView batch,
            Predicate<RecordCursor> keep,
            boolean isEmptiedMarker,
            long newDeleteHorizonMs,
            int maxRecordBytes) {
        choose(batch, keep, maxRecordBytes);
        if (recordsKept == 0) {
            return null;
        }
        boolean setsHorizon = (keptTombstone || isEmptiedMarker) && !batch.hasDeleteHorizon();
        if (recordsKept == recordsRead && !setsHorizon) {
            return batch.slice();
        }
        return rebuild(batch, setsHorizon ? newDeleteHorizonMs : batch.deleteHorizonMs(), maxRecordBytes);
    }

    private void choose(RecordBatchView batch, Predicate<RecordCursor> keep, int maxRecordBytes) {
        kept.clear();
        recordsRead = 0;
        recordsKept = 0;
        keptTombstone = false;
        try (RecordCursor records = RecordCursor.over(batch, maxRecordBytes)) {
            while (records.next()) {
                recordsRead++;
                if (keep.test(records)) {
                    kept.set(records.index());
                    recordsKept++;
                    keptTombstone |= !records.hasValue();
                }
            }
        }
    }

    private ByteBuffer rebuild(RecordBatchView batch, long deleteHorizonMs, int maxRecordBytes) {
        var builder = new RecordBatchBuilder().compression(batch.compression()).baseOffset(batch.baseOffset());
        if (deleteHorizonMs != RecordBatchView.NO_TIMESTAMP) {
            builder.deleteHorizon(deleteHorizonMs);
        }
        try (RecordCursor records = RecordCursor.over(batch, maxRecordBytes)) {
            while (records.next()) {
                if (kept.get(records.index())) {
                    builder.appendAt(
                            records.offset(), records.timestampMs(), records.key(), records.value(), records.headers());
                }
            }
        }
        ByteBuffer bytes = builder.build();
        RecordBatchView built = RecordBatchView.of(bytes, 0);
        int own = RecordBatchView.COMPRESSION_MASK | RecordBatchView.DELETE_HORIZON_FLAG;
        new BatchFields(
                        batch.baseOffset(),
                        batch.lastOffsetDelta(),
                        batch.partitionLeaderEpoch(),
                        (built.attributes() & own) | (batch.attributes() & KEPT_FLAGS),
                        built.baseTimestamp(),
                        batch.isAppendTime() ? batch.maxTimestamp() : built.maxTimestamp(),
                        batch.producerId(),
                        batch.producerEpoch(),
                        batch.baseSequence(),
                        recordsKept)
                .writeTo(bytes);
        return bytes;
    }

    /** The batch without any record: what remembers a producer's last sequence, or a log's last offset. */
    public static ByteBuffer emptied(RecordBatchView batch) {
        ByteBuffer bytes = ByteBuffer.allocate(RecordBatchView.RECORDS);
        new BatchFields(
                        batch.baseOffset(),
                        batch.lastOffsetDelta(),
                        batch.partitionLeaderEpoch(),
                        batch.attributes() & KEPT_FLAGS,
                        RecordBatchView.NO_TIMESTAMP,
                        batch.maxTimestamp(),
                        batch.producerId(),
                        batch.producerEpoch(),
                        batch.baseSequence(),
                        0)
                .writeTo(bytes);
        return bytes;
    }
}
