package dev.embeddedbroker.outgrow;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ListGroupsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Everything a stock client can see of what a broker keeps, of users' topics: two brokers on one directory must show the
 * same.
 *
 * @param topics id, number of partitions and overrides, by name
 * @param offsets first, stable and last offset of each partition, and its leader epoch
 * @param records those of each partition, to whoever reads all or only what was committed
 * @param groups what each group has committed
 * @param producers each partition's active producers
 */
record Seen(
        String clusterId,
        Map<String, Topic> topics,
        Map<TopicPartition, Offsets> offsets,
        Map<TopicPartition, List<Entry>> records,
        Map<TopicPartition, List<Entry>> committed,
        Map<String, Map<TopicPartition, OffsetAndMetadata>> groups,
        Map<TopicPartition, Set<Producer>> producers) {

    record Topic(String id, int partitions, Map<String, String> overrides) {}

    record Offsets(long first, long stable, long last) {}

    record Producer(long id, int epoch, int lastSequence, long lastTimestamp, long transactionStart) {}

    /** A record, with all it has. */
    record Entry(long offset, int leaderEpoch, String timestamp, String key, String value, List<String> headers) {

        static Entry of(ConsumerRecord<byte[], byte[]> record) {
            var headers = new ArrayList<String>();
            record.headers().forEach(header -> headers.add(header.key() + "=" + text(header.value())));
            return new Entry(
                    record.offset(),
                    record.leaderEpoch().orElse(-1),
                    record.timestampType() + " " + record.timestamp(),
                    text(record.key()),
                    text(record.value()),
                    headers);
        }

        private static String text(byte[] bytes) {
            if (bytes == null) {
                return null;
            }
            return bytes.length > 100
                    ? bytes.length + " bytes, hash " + Arrays.hashCode(bytes)
                    : new String(bytes, StandardCharsets.ISO_8859_1);
        }
    }

    /** Fails with the first thing that differs from {@code other}. */
    void assertSameAs(Seen other) {
        assertThat(clusterId).isEqualTo(other.clusterId);
        assertSame("topics", topics, other.topics);
        assertSame("offsets", offsets, other.offsets);
        assertSame("records", records, other.records);
        assertSame("committed records", committed, other.committed);
        assertSame("groups", groups, other.groups);
        assertSame("producers", producers, other.producers);
    }

    private static <K, V> void assertSame(String what, Map<K, V> actual, Map<K, V> expected) {
        assertThat(actual.keySet()).as(what).isEqualTo(expected.keySet());
        expected.forEach((key, value) -> {
            if (!value.equals(actual.get(key))) {
                assertThat(actual.get(key)).as(what + " of " + key).isEqualTo(value);
            }
        });
    }

    static TopicPartition partition(String topic, int index) {
        return new TopicPartition(topic, index);
    }

    static Seen of(String bootstrapServers) throws Exception {
        try (var admin = Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers))) {
            var descriptions = descriptions(admin);
            var partitions = new ArrayList<TopicPartition>();
            descriptions.values().forEach(topic -> topic.partitions()
                    .forEach(partition -> partitions.add(new TopicPartition(topic.name(), partition.partition()))));
            var offsets = offsets(admin, partitions);
            return new Seen(
                    admin.describeCluster().clusterId().get(),
                    topics(admin, descriptions),
                    offsets,
                    records(bootstrapServers, offsets, "read_uncommitted"),
                    records(bootstrapServers, offsets, "read_committed"),
                    groups(admin),
                    producers(admin, partitions));
        }
    }

    private static Map<String, TopicDescription> descriptions(Admin admin) throws Exception {
        var names = admin.listTopics(new ListTopicsOptions()).names().get();
        return admin.describeTopics(names).allTopicNames().get();
    }

    private static Map<String, Topic> topics(Admin admin, Map<String, TopicDescription> descriptions) throws Exception {
        var resources = descriptions.keySet().stream()
                .map(name -> new ConfigResource(ConfigResource.Type.TOPIC, name))
                .toList();
        var configs = admin.describeConfigs(resources).all().get();
        var topics = new TreeMap<String, Topic>();
        configs.forEach((resource, config) -> {
            var overrides = config.entries().stream()
                    .filter(entry -> entry.source() == ConfigEntry.ConfigSource.DYNAMIC_TOPIC_CONFIG)
                    .collect(Collectors.toMap(ConfigEntry::name, ConfigEntry::value));
            var description = descriptions.get(resource.name());
            topics.put(
                    resource.name(),
                    new Topic(
                            description.topicId().toString(),
                            description.partitions().size(),
                            new TreeMap<>(overrides)));
        });
        return topics;
    }

    private static Map<TopicPartition, Offsets> offsets(Admin admin, List<TopicPartition> partitions) throws Exception {
        var first = list(admin, partitions, OffsetSpec.earliest());
        var last = list(admin, partitions, OffsetSpec.latest());
        var stable = admin.listOffsets(
                        partitions.stream().collect(Collectors.toMap(p -> p, p -> OffsetSpec.latest())),
                        new org.apache.kafka.clients.admin.ListOffsetsOptions(
                                org.apache.kafka.common.IsolationLevel.READ_COMMITTED))
                .all()
                .get();
        var offsets = new HashMap<TopicPartition, Offsets>();
        for (var partition : partitions) {
            offsets.put(
                    partition,
                    new Offsets(
                            first.get(partition).offset(),
                            stable.get(partition).offset(),
                            last.get(partition).offset()));
        }
        return offsets;
    }

    private static Map<TopicPartition, ListOffsetsResultInfo> list(
            Admin admin, List<TopicPartition> partitions, OffsetSpec spec) throws Exception {
        return admin.listOffsets(partitions.stream().collect(Collectors.toMap(p -> p, p -> spec)))
                .all()
                .get();
    }

    private static Map<TopicPartition, List<Entry>> records(
            String bootstrapServers, Map<TopicPartition, Offsets> offsets, String isolation) {
        var records = new HashMap<TopicPartition, List<Entry>>();
        var settings = Map.<String, Object>of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                bootstrapServers,
                ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                isolation,
                ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG,
                64 << 20,
                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                "none");
        try (var consumer = new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.assign(offsets.keySet());
            offsets.forEach((partition, range) -> consumer.seek(partition, range.first()));
            var open = new HashSet<>(offsets.keySet());
            long deadline = System.nanoTime() + Duration.ofSeconds(90).toNanos();
            while (!open.isEmpty()) {
                if (System.nanoTime() > deadline) {
                    throw new AssertionError("not read to their ends: " + open);
                }
                for (var record : consumer.poll(Duration.ofMillis(50))) {
                    records.computeIfAbsent(
                                    new TopicPartition(record.topic(), record.partition()), p -> new ArrayList<>())
                            .add(Entry.of(record));
                }
                open.removeIf(partition -> consumer.position(partition)
                        >= (isolation.equals("read_committed")
                                ? offsets.get(partition).stable()
                                : offsets.get(partition).last()));
            }
        }
        return records;
    }

    private static Map<String, Map<TopicPartition, OffsetAndMetadata>> groups(Admin admin) throws Exception {
        var groups = new TreeMap<String, Map<TopicPartition, OffsetAndMetadata>>();
        for (var group :
                admin.listGroups(ListGroupsOptions.forConsumerGroups()).all().get()) {
            groups.put(
                    group.groupId(),
                    admin
                            .listConsumerGroupOffsets(group.groupId())
                            .partitionsToOffsetAndMetadata()
                            .get()
                            .entrySet()
                            .stream()
                            .filter(entry -> Objects.nonNull(entry.getValue()))
                            .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)));
        }
        return groups;
    }

    private static Map<TopicPartition, Set<Producer>> producers(Admin admin, List<TopicPartition> partitions)
            throws Exception {
        var producers = new HashMap<TopicPartition, Set<Producer>>();
        admin.describeProducers(partitions)
                .all()
                .get()
                .forEach((partition, states) -> producers.put(
                        partition,
                        states.activeProducers().stream()
                                .map(state -> new Producer(
                                        state.producerId(),
                                        state.producerEpoch(),
                                        state.lastSequence(),
                                        state.lastTimestamp(),
                                        state.currentTransactionStartOffset().orElse(-1)))
                                .collect(Collectors.toSet())));
        return producers;
    }
}
