package dev.embeddedbroker.inspect;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A deserializer of the user's kafka-clients, called with headers by reflection: this library is compiled without it.
 *
 * <p><b>Owner:</b> as of the deserializer.
 */
final class HeadersDecoder<T> implements Decoder<T> {
    private static final String DESERIALIZER = "org.apache.kafka.common.serialization.Deserializer";
    private static final String HEADERS = "org.apache.kafka.common.header.Headers";
    private static final String RECORD_HEADERS = "org.apache.kafka.common.header.internals.RecordHeaders";

    private final Object deserializer;
    private final Method deserialize;
    private final Method add;
    private final Constructor<?> newHeaders;

    HeadersDecoder(Object deserializer) {
        this.deserializer = deserializer;
        try {
            var type = deserializerType(deserializer.getClass());
            var headers = Class.forName(HEADERS, false, type.getClassLoader());
            deserialize = type.getMethod("deserialize", String.class, headers, byte[].class);
            add = headers.getMethod("add", String.class, byte[].class);
            newHeaders =
                    Class.forName(RECORD_HEADERS, true, type.getClassLoader()).getConstructor();
        } catch (ReflectiveOperationException e) {
            throw new IllegalArgumentException(
                    "deserializer is a " + deserializer.getClass().getName() + " (expected: a " + DESERIALIZER + ")",
                    e);
        }
    }

    /** The interface as the deserializer's own class loader knows it. */
    private static Class<?> deserializerType(Class<?> type) throws ClassNotFoundException {
        return find(type).orElseThrow(() -> new ClassNotFoundException(DESERIALIZER));
    }

    private static Optional<Class<?>> find(Class<?> type) {
        if (type.getName().equals(DESERIALIZER)) {
            return Optional.of(type);
        }
        var above = new ArrayList<>(List.of(type.getInterfaces()));
        if (type.getSuperclass() != null) {
            above.add(type.getSuperclass());
        }
        return above.stream()
                .map(HeadersDecoder::find)
                .flatMap(Optional::stream)
                .findFirst();
    }

    @Override
    public @Nullable T decode(String topic, byte @Nullable [] bytes) {
        return decode(topic, List.of(), bytes);
    }

    @Override
    public @Nullable T decode(StoredRecord record, byte @Nullable [] bytes) {
        return decode(record.topic(), record.headers(), bytes);
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // what it gives is what the caller says it gives
    private @Nullable T decode(String topic, List<StoredHeader> headers, byte @Nullable [] bytes) {
        try {
            Object kafkas = newHeaders.newInstance();
            for (var header : headers) {
                add.invoke(kafkas, header.key(), header.value());
            }
            return (T) deserialize.invoke(deserializer, topic, kafkas, bytes);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof RuntimeException own) {
                throw own;
            }
            throw new IllegalStateException(deserializer + " failed", e.getCause());
        } catch (IllegalAccessException | InstantiationException e) {
            throw new IllegalStateException("this kafka-clients has no usable " + RECORD_HEADERS, e);
        }
    }
}
