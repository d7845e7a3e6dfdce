package dev.embeddedbroker.coordinator.host;

import dev.embeddedbroker.coordinator.EventCodec;
import dev.embeddedbroker.coordinator.EventCodec.RecordBytes;
import dev.embeddedbroker.protocol.ErrorCode;
import dev.embeddedbroker.storage.batch.RecordBatchBuilder;
import dev.embeddedbroker.storage.batch.RecordBatchView;
import dev.embeddedbroker.storage.batch.RecordCursor;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Events of one machine, written to and read from its log.
 *
 * <p><b>Owner:</b> the host's loop.
 */
final class Journal<E> {
    private static final int READ_BYTES = 1 << 20;
    /** More than a record's length, attributes, timestamp and offset take. */
    private static final int RECORD_OVERHEAD_BYTES = 32;

    private final CoordinatorLog log;
    private final EventCodec<E> codec;

    Journal(CoordinatorLog log, EventCodec<E> codec) {
        this.log = log;
        this.codec = codec;
    }

    /** What came of writing: {@code isTorn} when some was written and the rest refused. */
    record Written(ErrorCode error, boolean isTorn) {
        static final Written WELL = new Written(ErrorCode.NONE, false);
    }

    /**
     * Writes the kept ones of these events.
     *
     * @param asOne whether they go into one batch, however large; otherwise into as many as the log's limit calls for
     */
    Written write(List<E> events, long nowMs, boolean asOne) {
        var records = new ArrayList<RecordBytes>(events.size());
        for (E event : events) {
            var record = codec.encode(event);
            if (record != null) {
                records.add(record);
            }
        }
        boolean wroteSome = false;
        int next = 0;
        while (next < records.size()) {
            int end = asOne ? records.size() : endOfBatch(records, next);
            var batch = new RecordBatchBuilder();
            for (RecordBytes record : records.subList(next, end)) {
                batch.append(nowMs, record.key(), record.value(), List.of());
            }
            ErrorCode error = log.append(batch.build());
            if (error != ErrorCode.NONE) {
                return new Written(error, wroteSome);
            }
            wroteSome = true;
            next = end;
        }
        return Written.WELL;
    }

    private int endOfBatch(List<RecordBytes> records, int from) {
        int bytes = RecordBatchView.RECORDS;
        int end = from;
        do {
            bytes += records.get(end).sizeBytes() + RECORD_OVERHEAD_BYTES;
            end++;
        } while (end < records.size()
                && bytes + records.get(end).sizeBytes() + RECORD_OVERHEAD_BYTES <= log.maxBatchBytes());
        return end;
    }

    /** Reads some events from an offset on; returns the offset to go on from, the same one at the end of the log. */
    long read(long fromOffset, Consumer<E> to) {
        return log.read(fromOffset, READ_BYTES, batches -> decode(batches, fromOffset, to));
    }

    private void decode(ByteBuffer batches, long fromOffset, Consumer<E> to) {
        int position = batches.position();
        while (position < batches.limit()) {
            var batch = RecordBatchView.of(batches, position);
            if (!batch.isControl()) {
                decode(batch, fromOffset, to);
            }
            position = batch.nextBatchPosition();
        }
    }

    private void decode(RecordBatchView batch, long fromOffset, Consumer<E> to) {
        try (var records = RecordCursor.over(batch)) {
            while (records.next()) {
                var event = records.offset() < fromOffset ? null : codec.decode(records.key(), records.value());
                if (event != null) {
                    to.accept(event);
                }
            }
        }
    }
}
