package dev.embeddedbroker.inspect;

import java.util.List;

/**
 * A topic at one moment. Immutable.
 *
 * @param id the topic's id, as Kafka writes it
 * @param isInternal whether it is one of Kafka's own, such as {@code __consumer_offsets}
 * @param partitions by number
 */
public record TopicView(String name, String id, boolean isInternal, List<PartitionOffsets> partitions) {
    public TopicView {
        partitions = List.copyOf(partitions);
    }

    @Override
    public String toString() {
        return name + " " + partitions;
    }
}
