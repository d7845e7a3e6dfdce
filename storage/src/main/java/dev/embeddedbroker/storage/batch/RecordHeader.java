package dev.embeddedbroker.storage.batch;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** A header of a record (KIP-82): a name and a value that may be null. Both are read from their positions, never moved. */
public record RecordHeader(ByteBuffer keyUtf8, @Nullable ByteBuffer value) {

    public static RecordHeader of(String key, byte @Nullable [] value) {
        return new RecordHeader(
                ByteBuffer.wrap(key.getBytes(StandardCharsets.UTF_8)), value == null ? null : ByteBuffer.wrap(value));
    }

    public String key() {
        return StandardCharsets.UTF_8.decode(keyUtf8.duplicate()).toString();
    }
}
