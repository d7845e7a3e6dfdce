package dev.embeddedbroker.recorder;

import dev.embeddedbroker.protocol.Struct;
import dev.embeddedbroker.protocol.Uuid;
import dev.embeddedbroker.protocol.WireWriter;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Which fields a generated class has in a version, found out by writing it: a field that changes no byte is not in it.
 * Any thread.
 */
final class Fields {

    private static final int FIRST_BYTES = 64;

    private final Map<Key, List<Field>> known = new ConcurrentHashMap<>();

    private record Key(Class<?> type, short version) {}

    List<Field> of(Struct struct, short version) {
        return known.computeIfAbsent(new Key(struct.getClass(), version), key -> find(struct.getClass(), version));
    }

    private static List<Field> find(Class<? extends Struct> type, short version) {
        return Arrays.stream(type.getDeclaredFields())
                .filter(field -> Modifier.isPublic(field.getModifiers()) && !Modifier.isStatic(field.getModifiers()))
                .filter(field -> isIn(type, field, version))
                .toList();
    }

    private static boolean isIn(Class<? extends Struct> type, Field field, short version) {
        try {
            var plain = filled(type);
            var changed = filled(type);
            Object other = another(field, field.get(changed));
            field.set(changed, other);
            byte[] without = written(plain, version);
            byte[] with = written(changed, version);
            return with != null && (without == null || !Arrays.equals(without, with));
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(type + " has no such field (expected: a generated class)", e);
        }
    }

    /** One whose fields that must not be null are not. */
    private static Struct filled(Class<?> type) throws ReflectiveOperationException {
        return (Struct) type.getDeclaredConstructor().newInstance();
    }

    /** Null when this version can't carry it. */
    private static byte @Nullable [] written(Struct struct, short version) {
        var out = new WireWriter(FIRST_BYTES);
        try {
            struct.write(out, version);
        } catch (IllegalArgumentException e) {
            return null;
        }
        ByteBuffer bytes = out.toByteBuffer();
        var copy = new byte[bytes.remaining()];
        bytes.get(copy);
        return copy;
    }

    private static @Nullable Object another(Field field, @Nullable Object value) throws ReflectiveOperationException {
        Class<?> type = field.getType();
        if (type == boolean.class) return Boolean.FALSE.equals(value);
        if (type == byte.class) return (byte) (value instanceof Byte now && now == 1 ? 2 : 1);
        if (type == short.class) return (short) (value instanceof Short now && now == 1 ? 2 : 1);
        if (type == int.class) return value instanceof Integer now && now == 1 ? 2 : 1;
        if (type == long.class) return value instanceof Long now && now == 1 ? 2L : 1L;
        if (type == double.class) return 1.5;
        if (type == String.class) return "another";
        if (type == Uuid.class) return new Uuid(1, 2);
        if (type == byte[].class) return new byte[] {1};
        if (type == ByteBuffer.class) return ByteBuffer.wrap(new byte[] {1});
        if (type == List.class) return new ArrayList<>(List.of(element(field)));
        return value == null ? type.getDeclaredConstructor().newInstance() : changed((Struct) value);
    }

    private static Object element(Field field) throws ReflectiveOperationException {
        var type = (Class<?>) ((ParameterizedType) field.getGenericType()).getActualTypeArguments()[0];
        if (type == Byte.class) return (byte) 1;
        if (type == Short.class) return (short) 1;
        if (type == Integer.class) return 1;
        if (type == Long.class) return 1L;
        if (type == String.class) return "another";
        if (type == Uuid.class) return new Uuid(1, 2);
        if (type == byte[].class) return new byte[] {1};
        return type.getDeclaredConstructor().newInstance();
    }

    private static Struct changed(Struct struct) throws ReflectiveOperationException {
        for (var field : struct.getClass().getDeclaredFields()) {
            if (Modifier.isPublic(field.getModifiers()) && !Modifier.isStatic(field.getModifiers())) {
                field.set(struct, another(field, field.get(struct)));
            }
        }
        return struct;
    }
}
