package dev.embeddedbroker.protocol;

import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.random.RandomGenerator;

/** A 128-bit identifier as Kafka prints it: 22 characters of URL-safe base64. */
public record Uuid(long mostSignificantBits, long leastSignificantBits) implements Comparable<Uuid> {
    /** No id. */
    public static final Uuid ZERO = new Uuid(0, 0);

    /** The topic id of {@code __cluster_metadata}. */
    public static final Uuid METADATA_TOPIC = new Uuid(0, 1);

    private static final int BYTES = 16;

    /**
     * Reads what {@link #toString} writes.
     *
     * @throws IllegalArgumentException when the text is not 16 bytes of URL-safe base64
     */
    public static Uuid fromString(String text) {
        byte[] bytes;
        try {
            bytes = Base64.getUrlDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "uuid is \"" + text + "\" (expected: 22 characters of URL-safe base64)", e);
        }
        if (bytes.length != BYTES) {
            throw new IllegalArgumentException(
                    "uuid \"" + text + "\" is " + bytes.length + " bytes (expected: " + BYTES + ")");
        }
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        return new Uuid(buffer.getLong(), buffer.getLong());
    }

    /** A version 4 id that is safe to print: it does not begin with a dash, which tools would take for an option. */
    public static Uuid random(RandomGenerator random) {
        while (true) {
            long most = (random.nextLong() & ~0xF000L) | 0x4000L;
            long least = (random.nextLong() & 0x3FFF_FFFF_FFFF_FFFFL) | 0x8000_0000_0000_0000L;
            Uuid uuid = new Uuid(most, least);
            if (!uuid.toString().startsWith("-")) {
                return uuid;
            }
        }
    }

    // by hand: what a record brings costs a cold start more than ten milliseconds at its first use

    @Override
    public boolean equals(Object other) {
        return other instanceof Uuid uuid
                && mostSignificantBits == uuid.mostSignificantBits
                && leastSignificantBits == uuid.leastSignificantBits;
    }

    @Override
    public int hashCode() {
        return Long.hashCode(mostSignificantBits ^ leastSignificantBits);
    }

    @Override
    public int compareTo(Uuid other) {
        int most = Long.compare(mostSignificantBits, other.mostSignificantBits);
        return most != 0 ? most : Long.compare(leastSignificantBits, other.leastSignificantBits);
    }

    @Override
    public String toString() {
        byte[] bytes = ByteBuffer.allocate(BYTES)
                .putLong(mostSignificantBits)
                .putLong(leastSignificantBits)
                .array();
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
