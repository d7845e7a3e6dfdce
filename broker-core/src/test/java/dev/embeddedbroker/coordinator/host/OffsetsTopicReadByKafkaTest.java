package dev.embeddedbroker.coordinator.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embeddedbroker.EmbeddedBroker;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.SubscriptionPattern;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.coordinator.common.runtime.CoordinatorRecord;
import org.apache.kafka.coordinator.group.GroupCoordinatorRecordSerde;
import org.apache.kafka.coordinator.group.generated.CoordinatorRecordType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * {@code __consumer_offsets}, whole, after groups of every kind have come and gone: Kafka's own decoder of it reads every
 * record, and there is one of every kind this broker writes.
 */
class OffsetsTopicReadByKafkaTest {
    private static final String TOPIC = "t";
    private static final int PARTITIONS = 4;

    @Test
    @Timeout(180)
    void everyRecordIsReadByKafkasDecoder() throws Exception {
        try (var broker = EmbeddedBroker.builder()
                .config("offsets.topic.num.partitions", String.valueOf(PARTITIONS))
                .topic(TOPIC, 2)
                .build()
                .start()) {
            String bootstrap = broker.bootstrapServers();
            produce(bootstrap);
            consume(bootstrap, "classic", "by-name", false);
            consume(bootstrap, "consumer", "by-name-too", false);
            consume(bootstrap, "consumer", "by-pattern", true);
            inTransaction(bootstrap);
            broker.stopBroker(0);
            broker.startBroker(0);
            delete(bootstrap, "by-pattern", "by-name");
            var kinds = new TreeSet<CoordinatorRecordType>();
            var deleted = new TreeSet<CoordinatorRecordType>();
            for (var record : decoded(bootstrap)) {
                var kind = CoordinatorRecordType.fromId(record.key().apiKey());
                (record.value() == null ? deleted : kinds).add(kind);
            }
            assertThat(kinds)
                    .containsExactlyInAnyOrder(
                            CoordinatorRecordType.OFFSET_COMMIT,
                            CoordinatorRecordType.GROUP_METADATA,
                            CoordinatorRecordType.CONSUMER_GROUP_METADATA,
                            CoordinatorRecordType.CONSUMER_GROUP_MEMBER_METADATA,
                            CoordinatorRecordType.CONSUMER_GROUP_TARGET_ASSIGNMENT_METADATA,
                            CoordinatorRecordType.CONSUMER_GROUP_TARGET_ASSIGNMENT_MEMBER,
                            CoordinatorRecordType.CONSUMER_GROUP_CURRENT_MEMBER_ASSIGNMENT,
                            CoordinatorRecordType.CONSUMER_GROUP_REGULAR_EXPRESSION);
            assertThat(deleted).containsAll(kinds);
            assertThat(broker.failure()).isEmpty();
        }
    }

    private static void produce(String bootstrap) throws Exception {
        try (var producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrap), new ByteArraySerializer(), new ByteArraySerializer())) {
            for (int i = 0; i < 2; i++) {
                producer.send(new ProducerRecord<>(TOPIC, i, null, new byte[1])).get();
            }
        }
    }

    private static void consume(String bootstrap, String protocol, String group, boolean byPattern) {
        try (var consumer = consumer(bootstrap, Map.of("group.id", group, "group.protocol", protocol))) {
            if (byPattern) {
                consumer.subscribe(new SubscriptionPattern("[t-z]"));
            } else {
                consumer.subscribe(List.of(TOPIC));
            }
            int seen = 0;
            while (seen < 2) {
                seen += consumer.poll(Duration.ofSeconds(1)).count();
            }
            consumer.commitSync();
        }
    }

    @SuppressWarnings("removal") // an offset of a group without members
    private static void inTransaction(String bootstrap) {
        try (var producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrap, "transactional.id", "tx"),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            producer.initTransactions();
            for (boolean commits : new boolean[] {true, false}) {
                producer.beginTransaction();
                producer.sendOffsetsToTransaction(
                        Map.of(new TopicPartition(TOPIC, 0), new OffsetAndMetadata(1)),
                        new org.apache.kafka.clients.consumer.ConsumerGroupMetadata("by-transaction"));
                if (commits) {
                    producer.commitTransaction();
                } else {
                    producer.abortTransaction();
                }
            }
        }
    }

    private static void delete(String bootstrap, String... groups) throws Exception {
        try (var admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
            admin.deleteConsumerGroups(List.of(groups)).all().get();
        }
    }

    private static List<CoordinatorRecord> decoded(String bootstrap) {
        var serde = new GroupCoordinatorRecordSerde();
        try (var consumer = consumer(bootstrap, Map.of("isolation.level", "read_committed"))) {
            var partitions = java.util.stream.IntStream.range(0, PARTITIONS)
                    .mapToObj(i -> new TopicPartition("__consumer_offsets", i))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            var ends = consumer.endOffsets(partitions);
            var records = new java.util.ArrayList<CoordinatorRecord>();
            while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.get(p))) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(200))) {
                    records.add(serde.deserialize(
                            ByteBuffer.wrap(record.key()),
                            record.value() == null ? null : ByteBuffer.wrap(record.value())));
                }
            }
            return records;
        }
    }

    private static KafkaConsumer<byte[], byte[]> consumer(String bootstrap, Map<String, Object> settings) {
        var all = new HashMap<String, Object>(settings);
        all.put("bootstrap.servers", bootstrap);
        all.put("auto.offset.reset", "earliest");
        return new KafkaConsumer<>(all, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }
}
