package dev.embeddedbroker.metadata;

import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** How Kafka makes the topics its coordinators keep their state in. */
public record InternalTopics(Shape offsets, Shape transactions, Shape shareState) {

    /**
     * The size of one internal topic.
     *
     * @param minInSyncReplicas not used for {@code __consumer_offsets}
     */
    public record Shape(int partitions, short replicationFactor, int segmentBytes, int minInSyncReplicas) {}

    private static final int SEGMENT_BYTES = 100 * 1024 * 1024;

    /** Kafka's numbers of partitions, on one broker. */
    public static InternalTopics onOneBroker() {
        var shape = new Shape(50, (short) 1, SEGMENT_BYTES, 1);
        return new InternalTopics(shape, shape, shape);
    }

    /** The internal topic of that name, or null if it is not one. */
    public @Nullable NewTopic topic(String name) {
        return switch (name) {
            case TopicRules.CONSUMER_OFFSETS ->
                topic(name, offsets, Map.of("cleanup.policy", "compact", "compression.type", "producer"));
            case TopicRules.TRANSACTION_STATE ->
                topic(
                        name,
                        transactions,
                        Map.of(
                                "unclean.leader.election.enable", "false",
                                "compression.type", "uncompressed",
                                "cleanup.policy", "compact",
                                "min.insync.replicas", Integer.toString(transactions.minInSyncReplicas)));
            case TopicRules.SHARE_GROUP_STATE ->
                topic(
                        name,
                        shareState,
                        Map.of(
                                "cleanup.policy", "delete",
                                "compression.type", "producer",
                                "min.insync.replicas", Integer.toString(shareState.minInSyncReplicas),
                                "retention.ms", "-1"));
            default -> null;
        };
    }

    private static NewTopic topic(String name, Shape shape, Map<String, String> configs) {
        var overrides = new TreeMap<>(configs);
        overrides.put("segment.bytes", Integer.toString(shape.segmentBytes));
        return NewTopic.of(name, shape.partitions, shape.replicationFactor, overrides);
    }
}
