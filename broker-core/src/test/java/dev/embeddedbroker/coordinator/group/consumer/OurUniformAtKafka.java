package dev.embeddedbroker.coordinator.group.consumer;

import dev.embeddedbroker.coordinator.group.assign.Assignment;
import dev.embeddedbroker.coordinator.group.assign.Assignors;
import dev.embeddedbroker.coordinator.group.assign.MemberSpec;
import dev.embeddedbroker.coordinator.group.assign.TopicCatalog;
import dev.embeddedbroker.protocol.Uuid;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.coordinator.group.api.assignor.ConsumerGroupPartitionAssignor;
import org.apache.kafka.coordinator.group.api.assignor.GroupAssignment;
import org.apache.kafka.coordinator.group.api.assignor.GroupSpec;
import org.apache.kafka.coordinator.group.api.assignor.MemberAssignment;
import org.apache.kafka.coordinator.group.api.assignor.SubscribedTopicDescriber;
import org.jspecify.annotations.Nullable;

/**
 * Our uniform assignor, offered to Kafka's coordinator: of several assignments that are equally good Kafka's takes one by
 * the order of a hash table.
 */
public final class OurUniformAtKafka implements ConsumerGroupPartitionAssignor {

    @Override
    public String name() {
        return "uniform";
    }

    @Override
    public GroupAssignment assign(GroupSpec group, SubscribedTopicDescriber topics) {
        var members = new TreeSet<>(group.memberIds())
                .stream().map(memberId -> spec(group, memberId)).toList();
        var assigned = Assignors.named("uniform").first().assign(members, new Described(topics));
        Map<String, MemberAssignment> theirs = new TreeMap<>();
        assigned.forEach((memberId, assignment) -> theirs.put(memberId, () -> theirs(assignment)));
        return new GroupAssignment(theirs);
    }

    private static MemberSpec spec(GroupSpec group, String memberId) {
        var subscription = group.memberSubscription(memberId);
        var topics = new TreeSet<Uuid>();
        subscription.subscribedTopicIds().forEach(id -> topics.add(ours(id)));
        Map<Uuid, Set<Integer>> before = new TreeMap<>();
        group.memberAssignment(memberId)
                .partitions()
                .forEach((id, partitions) -> before.put(ours(id), new TreeSet<>(partitions)));
        return new MemberSpec(
                memberId,
                subscription.instanceId().orElse(null),
                subscription.rackId().orElse(null),
                topics,
                Assignment.of(before));
    }

    private static Map<org.apache.kafka.common.Uuid, Set<Integer>> theirs(Assignment assignment) {
        var theirs = new HashMap<org.apache.kafka.common.Uuid, Set<Integer>>();
        assignment.partitions().forEach((id, partitions) -> theirs.put(KafkaShard.uuid(id), partitions));
        return theirs;
    }

    private static Uuid ours(org.apache.kafka.common.Uuid id) {
        return new Uuid(id.getMostSignificantBits(), id.getLeastSignificantBits());
    }

    /** The topics, as far as Kafka tells an assignor of them. */
    private record Described(SubscribedTopicDescriber topics) implements TopicCatalog {
        @Override
        public long version() {
            return 0;
        }

        @Override
        public @Nullable TopicShape topic(String name) {
            throw new UnsupportedOperationException("Kafka's assignors know topics by id");
        }

        @Override
        public @Nullable TopicShape topic(Uuid id) {
            int count = topics.numPartitions(KafkaShard.uuid(id));
            return count < 0 ? null : new TopicShape(id, id.toString(), Collections.nCopies(count, List.of()));
        }

        @Override
        public Collection<String> names() {
            throw new UnsupportedOperationException("Kafka's assignors know topics by id");
        }
    }
}
