package dev.embeddedbroker.metadata;

import dev.embeddedbroker.protocol.Uuid;
import dev.embeddedbroker.protocol.record.metadata.BrokerRegistrationChangeRecord;
import dev.embeddedbroker.protocol.record.metadata.ClientQuotaRecord;
import dev.embeddedbroker.protocol.record.metadata.ConfigRecord;
import dev.embeddedbroker.protocol.record.metadata.FeatureLevelRecord;
import dev.embeddedbroker.protocol.record.metadata.PartitionChangeRecord;
import dev.embeddedbroker.protocol.record.metadata.PartitionRecord;
import dev.embeddedbroker.protocol.record.metadata.ProducerIdsRecord;
import dev.embeddedbroker.protocol.record.metadata.RegisterBrokerRecord;
import dev.embeddedbroker.protocol.record.metadata.RemoveTopicRecord;
import dev.embeddedbroker.protocol.record.metadata.RemoveUserScramCredentialRecord;
import dev.embeddedbroker.protocol.record.metadata.TopicRecord;
import dev.embeddedbroker.protocol.record.metadata.UnregisterBrokerRecord;
import dev.embeddedbroker.protocol.record.metadata.UserScramCredentialRecord;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The next image in the making: an image, and records applied on top of it.
 *
 * <p>The partitions of a topic are put together only when the image is built, so a topic costs its size once however
 * many records describe it.
 *
 * <p><b>Owner:</b> loop 0. Not thread-safe.
 */
final class ImageBuilder {

    private static final Comparator<Uuid> BY_ID = ImageBuilder::compareIds;

    final String clusterId;
    long offset = -1;
    int epoch;
    PersistentMap<Integer, BrokerImage> brokers = PersistentMap.empty();
    PersistentMap<String, TopicImage> topicsByName = PersistentMap.empty();
    PersistentMap<Uuid, TopicImage> topicsById = PersistentMap.empty(BY_ID);
    PersistentMap<ConfigResource, Map<String, String>> configs = PersistentMap.empty();
    final Map<String, Short> features = new TreeMap<>();
    /** Replaced, not changed: images share it. */
    Map<QuotaEntity, Map<String, Double>> quotas = Map.of();

    /** Replaced, not changed, too. */
    Map<String, Map<Byte, ScramCredential>> scram = Map.of();

    long nextProducerId;
    int partitionCount;

    /** Topics that records have touched, in the order of their first touch. */
    private final Map<Uuid, Draft> drafts = new LinkedHashMap<>();

    private final Map<ConfigResource, Map<String, String>> configDrafts = new HashMap<>();

    private static int compareIds(Uuid one, Uuid other) {
        int order = Long.compare(one.mostSignificantBits(), other.mostSignificantBits());
        return order != 0 ? order : Long.compare(one.leastSignificantBits(), other.leastSignificantBits());
    }

    ImageBuilder(String clusterId) {
        this.clusterId = clusterId;
    }

    private static final class Draft {
        final String name;
        final List<@Nullable PartitionImage> partitions = new ArrayList<>();

        Draft(String name) {
            this.name = name;
        }
    }

    void add(TopicRecord topic) {
        drafts.put(topic.topicId, new Draft(topic.name));
    }

    void add(PartitionRecord partition) {
        var partitions = draft(partition.topicId).partitions;
        while (partitions.size() <= partition.partitionId) partitions.add(null);
        partitions.set(partition.partitionId, imageOf(partition));
    }

    void change(PartitionChangeRecord change) {
        var partitions = draft(change.topicId).partitions;
        var before = change.partitionId < partitions.size() ? partitions.get(change.partitionId) : null;
        if (before == null) {
            throw new CorruptMetadata("a change of partition " + change.partitionId + " of topic " + change.topicId
                    + ", which has no such partition");
        }
        partitions.set(change.partitionId, changed(before, change));
    }

    void remove(RemoveTopicRecord removal) {
        var draft = drafts.remove(removal.topicId);
        var topic = topicsById.get(removal.topicId);
        if (draft == null && topic == null) {
            throw new CorruptMetadata("the removal of topic " + removal.topicId + ", which does not exist");
        }
        if (topic != null) {
            topicsById = topicsById.without(topic.id());
            topicsByName = topicsByName.without(topic.name());
            partitionCount -= topic.partitionCount();
        }
        var resource = ConfigResource.topic(
                draft == null ? Objects.requireNonNull(topic).name() : draft.name);
        configDrafts.remove(resource);
        configs = configs.without(resource);
    }

