package dev.embeddedbroker.inspect;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A record as it lies in the log, its key and value in bytes. Immutable. */
public final class StoredRecord {
    private final String topic;
    private final int partition;
    private final long offset;
    private final long timestampMs;
    private final byte @Nullable [] key;
    private final byte @Nullable [] value;
    private final List<StoredHeader> headers;
    private final Origin origin;

    /**
     * Who wrote it.
     *
     * @param producerId −1 for a producer that is not idempotent
     */
    record Origin(long producerId, boolean isTransactional, RecordFate fate) {}

    StoredRecord(
            TopicAndPartition place,
            long offset,
            long timestampMs,
            byte @Nullable [] key,
            byte @Nullable [] value,
            List<StoredHeader> headers,
            Origin origin) {
        this.topic = place.topic();
        this.partition = place.partition();
        this.offset = offset;
        this.timestampMs = timestampMs;
        this.key = key;
        this.value = value;
        this.headers = List.copyOf(headers);
        this.origin = origin;
    }

    public String topic() {
        return topic;
    }

    public int partition() {
        return partition;
    }

    public long offset() {
        return offset;
    }

    /** The producer's, or the broker's where the topic has {@code message.timestamp.type=LogAppendTime}. */
    public long timestampMs() {
        return timestampMs;
    }

    /** A copy; null for a record without a key. */
    public byte @Nullable [] key() {
        return key == null ? null : key.clone();
    }

    /** A copy; null for a record without a value. */
    public byte @Nullable [] value() {
        return value == null ? null : value.clone();
    }

    /** The key read as UTF-8; null for a record without one. */
    public @Nullable String keyText() {
        return key == null ? null : new String(key, StandardCharsets.UTF_8);
    }

    /** The value read as UTF-8; null for a record without one. */
    public @Nullable String valueText() {
        return value == null ? null : new String(value, StandardCharsets.UTF_8);
    }

    /** In the order they were sent in. */
    public List<StoredHeader> headers() {
        return headers;
    }

    /** The last header of that name read as UTF-8; null if there is none, or it has no value. */
    public @Nullable String headerText(String name) {
        String found = null;
        for (var header : headers) {
            found = header.key().equals(name) ? header.text() : found;
        }
        return found;
    }

    /** The producer's id; −1 for a producer that is not idempotent. */
    public long producerId() {
        return origin.producerId();
    }

    /** Whether it was written in a transaction. */
    public boolean isTransactional() {
        return origin.isTransactional();
    }

    /** What became of that transaction, when this was read. */
    public RecordFate fate() {
        return origin.fate();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof StoredRecord that
                && topic.equals(that.topic)
                && partition == that.partition
                && offset == that.offset
                && timestampMs == that.timestampMs
                && Arrays.equals(key, that.key)
                && Arrays.equals(value, that.value)
                && headers.equals(that.headers)
                && origin.equals(that.origin);
    }

    @Override
    public int hashCode() {
        return Objects.hash(topic, partition, offset, Arrays.hashCode(key), Arrays.hashCode(value));
    }

    @Override
    public String toString() {
        return topic + "-" + partition + "@" + offset + " " + Shown.bytes(key) + " = " + Shown.bytes(value)
                + (headers.isEmpty() ? "" : " " + headers) + " at "
                + (timestampMs < 0 ? "no time" : Instant.ofEpochMilli(timestampMs))
                + (isTransactional() ? ", " + fate() + " by producer " + producerId() : "");
    }
}
