package dev.embeddedbroker.metadata;

import org.jspecify.annotations.Nullable;

/**
 * A wish to finalize another level of a feature (KIP-584, KIP-778).
 *
 * @param direction null for one that is not known
 */
public record FeatureChange(
        String feature, short level, @Nullable Direction direction) {

    /** Which way the level may move, with Kafka's numbers from 1. */
    public enum Direction {
        UPGRADE,
        SAFE_DOWNGRADE,
        UNSAFE_DOWNGRADE;

        public static @Nullable Direction forId(byte id) {
            return id < 1 || id > values().length ? null : values()[id - 1];
        }
    }
}
