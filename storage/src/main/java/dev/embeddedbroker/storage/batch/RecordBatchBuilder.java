package dev.embeddedbroker.storage.batch;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes one batch of magic 2. Settings first, then records, then {@link #build}; one batch per builder.
 *
 * <pre>{@code
 * ByteBuffer batch = new RecordBatchBuilder().compression(Compression.LZ4).append(nowMs, key, value).build();
 * }</pre>
 *
 * <p><b>Owner:</b> one thread.
 */
public final class RecordBatchBuilder {
    private final ByteSink batch = new ByteSink(512);
    private final ByteSink record = new ByteSink(256);
    private @Nullable OutputStream compressor;
    private Compression compression = Compression.NONE;
    private int level;
    private long baseOffset;
    private int partitionLeaderEpoch = RecordBatchView.NO_PARTITION_LEADER_EPOCH;
    private int flags;
    private long producerId = RecordBatchView.NO_PRODUCER_ID;
    private short producerEpoch = RecordBatchView.NO_PRODUCER_EPOCH;
    private int baseSequence = RecordBatchView.NO_SEQUENCE;
    private long baseTimestamp = RecordBatchView.NO_TIMESTAMP;
    private long appendTimestamp = RecordBatchView.NO_TIMESTAMP;
    private long maxTimestamp = RecordBatchView.NO_TIMESTAMP;
    private long lastOffset = -1;
    private int recordCount;
    private int recordBytes;
    private boolean built;

    public RecordBatchBuilder() {
        batch.skip(RecordBatchView.RECORDS);
    }

    // ---- settings

    public RecordBatchBuilder compression(Compression newCompression) {
        return compression(newCompression, newCompression.defaultLevel());
    }

    public RecordBatchBuilder compression(Compression newCompression, int newLevel) {
        requireEmpty();
        if (!newCompression.isLevel(newLevel)) {
            throw new IllegalArgumentException(newCompression + " level is " + newLevel + " (expected: "
                    + newCompression.minLevel() + " to " + newCompression.maxLevel() + ')');
        }
        compression = newCompression;
        level = newLevel;
        return this;
    }

    /** The offset of the first record, and what the offsets given later count from; 0 unless set. */
    public RecordBatchBuilder baseOffset(long offset) {
        requireEmpty();
        baseOffset = offset;
        return this;
    }

    public RecordBatchBuilder partitionLeaderEpoch(int epoch) {
        partitionLeaderEpoch = epoch;
        return this;
    }

    public RecordBatchBuilder producer(long id, short epoch, int firstSequence) {
        producerId = id;
        producerEpoch = epoch;
        baseSequence = firstSequence;
        return this;
    }

    public RecordBatchBuilder transactional() {
        return transactional(true);
    }

    public RecordBatchBuilder transactional(boolean transactional) {
        return flag(RecordBatchView.TRANSACTIONAL_FLAG, transactional);
    }

    public RecordBatchBuilder control() {
        requireEmpty();
        return flag(RecordBatchView.CONTROL_FLAG, true);
    }

    /** All records count as written at this moment, whatever timestamps they are given. */
    public RecordBatchBuilder appendTime(long timestampMs) {
        appendTimestamp = timestampMs;
        return flag(RecordBatchView.APPEND_TIME_FLAG, true);
    }

    /** Tombstones and markers of this batch may be dropped after this moment (KIP-534). */
    public RecordBatchBuilder deleteHorizon(long timestampMs) {
        requireEmpty();
        baseTimestamp = timestampMs;
        return flag(RecordBatchView.DELETE_HORIZON_FLAG, true);
    }

    private RecordBatchBuilder flag(int mask, boolean on) {
        flags = on ? flags | mask : flags & ~mask;
        return this;
    }

    private boolean has(int mask) {
        return (flags & mask) != 0;
    }

    // ---- records

    public RecordBatchBuilder append(long timestampMs, byte @Nullable [] key, byte @Nullable [] value) {
        return append(
                timestampMs,
                key == null ? null : ByteBuffer.wrap(key),
                value == null ? null : ByteBuffer.wrap(value),
                List.of());
    }

    public RecordBatchBuilder append(
            long timestampMs, @Nullable ByteBuffer key, @Nullable ByteBuffer value, List<RecordHeader> headers) {
        return appendAt(nextOffset(), timestampMs, key, value, headers);
    }

    public RecordBatchBuilder append(long timestampMs, ControlRecord control) {
        if (!has(RecordBatchView.CONTROL_FLAG)) {
            throw new IllegalStateException("a control record goes into a control batch only");
        }
        return append(timestampMs, control.key(), control.value(), List.of());
    }

    /** Appends with an offset of the caller's choice, greater than all before: compaction leaves gaps. */
    public RecordBatchBuilder appendAt(
            long offset,
            long timestampMs,
            @Nullable ByteBuffer key,
            @Nullable ByteBuffer value,
            List<RecordHeader> headers) {
        if (offset < nextOffset() || offset - baseOffset > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("offset is " + offset + " (expected: " + nextOffset() + " to "
                    + (baseOffset + Integer.MAX_VALUE) + ')');
        }
        if (timestampMs < 0 && timestampMs != RecordBatchView.NO_TIMESTAMP) {
            throw new IllegalArgumentException(
                    "timestamp is " + timestampMs + " (expected: 0 or more, or -1 for none)");
        }
        if (recordCount == 0 && !has(RecordBatchView.DELETE_HORIZON_FLAG)) {
            baseTimestamp = timestampMs;
        }
        encode(timestampMs - baseTimestamp, (int) (offset - baseOffset), key, value, headers);
        lastOffset = offset;
        maxTimestamp = Math.max(maxTimestamp, timestampMs);
        recordCount++;
        return this;
    }

    private void encode(
            long timestampDelta,
            int offsetDelta,
            @Nullable ByteBuffer key,
            @Nullable ByteBuffer value,
            List<RecordHeader> headers) {
        record.clear();
        record.write(0);
        record.writeVarlong(timestampDelta);
        record.writeVarint(offsetDelta);
        writeSized(key);
        writeSized(value);
        record.writeVarint(headers.size());
        for (RecordHeader header : headers) {
            writeSized(header.keyUtf8());
            writeSized(header.value());
        }
        recordBytes += ByteSink.sizeOfVarint(record.size()) + record.size();
        if (compression == Compression.NONE) {
            batch.writeVarint(record.size());
            batch.write(record);
        } else {
            compress();
        }
    }

    private void writeSized(@Nullable ByteBuffer bytes) {
        if (bytes == null) {
            record.writeVarint(-1);
        } else {
            record.writeVarint(bytes.remaining());
            record.write(bytes);
        }
    }

    private void compress() {
        try {
            if (compressor == null) {
                compressor = Codecs.compress(compression, level, batch);
            }
            ByteSink size = new ByteSink(RecordReader.MAX_VARINT_BYTES);
            size.writeVarint(record.size());
            size.writeTo(compressor);
            record.writeTo(compressor);
        } catch (IOException e) {
            throw new UncheckedIOException("compressing into memory", e);
        }
    }

    public int recordCount() {
        return recordCount;
    }

    /** The offset that the next record gets. */
    public long nextOffset() {
        return recordCount == 0 ? baseOffset : lastOffset + 1;
    }

    /** The size of the batch so far if it were not compressed: exact for {@code NONE}, else commonly more than it will be. */
    public int sizeBytes() {
        return RecordBatchView.RECORDS + recordBytes;
    }

    // ---- the batch

    /** The batch, from position 0 to the limit. */
    public ByteBuffer build() {
        if (recordCount == 0 || built) {
            throw new IllegalStateException(built ? "the batch was built before" : "a batch has at least one record");
        }
        requireProducer();
        built = true;
        if (compressor != null) {
            try {
                compressor.close();
            } catch (IOException e) {
                throw new UncheckedIOException("compressing into memory", e);
            }
        }
        ByteBuffer bytes = batch.toByteBuffer();
        new BatchFields(
                        baseOffset,
                        (int) (lastOffset - baseOffset),
                        partitionLeaderEpoch,
                        compression.id() | flags,
                        baseTimestamp,
                        has(RecordBatchView.APPEND_TIME_FLAG) ? appendTimestamp : maxTimestamp,
                        producerId,
                        producerEpoch,
                        baseSequence,
                        recordCount)
                .writeTo(bytes);
        return bytes;
    }

    private void requireProducer() {
        if (producerId == RecordBatchView.NO_PRODUCER_ID) {
            if (has(RecordBatchView.TRANSACTIONAL_FLAG)) {
                throw new IllegalStateException("a transactional batch needs a producer id");
            }
        } else if (producerEpoch < 0 || (baseSequence < 0 && !has(RecordBatchView.CONTROL_FLAG))) {
            throw new IllegalStateException("producer " + producerId + " has epoch " + producerEpoch + " and sequence "
                    + baseSequence + " (expected: 0 or more)");
        }
    }

    private void requireEmpty() {
        if (recordCount > 0) {
            throw new IllegalStateException("settings that shape records come before the first of them");
        }
    }
}
