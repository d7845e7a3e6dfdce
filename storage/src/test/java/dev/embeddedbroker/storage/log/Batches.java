package dev.embeddedbroker.storage.log;

import dev.embeddedbroker.storage.batch.RecordBatchBuilder;
import dev.embeddedbroker.storage.batch.RecordBatchView;
import dev.embeddedbroker.storage.batch.RecordCursor;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Batches for tests and what is in them. */
final class Batches {
    private Batches() {}

    static ByteBuffer of(long timestampMs, String... values) {
        var builder = new RecordBatchBuilder();
        for (String value : values) {
            builder.append(timestampMs, null, value.getBytes(StandardCharsets.UTF_8));
        }
        return builder.build();
    }

    static ByteBuffer from(long producerId, int epoch, int sequence, boolean transactional, String... values) {
        var builder = new RecordBatchBuilder()
                .producer(producerId, (short) epoch, sequence)
                .transactional(transactional);
        for (String value : values) {
            builder.append(1000, null, value.getBytes(StandardCharsets.UTF_8));
        }
        return builder.build();
    }

    /** {@code offset:value} of every record. */
    static List<String> read(ByteBuffer bytes) {
        List<String> records = new ArrayList<>();
        int position = bytes.position();
        while (position < bytes.limit()) {
            RecordBatchView batch = RecordBatchView.of(bytes, position);
            if (!batch.isCompleteAt(bytes.limit()) || !batch.crcMatches()) {
                throw new AssertionError("no whole batch at " + position + " of " + bytes);
            }
            try (RecordCursor cursor = RecordCursor.over(batch)) {
                while (cursor.next()) {
                    ByteBuffer value = cursor.value();
                    records.add(cursor.offset() + ":"
                            + (value == null ? "null" : StandardCharsets.UTF_8.decode(value.duplicate())));
                }
            }
            position = batch.nextBatchPosition();
        }
        return records;
    }

    /** All records of a log from {@code offset} on, read in pieces of {@code maxBytes}. */
    static List<String> readAll(PartitionLog log, long offset, int maxBytes) {
        List<String> records = new ArrayList<>();
        long next = offset;
        while (next < log.endOffset()) {
            try (LogSlice slice = log.read(next, log.endOffset(), maxBytes, true)) {
                if (slice.isEmpty()) {
                    break;
                }
                records.addAll(read(slice.bytes()));
                next = slice.nextOffset();
            }
        }
        return records;
    }
}
