package dev.embeddedbroker.examples.ecosystem;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** What an application reads and writes: topics of a broker, filled and read by stock clients. */
public final class Topics implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private final String bootstrap;
    private final Admin admin;
    private final KafkaProducer<String, String> producer;

    public Topics(String bootstrap) {
        this.bootstrap = bootstrap;
        admin = Admin.create(Map.of("bootstrap.servers", (Object) bootstrap));
        producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrap), new StringSerializer(), new StringSerializer());
    }

    public void create(int partitions, String... names) throws Exception {
        admin.createTopics(Arrays.stream(names)
                        .map(name -> new NewTopic(name, partitions, (short) 1))
                        .toList())
                .all()
                .get();
    }

    public void send(String topic, String key, String value) {
        producer.send(new ProducerRecord<>(topic, key, value));
    }

    public void send(String topic, long timestamp, String key, String value) {
        producer.send(new ProducerRecord<>(topic, null, timestamp, key, value));
    }

    public void flush() {
        producer.flush();
    }

    /** Waits until {@code enough} is committed in a topic; {@code check} throws if that will not be. */
    public <V> void await(
            Runnable check,
            String topic,
            Deserializer<V> values,
            String what,
            Predicate<List<ConsumerRecord<String, V>>> enough)
            throws Exception {
        read(topic, values, what, seen -> {
            check.run();
            return enough.test(seen);
        });
    }

    /** Everything committed in a topic up to its end of now: every record's value, by key, in order. */
    public <V> Map<String, List<V>> all(String topic, Deserializer<V> values) throws Exception {
        Map<String, List<V>> byKey = new HashMap<>();
        for (var record : read(topic, values, "its end", seen -> true)) {
            byKey.computeIfAbsent(record.key(), key -> new ArrayList<>()).add(record.value());
        }
        return byKey;
    }

    private <V> List<ConsumerRecord<String, V>> read(
            String topic, Deserializer<V> values, String what, Predicate<List<ConsumerRecord<String, V>>> enough)
            throws Exception {
        var seen = new ArrayList<ConsumerRecord<String, V>>();
        Map<String, Object> config =
                Map.of("bootstrap.servers", bootstrap, "isolation.level", "read_committed", "group.id", "none");
        try (var consumer = new KafkaConsumer<>(config, new StringDeserializer(), values)) {
            var partitions = partitions(topic);
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            var ends = consumer.endOffsets(partitions);
            long deadlineNanos = System.nanoTime() + PATIENCE.toNanos();
            while (!enough.test(seen)
                    || !ends.entrySet().stream().allMatch(end -> consumer.position(end.getKey()) >= end.getValue())) {
                if (System.nanoTime() > deadlineNanos) {
                    throw new AssertionError(
                            "waited " + PATIENCE + " for " + what + " in " + topic + "; there are " + seen.size()
                                    + " records: " + seen.stream().limit(50).toList());
                }
                consumer.poll(Duration.ofMillis(200)).forEach(seen::add);
            }
        }
        return seen;
    }

    List<TopicPartition> partitions(String topic) throws ExecutionException, InterruptedException {
        return admin.describeTopics(List.of(topic)).allTopicNames().get().get(topic).partitions().stream()
                .map(partition -> new TopicPartition(topic, partition.partition()))
                .toList();
    }

    /** The names of all topics, internal ones of applications included. */
    public Iterable<String> names() throws Exception {
        return admin.listTopics().names().get();
    }

    /** Proves that a group has committed all of a topic that no transaction wrote. */
    public void assertAllCommitted(String group, String topic) throws Exception {
        Map<TopicPartition, Long> committed = new HashMap<>();
        admin.listConsumerGroupOffsets(group)
                .partitionsToOffsetAndMetadata()
                .get()
                .forEach((partition, offset) -> committed.put(partition, offset.offset()));
        assertThat(committed).containsAllEntriesOf(ends(topic));
    }

    private Map<TopicPartition, Long> ends(String topic) throws Exception {
        Map<TopicPartition, OffsetSpec> asked = new LinkedHashMap<>();
        partitions(topic).forEach(partition -> asked.put(partition, OffsetSpec.latest()));
        Map<TopicPartition, Long> ends = new LinkedHashMap<>();
        admin.listOffsets(asked).all().get().forEach((partition, found) -> ends.put(partition, found.offset()));
        return ends;
    }

    /** A moment between two looks at a state that is waited for. */
    public static void pause() {
        LockSupport.parkNanos(10_000_000);
    }

    @Override
    public void close() {
        producer.close();
        admin.close();
    }
}
