package dev.embeddedbroker.protocol;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.kafka.common.protocol.types.BoundField;
import org.apache.kafka.common.protocol.types.Field;
import org.apache.kafka.common.protocol.types.NullableSchema;
import org.apache.kafka.common.protocol.types.Schema;
import org.apache.kafka.common.protocol.types.TaggedFields;
import org.apache.kafka.common.protocol.types.Type;

/** Random valid bytes of a message, made from the schema that Apache Kafka's own class declares for the version. */
final class SchemaBytes {
    private static final long[] NUMBERS = {
        -2, -1, 0, 1, 3, 16, 2000, 60_000, Integer.MAX_VALUE, Integer.MIN_VALUE, Long.MAX_VALUE, Long.MIN_VALUE
    };
    private static final int FIRST_UNKNOWN_TAG = 200;

    private final Random random;
    private final int maxElements;
    private final WireWriter out = new WireWriter(256);

    SchemaBytes(Random random, int maxElements) {
        this.random = random;
        this.maxElements = maxElements;
    }

    byte[] of(Schema schema) {
        write(schema);
        byte[] bytes = new byte[out.size()];
        out.toByteBuffer().get(bytes);
        return bytes;
    }

    private void write(Type type) {
        if (type instanceof NullableSchema nullable) {
            boolean isNull = random.nextInt(3) == 0;
            out.writeInt8((byte) (isNull ? -1 : 1));
            if (!isNull) {
                fields(nullable);
            }
        } else if (type instanceof Schema schema) {
            fields(schema);
        } else if (type instanceof TaggedFields tagged) {
            tagged(tagged);
        } else if (type.isArray()) {
            array(type);
        } else {
            scalar(type);
        }
    }

    private void fields(Schema schema) {
        for (BoundField field : schema.fields()) {
            write(field.def.type);
        }
    }

    private void tagged(TaggedFields tagged) {
        Map<Integer, Field> chosen = new TreeMap<>();
        tagged.fields().forEach((tag, field) -> {
            if (random.nextInt(3) > 0) {
                chosen.put(tag, field);
            }
        });
        int unknown = random.nextInt(4) == 0 ? 1 + random.nextInt(2) : 0;
        out.writeUnsignedVarint(chosen.size() + unknown);
        chosen.forEach((tag, field) -> {
            byte[] value = new SchemaBytes(random, maxElements).valueOf(field.type);
            out.writeUnsignedVarint(tag);
            out.writeUnsignedVarint(value.length);
            raw(value);
        });
        for (int i = 0; i < unknown; i++) {
            byte[] value = bytes(random.nextInt(4));
            out.writeUnsignedVarint(FIRST_UNKNOWN_TAG + 100 * i + random.nextInt(100));
            out.writeUnsignedVarint(value.length);
            raw(value);
        }
    }

    private byte[] valueOf(Type type) {
        if (type instanceof NullableSchema nullable) {
            // Kafka's codec of tagged structs differs from the schema it declares: the mark is a varint
            boolean isNull = random.nextInt(3) == 0;
            out.writeUnsignedVarint(isNull ? 0 : 1);
            if (!isNull) {
                fields(nullable);
            }
        } else {
            write(type);
        }
        byte[] bytes = new byte[out.size()];
        out.toByteBuffer().get(bytes);
        return bytes;
    }

    private void array(Type type) {
        boolean compact = type.toString().startsWith("COMPACT_ARRAY")
                || type.getClass().getSimpleName().startsWith("Compact");
        if (type.isNullable() && random.nextInt(4) == 0) {
            length(-1, compact);
            return;
        }
        int count = random.nextInt(maxElements + 1);
        length(count, compact);
        Type element = type.arrayElementType().orElseThrow();
        for (int i = 0; i < count; i++) {
            write(element);
        }
    }

    private void length(int length, boolean compact) {
        if (compact) {
            out.writeUnsignedVarint(length + 1);
        } else {
            out.writeInt32(length);
        }
    }

    private void scalar(Type type) {
        String name = ((Type.DocumentedType) type).typeName();
        boolean compact = name.startsWith("COMPACT_");
        switch (name.replaceFirst("^COMPACT_", "")) {
            case "BOOLEAN" -> out.writeBoolean(random.nextBoolean());
            case "INT8" -> out.writeInt8((byte) number());
            case "INT16", "UINT16" -> out.writeInt16((short) number());
            case "INT32", "UINT32", "UNSIGNED_INT32" -> out.writeInt32((int) number());
            case "INT64" -> out.writeInt64(number());
            case "FLOAT64" -> out.writeFloat64(random.nextBoolean() ? 0 : random.nextGaussian());
            case "UUID" -> {
                boolean zero = random.nextInt(3) == 0;
                out.writeInt64(0);
                out.writeInt64(zero ? 0 : random.nextLong());
            }
            case "STRING" -> out.writeString(string(), compact);
            case "NULLABLE_STRING" -> out.writeNullableString(random.nextInt(3) == 0 ? null : string(), compact);
            case "BYTES", "RECORDS" -> out.writeBytes(bytes(random.nextInt(6)), compact);
            case "NULLABLE_BYTES", "NULLABLE_RECORDS" ->
                out.writeNullableBytes(random.nextInt(3) == 0 ? null : bytes(random.nextInt(6)), compact);
            default -> throw new IllegalStateException("type is " + name + " (expected: one this test can make)");
        }
    }

    private long number() {
        return random.nextBoolean() ? NUMBERS[random.nextInt(NUMBERS.length)] : random.nextLong();
    }

    private String string() {
        return switch (random.nextInt(5)) {
            case 0 -> "";
            case 1 -> "größer-漢字-😀";
            case 2 -> "x".repeat(random.nextInt(200));
            default -> new String(bytes(random.nextInt(8)), StandardCharsets.ISO_8859_1);
        };
    }

    private byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private void raw(byte[] bytes) {
        for (byte b : bytes) {
            out.writeInt8(b);
        }
    }
}
