package dev.embeddedbroker.coordinator.group.consumer;

import dev.embeddedbroker.coordinator.group.assign.Assignors;

/**
 * The settings one consumer group goes by: the broker's, under Kafka's names, or its own where it has any.
 *
 * @param sessionTimeoutMs {@code group.consumer.session.timeout.ms}
 * @param heartbeatIntervalMs {@code group.consumer.heartbeat.interval.ms}
 * @param assignmentIntervalMs {@code group.consumer.assignment.interval.ms} (KIP-1263), or {@link #AS_THE_GROUP_IS_LARGE}
 * @param maxSize {@code group.consumer.max.size}
 * @param assignors {@code group.consumer.assignors}, the default first
 */
public record ConsumerSettings(
        int sessionTimeoutMs, int heartbeatIntervalMs, int assignmentIntervalMs, int maxSize, Assignors assignors) {

    /** The time between assignments when nobody set one: none in a small group, up to a second in a large one. */
    public static final int AS_THE_GROUP_IS_LARGE = -1;

    /** Kafka's defaults, but for the time between assignments: none, so that groups settle at once. */
    public static ConsumerSettings defaults() {
        return new ConsumerSettings(45_000, 5_000, 0, Integer.MAX_VALUE, Assignors.named("uniform", "range"));
    }

    public ConsumerSettings withMaxSize(int size) {
        return new ConsumerSettings(sessionTimeoutMs, heartbeatIntervalMs, assignmentIntervalMs, size, assignors);
    }

    public ConsumerSettings withHeartbeatIntervalMs(int intervalMs) {
        return new ConsumerSettings(sessionTimeoutMs, intervalMs, assignmentIntervalMs, maxSize, assignors);
    }

    public ConsumerSettings withAssignmentIntervalMs(int intervalMs) {
        return new ConsumerSettings(sessionTimeoutMs, heartbeatIntervalMs, intervalMs, maxSize, assignors);
    }
}
