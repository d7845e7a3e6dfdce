package dev.embeddedbroker.metadata;

import dev.embeddedbroker.protocol.Message;
import dev.embeddedbroker.protocol.Uuid;
import dev.embeddedbroker.protocol.record.metadata.BrokerRegistrationChangeRecord;
import dev.embeddedbroker.protocol.record.metadata.ClearElrRecord;
import dev.embeddedbroker.protocol.record.metadata.ClientQuotaRecord;
import dev.embeddedbroker.protocol.record.metadata.ConfigRecord;
import dev.embeddedbroker.protocol.record.metadata.FeatureLevelRecord;
import dev.embeddedbroker.protocol.record.metadata.FenceBrokerRecord;
import dev.embeddedbroker.protocol.record.metadata.PartitionChangeRecord;
import dev.embeddedbroker.protocol.record.metadata.PartitionRecord;
import dev.embeddedbroker.protocol.record.metadata.ProducerIdsRecord;
import dev.embeddedbroker.protocol.record.metadata.RegisterBrokerRecord;
import dev.embeddedbroker.protocol.record.metadata.RemoveTopicRecord;
import dev.embeddedbroker.protocol.record.metadata.RemoveUserScramCredentialRecord;
import dev.embeddedbroker.protocol.record.metadata.TopicRecord;
import dev.embeddedbroker.protocol.record.metadata.UnfenceBrokerRecord;
import dev.embeddedbroker.protocol.record.metadata.UnregisterBrokerRecord;
import dev.embeddedbroker.protocol.record.metadata.UserScramCredentialRecord;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The image as it is, the records applied to it since it was last taken, and what they touched.
 *
 * <p>Records of subjects the image does not hold (access control, tokens) are kept for the log's
 * snapshots.
 *
 * <p><b>Owner:</b> loop 0. Not thread-safe.
 */
final class ImageChanges {

    private ClusterImage taken;
    private ClusterImage image;
    private @Nullable ImageBuilder building;

    private final Set<Uuid> touchedTopics = new LinkedHashSet<>();
    private final Set<ConfigResource> touchedConfigs = new HashSet<>();
    private final Set<Integer> touchedBrokers = new HashSet<>();
    private final Set<String> touchedFeatures = new HashSet<>();

    /** The names of topics that have a {@code .} or {@code _}, by what they would share if they collided. */
    private final Map<String, TreeSet<String>> collisions = new HashMap<>();

    private final Map<Uuid, String> names = new HashMap<>();

    private final KeptRecords kept = new KeptRecords();

    ImageChanges(ClusterImage image) {
        this.taken = image;
        this.image = image;
    }

    ClusterImage image() {
        if (building != null) {
            image = building.build();
            building = null;
        }
        return image;
    }

    @Nullable
    String collidingWith(String name) {
        var same = collisions.get(TopicRules.collisionKey(name));
        return same == null ? null : same.first();
    }

    void appliedUpTo(long lastOffset, int epoch) {
        var builder = builder();
        builder.offset = lastOffset;
        builder.epoch = epoch;
    }

    List<Message> keptRecords() {
        return kept.all();
    }

    /** Asks first for what comes in every start, as {@link KeptRecords} does. */
    void apply(Message record) {
        kept.apply(record);
        var next = builder();
        if (record instanceof ConfigRecord config) {
            next.set(config);
            var type = ConfigResource.Type.forId(config.resourceType);
            if (type != null) touchedConfigs.add(new ConfigResource(type, config.resourceName));
        } else if (record instanceof FeatureLevelRecord feature) {
            next.set(feature);
            touchedFeatures.add(feature.name);
        } else if (record instanceof RegisterBrokerRecord broker) {
            next.add(broker);
            touchedBrokers.add(broker.brokerId);
        } else if (record instanceof BrokerRegistrationChangeRecord change) {
            next.change(change);
            touchedBrokers.add(change.brokerId);
        } else if (record instanceof TopicRecord topic) {
            next.add(topic);
            touchedTopics.add(topic.topicId);
            named(topic.topicId, topic.name);
        } else if (record instanceof PartitionRecord partition) {
            next.add(partition);
            touchedTopics.add(partition.topicId);
        } else if (record instanceof PartitionChangeRecord change) {
            next.change(change);
            touchedTopics.add(change.topicId);
        } else if (record instanceof RemoveTopicRecord removal) {
            next.remove(removal);
            touchedTopics.add(removal.topicId);
            unnamed(removal.topicId);
        } else if (record instanceof ProducerIdsRecord ids) {
            next.set(ids);
        } else if (record instanceof ClientQuotaRecord quota) {
            next.set(quota);
        } else if (record instanceof UserScramCredentialRecord credential) {
            next.set(credential);
        } else if (record instanceof RemoveUserScramCredentialRecord removal) {
            next.remove(removal);
        } else if (record instanceof ClearElrRecord clear) {
            for (var topic : next.clearEligibleLeaders(clear.topicName)) touchedTopics.add(topic);
        } else {
            applyToBrokers(record, next);
        }
    }

    private void applyToBrokers(Message record, ImageBuilder next) {
        if (record instanceof FenceBrokerRecord fence) {
            next.setFenced(fence.id, true);
            touchedBrokers.add(fence.id);
        } else if (record instanceof UnfenceBrokerRecord unfence) {
            next.setFenced(unfence.id, false);
            touchedBrokers.add(unfence.id);
        } else if (record instanceof UnregisterBrokerRecord unregister) {
            next.remove(unregister);
            touchedBrokers.add(unregister.brokerId);
        }
    }

    ImageDelta take() {
        var before = taken;
        var after = image();
        var created = new ArrayList<TopicImage>();
        var deleted = new ArrayList<TopicImage>();
        var changed = new ArrayList<ImageDelta.TopicChange>();
        for (var id : touchedTopics) {
            var was = before.topic(id);
            var is = after.topic(id);
            if (was == null && is != null) created.add(is);
            if (was != null && is == null) deleted.add(was);
            if (was != null && is != null && !was.equals(is)) changed.add(new ImageDelta.TopicChange(was, is));
        }
        // a deleted topic takes its overrides with it
        for (var topic : deleted) touchedConfigs.add(ConfigResource.topic(topic.name()));
        for (var each = touchedConfigs.iterator(); each.hasNext(); ) {
            var resource = each.next();
            boolean isBrokers = resource.type() == ConfigResource.Type.BROKER;
            if (!isBrokers && before.configs(resource).equals(after.configs(resource))) each.remove();
        }
        var delta = new ImageDelta(
                before, after, created, deleted, changed, touchedConfigs, touchedBrokers, touchedFeatures);
        touchedTopics.clear();
        touchedConfigs.clear();
        touchedBrokers.clear();
        touchedFeatures.clear();
        taken = after;
        return delta;
    }

    private ImageBuilder builder() {
        if (building == null) building = image.toBuilder();
        return building;
    }

    private void named(Uuid id, String name) {
        names.put(id, name);
        if (TopicRules.mayCollide(name)) {
            collisions
                    .computeIfAbsent(TopicRules.collisionKey(name), key -> new TreeSet<>())
                    .add(name);
        }
    }

    private void unnamed(Uuid id) {
        var name = names.remove(id);
        if (name == null) return;
        var same = collisions.get(TopicRules.collisionKey(name));
        if (same == null) return;
        same.remove(name);
        if (same.isEmpty()) collisions.remove(TopicRules.collisionKey(name));
    }
}
