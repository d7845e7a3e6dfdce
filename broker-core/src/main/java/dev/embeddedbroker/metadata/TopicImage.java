package dev.embeddedbroker.metadata;

import dev.embeddedbroker.protocol.Uuid;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One topic: its name, its id (KIP-516) and its partitions, number {@code i} at place {@code i}. */
public record TopicImage(String name, Uuid id, List<PartitionImage> partitions) {

    public TopicImage {
        partitions = List.copyOf(partitions);
    }

    public int partitionCount() {
        return partitions.size();
    }

    /** The partition numbered {@code index}, or null if the topic has no such partition. */
    public @Nullable PartitionImage partition(int index) {
        return index < 0 || index >= partitions.size() ? null : partitions.get(index);
    }

    /** Whether Kafka calls this topic internal: it hides from wildcard subscriptions and from ordinary producers. */
    public boolean isInternal() {
        return TopicRules.isInternal(name);
    }
}
