package dev.embeddedbroker.metadata;

/**
 * The static settings the controller decides by.
 *
 * @param defaultPartitionCount {@code num.partitions}
 * @param defaultReplicationFactor {@code default.replication.factor}
 * @param minInSyncReplicas {@code min.insync.replicas}
 */
public record ControllerSettings(int defaultPartitionCount, short defaultReplicationFactor, int minInSyncReplicas) {

    public static ControllerSettings kafkaDefaults() {
        return new ControllerSettings(1, (short) 1, 1);
    }
}
