package dev.embeddedbroker.protocol;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of one message being written, as a list of segments: what is written here stands in heap buffers, and large
 * records stand between them as the caller's own buffers, not copied.
 *
 * <p>One pass, no size computed before: the length in front of a tagged field is written after the field, which then moves by
 * the few bytes a long length takes more than a short one.
 *
 * <p><b>Owner:</b> the thread that encodes. The {@code flexible} argument chooses compact lengths (KIP-482).
 */
public final class WireWriter {
    /** Records smaller than this are copied: a segment of their own would cost more. */
    public static final int SPLICE_MIN_BYTES = 1024;

    private static final int MAX_STRING_BYTES = Short.MAX_VALUE;
    private static final int MIN_GROWTH_BYTES = 512;

    private final List<ByteBuffer> done = new ArrayList<>(1);
    private int doneBytes;
    private ByteBuffer buffer;
    private int segmentStart;
    private int openTaggedFields;

    public WireWriter(int initialCapacity) {
        buffer = ByteBuffer.allocate(Math.max(16, initialCapacity));
    }

    /** Bytes written so far. */
    public int size() {
        return doneBytes + buffer.position() - segmentStart;
    }

    /** Everything written so far, in order; positions and limits are the caller's to move, the bytes are not to be changed. */
    public List<ByteBuffer> segments() {
        List<ByteBuffer> segments = new ArrayList<>(done.size() + 1);
        for (ByteBuffer segment : done) {
            segments.add(segment.duplicate());
        }
        if (buffer.position() > segmentStart) {
            segments.add(buffer.slice(segmentStart, buffer.position() - segmentStart));
        }
        return segments;
    }

    /** Everything written so far in one buffer; copies unless there is one segment only. */
    public ByteBuffer toByteBuffer() {
        List<ByteBuffer> segments = segments();
        if (segments.size() == 1) {
            return segments.get(0);
        }
        ByteBuffer all = ByteBuffer.allocate(size());
        segments.forEach(all::put);
        return all.flip();
    }

    private ByteBuffer room(int bytes) {
        if (buffer.remaining() < bytes) {
            int used = buffer.position() - segmentStart;
            long wanted = Math.max(2L * used, (long) used + bytes);
            if (wanted > Integer.MAX_VALUE - 8) {
                wanted = Math.max(Integer.MAX_VALUE - 8L, (long) used + bytes);
            }
            ByteBuffer larger = ByteBuffer.allocate(Math.toIntExact(Math.max(MIN_GROWTH_BYTES, wanted)));
            larger.put(buffer.array(), buffer.arrayOffset() + segmentStart, used);
            buffer = larger;
            segmentStart = 0;
        }
        return buffer;
    }

    public void writeBoolean(boolean value) {
        room(1).put((byte) (value ? 1 : 0));
    }

    public void writeInt8(byte value) {
        room(1).put(value);
    }

    public void writeInt16(short value) {
        room(2).putShort(value);
    }

    public void writeUint16(int value) {
        if (value < 0 || value > 0xFFFF) {
            throw new IllegalArgumentException("uint16 is " + value + " (expected: 0 to 65535)");
        }
        room(2).putShort((short) value);
    }

    public void writeInt32(int value) {
        room(4).putInt(value);
    }

    public void writeUint32(long value) {
        if (value < 0 || value > 0xFFFF_FFFFL) {
            throw new IllegalArgumentException("uint32 is " + value + " (expected: 0 to 4294967295)");
        }
        room(4).putInt((int) value);
    }

    public void writeInt64(long value) {
        room(8).putLong(value);
    }

    public void writeFloat64(double value) {
        room(8).putDouble(value);
    }

    public void writeUuid(Uuid value) {
        room(16).putLong(value.mostSignificantBits()).putLong(value.leastSignificantBits());
    }

    public void writeUnsignedVarint(int value) {
        putVarint(room(5), value);
    }

    private static void putVarint(ByteBuffer to, int value) {
        int left = value;
        while ((left & ~0x7F) != 0) {
            to.put((byte) (left | 0x80));
            left >>>= 7;
        }
        to.put((byte) left);
    }

    private static int varintBytes(int value) {
        return (38 - Integer.numberOfLeadingZeros(value | 1)) / 7;
    }

