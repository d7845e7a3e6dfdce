package dev.embeddedbroker.metadata;

import dev.embeddedbroker.protocol.Uuid;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Images put together by hand, for tests that have no controller. */
public final class TestImages {

    private static final int PLAINTEXT = 0;

    private TestImages() {}

    /** A broker with one listener, {@code PLAINTEXT}, at {@code host-ID:9092}. */
    public static BrokerImage broker(int id) {
        var endpoint = new BrokerImage.Endpoint("PLAINTEXT", "host-" + id, 9092, (short) PLAINTEXT);
        return new BrokerImage(id, "rack-" + id, List.of(endpoint), 1, Uuid.ZERO, false, false, List.of());
    }

    /** A topic whose partitions are all led by the first of {@code replicas}, which are all in sync. */
    public static TopicImage topic(String name, Uuid id, int partitions, int leaderEpoch, List<Integer> replicas) {
        var images = new ArrayList<PartitionImage>();
        for (int i = 0; i < partitions; i++) {
            images.add(partition(i, replicas.get(0), leaderEpoch, replicas, replicas));
        }
        return new TopicImage(name, id, images);
    }

    public static PartitionImage partition(
            int index, int leader, int leaderEpoch, List<Integer> replicas, List<Integer> isr) {
        return new PartitionImage(
                index,
                leader,
                leaderEpoch,
                0,
                replicas,
                isr,
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                false);
    }

    /** The image with another set of topics and brokers. */
    public static ClusterImage image(long offset, List<BrokerImage> brokers, List<TopicImage> topics) {
        var builder = ClusterImage.empty("test-cluster").toBuilder();
        builder.offset = offset;
        for (var broker : brokers) builder.brokers = builder.brokers.with(broker.id(), broker);
        for (var topic : topics) {
            builder.topicsByName = builder.topicsByName.with(topic.name(), topic);
            builder.topicsById = builder.topicsById.with(topic.id(), topic);
            builder.partitionCount += topic.partitionCount();
        }
        return new ClusterImage(builder);
    }

    /** The image with these quotas and no others. */
    public static ClusterImage withQuotas(ClusterImage image, Map<QuotaEntity, Map<String, Double>> quotas) {
        var builder = image.toBuilder();
        builder.offset++;
        builder.quotas = Map.copyOf(quotas);
        return new ClusterImage(builder);
    }

    /** The image with these features and no others. */
    public static ClusterImage withFeatures(ClusterImage image, Map<String, Short> features) {
        var builder = image.toBuilder();
        builder.features.clear();
        builder.features.putAll(features);
        return new ClusterImage(builder);
    }

    /** What changed between two images, found by looking at all topics. */
    public static ImageDelta delta(ClusterImage before, ClusterImage after, Set<ConfigResource> changedConfigs) {
        var created = new ArrayList<TopicImage>();
        var deleted = new ArrayList<TopicImage>();
        var changed = new ArrayList<ImageDelta.TopicChange>();
        for (var topic : after.topics()) {
            var old = before.topic(topic.id());
            if (old == null) created.add(topic);
            else if (!old.equals(topic)) changed.add(new ImageDelta.TopicChange(old, topic));
        }
        for (var topic : before.topics()) {
            if (after.topic(topic.id()) == null) deleted.add(topic);
        }
        return new ImageDelta(before, after, created, deleted, changed, changedConfigs, Set.of(), Set.of());
    }
}
