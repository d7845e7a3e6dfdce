package dev.embeddedbroker.coordinator.group;

import dev.embeddedbroker.coordinator.group.consumer.ConsumerSettings;

/**
 * The broker's settings the group machine goes by, under Kafka's names.
 *
 * @param initialRebalanceDelayMs {@code group.initial.rebalance.delay.ms}
 * @param minSessionTimeoutMs {@code group.min.session.timeout.ms}
 * @param maxSessionTimeoutMs {@code group.max.session.timeout.ms}
 * @param maxSize {@code group.max.size}
 * @param offsetMetadataMaxChars {@code offset.metadata.max.bytes}, which Kafka too compares with a length in characters
 * @param offsetsRetentionMs {@code offsets.retention.minutes}
 * @param retentionCheckIntervalMs {@code offsets.retention.check.interval.ms}
 * @param consumer those of groups of the consumer protocol
 * @param migration {@code group.consumer.migration.policy}
 */
public record GroupSettings(
        int initialRebalanceDelayMs,
        int minSessionTimeoutMs,
        int maxSessionTimeoutMs,
        int maxSize,
        int offsetMetadataMaxChars,
        long offsetsRetentionMs,
        long retentionCheckIntervalMs,
        ConsumerSettings consumer,
        MigrationPolicy migration) {

    /** How long a member's first JoinGroup may stay parked before the member is taken for gone; fixed, as in Kafka. */
    public static final int NEW_MEMBER_JOIN_TIMEOUT_MS = 5 * 60 * 1000;

    /** Kafka's defaults, but for the initial rebalance delay: 0, since nobody waits for a fleet to come up in a process. */
    public static GroupSettings defaults() {
        return new GroupSettings(
                0,
                6_000,
                1_800_000,
                Integer.MAX_VALUE,
                4096,
                7L * 24 * 60 * 60 * 1000,
                10L * 60 * 1000,
                ConsumerSettings.defaults(),
                MigrationPolicy.BIDIRECTIONAL);
    }

    public GroupSettings withInitialRebalanceDelayMs(int delayMs) {
        return new GroupSettings(
                delayMs,
                minSessionTimeoutMs,
                maxSessionTimeoutMs,
                maxSize,
                offsetMetadataMaxChars,
                offsetsRetentionMs,
                retentionCheckIntervalMs,
                consumer,
                migration);
    }

    public GroupSettings withMaxSize(int size) {
        return new GroupSettings(
                initialRebalanceDelayMs,
                minSessionTimeoutMs,
                maxSessionTimeoutMs,
                size,
                offsetMetadataMaxChars,
                offsetsRetentionMs,
                retentionCheckIntervalMs,
                consumer,
                migration);
    }

    public GroupSettings withConsumer(ConsumerSettings settings) {
        return new GroupSettings(
                initialRebalanceDelayMs,
                minSessionTimeoutMs,
                maxSessionTimeoutMs,
                maxSize,
                offsetMetadataMaxChars,
                offsetsRetentionMs,
                retentionCheckIntervalMs,
                settings,
                migration);
    }

    public GroupSettings withMigration(MigrationPolicy policy) {
        return new GroupSettings(
                initialRebalanceDelayMs,
                minSessionTimeoutMs,
                maxSessionTimeoutMs,
                maxSize,
                offsetMetadataMaxChars,
                offsetsRetentionMs,
                retentionCheckIntervalMs,
                consumer,
                policy);
    }
}
