package dev.embeddedbroker.plugin;

import dev.embeddedbroker.metadata.BrokerImage;
import dev.embeddedbroker.metadata.ClusterImage;
import dev.embeddedbroker.metadata.ImageDelta;
import dev.embeddedbroker.metadata.PartitionImage;
import dev.embeddedbroker.metadata.TopicRules;
import java.lang.reflect.Array;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;

/** The cluster as an object of the user's {@code org.apache.kafka.common.Cluster}. Loop 0. */
final class UserClusters {

    private static final String COMMON = "org.apache.kafka.common.";

    private final UserObject user;

    UserClusters(UserObject user) {
        this.user = user;
    }

    /** Whether the change is one of what {@link #of} tells. */
    boolean differ(ImageDelta delta) {
        return !(delta.createdTopics().isEmpty()
                && delta.deletedTopics().isEmpty()
                && delta.changedTopics().isEmpty()
                && delta.changedBrokers().isEmpty());
    }

    Object of(ClusterImage image) {
        var nodes = new TreeMap<Integer, Object>();
        for (var broker : image.brokers()) {
            if (!broker.fenced() && !broker.endpoints().isEmpty()) {
                nodes.put(broker.id(), node(broker));
            }
        }
        var partitions = new ArrayList<Object>();
        var internal = new HashSet<String>();
        for (var topic : image.topics()) {
            if (TopicRules.isInternal(topic.name())) {
                internal.add(topic.name());
            }
            for (var partition : topic.partitions()) {
                partitions.add(partition(topic.name(), partition, nodes));
            }
        }
        return user.make(
                COMMON + "Cluster",
                new Class<?>[] {String.class, Collection.class, Collection.class, Set.class, Set.class},
                image.clusterId(),
                List.copyOf(nodes.values()),
                partitions,
                Set.of(),
                internal);
    }

    private Object node(BrokerImage broker) {
        var at = broker.endpoints().get(0);
        return user.make(
                COMMON + "Node",
                new Class<?>[] {int.class, String.class, int.class, String.class},
                broker.id(),
                at.host(),
                at.port(),
                broker.rack());
    }

    private Object partition(String topic, PartitionImage partition, Map<Integer, Object> nodes) {
        var node = user.kafka(COMMON + "Node");
        var many = node.arrayType();
        return user.make(
                COMMON + "PartitionInfo",
                new Class<?>[] {String.class, int.class, node, many, many},
                topic,
                partition.index(),
                nodes.get(partition.leader()),
                array(node, partition.replicas(), nodes),
                array(node, partition.isr(), nodes));
    }

    private static Object array(Class<?> type, List<Integer> ids, Map<Integer, Object> nodes) {
        var known = ids.stream().filter(nodes::containsKey).toList();
        var array = Array.newInstance(type, known.size());
        IntStream.range(0, known.size()).forEach(i -> Array.set(array, i, nodes.get(known.get(i))));
        return array;
    }
}
