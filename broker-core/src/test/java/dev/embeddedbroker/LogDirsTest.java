package dev.embeddedbroker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.LogDirDescription;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.ReplicaInfo;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionReplica;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.KafkaStorageException;
import org.apache.kafka.common.errors.LogDirNotFoundException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.IntegerDeserializer;
import org.apache.kafka.common.serialization.IntegerSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A broker with several log directories, seen by the stock Admin client. */
class LogDirsTest {
    @TempDir
    Path parent;

    private EmbeddedBroker start(String... names) {
        var roots = new StringBuilder();
        for (var name : names) {
            roots.append(roots.isEmpty() ? "" : ",").append(parent.resolve(name));
        }
        return EmbeddedBroker.builder()
                .config("log.dirs", roots.toString())
                .build()
                .start();
    }

    private static Map<String, LogDirDescription> describe(Admin admin) throws Exception {
        return admin.describeLogDirs(List.of(0)).allDescriptions().get().get(0);
    }

    private static Set<TopicPartition> in(Map<String, LogDirDescription> described, Path root) {
        return new TreeMap<>(described).get(root.toString()).replicaInfos().keySet();
    }

    private static void produce(EmbeddedBroker broker, String topic, int partitions) throws Exception {
        var properties = new HashMap<String, Object>(broker.clientProperties());
        try (var producer = new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer())) {
            for (int i = 0; i < partitions; i++) {
                producer.send(new ProducerRecord<>(topic, i, null, new byte[100]))
                        .get();
            }
        }
    }

    @Test
    void partitionsGoWhereTheFewestAreAndStayThere() throws Exception {
        Set<TopicPartition> first;
        try (var broker = start("a", "b", "c");
                var admin = Admin.create(broker.clientProperties())) {
            admin.createTopics(List.of(new NewTopic("orders", 6, (short) 1)))
                    .all()
                    .get();
            produce(broker, "orders", 6);
            var described = describe(admin);
            assertThat(described).hasSize(3);
            first = Set.copyOf(in(described, parent.resolve("a")));
            for (var name : List.of("a", "b", "c")) {
                assertThat(in(described, parent.resolve(name))).hasSize(2);
                assertThat(described.get(parent.resolve(name).toString()).totalBytes())
                        .isPresent();
            }
        }
        var ids = new TreeSet<String>();
        for (var name : List.of("a", "b", "c")) {
            var lines = Files.readAllLines(parent.resolve(name).resolve("meta.properties"));
            ids.addAll(lines.stream().filter(line -> line.contains(".id=")).toList());
            assertThat(Files.exists(parent.resolve(name).resolve("__cluster_metadata-0")))
                    .isEqualTo(name.equals("a"));
        }
        assertThat(ids).hasSize(1 + 1 + 3); // one cluster, one node, three directories
        try (var broker = start("a", "b", "c");
                var admin = Admin.create(broker.clientProperties())) {
            produce(broker, "orders", 6);
            assertThat(in(describe(admin), parent.resolve("a"))).isEqualTo(first);
            broker.stopBroker(0);
            broker.startBroker(0);
            produce(broker, "orders", 6);
            assertThat(in(describe(admin), parent.resolve("a"))).isEqualTo(first);
        }
    }

    @Test
    void aDirectoryThatCannotBeOpenedLeavesTheOthersServing() throws Exception {
        Path broken = parent.resolve("b");
        Set<TopicPartition> lost;
        try (var broker = start("a", "b");
                var admin = Admin.create(broker.clientProperties())) {
            admin.createTopics(List.of(new NewTopic("orders", 4, (short) 1)))
                    .all()
                    .get();
            produce(broker, "orders", 4);
            lost = Set.copyOf(in(describe(admin), broken));
        }
        Files.move(broken, parent.resolve("away"));
        Files.createFile(broken); // nothing can be in a file
        try (var broker = start("a", "b");
                var admin = Admin.create(broker.clientProperties())) {
            var described = describe(admin);
            assertThat(described.get(broken.toString()).error()).isInstanceOf(KafkaStorageException.class);
            var kept = Set.copyOf(in(described, parent.resolve("a")));
            assertThat(kept).hasSize(2).doesNotContainAnyElementsOf(lost);
            for (var partition : kept) {
                var properties = new HashMap<String, Object>(broker.clientProperties());
                try (var producer =
                        new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer())) {
                    producer.send(new ProducerRecord<>(partition.topic(), partition.partition(), null, new byte[1]))
                            .get();
                }
            }
        }
        Files.delete(broken);
        Files.move(parent.resolve("away"), broken);
        try (var broker = start("a", "b");
                var admin = Admin.create(broker.clientProperties())) {
            assertThat(in(describe(admin), broken)).isEqualTo(lost);
            produce(broker, "orders", 4);
        }
    }

    /** Two partitions go to and fro while they are written and read; nothing is lost, doubled or out of order. */
    @Test
    void aPartitionMovesWhileItIsUsed() throws Exception {
        try (var broker = start("a", "b");
                var admin = Admin.create(broker.clientProperties())) {
            admin.createTopics(List.of(new NewTopic("orders", 2, (short) 1)))
                    .all()
                    .get();
            var properties = new HashMap<String, Object>(broker.clientProperties());
            var stopped = new AtomicBoolean();
            var sent = new AtomicInteger();
            var writer = new Thread(() -> {
                try (var producer =
                        new KafkaProducer<>(properties, new IntegerSerializer(), new ByteArraySerializer())) {
                    while (!stopped.get()) {
                        for (int partition = 0; partition < 2; partition++) {
                            producer.send(new ProducerRecord<>("orders", partition, sent.get(), new byte[5_000]));
                        }
                        producer.flush();
                        sent.incrementAndGet();
                    }
                }
            });
            writer.start();
            try {
                for (int round = 0; round < 6; round++) {
                    int before = sent.get();
                    until(() -> sent.get() > before + 20);
                    var to = parent.resolve(round % 2 == 0 ? "b" : "a").toString();
                    for (int partition = 0; partition < 2; partition++) {
                        var replica = new TopicPartitionReplica("orders", partition, 0);
                        admin.alterReplicaLogDirs(Map.of(replica, to)).all().get();
                    }
                    until(() -> in(describe(admin), Path.of(to)).size() == 2 && noneMoves(admin));
                }
            } finally {
                stopped.set(true);
                writer.join();
            }
            assertThat(in(describe(admin), parent.resolve("a"))).hasSize(2);
            assertThat(broker.failure()).isEmpty();
            assertAllAreThere(broker, sent.get());
        }
        try (var broker = start("a", "b");
                var admin = Admin.create(broker.clientProperties())) {
            assertThat(in(describe(admin), parent.resolve("a"))).hasSize(2);
            try (var names = Files.list(parent.resolve("b"))) {
                assertThat(names.map(name -> name.getFileName().toString()))
                        .noneMatch(name -> name.startsWith("orders"));
            }
        }
    }

    private static void assertAllAreThere(EmbeddedBroker broker, int count) {
        var properties = new HashMap<String, Object>(broker.clientProperties());
        try (var consumer = new KafkaConsumer<>(properties, new IntegerDeserializer(), new ByteArrayDeserializer())) {
            for (int partition = 0; partition < 2; partition++) {
                var orders = new TopicPartition("orders", partition);
                consumer.assign(List.of(orders));
                consumer.seekToBeginning(List.of(orders));
                var keys = new ArrayList<Integer>();
                until(() -> {
                    consumer.poll(Duration.ofMillis(100)).forEach(record -> keys.add(record.key()));
                    return keys.size() >= count;
                });
                assertThat(keys).isEqualTo(IntStream.range(0, count).boxed().toList());
            }
        }
    }

    private static boolean noneMoves(Admin admin) throws Exception {
        return describe(admin).values().stream()
                .allMatch(root -> root.replicaInfos().values().stream().noneMatch(ReplicaInfo::isFuture));
    }

    private static void until(Callable<Boolean> state) {
        long end = System.nanoTime() + Duration.ofSeconds(120).toNanos();
        try {
            while (!state.call()) {
                assertThat(System.nanoTime()).as("still waiting").isLessThan(end);
            }
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aMoveToNowhereIsRefused() throws Exception {
        try (var broker = start("a", "b");
                var admin = Admin.create(broker.clientProperties())) {
            admin.createTopics(List.of(new NewTopic("orders", 1, (short) 1)))
                    .all()
                    .get();
            assertRefused(admin, "orders", 0, parent.resolve("c").toString(), LogDirNotFoundException.class);
            assertRefused(admin, "x".repeat(249), 0, parent.resolve("b").toString(), InvalidTopicException.class);
            assertRefused(admin, "orders", 7, parent.resolve("b").toString(), UnknownTopicOrPartitionException.class);
            var here = new TopicPartitionReplica("orders", 0, 0);
            admin.alterReplicaLogDirs(Map.of(here, parent.resolve("a").toString()))
                    .all()
                    .get();
        }
    }

    private static void assertRefused(
            Admin admin, String topic, int partition, String to, Class<? extends Exception> type) {
        var replica = new TopicPartitionReplica(topic, partition, 0);
        assertThatThrownBy(() ->
                        admin.alterReplicaLogDirs(Map.of(replica, to)).all().get())
                .hasCauseInstanceOf(type);
    }

    /** What a crash leaves of a move: half a copy, or a whole one in two places. The record says which log counts. */
    @Test
    void whatACrashLeavesOfAMoveIsNoSecondLog() throws Exception {
        Path from = parent.resolve("a");
        Path to = parent.resolve("b");
        try (var broker = start("a", "b");
                var admin = Admin.create(broker.clientProperties())) {
            admin.createTopics(List.of(new NewTopic("orders", 1, (short) 1)))
                    .all()
                    .get();
            produce(broker, "orders", 1);
            assertThat(in(describe(admin), from)).hasSize(1);
        }
        copy(from.resolve("orders-0"), to.resolve("orders-0"));
        copy(from.resolve("orders-0"), to.resolve("orders-0.0123456789abcdef0123456789abcdef-future"));
        try (var broker = start("a", "b");
                var admin = Admin.create(broker.clientProperties())) {
            assertThat(in(describe(admin), from)).hasSize(1);
            assertThat(in(describe(admin), to)).isEmpty();
            produce(broker, "orders", 1);
            admin.alterReplicaLogDirs(Map.of(new TopicPartitionReplica("orders", 0, 0), to.toString()))
                    .all()
                    .get();
            until(() -> in(describe(admin), to).size() == 1 && noneMoves(admin));
            var end = admin.listOffsets(Map.of(new TopicPartition("orders", 0), OffsetSpec.latest()))
                    .all()
                    .get();
            assertThat(end.get(new TopicPartition("orders", 0)).offset()).isEqualTo(2);
        }
        try (var names = Files.list(to)) {
            assertThat(names.map(name -> name.getFileName().toString()).filter(name -> name.startsWith("orders")))
                    .containsExactly("orders-0");
        }
        assertThat(from.resolve("orders-0")).doesNotExist();
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.createDirectories(to);
        try (var files = Files.list(from)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                Files.copy(file, to.resolve(file.getFileName()));
            }
        }
    }
}
