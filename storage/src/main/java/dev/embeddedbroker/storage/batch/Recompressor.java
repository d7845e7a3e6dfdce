package dev.embeddedbroker.storage.batch;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Turns a batch into the same records in another compression, checking them on the way. Records stream through: what is in memory is the result, and
 * of it no more than the largest batch allowed.
 *
 * <p><b>Owner:</b> one check of one batch.
 */
final class Recompressor {
    private final RecordBatchView source;
    private final RecordCheck check;
    private final BatchRules rules;
    private final int maxBytes;
    private final ByteSink result;
    private final ByteSink head = new ByteSink(64);
    private boolean tooLarge;

    Recompressor(RecordBatchView source, RecordCheck check, BatchRules rules, int maxBytes) {
        this.source = source;
        this.check = check;
        this.rules = rules;
        this.maxBytes = maxBytes;
        this.result = new ByteSink(Math.max(512, Math.min(maxBytes, source.sizeBytes())));
    }

    /** The new batch, which starts at {@code baseOffset}. */
    ByteBuffer run(Compression target, int level, long baseOffset, int leaderEpoch, long nowMs) {
        requireProducer();
        result.skip(RecordBatchView.RECORDS);
        long baseTimestamp = copyRecords(target, level);
        check.refuseIfAnyIsWrong();
        if (tooLarge) {
            throw BatchCheck.tooLarge("The batch is larger after compression as " + target.configName(), maxBytes);
        }
        int kept = source.attributes() & (RecordBatchView.TRANSACTIONAL_FLAG | RecordBatchView.CONTROL_FLAG);
        int timeFlag = rules.logAppendTime() ? RecordBatchView.APPEND_TIME_FLAG : 0;
        ByteBuffer batch = result.toByteBuffer();
        new BatchFields(
                        baseOffset,
                        check.recordCount() - 1,
                        leaderEpoch,
                        target.id() | kept | timeFlag,
                        baseTimestamp,
                        rules.logAppendTime() ? nowMs : check.maxTimestamp(),
                        source.producerId(),
                        source.producerEpoch(),
                        source.baseSequence(),
                        check.recordCount())
                .writeTo(batch);
        return batch;
    }

    /** Kafka's writer does not write such batches; those that are stored as they come pass. */
    private void requireProducer() {
        if (source.hasProducerId() ? source.producerEpoch() < 0 : source.isTransactional()) {
            throw new RecordsRefused(
                    RefusalReason.INVALID_RECORD,
                    "The batch has producer id " + source.producerId() + ", epoch " + source.producerEpoch()
                            + " and transactional=" + source.isTransactional()
                            + " (expected: an epoch of 0 or more with a producer id, and a producer id in a transaction)");
        }
    }

    private long copyRecords(Compression target, int level) {
        Compression from = source.compression();
        InputStream opened = BatchOpener.openOnce(source);
        InputStream in = opened != null ? opened : new ByteBufferStream(source.recordBytes());
        OutputStream bounded = new Bounded();
        try (RecordStream records = new RecordStream(in, new byte[RecordStream.BUFFER_BYTES]);
                OutputStream out = target == Compression.NONE ? bounded : Codecs.compress(target, level, bounded)) {
            return copyRecords(from, records, out);
        } catch (IOException e) {
            throw new UncheckedIOException("compressing into memory", e);
        }
    }

    private long copyRecords(Compression from, RecordStream records, OutputStream out) throws IOException {
        boolean sourceHasAppendTime = source.isAppendTime();
        int maxRecordBytes = from == Compression.NONE ? Integer.MAX_VALUE - 8 : rules.maxDecompressedMessageBytes();
        long baseTimestamp = RecordBatchView.NO_TIMESTAMP;
        int count = source.recordCount();
        for (int i = 0; i < count; i++) {
            readHead(from, records, maxRecordBytes);
            long timestamp =
                    sourceHasAppendTime ? source.maxTimestamp() : source.baseTimestamp() + records.timestampDelta;
            check.record(records.keySize >= 0, timestamp, records.offsetDelta);
            if (check.isClean() && timestamp < 0 && timestamp != RecordBatchView.NO_TIMESTAMP) {
                check.negativeTimestamp(timestamp);
            }
            if (i == 0) {
                baseTimestamp = timestamp;
            }
            OutputStream copyTo = check.isClean() && !tooLarge ? out : null;
            if (copyTo != null) {
                writeHead(records, timestamp - baseTimestamp, i, copyTo);
            }
            readTail(from, records, copyTo);
        }
        requireEnd(from, records, count);
        return baseTimestamp;
    }

    private void writeHead(RecordStream records, long timestampDelta, int offsetDelta, OutputStream out)
            throws IOException {
        long body = 1L
                + ByteSink.sizeOfVarlong(timestampDelta)
                + ByteSink.sizeOfVarint(offsetDelta)
                + ByteSink.sizeOfVarint(records.keySize)
                + records.tailBytes();
        if (body > Integer.MAX_VALUE - 8) {
            throw RecordReader.malformed("a record is " + body + " bytes");
        }
        head.clear();
        head.writeVarint((int) body);
        head.write(0);
        head.writeVarlong(timestampDelta);
        head.writeVarint(offsetDelta);
        head.writeVarint(records.keySize);
        head.writeTo(out);
    }

    // Only the source's bytes can be at fault for an IOException: the target is memory.

    private static void readHead(Compression from, RecordStream records, int maxRecordBytes) {
        try {
            records.readHead(maxRecordBytes);
        } catch (IOException corrupt) {
            throw RecordCursor.undecodable(from, corrupt);
        }
    }

    private static void readTail(Compression from, RecordStream records, @Nullable OutputStream copyTo) {
        try {
            records.readTail(copyTo);
        } catch (IOException corrupt) {
            throw RecordCursor.undecodable(from, corrupt);
        }
    }

    private static void requireEnd(Compression from, RecordStream records, int count) {
        try {
            if (!records.isAtEnd()) {
                throw RecordReader.malformed("it claims " + count + " records, and bytes are left after them");
            }
        } catch (IOException corrupt) {
            throw RecordCursor.undecodable(from, corrupt);
        }
    }

    /** Writes into the result up to the largest batch allowed, then nowhere. */
    private final class Bounded extends OutputStream {
        @Override
        public void write(int b) {
            if (fits(1)) {
                result.write(b);
            }
        }

        @Override
        public void write(byte[] bytes, int from, int count) {
            if (fits(count)) {
                result.write(bytes, from, count);
            }
        }

        private boolean fits(int count) {
            tooLarge |= result.size() + (long) count > maxBytes;
            return !tooLarge;
        }
    }
}
