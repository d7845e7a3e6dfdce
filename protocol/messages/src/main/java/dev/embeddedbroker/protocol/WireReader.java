package dev.embeddedbroker.protocol;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A cursor over the bytes of one message; every read is checked, and what is not there is a {@link MalformedMessage}.
 *
 * <p>Nothing is allocated for a count before the bytes for it are known to be there. The limits of
 * {@value #MAX_ARRAY_ELEMENTS} array elements and {@value #MAX_TAGGED_FIELDS} tagged fields are Apache Kafka 4.4's own; as there,
 * any negative length means null.
 *
 * <p><b>Owner:</b> the thread that decodes the frame. The {@code flexible} argument chooses compact lengths (KIP-482).
 */
public final class WireReader {
    /** The most elements an array may have. */
    public static final int MAX_ARRAY_ELEMENTS = 1_000_000;

    /** The most tagged fields a struct may have. */
    public static final int MAX_TAGGED_FIELDS = 10_000;

    private static final int MAX_STRING_BYTES = Short.MAX_VALUE;

    private final ByteBuffer buffer;
    private final int start;

    /** Reads what remains in {@code buffer}, whose own position stays; records are read as slices of it. */
    public WireReader(ByteBuffer buffer) {
        this.buffer = buffer.duplicate();
        this.start = buffer.position();
    }

    /** Bytes read so far. */
    public int position() {
        return buffer.position() - start;
    }

    /** Bytes not yet read. */
    public int remaining() {
        return buffer.remaining();
    }

    private void need(int bytes, String what) {
        if (buffer.remaining() < bytes) {
            throw malformed(buffer.remaining() + " bytes", bytes + " bytes of " + what);
        }
    }

    private MalformedMessage malformed(String found, String expected) {
        return new MalformedMessage(position(), found, expected);
    }

    public boolean readBoolean() {
        need(1, "bool");
        return buffer.get() != 0;
    }

    public byte readInt8() {
        need(1, "int8");
        return buffer.get();
    }

    public short readInt16() {
        need(2, "int16");
        return buffer.getShort();
    }

    public int readUint16() {
        need(2, "uint16");
        return Short.toUnsignedInt(buffer.getShort());
    }

    public int readInt32() {
        need(4, "int32");
        return buffer.getInt();
    }

    public long readUint32() {
        need(4, "uint32");
        return Integer.toUnsignedLong(buffer.getInt());
    }

    public long readInt64() {
        need(8, "int64");
        return buffer.getLong();
    }

    public double readFloat64() {
        need(8, "float64");
        return buffer.getDouble();
    }

    public Uuid readUuid() {
        need(16, "uuid");
        long most = buffer.getLong();
        long least = buffer.getLong();
        return (most | least) == 0 ? Uuid.ZERO : new Uuid(most, least);
    }

    /** Seven bits a byte, lowest first; at most five bytes. */
    public int readUnsignedVarint() {
        int value = 0;
        for (int shift = 0; shift <= 28; shift += 7) {
            need(1, "varint");
            byte next = buffer.get();
            value |= (next & 0x7F) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw malformed("a varint that goes on after 5 bytes", "at most 5 bytes");
    }

    public String readString(boolean flexible) {
        String value = readNullableString(flexible);
        if (value == null) {
            throw malformed("null", "a string");
        }
        return value;
    }

    public @Nullable String readNullableString(boolean flexible) {
        int length = flexible ? readUnsignedVarint() - 1 : readInt16();
        if (length < 0) {
            return null;
        }
        if (length > MAX_STRING_BYTES) {
            throw malformed("a string of " + length + " bytes", "at most " + MAX_STRING_BYTES);
        }
        if (length == 0) {
            return "";
        }
        need(length, "string");
        if (buffer.hasArray()) {
            int at = buffer.position();
            buffer.position(at + length);
            return new String(buffer.array(), buffer.arrayOffset() + at, length, StandardCharsets.UTF_8);
        }
        return new String(take(length), StandardCharsets.UTF_8);
    }

    private byte[] take(int length) {
        byte[] bytes = new byte[length];
        buffer.get(bytes);
        return bytes;
    }

    private int readLength(boolean flexible) {
        return flexible ? readUnsignedVarint() - 1 : readInt32();
    }

    public byte[] readBytes(boolean flexible) {
        byte[] value = readNullableBytes(flexible);
        if (value == null) {
            throw malformed("null", "bytes");
        }
        return value;
    }

    public byte @Nullable [] readNullableBytes(boolean flexible) {
        int length = readLength(flexible);
        if (length < 0) {
            return null;
        }
        need(length, "bytes");
        return length == 0 ? Struct.NO_BYTES : take(length);
    }

    public ByteBuffer readRecords(boolean flexible) {
        ByteBuffer value = readNullableRecords(flexible);
        if (value == null) {
            throw malformed("null", "records");
        }
        return value;
    }

    /** A slice of the buffer being read, no copy. */
    public @Nullable ByteBuffer readNullableRecords(boolean flexible) {
        int length = readLength(flexible);
        if (length < 0) {
            return null;
        }
        need(length, "records");
        int at = buffer.position();
        buffer.position(at + length);
        return buffer.slice(at, length);
    }

    /** The element count of an array whose elements take at least {@code fewestBytes} each. */
    public int readArrayLength(boolean flexible, int fewestBytes) {
        int length = readNullableArrayLength(flexible, fewestBytes);
        if (length < 0) {
            throw malformed("null", "an array");
        }
        return length;
    }

    /** As {@link #readArrayLength}; −1 for null. */
    public int readNullableArrayLength(boolean flexible, int fewestBytes) {
        int length = readLength(flexible);
        if (length < 0) {
            return -1;
        }
        if ((long) length * fewestBytes > buffer.remaining()) {
            throw malformed(
                    "an array of " + length + " elements in " + buffer.remaining() + " bytes",
                    "at least " + fewestBytes + " bytes an element");
        }
        if (length > MAX_ARRAY_ELEMENTS) {
            throw malformed("an array of " + length + " elements", "at most " + MAX_ARRAY_ELEMENTS);
        }
        return length;
    }

    private static <T> List<T> required(WireReader in, @Nullable List<T> list) {
        if (list == null) {
            throw in.malformed("null", "an array");
        }
        return list;
    }

    public List<Byte> readInt8List(boolean flexible) {
        return required(this, readNullableInt8List(flexible));
    }

    public @Nullable List<Byte> readNullableInt8List(boolean flexible) {
        int length = readNullableArrayLength(flexible, 1);
        if (length < 0) {
            return null;
        }
        List<Byte> list = new ArrayList<>(length);
        for (int i = 0; i < length; i++) {
            list.add(buffer.get());
        }
        return list;
    }

    public List<Short> readInt16List(boolean flexible) {
        return required(this, readNullableInt16List(flexible));
    }

    public @Nullable List<Short> readNullableInt16List(boolean flexible) {
        int length = readNullableArrayLength(flexible, 2);
        if (length < 0) {
            return null;
        }
        List<Short> list = new ArrayList<>(length);
        for (int i = 0; i < length; i++) {
            list.add(buffer.getShort());
        }
        return list;
    }

    public List<Integer> readInt32List(boolean flexible) {
        return required(this, readNullableInt32List(flexible));
    }

    public @Nullable List<Integer> readNullableInt32List(boolean flexible) {
        int length = readNullableArrayLength(flexible, 4);
        if (length < 0) {
            return null;
        }
        List<Integer> list = new ArrayList<>(length);
        for (int i = 0; i < length; i++) {
            list.add(buffer.getInt());
        }
        return list;
    }

    public List<Long> readInt64List(boolean flexible) {
        return required(this, readNullableInt64List(flexible));
    }

    public @Nullable List<Long> readNullableInt64List(boolean flexible) {
        int length = readNullableArrayLength(flexible, 8);
        if (length < 0) {
            return null;
        }
        List<Long> list = new ArrayList<>(length);
        for (int i = 0; i < length; i++) {
            list.add(buffer.getLong());
        }
        return list;
    }

    public List<Uuid> readUuidList(boolean flexible) {
        return required(this, readNullableUuidList(flexible));
    }

    public @Nullable List<Uuid> readNullableUuidList(boolean flexible) {
        int length = readNullableArrayLength(flexible, 16);
        if (length < 0) {
            return null;
        }
        List<Uuid> list = new ArrayList<>(length);
        for (int i = 0; i < length; i++) {
            list.add(readUuid());
        }
        return list;
    }

    public List<String> readStringList(boolean flexible) {
        return required(this, readNullableStringList(flexible));
    }

    public @Nullable List<String> readNullableStringList(boolean flexible) {
        int length = readNullableArrayLength(flexible, flexible ? 1 : 2);
        if (length < 0) {
            return null;
        }
        List<String> list = new ArrayList<>(length);
        for (int i = 0; i < length; i++) {
            try {
                list.add(readString(flexible));
            } catch (MalformedMessage e) {
                throw e.atElement(i);
            }
        }
        return list;
    }

    /** How many tagged fields follow. */
    public int readTaggedFieldCount() {
        int count = readUnsignedVarint();
        if (count < 0 || count > buffer.remaining() || count > MAX_TAGGED_FIELDS) {
            throw malformed(
                    Integer.toUnsignedString(count) + " tagged fields in " + buffer.remaining() + " bytes",
                    "at most " + MAX_TAGGED_FIELDS + ", and at least a byte for each");
        }
        return count;
    }

    /** All tagged fields of a struct that knows none; null when there are none. */
    public @Nullable List<UnknownTaggedField> readUnknownTaggedFields() {
        List<UnknownTaggedField> fields = null;
        for (int left = readTaggedFieldCount(); left > 0; left--) {
            fields = readUnknownTaggedField(fields, readUnsignedVarint(), readUnsignedVarint());
        }
        return fields;
    }

    /** Adds one tagged field to {@code fields}, or to a new list. */
    public List<UnknownTaggedField> readUnknownTaggedField(
            @Nullable List<UnknownTaggedField> fields, int tag, int sizeBytes) {
        if (sizeBytes < 0) {
            throw malformed("a tagged field of " + Integer.toUnsignedString(sizeBytes) + " bytes", "fewer");
        }
        need(sizeBytes, "tagged field");
        List<UnknownTaggedField> list = fields == null ? new ArrayList<>(2) : fields;
        list.add(new UnknownTaggedField(tag, take(sizeBytes)));
        return list;
    }

    /** The refusal of a tag that this version does not have, though another one does. */
    public MalformedMessage tagNotInVersion(int tag, short version) {
        return malformed("tag " + tag, "none of that number in version " + version);
    }
}
