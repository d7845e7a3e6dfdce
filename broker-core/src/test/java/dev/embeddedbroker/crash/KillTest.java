package dev.embeddedbroker.crash;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A broker under load is killed (SIGKILL) and started again on its port and directory, over and over; the stock producer
 * retries on its own. What it was told is written is there, once, in order; and so are a group's commits.
 */
class KillTest {
    private static final int PARTITIONS = 3;
    private static final int IN_FLIGHT = 300;

    @TempDir
    Path root;

    /** What was sent and what was acknowledged, by partition. Any thread. */
    private static final class Ledger {
        final List<Map<Integer, Long>> acknowledged = new ArrayList<>();
        final int[] sent = new int[PARTITIONS];
        final AtomicReference<Exception> failure = new AtomicReference<>();

        Ledger() {
            for (int i = 0; i < PARTITIONS; i++) acknowledged.add(new ConcurrentHashMap<>());
        }

        int acknowledgedCount() {
            return acknowledged.stream().mapToInt(Map::size).sum();
        }
    }

    @Test
    @Timeout(120)
    void killedBrokerLosesNothingAndDoublesNothing() throws Exception {
        killOften(8);
    }

    @Test
    @Tag("long")
    @org.junit.jupiter.api.condition.EnabledIfSystemProperty(named = "long.tests", matches = "true")
    void brokerKilledFiftyTimesLosesNothingAndDoublesNothing() throws Exception {
        killOften(50);
    }

    private void killOften(int kills) throws Exception {
        long seed = new Random().nextLong();
        var random = new Random(seed);
        try (var broker = new BrokerProcess(root)) {
            createTopic(broker);
            var ledger = new Ledger();
            var stop = new AtomicBoolean();
            var load = new Thread(() -> produce(broker, ledger, stop), "load");
            load.start();
            Map<TopicPartition, OffsetAndMetadata> committed = new HashMap<>();
            for (int i = 0; i < kills; i++) {
                int goal = ledger.acknowledgedCount() + 20 + random.nextInt(2000);
                while (ledger.acknowledgedCount() < goal && load.isAlive()) {
                    Thread.onSpinWait();
                    load.join(1 + random.nextInt(5));
                }
                if (i % 3 == 2) committed = commit(broker, ledger);
                broker.killAndRestart();
            }
            stop.set(true);
            load.join();
            assertThat(ledger.failure.get()).as("seed " + seed).isNull();
            check(broker, ledger, "seed " + seed + ", the broker said: " + broker.output());
            assertThat(commitsOf(broker)).as("seed " + seed).isEqualTo(committed);
        }
    }

    private static void createTopic(BrokerProcess broker) throws Exception {
        try (var admin = Admin.create(Map.of("bootstrap.servers", (Object) broker.bootstrapServers()))) {
            admin.createTopics(List.of(new NewTopic("load", PARTITIONS, (short) 1)))
                    .all()
                    .get();
        }
    }

    private static void produce(BrokerProcess broker, Ledger ledger, AtomicBoolean stop) {
        var config = new Properties();
        config.put("bootstrap.servers", broker.bootstrapServers());
        config.put("acks", "all");
        config.put("linger.ms", "1");
        config.put("reconnect.backoff.max.ms", "100");
        config.put("delivery.timeout.ms", "110000");
        var room = new Semaphore(IN_FLIGHT);
        try (var producer = new KafkaProducer<>(config, new StringSerializer(), new StringSerializer())) {
            for (int n = 0; !stop.get() && ledger.failure.get() == null; n++) {
                room.acquire();
                int partition = n % PARTITIONS;
                int number = ledger.sent[partition]++;
                var record = new ProducerRecord<>("load", partition, "k", number + " " + "x".repeat(n % 200));
                producer.send(record, (written, failed) -> {
                    room.release();
                    if (failed != null) {
                        ledger.failure.compareAndSet(null, failed);
                    } else {
                        ledger.acknowledged.get(partition).put(number, written.offset());
                    }
                });
            }
            producer.flush();
        } catch (InterruptedException e) {
            ledger.failure.compareAndSet(null, e);
        }
    }

    private static Map<String, Object> consumerConfig(BrokerProcess broker) {
        return Map.of(
                "bootstrap.servers",
                broker.bootstrapServers(),
                "group.id",
                "readers",
                "enable.auto.commit",
                "false",
                "auto.offset.reset",
                "earliest");
    }

    private static List<TopicPartition> partitions() {
        var all = new ArrayList<TopicPartition>();
        for (int i = 0; i < PARTITIONS; i++) all.add(new TopicPartition("load", i));
        return all;
    }

    private static Map<TopicPartition, OffsetAndMetadata> commit(BrokerProcess broker, Ledger ledger) {
        Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
        for (var partition : partitions()) {
            offsets.put(
                    partition,
                    new OffsetAndMetadata(
                            ledger.acknowledged.get(partition.partition()).size(), "commit"));
        }
        try (var consumer =
                new KafkaConsumer<>(consumerConfig(broker), new StringDeserializer(), new StringDeserializer())) {
            consumer.commitSync(offsets, Duration.ofSeconds(60));
        }
        return offsets;
    }

    private static Map<TopicPartition, OffsetAndMetadata> commitsOf(BrokerProcess broker) throws Exception {
        try (var admin = Admin.create(Map.of("bootstrap.servers", (Object) broker.bootstrapServers()))) {
            Map<TopicPartition, OffsetAndMetadata> found = new HashMap<>();
            admin.listConsumerGroupOffsets("readers")
                    .partitionsToOffsetAndMetadata()
                    .get()
                    .forEach((partition, offset) ->
                            found.put(partition, new OffsetAndMetadata(offset.offset(), offset.metadata())));
            return found;
        }
    }

    private static void check(BrokerProcess broker, Ledger ledger, String what) {
        try (var consumer =
                new KafkaConsumer<>(consumerConfig(broker), new StringDeserializer(), new StringDeserializer())) {
            consumer.assign(partitions());
            consumer.seekToBeginning(partitions());
            var ends = consumer.endOffsets(partitions());
            Map<Integer, List<ConsumerRecord<String, String>>> read = new HashMap<>();
            while (!ends.entrySet().stream().allMatch(end -> consumer.position(end.getKey()) >= end.getValue())) {
                for (var record : consumer.poll(Duration.ofSeconds(10))) {
                    read.computeIfAbsent(record.partition(), partition -> new ArrayList<>())
                            .add(record);
                }
            }
            for (int partition = 0; partition < PARTITIONS; partition++) {
                checkPartition(ledger, partition, read.getOrDefault(partition, List.of()), what);
            }
        }
    }

    private static void checkPartition(
            Ledger ledger, int partition, List<ConsumerRecord<String, String>> read, String what) {
        Set<Integer> seen = new HashSet<>();
        int last = -1;
        for (var record : read) {
            int number =
                    Integer.parseInt(record.value().substring(0, record.value().indexOf(' ')));
            assertThat(seen.add(number)).as(number + " is there twice; " + what).isTrue();
            assertThat(number).as("order; " + what).isGreaterThan(last);
            last = number;
            Long told = ledger.acknowledged.get(partition).get(number);
            if (told != null && told >= 0) { // a repeated batch long gone from the broker's memory has no offset
                assertThat(record.offset())
                        .as("offset of " + number + "; " + what)
                        .isEqualTo(told);
            }
        }
        assertThat(seen).as(what).containsAll(ledger.acknowledged.get(partition).keySet());
    }
}
