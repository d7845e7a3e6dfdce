package dev.embeddedbroker.coordinator.group.consumer;

import dev.embeddedbroker.protocol.Uuid;
import dev.embeddedbroker.protocol.request.ConsumerGroupHeartbeatRequest;
import dev.embeddedbroker.protocol.response.ConsumerGroupHeartbeatResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** The partitions that a member of the consumer protocol has, as heartbeats tell of them. */
final class Owned {

    private Owned() {}

    /** As the member reports them. */
    static List<ConsumerGroupHeartbeatRequest.TopicPartitions> reported(Map<Uuid, Set<Integer>> owned) {
        var list = new ArrayList<ConsumerGroupHeartbeatRequest.TopicPartitions>();
        owned.forEach((topic, indexes) -> list.add(new ConsumerGroupHeartbeatRequest.TopicPartitions()
                .setTopicId(topic)
                .setPartitions(new ArrayList<>(indexes))));
        return list;
    }

    /** Makes them those of an answer's assignment, if it has one. */
    static void take(ConsumerGroupHeartbeatResponse answer, Map<Uuid, Set<Integer>> owned) {
        if (answer.assignment != null) {
            owned.clear();
            answer.assignment.topicPartitions.forEach(
                    topic -> owned.put(topic.topicId, new TreeSet<>(topic.partitions)));
        }
    }
}
