package dev.embeddedbroker.coordinator;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Kept events as the records of a machine's topic, and back. */
public interface EventCodec<E> {

    /** The bytes of one record. */
    record RecordBytes(ByteBuffer key, @Nullable ByteBuffer value) {

        public int sizeBytes() {
            return key.remaining() + (value == null ? 0 : value.remaining());
        }
    }

    /** The record that keeps this event; null for a passing event. */
    @Nullable
    RecordBytes encode(E event);

    /**
     * The event a record keeps; null for a record that may be skipped: of a kind this machine does not know.
     *
     * @throws RuntimeException when the bytes are not what their kind promises
     */
    @Nullable
    E decode(@Nullable ByteBuffer key, @Nullable ByteBuffer value);
}
