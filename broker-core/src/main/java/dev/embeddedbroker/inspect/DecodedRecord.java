package dev.embeddedbroker.inspect;

import org.jspecify.annotations.Nullable;

/**
 * A record with its key and value as the caller's decoders read them.
 *
 * @param stored the record as it lies in the log
 */
public record DecodedRecord<K, V>(@Nullable K key, @Nullable V value, StoredRecord stored) {

    public String topic() {
        return stored.topic();
    }

    public int partition() {
        return stored.partition();
    }

    public long offset() {
        return stored.offset();
    }

    public long timestampMs() {
        return stored.timestampMs();
    }

    /** The last header of that name read as UTF-8; null if there is none, or it has no value. */
    public @Nullable String headerText(String name) {
        return stored.headerText(name);
    }

    @Override
    public String toString() {
        return topic() + "-" + partition() + "@" + offset() + " " + key + " = " + value;
    }
}