    /** Leaves four bytes to be filled in later and returns where they are. */
    public int reserveInt32() {
        int position = size();
        writeInt32(0);
        return position;
    }

    /** Fills in what {@link #reserveInt32} left, for instance a frame's length. */
    public void patchInt32(int position, int value) {
        if (position >= doneBytes) {
            buffer.putInt(segmentStart + position - doneBytes, value);
            return;
        }
        int at = position;
        for (ByteBuffer segment : done) {
            if (at < segment.limit()) {
                segment.putInt(at, value);
                return;
            }
            at -= segment.limit();
        }
        throw new IllegalArgumentException("position is " + position + " (expected: one of reserveInt32)");
    }

    public void writeString(String value, boolean flexible) {
        writeNullableString(required(value, "a string"), flexible);
    }

    public void writeNullableString(@Nullable String value, boolean flexible) {
        if (value == null) {
            if (flexible) {
                writeUnsignedVarint(0);
            } else {
                writeInt16((short) -1);
            }
            return;
        }
        byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
        if (utf8.length > MAX_STRING_BYTES) {
            throw new IllegalArgumentException(
                    "string is " + utf8.length + " bytes of UTF-8 (expected: at most " + MAX_STRING_BYTES + ")");
        }
        if (flexible) {
            writeUnsignedVarint(utf8.length + 1);
        } else {
            writeInt16((short) utf8.length);
        }
        room(utf8.length).put(utf8);
    }

    private void writeLength(int length, boolean flexible) {
        if (flexible) {
            writeUnsignedVarint(length + 1);
        } else {
            writeInt32(length);
        }
    }

    public void writeBytes(byte[] value, boolean flexible) {
        writeNullableBytes(required(value, "bytes"), flexible);
    }

    public void writeNullableBytes(byte @Nullable [] value, boolean flexible) {
        if (value == null) {
            writeLength(-1, flexible);
            return;
        }
        writeLength(value.length, flexible);
        room(value.length).put(value);
    }

    public void writeRecords(ByteBuffer value, boolean flexible) {
        writeNullableRecords(required(value, "records"), flexible);
    }

    /** Writes what remains in {@code value}, whose position stays; its bytes must stay too until the message is sent. */
    public void writeNullableRecords(@Nullable ByteBuffer value, boolean flexible) {
        if (value == null) {
            writeLength(-1, flexible);
            return;
        }
        writeLength(value.remaining(), flexible);
        if (value.remaining() < SPLICE_MIN_BYTES || openTaggedFields > 0) {
            room(value.remaining()).put(value.duplicate());
            return;
        }
        int used = buffer.position() - segmentStart;
        if (used > 0) {
            done.add(buffer.slice(segmentStart, used));
        }
        done.add(value.slice());
        doneBytes = Math.addExact(doneBytes + used, value.remaining());
        segmentStart = buffer.position();
    }

    /** Writes the element count of an array of structs; the caller writes the elements. */
    public void writeArrayLength(List<?> list, boolean flexible) {
        writeNullableArrayLength(required(list, "an array"), flexible);
    }

    /** As {@link #writeArrayLength}; null has no elements. */
    public void writeNullableArrayLength(@Nullable List<?> list, boolean flexible) {
        writeLength(list == null ? -1 : list.size(), flexible);
    }

    private static <T> T required(@Nullable T value, String what) {
        if (value == null) {
            throw new IllegalArgumentException("null where this version allows none (expected: " + what + ")");
        }
        return value;
    }

    public void writeInt8List(List<Byte> list, boolean flexible) {
        writeNullableInt8List(required(list, "an array"), flexible);
    }

    public void writeNullableInt8List(@Nullable List<Byte> list, boolean flexible) {
        writeNullableArrayLength(list, flexible);
        if (list != null) {
            ByteBuffer to = room(list.size());
            for (byte value : list) {
                to.put(value);
            }
        }
    }

    public void writeInt16List(List<Short> list, boolean flexible) {
        writeNullableInt16List(required(list, "an array"), flexible);
    }

    public void writeNullableInt16List(@Nullable List<Short> list, boolean flexible) {
        writeNullableArrayLength(list, flexible);
        if (list != null) {
            ByteBuffer to = room(Math.multiplyExact(list.size(), 2));
            for (short value : list) {
                to.putShort(value);
            }
        }
    }

