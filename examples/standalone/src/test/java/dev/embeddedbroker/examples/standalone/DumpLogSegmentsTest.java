package dev.embeddedbroker.examples.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embeddedbroker.EmbeddedBroker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Apache Kafka's {@code kafka-dump-log} over every kind of file that a broker leaves: it reads them and finds no fault. */
class DumpLogSegmentsTest {
    private static final List<String> FAULTS = List.of(
            "isvalid: false",
            "corrupt",
            "Mismatches in",
            "Non-consecutive offsets",
            "Found timestamp mismatch",
            "Found out of order timestamp",
            "isn't a valid",
            "Could not decode",
            "Unknown",
            "Exception",
            "Failed");

    @TempDir
    static Path directory;

    @BeforeAll
    static void fill() throws Exception {
        for (String codec : List.of("none", "zstd")) {
            try (var broker = EmbeddedBroker.builder()
                    .dataDirectory(directory)
                    .config("offsets.topic.num.partitions", "1")
                    .config("transaction.state.log.num.partitions", "1")
                    .build()
                    .start()) {
                fill(broker, codec);
                transact(broker);
                squeeze(broker);
            }
        }
    }

    private static void fill(EmbeddedBroker broker, String codec) throws Exception {
        create(
                broker,
                new NewTopic("dumped", 2, (short) 1)
                        .configs(Map.of("segment.bytes", "1048576", "index.interval.bytes", "512")));
        var producing = new HashMap<>(broker.clientProperties());
        producing.put("compression.type", codec);
        try (var producer = new KafkaProducer<>(producing, new StringSerializer(), new StringSerializer())) {
            for (int i = 0; i < 2000; i++) {
                producer.send(new ProducerRecord<>("dumped", i % 2, "key-" + i, "value-" + "x".repeat(1000) + i));
            }
        }
        var consuming = new HashMap<>(broker.clientProperties());
        consuming.putAll(Map.of("group.id", "dumpers", "auto.offset.reset", "earliest"));
        try (var consumer = new KafkaConsumer<>(consuming, new StringDeserializer(), new StringDeserializer())) {
            consumer.subscribe(List.of("dumped"));
            for (int polls = 0; consumer.poll(Duration.ofMillis(200)).isEmpty(); polls++) {
                assertThat(polls).isLessThan(100);
            }
            consumer.commitSync();
        }
    }

