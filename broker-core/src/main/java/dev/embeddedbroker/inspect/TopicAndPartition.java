package dev.embeddedbroker.inspect;

import java.util.Comparator;

/** Names a partition of a topic. In order of topics, then partitions. */
public record TopicAndPartition(String topic, int partition) implements Comparable<TopicAndPartition> {
    private static final Comparator<TopicAndPartition> ORDER =
            Comparator.comparing(TopicAndPartition::topic).thenComparingInt(TopicAndPartition::partition);

    @Override
    public int compareTo(TopicAndPartition other) {
        return ORDER.compare(this, other);
    }

    /** As Kafka writes it: {@code orders-0}. */
    @Override
    public String toString() {
        return topic + "-" + partition;
    }
}
