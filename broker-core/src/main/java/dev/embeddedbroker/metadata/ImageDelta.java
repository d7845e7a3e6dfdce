package dev.embeddedbroker.metadata;

import java.util.List;
import java.util.Set;

/**
 * What differs between two images that follow each other; the first one a broker publishes differs from
 * {@link ClusterImage#isEmpty() nothing}, so every topic in it counts as created.
 *
 * <p>A topic that was deleted and created again under its name within one delta appears in both lists, with its two
 * ids.
 */
public record ImageDelta(
        ClusterImage before,
        ClusterImage after,
        List<TopicImage> createdTopics,
        List<TopicImage> deletedTopics,
        List<TopicChange> changedTopics,
        Set<ConfigResource> changedConfigs,
        Set<Integer> changedBrokers,
        Set<String> changedFeatures) {

    public ImageDelta {
        createdTopics = List.copyOf(createdTopics);
        deletedTopics = List.copyOf(deletedTopics);
        changedTopics = List.copyOf(changedTopics);
        changedConfigs = Set.copyOf(changedConfigs);
        changedBrokers = Set.copyOf(changedBrokers);
        changedFeatures = Set.copyOf(changedFeatures);
    }

    /** A topic that has other partitions than before, or partitions in another state. */
    public record TopicChange(TopicImage before, TopicImage after) {}

    public boolean isEmpty() {
        return createdTopics.isEmpty()
                && deletedTopics.isEmpty()
                && changedTopics.isEmpty()
                && changedConfigs.isEmpty()
                && changedBrokers.isEmpty()
                && changedFeatures.isEmpty()
                && !quotasChanged();
    }

    /** Whether anybody has another quota than before. */
    public boolean quotasChanged() {
        return before.quotas() != after.quotas(); // images share them until they change
    }
}