    void set(ConfigRecord config) {
        var type = ConfigResource.Type.forId(config.resourceType);
        if (type == null) {
            throw new CorruptMetadata(
                    "a setting of a resource of type " + config.resourceType + " (expected: 2, 4, 8, 16 or 32)");
        }
        var resource = new ConfigResource(type, config.resourceName);
        var overrides = configDrafts.get(resource);
        if (overrides == null) {
            overrides = overridesOf(resource);
            configDrafts.put(resource, overrides);
        }
        if (config.value == null) {
            overrides.remove(config.name);
        } else {
            overrides.put(config.name, config.value);
        }
    }

    void set(FeatureLevelRecord feature) {
        if (feature.featureLevel == 0) {
            features.remove(feature.name);
        } else {
            features.put(feature.name, feature.featureLevel);
        }
    }

    void set(ClientQuotaRecord quota) {
        var names = new TreeMap<String, @Nullable String>();
        for (var name : quota.entity) names.put(name.entityType, name.entityName);
        var entity = new QuotaEntity(names);
        var all = new HashMap<>(quotas);
        var ofEntity = new TreeMap<>(all.getOrDefault(entity, Map.of()));
        if (quota.remove) {
            ofEntity.remove(quota.key);
        } else {
            ofEntity.put(quota.key, quota.value);
        }
        if (ofEntity.isEmpty()) {
            all.remove(entity);
        } else {
            all.put(entity, Collections.unmodifiableMap(ofEntity));
        }
        quotas = Collections.unmodifiableMap(all);
    }

    void set(UserScramCredentialRecord credential) {
        var ofUser = new TreeMap<>(scram.getOrDefault(credential.name, Map.of()));
        ofUser.put(
                credential.mechanism,
                new ScramCredential(
                        credential.mechanism,
                        credential.iterations,
                        credential.salt,
                        credential.storedKey,
                        credential.serverKey));
        setScram(credential.name, ofUser);
    }

    void remove(RemoveUserScramCredentialRecord removal) {
        var ofUser = new TreeMap<>(scram.getOrDefault(removal.name, Map.of()));
        ofUser.remove(removal.mechanism);
        setScram(removal.name, ofUser);
    }

    private void setScram(String user, Map<Byte, ScramCredential> credentials) {
        var all = new TreeMap<>(scram);
        if (credentials.isEmpty()) {
            all.remove(user);
        } else {
            all.put(user, Collections.unmodifiableMap(credentials));
        }
        scram = Collections.unmodifiableMap(all);
    }

    void set(ProducerIdsRecord ids) {
        nextProducerId = ids.nextProducerId;
    }

    void add(RegisterBrokerRecord broker) {
        var endpoints = new ArrayList<BrokerImage.Endpoint>();
        for (var at : broker.endPoints) {
            endpoints.add(new BrokerImage.Endpoint(at.name, at.host, at.port, at.securityProtocol));
        }
        put(new BrokerImage(
                broker.brokerId,
                broker.rack,
                List.copyOf(endpoints),
                broker.brokerEpoch,
                broker.incarnationId,
                broker.fenced,
                broker.inControlledShutdown,
                broker.logDirs));
    }

    void change(BrokerRegistrationChangeRecord change) {
        var before = brokers.get(change.brokerId);
        if (before == null) {
            throw new CorruptMetadata("a change of broker " + change.brokerId + ", which is not registered");
        }
        put(new BrokerImage(
                before.id(),
                before.rack(),
                before.endpoints(),
                before.epoch(),
                before.incarnation(),
                change.fenced == 0 ? before.fenced() : change.fenced > 0,
                change.inControlledShutdown == 0 ? before.inControlledShutdown() : change.inControlledShutdown > 0,
                change.logDirs.isEmpty() ? before.logDirs() : change.logDirs));
    }

    void setFenced(int broker, boolean fenced) {
        change(new BrokerRegistrationChangeRecord().setBrokerId(broker).setFenced((byte) (fenced ? 1 : -1)));
    }

    void remove(UnregisterBrokerRecord broker) {
        brokers = brokers.without(broker.brokerId);
    }

