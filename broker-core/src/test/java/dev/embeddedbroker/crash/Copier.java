package dev.embeddedbroker.crash;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Queue;
import java.util.TreeMap;
import java.util.function.BiFunction;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.ProducerFencedException;

/**
 * One instance of a program that copies a topic into another, exactly once: it consumes, transforms, produces and commits
 * offsets in transactions. It is given its settings and a queue of orders, goes on until the order {@code stop}, and says
 * how often what happened.
 *
 * <ul>
 *   <li>{@code die}: in the middle of the next transaction it is gone, and its next life begins.
 *   <li>{@code zombie}: its next life begins while the one before still is in a transaction, and tries to commit it then.
 * </ul>
 *
 * <p>Written against the API of kafka-clients 3.9, and loaded anew for each release.
 */
public final class Copier implements BiFunction<Map<String, String>, Queue<String>, Map<String, Integer>> {
    private static final Duration STEP = Duration.ofMillis(50);
    private static final String STOP = "stop";

    private final Map<String, Integer> counts = new TreeMap<>();
    private Map<String, String> settings = Map.of();

    /** One who is thought dead, and is not. */
    private KafkaProducer<String, String> zombie;

    @Override
    public Map<String, Integer> apply(Map<String, String> given, Queue<String> orders) {
        settings = given;
        while (!isStopped(orders)) { // where the broker is gone for good no life gets far
            live(orders);
            count("lives");
        }
        return counts;
    }

    private static boolean isStopped(Queue<String> orders) {
        return STOP.equals(orders.peek());
    }

    private void count(String what) {
        counts.merge(what, 1, Integer::sum);
    }

    /** One life: until it is stopped, or something ends it, whatever it was. Then the next takes over. */
    private void live(Queue<String> orders) {
        var producer = producer();
        boolean isLeftBehind = false;
        try (var consumer = consumer()) {
            producer.initTransactions();
            testZombie();
            consumer.subscribe(List.of("in"));
            while (!isStopped(orders)) {
                var records = consumer.poll(STEP);
                if (records.isEmpty()) {
                    continue;
                }
                copy(records, producer, consumer);
                String order = orders.peek();
                if (order == null || order.equals(STOP)) {
                    producer.commitTransaction();
                    count("committed");
                } else {
                    orders.remove(order); // that one: by now the first may be to stop
                    producer.flush();
                    count(order);
                    isLeftBehind = order.equals("zombie");
                    return;
                }
            }
        } catch (KafkaException e) {
            count(isFenced(e) ? "fenced" : "failed");
        } finally {
            if (isLeftBehind) {
                zombie = producer;
            } else {
                producer.close(Duration.ZERO);
            }
        }
    }

    private static void copy(
            ConsumerRecords<String, String> records,
            KafkaProducer<String, String> producer,
            KafkaConsumer<String, String> consumer) {
        producer.beginTransaction();
        var offsets = new HashMap<TopicPartition, OffsetAndMetadata>();
        for (ConsumerRecord<String, String> record : records) {
            producer.send(new ProducerRecord<>("out", record.partition(), record.key(), "copy of " + record.value()));
            offsets.put(
                    new TopicPartition(record.topic(), record.partition()), new OffsetAndMetadata(record.offset() + 1));
        }
        producer.sendOffsetsToTransaction(offsets, consumer.groupMetadata());
    }

    /** The one before must not be able to commit any more. */
    private void testZombie() {
        if (zombie == null) {
            return;
        }
        try {
            zombie.commitTransaction();
            count("ZOMBIE COMMITTED");
        } catch (KafkaException e) {
            count(isFenced(e) ? "zombie fenced" : "zombie failed");
        } finally {
            zombie.close(Duration.ZERO);
            zombie = null;
        }
    }

    /** By instanceof: the releases do not agree on these errors' superclasses. */
    private static boolean isFenced(Throwable error) {
        return error instanceof ProducerFencedException || error instanceof InvalidProducerEpochException;
    }

    private KafkaProducer<String, String> producer() {
        var properties = properties("org.apache.kafka.common.serialization.StringSerializer", "serializer");
        properties.put("transactional.id", settings.get("transactional.id"));
        properties.put("transaction.timeout.ms", "30000");
        properties.put("linger.ms", "0");
        return new KafkaProducer<>(properties);
    }

    private KafkaConsumer<String, String> consumer() {
        var properties = properties("org.apache.kafka.common.serialization.StringDeserializer", "deserializer");
        properties.put("group.id", "copiers");
        properties.put("isolation.level", "read_committed");
        properties.put("enable.auto.commit", "false");
        properties.put("auto.offset.reset", "earliest");
        properties.put("session.timeout.ms", "6000");
        properties.put("heartbeat.interval.ms", "500");
        properties.put("max.poll.records", "50");
        return new KafkaConsumer<>(properties);
    }

    private Properties properties(String codec, String kind) {
        var properties = new Properties();
        properties.put("bootstrap.servers", settings.get("bootstrap"));
        properties.put("key." + kind, codec);
        properties.put("value." + kind, codec);
        properties.put("reconnect.backoff.max.ms", "100");
        return properties;
    }
}
