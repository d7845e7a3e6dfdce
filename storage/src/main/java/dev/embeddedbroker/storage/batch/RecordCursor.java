package dev.embeddedbroker.storage.batch;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The records of one batch, one after the other.
 *
 * <pre>{@code
 * try (RecordCursor records = RecordCursor.over(batch)) {
 *     while (records.next()) { … records.offset(), records.key() … }
 * }
 * }</pre>
 *
 * Keys, values and headers are slices: of the batch's own buffer when it is not compressed (valid as long as that buffer), else of an array made for
 * the record (valid for ever). An uncompressed batch is walked without allocating anything per record. A compressed one is decompressed as far as
 * it is read, one record in memory at a time, none larger than the limit given. A batch that does not hold together is refused
 * ({@link RecordsRefused}) by the call of {@link #next} that finds out.
 *
 * <p><b>Owner:</b> one thread. Close it: decompressors hold native memory.
 */
public final class RecordCursor implements AutoCloseable {
    private static final int FIRST_READ_BYTES = 64 * 1024;

    private final long baseOffset;
    private final long baseTimestamp;
    private final long appendTimestamp;
    private final boolean appendTime;
    private final int count;
    private final int maxRecordBytes;
    private final RecordReader record;
    private final @Nullable InputStream decompressed;
    private final int limit;
    private int next;
    private int index = -1;
    private int sizeBytes;

    private RecordCursor(RecordBatchView batch, int maxRecordBytes) {
        this.baseOffset = batch.baseOffset();
        this.baseTimestamp = batch.baseTimestamp();
        this.appendTime = batch.isAppendTime();
        this.appendTimestamp = batch.maxTimestamp();
        this.count = batch.recordCount();
        this.maxRecordBytes = maxRecordBytes;
        this.record = new RecordReader(batch.buffer());
        this.next = batch.recordsPosition();
        this.limit = batch.nextBatchPosition();
        if (count < 0) {
            throw RecordReader.malformed("it claims " + count + " records");
        }
        this.decompressed = BatchOpener.openOnce(batch);
    }

    static RecordsRefused undecodable(Compression compression, IOException cause) {
        return new RecordsRefused(
                RefusalReason.INVALID_RECORD,
                "Batch is malformed: its records cannot be decompressed as " + compression.configName() + " (" + cause
                        + ')',
                cause);
    }

    /** A cursor before the first record. */
    public static RecordCursor over(RecordBatchView batch) {
        return over(batch, Integer.MAX_VALUE - 8);
    }

    /** A cursor that refuses any compressed record of more than {@code maxRecordBytes} ({@code max.decompressed.message.bytes}). */
    public static RecordCursor over(RecordBatchView batch, int maxRecordBytes) {
        return new RecordCursor(batch, maxRecordBytes);
    }

    /** Moves to the next record; false after the last. */
    public boolean next() {
        if (index + 1 >= count) {
            return false;
        }
        index++;
        if (decompressed == null) {
            int from = next;
            next = record.readSized(from, limit);
            sizeBytes = next - from;
        } else {
            nextDecompressed(decompressed);
        }
        if (index + 1 == count) {
            requireNothingLeft();
        }
        return true;
    }

    private void nextDecompressed(InputStream in) {
        try {
            int size = readVarint(in);
            if (size < 0 || size > maxRecordBytes) {
                throw RecordReader.malformed(
                        "record " + index + " claims " + size + " bytes (expected: 0 to " + maxRecordBytes + ')');
            }
            byte[] body = readFully(in, size);
            record.readBody(ByteBuffer.wrap(body), 0, size);
            sizeBytes = ByteSink.sizeOfVarint(size) + size;
        } catch (IOException corrupt) {
            throw RecordReader.malformed("record " + index + " cannot be decompressed (" + corrupt + ')');
        }
    }

    private static int readVarint(InputStream in) throws IOException {
        int raw = 0;
        for (int shift = 0; shift < 7 * RecordReader.MAX_VARINT_BYTES; shift += 7) {
            int b = in.read();
            if (b < 0) {
                throw new EOFException("the bytes end within a record's size");
            }
            raw |= (b & 0x7f) << shift;
            if (b < 0x80) {
                return (raw >>> 1) ^ -(raw & 1);
            }
        }
        throw RecordReader.malformed("a number is longer than " + RecordReader.MAX_VARINT_BYTES + " bytes");
    }

    /** The claimed size is believed only as far as bytes arrive. */
    private static byte[] readFully(InputStream in, int size) throws IOException {
        if (size > FIRST_READ_BYTES) {
            byte[] body = in.readNBytes(size);
            if (body.length < size) {
                throw new EOFException((size - body.length) + " bytes of a record are missing");
            }
            return body;
        }
        byte[] body = new byte[size];
        int read = in.readNBytes(body, 0, size);
        if (read < size) {
            throw new EOFException((size - read) + " bytes of a record are missing");
        }
        return body;
    }

    private void requireNothingLeft() {
        boolean left;
        try {
            left = decompressed == null ? next != limit : decompressed.read() >= 0;
        } catch (IOException corrupt) {
            throw RecordReader.malformed("its end cannot be decompressed (" + corrupt + ')');
        }
        if (left) {
            throw RecordReader.malformed("it claims " + count + " records, and bytes are left after them");
        }
    }

    /** The record's place in the batch, from 0; -1 before the first. */
    public int index() {
        return index;
    }

    public long offset() {
        return baseOffset + record.offsetDelta;
    }

    int offsetDelta() {
        return record.offsetDelta;
    }

    public long timestampMs() {
        return appendTime ? appendTimestamp : baseTimestamp + record.timestampDelta;
    }

    /** The record's bytes before compression, its size field included. */
    public int sizeBytes() {
        return sizeBytes;
    }

    public boolean hasKey() {
        return record.keySize >= 0;
    }

    public boolean hasValue() {
        return record.valueSize >= 0;
    }

    public @Nullable ByteBuffer key() {
        return hasKey() ? record.buffer().slice(record.keyPosition, record.keySize) : null;
    }

    public @Nullable ByteBuffer value() {
        return hasValue() ? record.buffer().slice(record.valuePosition, record.valueSize) : null;
    }

    public int headerCount() {
        return record.headerCount;
    }

    public List<RecordHeader> headers() {
        if (record.headerCount == 0) {
            return List.of();
        }
        List<RecordHeader> headers = new ArrayList<>(record.headerCount);
        for (int i = 0; i < record.headerCount; i++) {
            headers.add(record.readHeader(i == 0));
        }
        return Collections.unmodifiableList(headers);
    }

    @Override
    public void close() {
        if (decompressed != null) {
            try {
                decompressed.close();
            } catch (IOException e) {
                throw new java.io.UncheckedIOException("closing a decompressor over memory", e);
            }
        }
    }
}