    /** Forgets who could lead the named topic (or, if it is empty, any topic) besides the ISR (KIP-966). */
    List<Uuid> clearEligibleLeaders(String topicName) {
        var cleared = new ArrayList<Uuid>();
        for (var topic : topicName.isEmpty() ? List.copyOf(topicsByName.values()) : named(topicName)) {
            cleared.add(topic.id());
            draft(topic.id())
                    .partitions
                    .replaceAll(partition -> partition == null
                            ? null
                            : changed(
                                    partition,
                                    new PartitionChangeRecord()
                                            .setEligibleLeaderReplicas(List.of())
                                            .setLastKnownElr(List.of())));
        }
        return cleared;
    }

    private List<TopicImage> named(String name) {
        var topic = topicsByName.get(name);
        return topic == null ? List.of() : List.of(topic);
    }

    /** The image of everything added so far. The builder may be used on. */
    ClusterImage build() {
        for (var entry : drafts.entrySet()) {
            var id = entry.getKey();
            var draft = entry.getValue();
            for (int i = 0; i < draft.partitions.size(); i++) {
                if (draft.partitions.get(i) == null) {
                    throw new CorruptMetadata("topic " + draft.name + " has " + draft.partitions.size()
                            + " partitions, but none numbered " + i);
                }
            }
            var before = topicsById.get(id);
            var topic = new TopicImage(draft.name, id, complete(draft.partitions));
            topicsById = topicsById.with(id, topic);
            topicsByName = topicsByName.with(draft.name, topic);
            partitionCount += topic.partitionCount() - (before == null ? 0 : before.partitionCount());
        }
        drafts.clear();
        for (var entry : configDrafts.entrySet()) {
            var resource = entry.getKey();
            var overrides = entry.getValue();
            configs = overrides.isEmpty() ? configs.without(resource) : configs.with(resource, unmodifiable(overrides));
        }
        configDrafts.clear();
        return new ClusterImage(this);
    }

    @SuppressWarnings("NullAway") // the caller has looked at each
    private static List<PartitionImage> complete(List<@Nullable PartitionImage> partitions) {
        return List.copyOf(partitions);
    }

    private static Map<String, String> unmodifiable(Map<String, String> overrides) {
        return Collections.unmodifiableMap(new TreeMap<>(overrides));
    }

    private Map<String, String> overridesOf(ConfigResource resource) {
        var overrides = configs.get(resource);
        return overrides == null ? new TreeMap<>() : new TreeMap<>(overrides);
    }

    private void put(BrokerImage broker) {
        brokers = brokers.with(broker.id(), broker);
    }

    private Draft draft(Uuid topicId) {
        var draft = drafts.get(topicId);
        if (draft != null) return draft;
        var topic = topicsById.get(topicId);
        if (topic == null) throw new CorruptMetadata("a partition of topic " + topicId + ", which does not exist");
        draft = new Draft(topic.name());
        draft.partitions.addAll(topic.partitions());
        drafts.put(topicId, draft);
        return draft;
    }

    private static PartitionImage imageOf(PartitionRecord partition) {
        return new PartitionImage(
                partition.partitionId,
                partition.leader,
                partition.leaderEpoch,
                partition.partitionEpoch,
                partition.replicas,
                partition.isr,
                partition.addingReplicas,
                partition.removingReplicas,
                orElse(partition.eligibleLeaderReplicas, List.of()),
                orElse(partition.lastKnownElr, List.of()),
                orElse(partition.directories, List.of()),
                partition.leaderRecoveryState != 0);
    }

    private static PartitionImage changed(PartitionImage before, PartitionChangeRecord change) {
        boolean sameLeader = change.leader == -2;
        return new PartitionImage(
                before.index(),
                sameLeader ? before.leader() : change.leader,
                sameLeader ? before.leaderEpoch() : before.leaderEpoch() + 1,
                before.partitionEpoch() + 1,
                orElse(change.replicas, before.replicas()),
                orElse(change.isr, before.isr()),
                orElse(change.addingReplicas, before.adding()),
                orElse(change.removingReplicas, before.removing()),
                orElse(change.eligibleLeaderReplicas, before.eligibleLeaders()),
                orElse(change.lastKnownElr, before.lastKnownLeaders()),
                orElse(change.directories, before.directories()),
                change.leaderRecoveryState < 0 ? before.leaderRecovering() : change.leaderRecoveryState != 0);
    }

    private static <T> List<T> orElse(@Nullable List<T> list, List<T> otherwise) {
        return list == null ? otherwise : list;
    }
}
