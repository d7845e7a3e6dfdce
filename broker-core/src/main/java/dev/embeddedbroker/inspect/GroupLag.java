package dev.embeddedbroker.inspect;

import java.util.List;
import java.util.stream.Collectors;

/**
 * How far a group is behind, in all partitions of the topics it subscribes to or has committed offsets of. Immutable.
 *
 * @param partitions in order of topics and partitions
 */
public record GroupLag(String groupId, List<PartitionLag> partitions) {
    public GroupLag {
        partitions = List.copyOf(partitions);
    }

    /** The sum over all partitions. */
    public long total() {
        return partitions.stream().mapToLong(PartitionLag::lag).sum();
    }

    /** The sum over the partitions of a topic. */
    public long of(String topic) {
        return partitions.stream()
                .filter(partition -> partition.topic().equals(topic))
                .mapToLong(PartitionLag::lag)
                .sum();
    }

    @Override
    public String toString() {
        return partitions.stream()
                .map(partition -> "\n  " + partition)
                .collect(Collectors.joining("", "lag of group " + groupId + ": " + total(), ""));
    }
}
