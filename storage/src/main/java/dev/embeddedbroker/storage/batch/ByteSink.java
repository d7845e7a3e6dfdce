package dev.embeddedbroker.storage.batch;

import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * A growing run of bytes on the heap, with the number formats of a record.
 *
 * <p><b>Owner:</b> whoever made it.
 */
final class ByteSink extends OutputStream {
    private byte[] bytes;
    private int size;

    ByteSink(int initialCapacity) {
        this.bytes = new byte[initialCapacity];
    }

    int size() {
        return size;
    }

    void clear() {
        size = 0;
    }

    /** Leaves room whose bytes are written later; they hold whatever was there. */
    void skip(int count) {
        ensure(count);
        size += count;
    }

    private void ensure(int more) {
        long needed = (long) size + more;
        if (needed > bytes.length) {
            if (needed > Integer.MAX_VALUE - 8) {
                throw new RecordsRefused(
                        RefusalReason.RECORD_LIST_TOO_LARGE,
                        "Batch would be " + needed + " bytes (expected: at most 2 GiB)");
            }
            bytes = Arrays.copyOf(bytes, (int) Math.min(Integer.MAX_VALUE - 8, Math.max(needed, bytes.length * 2L)));
        }
    }

    @Override
    public void write(int b) {
        ensure(1);
        bytes[size++] = (byte) b;
    }

    @Override
    public void write(byte[] source, int from, int count) {
        ensure(count);
        System.arraycopy(source, from, bytes, size, count);
        size += count;
    }

    /** Copies what the buffer still holds and leaves the buffer as it is. */
    void write(ByteBuffer source) {
        int count = source.remaining();
        ensure(count);
        source.get(source.position(), bytes, size, count);
        size += count;
    }

    void write(ByteSink source) {
        write(source.bytes, 0, source.size);
    }

    void writeTo(OutputStream out) throws java.io.IOException {
        out.write(bytes, 0, size);
    }

    void writeVarint(int value) {
        writeUnsigned(Integer.toUnsignedLong((value << 1) ^ (value >> 31)));
    }

    void writeVarlong(long value) {
        writeUnsigned((value << 1) ^ (value >> 63));
    }

    private void writeUnsigned(long value) {
        ensure(10);
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            bytes[size++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        bytes[size++] = (byte) rest;
    }

    /** The bytes so far; shares them with this sink. */
    ByteBuffer toByteBuffer() {
        return ByteBuffer.wrap(bytes, 0, size).slice();
    }

    static int sizeOfVarint(int value) {
        return sizeOfUnsigned(Integer.toUnsignedLong((value << 1) ^ (value >> 31)));
    }

    static int sizeOfVarlong(long value) {
        return sizeOfUnsigned((value << 1) ^ (value >> 63));
    }

    private static int sizeOfUnsigned(long value) {
        return (70 - Long.numberOfLeadingZeros(value | 1)) / 7;
    }
}
