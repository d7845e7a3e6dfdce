package dev.embeddedbroker.fault;

import dev.embeddedbroker.protocol.Request;
import dev.embeddedbroker.protocol.Struct;
import dev.embeddedbroker.protocol.WireReader;
import dev.embeddedbroker.protocol.WireWriter;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Messages by the names of their fields: what is said of all requests at once. Only while there are rules. */
final class Structs {
    private static final int FIRST_BYTES = 1024;

    private Structs() {}

    static List<Field> fields(Class<?> type) {
        return Stream.of(type.getFields())
                .filter(field -> !Modifier.isStatic(field.getModifiers()))
                .toList();
    }

    /** The first of these fields that a struct has, or null. */
    static @Nullable Field field(Class<?> type, String... names) {
        var fields = fields(type);
        for (String name : names) {
            for (Field field : fields) {
                if (field.getName().equals(name)) {
                    return field;
                }
            }
        }
        return null;
    }

    static @Nullable Object get(Field field, Struct of) {
        try {
            return field.get(of);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(field + " is not accessible (expected: a public field)", e);
        }
    }

    static void set(Field field, Struct of, @Nullable Object value) {
        try {
            field.set(of, value);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(field + " is not accessible (expected: a public field)", e);
        }
    }

    static Struct create(Class<?> type) {
        try {
            return (Struct) type.getConstructor().newInstance();
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(type + " can't be made (expected: a constructor without parameters)", e);
        }
    }

    /** The struct that a field is a list of, or null when it is no such list. */
    static @Nullable Class<?> elementType(Field field) {
        return field.getGenericType() instanceof ParameterizedType list
                        && list.getRawType() == List.class
                        && list.getActualTypeArguments()[0] instanceof Class<?> type
                        && Struct.class.isAssignableFrom(type)
                ? type
                : null;
    }

    /** A struct with the same field values: what it refers to is the same. */
    static Struct shallowCopy(Struct struct) {
        Struct copy = create(struct.getClass());
        for (Field field : fields(struct.getClass())) {
            set(field, copy, get(field, struct));
        }
        return copy;
    }

    /** The same request in memory of its own. */
    static Request deepCopy(Request request, short version) {
        var out = new WireWriter(FIRST_BYTES);
        request.write(out, version);
        var bytes = ByteBuffer.allocate(out.size());
        out.segments().forEach(segment -> bytes.put(segment.duplicate()));
        Request copy = request.api().newRequest();
        copy.read(new WireReader(bytes.flip()), version);
        return copy;
    }

    /** The fields and their values, for reading only: structs as maps, bytes as read-only buffers. */
    static Map<String, @Nullable Object> asMap(Struct struct) {
        var map = new LinkedHashMap<String, @Nullable Object>();
        for (Field field : fields(struct.getClass())) {
            if (field.getDeclaringClass() != Struct.class) {
                map.put(field.getName(), readOnly(get(field, struct)));
            }
        }
        return Collections.unmodifiableMap(map);
    }

    private static @Nullable Object readOnly(@Nullable Object value) {
        if (value instanceof Struct struct) {
            return asMap(struct);
        }
        if (value instanceof List<?> list) {
            var all = new ArrayList<@Nullable Object>(list.size());
            list.forEach(element -> all.add(readOnly(element)));
            return Collections.unmodifiableList(all);
        }
        if (value instanceof ByteBuffer buffer) {
            return buffer.asReadOnlyBuffer();
        }
        return value instanceof byte[] bytes ? ByteBuffer.wrap(bytes).asReadOnlyBuffer() : value;
    }
}
