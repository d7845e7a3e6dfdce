package dev.embeddedbroker.outgrow;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Predicate;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Something of everything that makes files, done by stock clients to whichever broker is there. */
final class History {
    private static final List<String> CODECS = List.of("none", "gzip", "snappy", "lz4", "zstd");

    private final String bootstrapServers;
    private final Random random;

    History(String bootstrapServers, long seed) {
        this.bootstrapServers = bootstrapServers;
        this.random = new Random(seed);
    }

    Admin admin() {
        return Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers));
    }

    void createTopics() throws Exception {
        try (var admin = admin()) {
            admin.createTopics(List.of(
                            new NewTopic("orders", 3, (short) 1)
                                    .configs(Map.of("retention.ms", "86400000", "max.message.bytes", "2000000")),
                            new NewTopic("latest", 2, (short) 1)
                                    .configs(Map.of("cleanup.policy", "compact", "min.cleanable.dirty.ratio", "0.01")),
                            new NewTopic("squeezed", 1, (short) 1)
                                    .configs(Map.of(
                                            "cleanup.policy", "compact",
                                            "min.cleanable.dirty.ratio", "0.0001",
                                            "segment.ms", "1")),
                            new NewTopic("codecs", 1, (short) 1),
                            new NewTopic("stamped", 1, (short) 1)
                                    .configs(Map.of("message.timestamp.type", "LogAppendTime")),
                            new NewTopic("rolled", 1, (short) 1)
                                    .configs(Map.of("segment.bytes", "1048576", "index.interval.bytes", "1024")),
                            new NewTopic("trimmed", 1, (short) 1).configs(Map.of("segment.bytes", "1048576")),
                            new NewTopic("empty", 2, (short) 1),
                            new NewTopic("gone", 2, (short) 1),
                            new NewTopic("reborn", 1, (short) 1)))
                    .all()
                    .get();
            awaitTopics(admin, names -> names.contains("reborn"));
        }
    }

    void addTopic(String name) throws Exception {
        try (var admin = admin()) {
            admin.createTopics(List.of(new NewTopic(name, 2, (short) 1))).all().get();
            awaitTopics(admin, names -> names.contains(name));
        }
    }

    void deleteTopic(String name) throws Exception {
        try (var admin = admin()) {
            admin.deleteTopics(List.of(name)).all().get();
            awaitTopics(admin, names -> !names.contains(name));
        }
    }

    /** Apache Kafka's broker shows what its controller did some time after the controller has answered. */
    private static void awaitTopics(Admin admin, Predicate<Set<String>> wanted) throws Exception {
        long deadline = System.nanoTime() + Duration.ofSeconds(90).toNanos();
        while (!wanted.test(admin.listTopics().names().get())) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException(
                        "topics are " + admin.listTopics().names().get());
            }
        }
    }

    /** Records in every topic; may be called again, also by another broker's clients. */
    void produce(String round) throws Exception {
        try (var producer = producer("none")) {
            for (int i = 0; i < 200; i++) {
                var record = new ProducerRecord<>(
                        "orders", i % 3, bytes(i % 7 == 0 ? null : "key-" + i), bytes(i % 11 == 0 ? null : round + i));
                if (i % 5 == 0) {
                    record.headers().add("round", bytes(round)).add("nothing", null);
                }
                producer.send(record);
                producer.send(new ProducerRecord<>(
                        "latest", i % 2, bytes("key-" + i % 10), bytes(i % 17 == 0 ? null : round + i)));
                producer.send(new ProducerRecord<>("stamped", 0, 1000L + i, bytes("k"), bytes(round + i)));
                if (round.equals("first")) {
                    producer.send(new ProducerRecord<>("gone", i % 2, bytes("k"), bytes(round + i)));
                }
                producer.send(new ProducerRecord<>("reborn", 0, bytes("k"), bytes(round + i)));
            }
            for (int i = 0; i < 60; i++) {
                var noise = new byte[30_000];
                random.nextBytes(noise);
                producer.send(new ProducerRecord<>("rolled", 0, bytes(round + i), noise));
                producer.send(new ProducerRecord<>("trimmed", 0, bytes(round + i), noise));
                if (i % 4 == 3) {
                    producer.flush();
                }
            }
            producer.flush();
        }
        for (String codec : CODECS) {
            try (var producer = producer(codec)) {
                for (int i = 0; i < 100; i++) {
                    producer.send(new ProducerRecord<>("codecs", 0, bytes(codec), bytes((round + i).repeat(20))));
                }
            }
        }
    }

    /** Segments of one compacted topic, each with the same keys. */
    void squeeze() throws Exception {
        long startMs = System.currentTimeMillis();
        try (var producer = producer("none")) {
            for (int round = 0; round < 5; round++) {
                for (int i = 0; i < 10; i++) {
                    boolean deletes = round == 3 && i == 4;
                    producer.send(new ProducerRecord<>(
                            "squeezed",
                            0,
                            startMs + round * 1000L, // beyond segment.ms
                            bytes("key-" + i),
                            deletes ? null : bytes("round-" + round)));
                }
                producer.flush();
            }
        }
    }

    /** Waits until every segment of the squeezed topic but the active one is compacted: nothing will change any more. */
    void awaitCompaction(Path directory) throws Exception {
        Path checkpoint = directory.resolve("cleaner-offset-checkpoint");
        long deadline = System.nanoTime() + Duration.ofSeconds(90).toNanos();
        String wanted;
        do {
            wanted = "squeezed 0 "
                    + Directories.offset(Directories.names(directory.resolve("squeezed-0"), ".log")
                            .last());
            if (System.nanoTime() > deadline) {
                throw new AssertionError("not compacted as far as " + wanted);
            }
            try (var admin = admin()) {
                admin.listTopics().names().get();
            }
        } while (!Files.exists(checkpoint) || !Files.readAllLines(checkpoint).contains(wanted));
    }

    /** A share group that takes some records and accepts them. */
    void share(String group) throws Exception {
        try (var admin = admin()) {
            var resource = new ConfigResource(ConfigResource.Type.GROUP, group);
            admin.incrementalAlterConfigs(Map.of(resource, List.of(set("share.auto.offset.reset", "earliest"))))
                    .all()
                    .get();
        }
        try (var consumer = new KafkaShareConsumer<>(
                Map.<String, Object>of(
                        ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers,
                        ConsumerConfig.GROUP_ID_CONFIG, group),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            consumer.subscribe(List.of("codecs"));
            long deadline = System.nanoTime() + Duration.ofSeconds(90).toNanos();
            while (consumer.poll(Duration.ofMillis(100)).isEmpty()) {
                if (System.nanoTime() > deadline) {
                    throw new AssertionError("share group " + group + " got nothing");
                }
            }
            consumer.commitSync();
        }
    }

    /** What takes away or changes what was there. */
    void changeTopics() throws Exception {
        try (var admin = admin()) {
            admin.deleteTopics(List.of("gone", "reborn")).all().get();
            awaitTopics(admin, names -> !names.contains("gone") && !names.contains("reborn"));
            admin.createTopics(List.of(new NewTopic("reborn", 2, (short) 1)))
                    .all()
                    .get();
            admin.createPartitions(Map.of("empty", NewPartitions.increaseTo(4)))
                    .all()
                    .get();
            var orders = new ConfigResource(ConfigResource.Type.TOPIC, "orders");
            var everyBroker = new ConfigResource(ConfigResource.Type.BROKER, "");
            admin.incrementalAlterConfigs(Map.of(
                            orders, List.of(set("retention.ms", "172800000"), set("compression.type", "gzip")),
                            everyBroker, List.of(set("log.retention.ms", "259200000"))))
                    .all()
                    .get();
            // changes are shown in the order they were made
            addTopic("changed");
            deleteTopic("changed");
        }
    }

    /** What a broker may forget in a crash: where logs start is noted now and then only. */
    void deleteRecords() throws Exception {
        try (var admin = admin()) {
            admin.deleteRecords(Map.of(
                            new TopicPartition("trimmed", 0), RecordsToDelete.beforeOffset(45),
                            new TopicPartition("orders", 1), RecordsToDelete.beforeOffset(13)))
                    .all()
                    .get();
        }
    }

    private static AlterConfigOp set(String name, String value) {
        return new AlterConfigOp(new ConfigEntry(name, value), AlterConfigOp.OpType.SET);
    }

    /** A group with members that read and commit, and one that only has offsets. */
    void commit(String group, String protocol) throws Exception {
        try (var consumer = new KafkaConsumer<>(
                Map.<String, Object>of(
                        ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers,
                        ConsumerConfig.GROUP_ID_CONFIG, group,
                        ConsumerConfig.GROUP_PROTOCOL_CONFIG, protocol,
                        ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false,
                        ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            consumer.subscribe(List.of("orders", "codecs"));
            long deadline = System.nanoTime() + Duration.ofSeconds(90).toNanos();
            int count = 0;
            while (count < 100) {
                if (System.nanoTime() > deadline) {
                    throw new AssertionError("group " + group + " got " + count + " records");
                }
                count += consumer.poll(Duration.ofMillis(100)).count();
            }
            consumer.commitSync();
        }
        try (var admin = admin()) {
            admin.alterConsumerGroupOffsets(
                            group + "-by-hand",
                            Map.of(
                                    new TopicPartition("orders", 0),
                                            new OffsetAndMetadata(17, Optional.of(0), "by hand"),
                                    new TopicPartition("rolled", 0), new OffsetAndMetadata(3)))
                    .all()
                    .get();
        }
    }

    Producer<byte[], byte[]> producer(String codec) {
        return new KafkaProducer<>(
                Map.<String, Object>of(
                        ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers,
                        ProducerConfig.COMPRESSION_TYPE_CONFIG, codec,
                        ProducerConfig.LINGER_MS_CONFIG, 5),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    /** One transaction with records and a group's offsets. */
    void transact(Producer<byte[], byte[]> transactional, String what, boolean commits) throws Exception {
        transactional.beginTransaction();
        var sent = new ArrayList<java.util.concurrent.Future<?>>();
        for (int i = 0; i < 20; i++) {
            sent.add(transactional.send(new ProducerRecord<>("orders", i % 3, bytes(what), bytes(what + i))));
        }
        for (var each : sent) {
            each.get();
        }
        transactional.sendOffsetsToTransaction(
                Map.of(new TopicPartition("orders", 2), new OffsetAndMetadata(commits ? 5 : 6, what)),
                new ConsumerGroupMetadata("transacted"));
        if (commits) {
            transactional.commitTransaction();
        } else {
            transactional.abortTransaction();
        }
    }

    Producer<byte[], byte[]> transactional(String id) {
        var producer = new KafkaProducer<>(
                Map.<String, Object>of(
                        ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers,
                        ProducerConfig.TRANSACTIONAL_ID_CONFIG, id,
                        ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, 900_000),
                new ByteArraySerializer(),
                new ByteArraySerializer());
        producer.initTransactions();
        return producer;
    }

    /** A transactional producer in the midst of a transaction. */
    Producer<byte[], byte[]> undecided(String id) throws Exception {
        var producer = transactional(id);
        producer.beginTransaction();
        producer.send(new ProducerRecord<>("orders", 0, bytes("k"), bytes("undecided " + id)))
                .get();
        return producer;
    }

    static byte[] bytes(String text) {
        return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
    }
}
