package dev.embeddedbroker.storage.batch;

import java.nio.ByteBuffer;

/**
 * The head of one record, decoded, and where its parts lie.
 *
 * <pre>
 *   record  = varint body size, body
 *   body    = int8 attributes, varlong timestamp delta, varint offset delta,
 *             varint key size, key, varint value size, value, varint header count, headers
 *   header  = varint key size, key, varint value size, value               (a negative size is null; a header's key may not be null)
 * </pre>
 *
 * Parses from a buffer by absolute position and allocates nothing; every malformed record is refused as INVALID_RECORD.
 */
final class RecordReader {
    static final int MAX_VARINT_BYTES = 5;

    private ByteBuffer buffer;
    private int at;
    private int end;

    long timestampDelta;
    int offsetDelta;
    int keySize;
    int keyPosition;
    int valueSize;
    int valuePosition;
    int headerCount;
    int headersPosition;

    RecordReader(ByteBuffer buffer) {
        this.buffer = buffer;
    }

    ByteBuffer buffer() {
        return buffer;
    }

    /** Reads the record whose size field is at {@code position}; its bytes must end by {@code limit}. Returns where the next one begins. */
    int readSized(int position, int limit) {
        at = position;
        end = limit;
        int size = readVarint();
        if (size < 0 || size > limit - at) {
            throw malformed("a record claims " + size + " bytes, " + (limit - at) + " are left in the batch");
        }
        int next = at + size;
        readBody(at, next);
        return next;
    }

    /** Reads the record body that is exactly the bytes of another buffer from {@code from} to {@code to}. */
    void readBody(ByteBuffer newBuffer, int from, int to) {
        buffer = newBuffer;
        readBody(from, to);
    }

    private void readBody(int from, int to) {
        at = from;
        end = to;
        readByte(); // attributes: no bit has a meaning
        timestampDelta = readVarlong();
        offsetDelta = readVarint();
        keySize = readVarint();
        keyPosition = skip(keySize);
        valueSize = readVarint();
        valuePosition = skip(valueSize);
        headerCount = readVarint();
        headersPosition = at;
        if (headerCount < 0 || headerCount > end - at) {
            throw malformed("a record claims " + headerCount + " headers, " + (end - at) + " bytes are left in it");
        }
        for (int i = 0; i < headerCount; i++) {
            skipHeaderKey();
            skip(readVarint());
        }
        if (at != end) {
            throw malformed("a record's parts end " + (end - at) + " bytes before the record");
        }
    }

    private void skipHeaderKey() {
        int size = readVarint();
        if (size < 0) {
            throw malformed("a header's key has size " + size + " (expected: 0 or more)");
        }
        skip(size);
    }

    /** The header at {@link #headersPosition} or after the one read before, when {@code again}. */
    RecordHeader readHeader(boolean first) {
        if (first) {
            at = headersPosition;
        }
        int keyBytes = readVarint();
        ByteBuffer key = buffer.slice(skip(keyBytes), keyBytes);
        int valueBytes = readVarint();
        int valueAt = skip(valueBytes);
        return new RecordHeader(key, valueBytes < 0 ? null : buffer.slice(valueAt, valueBytes));
    }

    private int skip(int size) {
        int from = at;
        if (size > 0) {
            if (size > end - at) {
                throw malformed(
                        "a key, value or header claims " + size + " bytes, " + (end - at) + " are left in its record");
            }
            at += size;
        }
        return from;
    }

    private int readByte() {
        if (at >= end) {
            throw malformed("the bytes end within a record");
        }
        return buffer.get(at++);
    }

    private int readVarint() {
        int raw = 0;
        for (int shift = 0; shift < 7 * MAX_VARINT_BYTES; shift += 7) {
            int b = readByte();
            raw |= (b & 0x7f) << shift;
            if (b >= 0) {
                return (raw >>> 1) ^ -(raw & 1);
            }
        }
        throw malformed("a number is longer than " + MAX_VARINT_BYTES + " bytes");
    }

    private long readVarlong() {
        long raw = 0;
        for (int shift = 0; shift < 70; shift += 7) {
            int b = readByte();
            raw |= (long) (b & 0x7f) << shift;
            if (b >= 0) {
                return (raw >>> 1) ^ -(raw & 1);
            }
        }
        throw malformed("a number is longer than 10 bytes");
    }

    static RecordsRefused malformed(String what) {
        return new RecordsRefused(RefusalReason.INVALID_RECORD, "Batch is malformed: " + what);
    }
}
