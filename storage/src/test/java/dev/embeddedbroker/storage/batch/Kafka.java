package dev.embeddedbroker.storage.batch;

import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MemoryRecordsBuilder;
import org.apache.kafka.common.record.internal.MutableRecordBatch;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.requests.ProduceRequest;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.common.utils.internals.BufferSupplier;
import org.apache.kafka.common.utils.internals.ByteBufferOutputStream;
import org.apache.kafka.common.utils.internals.PrimitiveRef;
import org.apache.kafka.storage.internals.log.LogValidator;
import org.apache.kafka.storage.internals.log.RecordValidationException;

/** Apache Kafka's own classes, asked the same questions. */
final class Kafka {
    private Kafka() {}

    static org.apache.kafka.common.compress.Compression compression(Compression compression, int level) {
        return switch (compression) {
            case NONE -> org.apache.kafka.common.compress.Compression.NONE;
            case GZIP ->
                org.apache.kafka.common.compress.Compression.gzip().level(level).build();
            case SNAPPY -> org.apache.kafka.common.compress.Compression.snappy().build();
            case LZ4 ->
                org.apache.kafka.common.compress.Compression.lz4().level(level).build();
            case ZSTD ->
                org.apache.kafka.common.compress.Compression.zstd().level(level).build();
        };
    }

    static ByteBuffer build(Sample.Batch batch) {
        MemoryRecordsBuilder builder = new MemoryRecordsBuilder(
                new ByteBufferOutputStream(1024),
                (byte) 2,
                compression(batch.compression(), batch.level()),
                batch.appendTime() >= 0 ? TimestampType.LOG_APPEND_TIME : TimestampType.CREATE_TIME,
                batch.baseOffset(),
                batch.appendTime(),
                batch.producerId(),
                batch.producerEpoch(),
                batch.baseSequence(),
                batch.transactional(),
                false,
                batch.leaderEpoch(),
                Integer.MAX_VALUE,
                batch.deleteHorizon());
        for (Sample.Rec r : batch.records()) {
            Header[] headers = r.headers().stream()
                    .map(h -> new RecordHeader(h.name(), h.value()))
                    .toArray(Header[]::new);
            builder.appendWithOffset(r.offset(), r.timestamp(), r.key(), r.value(), headers);
        }
        return builder.build().buffer().slice();
    }

    static List<Sample.Rec> read(ByteBuffer records) {
        List<Sample.Rec> all = new ArrayList<>();
        for (Record r : MemoryRecords.readableRecords(records.slice()).records()) {
            List<Sample.Head> headers = new ArrayList<>();
            for (Header h : r.headers()) {
                headers.add(new Sample.Head(h.key(), h.value()));
            }
            all.add(new Sample.Rec(r.offset(), r.timestamp(), bytes(r.key()), bytes(r.value()), headers));
        }
        return all;
    }

    static byte[] bytes(ByteBuffer buffer) {
        if (buffer == null) {
            return null;
        }
        byte[] copy = new byte[buffer.remaining()];
        buffer.duplicate().get(copy);
        return copy;
    }

    static MutableRecordBatch firstBatch(ByteBuffer records) {
        return MemoryRecords.readableRecords(records).batches().iterator().next();
    }

    /** What Kafka's log does with an append of a client; the few lines of it that are no class of their own are said again here. */
    static Outcome append(ByteBuffer bytes, BatchRules rules, long nextOffset, int leaderEpoch, long nowMs) {
        try {
            return tryAppend(bytes, rules, nextOffset, leaderEpoch, nowMs);
        } catch (RecordValidationException e) {
            return Outcome.refused(
                    Errors.forException(e.invalidException()).name(),
                    e.recordErrors().stream().map(r -> r.batchIndex).collect(Collectors.toList()));
        } catch (RuntimeException | OutOfMemoryError e) {
            return Outcome.refused(Errors.forException(e).name(), List.of());
        }
    }

    private static Outcome tryAppend(ByteBuffer bytes, BatchRules rules, long nextOffset, int leaderEpoch, long nowMs) {
        MemoryRecords records = MemoryRecords.readableRecords(bytes.slice());
        ProduceRequest.validateRecords((short) 12, records);
        CompressionType source = CompressionType.NONE;
        int validBytes = 0;
        for (MutableRecordBatch batch : records.batches()) {
            if (batch.baseOffset() != 0) {
                return Outcome.refused("INVALID_RECORD", List.of());
            }
            batch.lastOffset();
            if (batch.sizeInBytes() > rules.maxMessageBytes()) {
                return Outcome.refused("MESSAGE_TOO_LARGE", List.of());
            }
            if (!batch.isValid()) {
                return Outcome.refused("CORRUPT_MESSAGE", List.of());
            }
            source = CompressionType.forId(batch.compressionType().id);
            validBytes += batch.sizeInBytes();
        }
        records = MemoryRecords.readableRecords(bytes.slice().limit(validBytes));
        PrimitiveRef.LongRef offset = PrimitiveRef.ofLong(nextOffset);
        LogValidator.ValidationResult result = new LogValidator(
                        records,
                        new TopicPartition("t", 0),
                        fixed(nowMs),
                        source,
                        rules.compression() == null
                                ? compression(
                                        Compression.forId(source.id),
                                        Compression.forId(source.id).defaultLevel())
                                : compression(rules.compression(), rules.compressionLevel()),
                        rules.compacted(),
                        (byte) 2,
                        rules.logAppendTime() ? TimestampType.LOG_APPEND_TIME : TimestampType.CREATE_TIME,
                        rules.timestampBeforeMaxMs(),
                        rules.timestampAfterMaxMs(),
                        leaderEpoch,
                        org.apache.kafka.storage.internals.log.AppendOrigin.CLIENT,
                        rules.maxDecompressedMessageBytes())
                .validateMessagesAndAssignOffsets(offset, SILENT, BufferSupplier.NO_CACHING);
        if (result.messageSizeMaybeChanged()) {
            for (MutableRecordBatch batch : result.validatedRecords().batches()) {
                if (batch.sizeInBytes() > rules.maxMessageBytes()) {
                    return Outcome.refused("MESSAGE_TOO_LARGE", List.of());
                }
            }
        }
        return new Outcome(
                null,
                List.of(),
                result.validatedRecords().buffer().slice(),
                offset.value - 1,
                result.maxTimestampMs(),
                result.messageSizeMaybeChanged());
    }

    private static Time fixed(long nowMs) {
        return (Time) Proxy.newProxyInstance(
                Time.class.getClassLoader(),
                new Class<?>[] {Time.class},
                (proxy, method, args) -> method.getName().equals("milliseconds") ? nowMs : 0L);
    }

    private static final LogValidator.MetricsRecorder SILENT = new LogValidator.MetricsRecorder() {
        @Override
        public void recordInvalidMagic() {}

        @Override
        public void recordInvalidOffset() {}

        @Override
        public void recordInvalidSequence() {}

        @Override
        public void recordInvalidChecksums() {}

        @Override
        public void recordNoKeyCompactedTopic() {}
    };

    /** What came of an append: refused with an error, or the bytes that would be written. */
    record Outcome(
            String error,
            List<Integer> recordErrors,
            ByteBuffer bytes,
            long lastOffset,
            long maxTimestamp,
            boolean rewritten) {
        static Outcome refused(String error, List<Integer> recordErrors) {
            return new Outcome(error, recordErrors, null, -1, -1, false);
        }
    }
}
