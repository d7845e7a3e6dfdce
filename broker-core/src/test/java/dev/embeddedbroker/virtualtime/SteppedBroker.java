package dev.embeddedbroker.virtualtime;

import dev.embeddedbroker.EmbeddedBroker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** A broker in manual time, with an admin and a producer of Kafka's that stay, and others made as they are needed. */
final class SteppedBroker implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(120);

    final EmbeddedBroker broker;
    final Admin admin;
    private final KafkaProducer<String, String> producer;

    SteppedBroker(EmbeddedBroker.Builder builder) {
        broker = builder.build().start();
        admin = Admin.create(properties("client.id", "admin"));
        producer = producer("client.id", "sender");
    }

    /** The broker's properties, and others by name and value in turn. */
    Map<String, Object> properties(Object... more) {
        var properties = new HashMap<String, Object>(broker.clientProperties());
        for (int i = 0; i < more.length; i += 2) {
            properties.put((String) more[i], more[i + 1]);
        }
        return properties;
    }

    void advance(Duration duration) {
        broker.time().advance(duration);
    }

    // ---- topics

    /** A topic of one partition, with settings {@code name=value}. */
    TopicPartition topic(String name, String... settings) throws Exception {
        return topic(name, 1, settings);
    }

    TopicPartition topic(String name, int partitions, String... settings) throws Exception {
        var configs = new HashMap<String, String>();
        Arrays.stream(settings).map(each -> each.split("=")).forEach(each -> configs.put(each[0], each[1]));
        admin.createTopics(List.of(new NewTopic(name, partitions, (short) 1).configs(configs)))
                .all()
                .get();
        return new TopicPartition(name, 0);
    }

    long earliest(TopicPartition partition) throws Exception {
        return admin.listOffsets(Map.of(partition, OffsetSpec.earliest()))
                .partitionResult(partition)
                .get()
                .offset();
    }

    // ---- producing

    KafkaProducer<String, String> producer(Object... settings) {
        return new KafkaProducer<>(properties(settings), new StringSerializer(), new StringSerializer());
    }

    RecordMetadata send(TopicPartition to, String key, String value) throws Exception {
        return producer.send(new ProducerRecord<>(to.topic(), to.partition(), key, value))
                .get();
    }

    // ---- consuming

    /** A consumer of Kafka's, and what it was told of its partitions. */
    final class Member implements AutoCloseable, ConsumerRebalanceListener {
        final KafkaConsumer<String, String> consumer;
        final List<String> told = new ArrayList<>();

        Member(String group, Object... settings) {
            var properties = properties(settings);
            properties.put("group.id", group);
            properties.putIfAbsent("auto.offset.reset", "earliest");
            consumer = new KafkaConsumer<>(properties, new StringDeserializer(), new StringDeserializer());
        }

        Member subscribe(String... topics) {
            consumer.subscribe(List.of(topics), this);
            return this;
        }

        Member polls() {
            consumer.poll(Duration.ofMillis(5));
            return this;
        }

        /** Polls until it has been assigned so many partitions, and knows where it stands in them. */
        Member has(int partitions) throws Exception {
            until(() -> polls().consumer.assignment().size() == partitions && knowsItsPositions());
            return this;
        }

        private boolean knowsItsPositions() {
            try {
                consumer.assignment().forEach(each -> consumer.position(each, Duration.ofMillis(5)));
                return true;
            } catch (TimeoutException e) {
                return false; // it has to poll for that
            }
        }

        /** Polls until it has been told so. */
        Member isTold(String what) throws Exception {
            until(() -> polls().told.contains(what));
            return this;
        }

        private void tell(String what, Collection<TopicPartition> partitions) {
            told.add(what + " "
                    + new TreeSet<>(
                            partitions.stream().map(TopicPartition::partition).toList()));
        }

        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
            tell("assigned", partitions);
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
            tell("revoked", partitions);
        }

        @Override
        public void onPartitionsLost(Collection<TopicPartition> partitions) {
            tell("lost", partitions);
        }

        @Override
        public void close() {
            consumer.close();
        }
    }

    /** What a partition holds now. */
    List<ConsumerRecord<String, String>> records(TopicPartition partition) {
        var found = new ArrayList<ConsumerRecord<String, String>>();
        try (var consumer = new KafkaConsumer<>(
                properties("isolation.level", "read_committed"), new StringDeserializer(), new StringDeserializer())) {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long end = consumer.endOffsets(List.of(partition)).get(partition);
            while (consumer.position(partition) < end) {
                consumer.poll(Duration.ofMillis(50)).forEach(found::add);
            }
        }
        return found;
    }

    List<String> values(TopicPartition partition) {
        return records(partition).stream().map(ConsumerRecord::value).toList();
    }

    // ---- looking

    static double metric(Map<MetricName, ? extends Metric> metrics, String name) {
        return metrics.entrySet().stream()
                .filter(entry -> entry.getKey().name().equals(name))
                .mapToDouble(entry -> ((Number) entry.getValue().metricValue()).doubleValue())
                .filter(value -> !Double.isNaN(value))
                .max()
                .orElse(0);
    }

    /** Looks until it is so. */
    static void until(Callable<Boolean> isSo) throws Exception {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!isSo.call()) {
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError("it was not so within " + PATIENCE);
            }
            Thread.onSpinWait();
        }
    }

    /** What a call of the admin's fails with. */
    static Class<?> failure(Callable<?> call) throws Exception {
        try {
            call.call();
            return Void.class;
        } catch (ExecutionException e) {
            return e.getCause().getClass();
        }
    }

    @Override
    public void close() {
        producer.close();
        admin.close(Duration.ZERO);
        broker.close();
    }
}
