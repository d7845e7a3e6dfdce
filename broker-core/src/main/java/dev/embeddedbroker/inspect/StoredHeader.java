package dev.embeddedbroker.inspect;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A header of a record. Immutable. */
public final class StoredHeader {
    private final String key;
    private final byte @Nullable [] value;

    StoredHeader(String key, byte @Nullable [] value) {
        this.key = key;
        this.value = value;
    }

    public String key() {
        return key;
    }

    /** A copy; null if it was sent without one. */
    public byte @Nullable [] value() {
        return value == null ? null : value.clone();
    }

    /** The value read as UTF-8; null if it was sent without one. */
    public @Nullable String text() {
        return value == null ? null : new String(value, StandardCharsets.UTF_8);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof StoredHeader that && key.equals(that.key) && Arrays.equals(value, that.value);
    }

    @Override
    public int hashCode() {
        return 31 * key.hashCode() + Arrays.hashCode(value);
    }

    @Override
    public String toString() {
        return key + "=" + Shown.bytes(value);
    }
}
