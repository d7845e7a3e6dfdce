package dev.embeddedbroker.inspect;

import org.jspecify.annotations.Nullable;

/**
 * Reads a key or a value. A deserializer of Kafka's fits as it is: {@code new StringDeserializer()::deserialize}; one that
 * needs the record's headers as {@code Decoder.of(deserializer)}.
 */
@FunctionalInterface
public interface Decoder<T> {

    /**
     * Reads a key or a value of a record in {@code topic}.
     *
     * @param bytes null for a record without a key, or without a value
     */
    @Nullable
    T decode(String topic, byte @Nullable [] bytes);

    /** Reads the key or the value of {@code record}. */
    default @Nullable T decode(StoredRecord record, byte @Nullable [] bytes) {
        return decode(record.topic(), bytes);
    }

    /**
     * A decoder that gives a deserializer the headers of each record too, as those want that tell types by headers.
     *
     * @param deserializer a configured {@code org.apache.kafka.common.serialization.Deserializer}
     * @throws IllegalArgumentException if it is no such thing
     */
    static <T> Decoder<T> of(Object deserializer) {
        return new HeadersDecoder<>(deserializer);
    }
}
