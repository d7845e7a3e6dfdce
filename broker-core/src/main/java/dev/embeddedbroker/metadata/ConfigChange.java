package dev.embeddedbroker.metadata;

import org.jspecify.annotations.Nullable;

/** One step of an incremental change of a resource's overrides (KIP-339). */
public record ConfigChange(String name, Op op, @Nullable String value) {

    /** What to do, with Kafka's numbers. */
    public enum Op {
        SET,
        DELETE,
        APPEND,
        SUBTRACT;

        public static @Nullable Op forId(byte id) {
            return id < 0 || id >= values().length ? null : values()[id];
        }
    }
}
