package dev.embeddedbroker.metadata;

import dev.embeddedbroker.protocol.Uuid;
import java.util.Collection;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Everything the cluster has decided, up to one offset of the metadata log: brokers, topics, configuration overrides,
 * features, quotas, and the next free producer id.
 *
 * <p>Listings are in the order of names or ids. An image shares what did not change with the one before it.
 *
 * <p><b>Owner:</b> none; immutable, any thread.
 */
public final class ClusterImage {

    private final String clusterId;
    private final long offset;
    private final int epoch;
    private final PersistentMap<Integer, BrokerImage> brokers;
    private final PersistentMap<String, TopicImage> topicsByName;
    private final PersistentMap<Uuid, TopicImage> topicsById;
    private final PersistentMap<ConfigResource, Map<String, String>> configs;
    private final Map<String, Short> features;
    private final Map<QuotaEntity, Map<String, Double>> quotas;
    private final Map<String, Map<Byte, ScramCredential>> scram;
    private final long nextProducerId;
    private final int partitionCount;

    ClusterImage(ImageBuilder parts) {
        this.clusterId = parts.clusterId;
        this.offset = parts.offset;
        this.epoch = parts.epoch;
        this.brokers = parts.brokers;
        this.topicsByName = parts.topicsByName;
        this.topicsById = parts.topicsById;
        this.configs = parts.configs;
        this.features = Map.copyOf(parts.features);
        this.quotas = parts.quotas;
        this.scram = parts.scram;
        this.nextProducerId = parts.nextProducerId;
        this.partitionCount = parts.partitionCount;
    }

    /** The image before the first record of the log. */
    public static ClusterImage empty(String clusterId) {
        return new ClusterImage(new ImageBuilder(clusterId));
    }

    public String clusterId() {
        return clusterId;
    }

    /** The offset of the last record in this image, or -1 before the first. */
    public long offset() {
        return offset;
    }

    /** The controller's epoch. */
    public int epoch() {
        return epoch;
    }

    public boolean isEmpty() {
        return offset < 0;
    }

    public Collection<BrokerImage> brokers() {
        return brokers.values();
    }

    public @Nullable BrokerImage broker(int id) {
        return brokers.get(id);
    }

    /** Every topic, by name. */
    public Collection<TopicImage> topics() {
        return topicsByName.values();
    }

    /** The topics whose names are {@code first} or come after it, by name. */
    public Collection<TopicImage> topicsFrom(String first) {
        return topicsByName.valuesFrom(first);
    }

    public int topicCount() {
        return topicsByName.size();
    }

    public int partitionCount() {
        return partitionCount;
    }

    public @Nullable TopicImage topic(String name) {
        return topicsByName.get(name);
    }

    public @Nullable TopicImage topic(Uuid id) {
        return topicsById.get(id);
    }

    /** The overrides of {@code resource}, by the names of settings; empty if it has none. */
    public Map<String, String> configs(ConfigResource resource) {
        var overrides = configs.get(resource);
        return overrides == null ? Map.of() : overrides;
    }

    /** The resources that have at least one override. */
    public Collection<ConfigResource> configuredResources() {
        return configs.keys();
    }

    /** The finalized level of every feature that has one. */
    public Map<String, Short> features() {
        return features;
    }

    /** The finalized level of {@code feature}, 0 if it has none. */
    public short feature(String feature) {
        return features.getOrDefault(feature, (short) 0);
    }

    /** The quotas of every entity that has one. */
    public Map<QuotaEntity, Map<String, Double>> quotas() {
        return quotas;
    }

    /** The quotas of {@code entity}, by name; empty if it has none. */
    public Map<String, Double> quotas(QuotaEntity entity) {
        return quotas.getOrDefault(entity, Map.of());
    }

    /** The SCRAM credentials of a user, by mechanism; empty if it has none. */
    public Map<Byte, ScramCredential> scramCredentials(String user) {
        return scram.getOrDefault(user, Map.of());
    }

    /** The users that have SCRAM credentials, by name. */
    public Collection<String> scramUsers() {
        return scram.keySet();
    }

    /** The first producer id no block has been taken from yet. */
    public long nextProducerId() {
        return nextProducerId;
    }

    ImageBuilder toBuilder() {
        var builder = new ImageBuilder(clusterId);
        builder.offset = offset;
        builder.epoch = epoch;
        builder.brokers = brokers;
        builder.topicsByName = topicsByName;
        builder.topicsById = topicsById;
        builder.configs = configs;
        builder.features.putAll(features);
        builder.quotas = quotas;
        builder.scram = scram;
        builder.nextProducerId = nextProducerId;
        builder.partitionCount = partitionCount;
        return builder;
    }

    @Override
    public String toString() {
        return "ClusterImage(" + clusterId + " at " + offset + ": " + brokers.size() + " brokers, " + topicCount()
                + " topics, " + partitionCount + " partitions)";
    }
}