    public void writeInt32List(List<Integer> list, boolean flexible) {
        writeNullableInt32List(required(list, "an array"), flexible);
    }

    public void writeNullableInt32List(@Nullable List<Integer> list, boolean flexible) {
        writeNullableArrayLength(list, flexible);
        if (list != null) {
            ByteBuffer to = room(Math.multiplyExact(list.size(), 4));
            for (int value : list) {
                to.putInt(value);
            }
        }
    }

    public void writeInt64List(List<Long> list, boolean flexible) {
        writeNullableInt64List(required(list, "an array"), flexible);
    }

    public void writeNullableInt64List(@Nullable List<Long> list, boolean flexible) {
        writeNullableArrayLength(list, flexible);
        if (list != null) {
            ByteBuffer to = room(Math.multiplyExact(list.size(), 8));
            for (long value : list) {
                to.putLong(value);
            }
        }
    }

    public void writeUuidList(List<Uuid> list, boolean flexible) {
        writeNullableUuidList(required(list, "an array"), flexible);
    }

    public void writeNullableUuidList(@Nullable List<Uuid> list, boolean flexible) {
        writeNullableArrayLength(list, flexible);
        if (list != null) {
            list.forEach(this::writeUuid);
        }
    }

    public void writeStringList(List<String> list, boolean flexible) {
        writeNullableStringList(required(list, "an array"), flexible);
    }

    public void writeNullableStringList(@Nullable List<String> list, boolean flexible) {
        writeNullableArrayLength(list, flexible);
        if (list != null) {
            for (String value : list) {
                writeString(value, flexible);
            }
        }
    }

    /** Begins a struct's tagged fields; the result goes to {@link #endTaggedFields}. */
    public int startTaggedFields() {
        return startVarint();
    }

    public void endTaggedFields(int section, int count) {
        endVarint(section, count);
    }

    /** Begins one tagged field; the result goes to {@link #endTaggedField}. */
    public int startTaggedField(int tag) {
        writeUnsignedVarint(tag);
        return startVarint();
    }

    public void endTaggedField(int start) {
        endVarint(start, buffer.position() - segmentStart - start - 1);
    }

    /* While a varint is open no segment is cut, so a position counted from the segment's start stays true. */

    private int startVarint() {
        openTaggedFields++;
        int at = buffer.position() - segmentStart;
        room(1).put((byte) 0);
        return at;
    }

    private void endVarint(int start, int value) {
        openTaggedFields--;
        int more = varintBytes(value) - 1;
        ByteBuffer to = room(more);
        int at = segmentStart + start;
        int end = to.position();
        if (more > 0) {
            int from = to.arrayOffset() + at + 1;
            System.arraycopy(to.array(), from, to.array(), from + more, end - at - 1);
        }
        to.position(at);
        putVarint(to, value);
        to.position(end + more);
    }

    /** Writes the tagged fields of a struct that knows none itself. */
    public void writeUnknownTaggedFields(@Nullable List<UnknownTaggedField> fields) {
        writeUnsignedVarint(fields == null ? 0 : fields.size());
        writeUnknownTags(fields, 0, Integer.MAX_VALUE);
    }

    /**
     * Writes, in tag order, those from {@code fromTag} up to and without {@code toTag}, or to the last one when {@code toTag}
     * is the largest int.
     *
     * @return how many were written
     */
    public int writeUnknownTags(@Nullable List<UnknownTaggedField> fields, int fromTag, int toTag) {
        if (fields == null || fields.isEmpty()) {
            return 0;
        }
        List<UnknownTaggedField> sorted = new ArrayList<>(fields);
        sorted.sort((a, b) -> Integer.compareUnsigned(a.tag(), b.tag()));
        int count = 0;
        for (UnknownTaggedField field : sorted) {
            boolean below = toTag == Integer.MAX_VALUE || Integer.compareUnsigned(field.tag(), toTag) < 0;
            if (below && Integer.compareUnsigned(field.tag(), fromTag) >= 0) {
                writeUnsignedVarint(field.tag());
                writeUnsignedVarint(field.data().length);
                room(field.data().length).put(field.data());
                count++;
            }
        }
        return count;
    }
}
