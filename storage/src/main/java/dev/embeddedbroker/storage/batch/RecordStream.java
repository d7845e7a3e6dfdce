package dev.embeddedbroker.storage.batch;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Records read from a stream part by part, so that no record, however large it claims or proves to be, is ever in memory as a whole. The layout is
 * in {@link RecordReader}.
 *
 * <pre>
 *   readHead()  size, timestamp delta, offset delta, key size
 *   readTail()  key, value, headers: walked, and copied as they are when a target is given
 * </pre>
 *
 * <p><b>Owner:</b> one thread, within one check of one batch.
 */
final class RecordStream implements AutoCloseable {
    static final int BUFFER_BYTES = 16 * 1024;

    private final InputStream in;
    private final byte[] buffer;
    private int at;
    private int end;
    /** Bytes of the current record that were not read yet. */
    private int left;

    private @Nullable OutputStream target;
    private int copyFrom;

    int sizeBytes;
    long timestampDelta;
    int offsetDelta;
    int keySize;

    /** @param buffer what the bytes are read through, best of {@link #BUFFER_BYTES} */
    RecordStream(InputStream in, byte[] buffer) {
        this.in = in;
        this.buffer = buffer;
    }

    /** Reads up to the key size; {@code maxBytes} bounds what the record may claim to be. */
    void readHead(int maxBytes) throws IOException {
        left = RecordReader.MAX_VARINT_BYTES;
        int size = readVarint();
        if (size < 0 || size > maxBytes) {
            throw RecordReader.malformed("a record claims " + size + " bytes (expected: 0 to " + maxBytes + ')');
        }
        sizeBytes = ByteSink.sizeOfVarint(size) + size;
        left = size;
        readByte(); // attributes: no bit has a meaning
        timestampDelta = readVarlong();
        offsetDelta = readVarint();
        keySize = readVarint();
    }

    /** Bytes of the record after its key size. */
    int tailBytes() {
        return left;
    }

    void readTail(@Nullable OutputStream copyTo) throws IOException {
        target = copyTo;
        copyFrom = at;
        skip(keySize);
        skip(readVarint());
        int headers = readVarint();
        if (headers < 0 || headers > left) {
            throw RecordReader.malformed("a record claims " + headers + " headers, " + left + " bytes are left in it");
        }
        for (int i = 0; i < headers; i++) {
            int size = readVarint();
            if (size < 0) {
                throw RecordReader.malformed("a header's key has size " + size + " (expected: 0 or more)");
            }
            skip(size);
            skip(readVarint());
        }
        if (left != 0) {
            throw RecordReader.malformed("a record's parts end " + left + " bytes before the record");
        }
        copyRead();
        target = null;
    }

    boolean isAtEnd() throws IOException {
        return at == end && !fill();
    }

    private void copyRead() throws IOException {
        if (target != null) {
            target.write(buffer, copyFrom, at - copyFrom);
        }
        copyFrom = at;
    }

    private boolean fill() throws IOException {
        copyRead();
        int read = in.read(buffer, 0, buffer.length);
        at = 0;
        copyFrom = 0;
        end = Math.max(0, read);
        return read > 0;
    }

    private void skip(int count) throws IOException {
        if (count <= 0) {
            return;
        }
        if (count > left) {
            throw RecordReader.malformed(
                    "a key, value or header claims " + count + " bytes, " + left + " are left in its record");
        }
        left -= count;
        int rest = count;
        while (rest > end - at) {
            rest -= end - at;
            at = end;
            if (!fill()) {
                throw new EOFException(rest + " bytes of a record are missing");
            }
        }
        at += rest;
    }

    private int readByte() throws IOException {
        if (left <= 0) {
            throw RecordReader.malformed("a record ends within its parts");
        }
        left--;
        if (at == end && !fill()) {
            throw new EOFException("the bytes end within a record");
        }
        return buffer[at++];
    }

    private int readVarint() throws IOException {
        int raw = 0;
        for (int shift = 0; shift < 7 * RecordReader.MAX_VARINT_BYTES; shift += 7) {
            int b = readByte();
            raw |= (b & 0x7f) << shift;
            if (b >= 0) {
                return (raw >>> 1) ^ -(raw & 1);
            }
        }
        throw RecordReader.malformed("a number is longer than " + RecordReader.MAX_VARINT_BYTES + " bytes");
    }

    private long readVarlong() throws IOException {
        long raw = 0;
        for (int shift = 0; shift < 70; shift += 7) {
            int b = readByte();
            raw |= (long) (b & 0x7f) << shift;
            if (b >= 0) {
                return (raw >>> 1) ^ -(raw & 1);
            }
        }
        throw RecordReader.malformed("a number is longer than 10 bytes");
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
