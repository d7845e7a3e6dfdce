package dev.embeddedbroker.coordinator.host;

import dev.embeddedbroker.coordinator.EventCodec;
import dev.embeddedbroker.coordinator.EventCodec.RecordBytes;
import dev.embeddedbroker.coordinator.TxnProducer;
import dev.embeddedbroker.protocol.ErrorCode;
import dev.embeddedbroker.storage.batch.ControlRecord;
import dev.embeddedbroker.storage.batch.RecordBatchBuilder;
import dev.embeddedbroker.storage.batch.RecordBatchView;
import dev.embeddedbroker.storage.batch.RecordCursor;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

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
            int end = endOfBatch(records, next, asOne);
            ErrorCode error = append(records.subList(next, end), nowMs);
            if (error != ErrorCode.NONE) {
                return new Written(error, wroteSome);
            }
            wroteSome = true;
            next = end;
        }
        return Written.WELL;
    }

    private ErrorCode append(List<RecordBytes> records, long nowMs) {
        var batch = new RecordBatchBuilder();
        var producer = records.get(0).producer();
        if (producer != null) {
            // every batch counts from 0, as in Kafka
            batch.producer(producer.id(), producer.epoch(), 0).transactional();
        }
        for (RecordBytes record : records) {
            batch.append(nowMs, record.key(), record.value(), List.of());
        }
        return producer == null ? log.append(batch.build()) : log.appendInTransaction(batch.build(), producer.guard());
    }

    /** A batch ends before a record of another producer, and, unless it must be one, where the log's limit is reached. */
    private int endOfBatch(List<RecordBytes> records, int from, boolean asOne) {
        int bytes = RecordBatchView.RECORDS;
        int end = from;
        do {
            bytes += records.get(end).sizeBytes() + RECORD_OVERHEAD_BYTES;
            end++;
        } while (end < records.size()
                && Objects.equals(records.get(end).producer(), records.get(from).producer())
                && (asOne || bytes + records.get(end).sizeBytes() + RECORD_OVERHEAD_BYTES <= log.maxBatchBytes()));
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
            decode(batch, fromOffset, to);
            position = batch.nextBatchPosition();
        }
    }

    private void decode(RecordBatchView batch, long fromOffset, Consumer<E> to) {
        try (var records = RecordCursor.over(batch)) {
            while (records.next()) {
                var event = records.offset() < fromOffset ? null : decode(batch, records);
                if (event != null) {
                    to.accept(event);
                }
            }
        }
    }

    private @Nullable E decode(RecordBatchView batch, RecordCursor record) {
        if (batch.isControl()) {
            var marker = ControlRecord.read(record);
            return marker.endsTransaction()
                    ? codec.transactionEnded(batch.producerId(), marker.type() == ControlRecord.Type.COMMIT)
                    : null;
        }
        return batch.isTransactional()
                ? codec.decodeInTransaction(
                        new TxnProducer(batch.producerId(), batch.producerEpoch(), 0), record.key(), record.value())
                : codec.decode(record.key(), record.value());
    }
}