    /** Committed, aborted and, in a producer that is gone before it decides, open: the index has what was aborted. */
    private static void transact(EmbeddedBroker broker) throws Exception {
        create(broker, new NewTopic("transacted", 1, (short) 1));
        for (boolean decides : new boolean[] {true, false}) {
            var settings = new HashMap<>(broker.clientProperties());
            settings.put("transactional.id", decides ? "decided" : "undecided");
            var producer = new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer());
            producer.initTransactions();
            for (int i = 0; i < 6; i++) {
                producer.beginTransaction();
                producer.send(new ProducerRecord<>("transacted", "key", "value-" + i))
                        .get();
                if (!decides) {
                    break;
                } else if (i % 2 == 0) {
                    producer.sendOffsetsToTransaction(
                            Map.of(new TopicPartition("dumped", 0), new OffsetAndMetadata(i)),
                            new ConsumerGroupMetadata("transacted"));
                    producer.commitTransaction();
                } else {
                    producer.abortTransaction();
                }
            }
            producer.close(Duration.ZERO);
        }
    }

    private static void squeeze(EmbeddedBroker broker) throws Exception {
        create(broker, new NewTopic("squeezed", 1, (short) 1).configs(Map.of("cleanup.policy", "compact")));
        try (var producer =
                new KafkaProducer<>(broker.clientProperties(), new StringSerializer(), new StringSerializer())) {
            for (int i = 0; i < 3000; i++) {
                producer.send(new ProducerRecord<>("squeezed", "key-" + i % 300, i % 7 == 0 ? null : "value-" + i));
            }
        }
        broker.runCompaction("squeezed");
        broker.runCompaction("__consumer_offsets");
        broker.runCompaction("__transaction_state");
    }

    private static void create(EmbeddedBroker broker, NewTopic topic) throws Exception {
        try (var admin = Admin.create(broker.clientProperties())) {
            if (!admin.listTopics().names().get().contains(topic.name())) {
                admin.createTopics(List.of(topic)).all().get();
            }
        }
    }

    @Test
    void everyKindOfFileIsReadable() throws Exception {
        String appended = files("dumped-0", "transacted-0", "__cluster_metadata-0");
        String compacted = files("squeezed-0", "__consumer_offsets-0", "__transaction_state-0");
        for (String kind : List.of(".log", ".index", ".timeindex", ".txnindex", ".snapshot", ".checkpoint")) {
            assertThat(appended).contains(kind);
        }
        assertThat(dump("--deep-iteration", "--files", appended))
                .contains("isTransactional: true")
                .contains("endTxnMarker: ABORT")
                .contains("endTxnMarker: COMMIT");
        dumpCompacted("--deep-iteration", "--files", compacted);
        assertThat(dump("--index-sanity-check", "--files", appended + "," + compacted))
                .contains("passed sanity check");
        dump("--verify-index-only", "--files", appended + "," + compacted);
        assertThat(dump("--files", files("transacted-0"))).contains("lastStableOffset");
    }

    @Test
    void transactionsStateIsReadable() throws Exception {
        assertThat(dumpCompacted("--transaction-log-decoder", "--files", logs("__transaction_state-0")))
                .contains("\"transactionalId\":\"decided\"")
                .contains("\"transactionalId\":\"undecided\"");
    }

    @Test
    void recordsIndexesAndProducersAreInOrder() throws Exception {
        String files = files("dumped-0", "dumped-1");
        assertThat(files)
                .contains(".log")
                .contains(".index")
                .contains(".timeindex")
                .contains(".snapshot");
        assertThat(files.split(",", -1)).hasSizeGreaterThan(6);
        assertThat(dump("--deep-iteration", "--files", files))
                .contains("isvalid: true")
                .contains("compresscodec: zstd")
                .contains("producerId: ")
                .contains("lastSequence: ");
        assertThat(dump("--index-sanity-check", "--files", files("dumped-0", "dumped-1")))
                .contains("passed sanity check");
    }

    @Test
    void offsetsOfGroupsAreReadable() throws Exception {
        assertThat(dumpCompacted("--offsets-decoder", "--files", logs("__consumer_offsets-0")))
                .contains("\"group\":\"dumpers\"")
                .contains("\"topic\":\"dumped\"");
    }

    @Test
    void theMetadataLogIsReadable() throws Exception {
        assertThat(dump("--cluster-metadata-decoder", "--files", logs("__cluster_metadata-0")))
                .contains("LeaderChange")
                .contains("\"type\":\"TOPIC_RECORD\"")
                .contains("\"name\":\"dumped\"")
                .contains("\"type\":\"PRODUCER_IDS_RECORD\"");
    }

    private static String files(String... logs) throws IOException {
        var found = new ArrayList<String>();
        for (String log : logs) {
            try (var files = Files.list(directory.resolve(log))) {
                found.addAll(files.map(Path::toString)
                        .filter(name -> name.matches(".*\\.(log|index|timeindex|snapshot|txnindex|checkpoint)"))
                        .sorted()
                        .toList());
            }
        }
        return String.join(",", found);
    }

    private static String logs(String log) throws IOException {
        return Arrays.stream(files(log).split(",", -1))
                .filter(name -> name.endsWith(".log") || name.endsWith(".checkpoint"))
                .collect(Collectors.joining(","));
    }

    /** The dump of a log with gaps, of which the tool speaks and which Kafka's own compaction leaves too. */
    private static String dumpCompacted(String... arguments) throws Exception {
        return dump(
                FAULTS.stream().filter(fault -> !fault.startsWith("Non-cons")).toList(), arguments);
    }

    private static String dump(String... arguments) throws Exception {
        return dump(FAULTS, arguments);
    }

    private static String dump(List<String> faults, String... arguments) throws Exception {
        var result = Command.run("", Command.java("org.apache.kafka.tools.DumpLogSegments", arguments));
        assertThat(result.exitCode()).as(result.output()).isZero();
        assertThat(result.output()).doesNotContain(faults.toArray(String[]::new));
        return result.output();
    }
}
