package dev.embeddedbroker.outgrow;

import static dev.embeddedbroker.outgrow.History.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import dev.embeddedbroker.net.FreePort;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ProduceResponseData.PartitionProduceResponse;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A directory goes from this broker to Apache Kafka 4.4.0 and back, and nobody can tell from what a client sees. */
class KafkaOpensOurDirectoryTest {
    /** So that what can be compacted is, soon. */
    private static final Map<String, String> EAGER = Map.of("log.cleaner.backoff.ms", "100");

    @TempDir
    Path root;

    @Test
    void kafkaGoesOnWhereWeStoppedAndWeGoOnWhereKafkaDid() throws Exception {
        Path directory = root.resolve("data");
        int port = FreePort.any();
        String bootstrap = "localhost:" + port;
        var history = new History(bootstrap, 1);
        var raw = new RawProducer(7_000, 3);
        // this one is connected all along, whoever serves it
        try (var lasting = history.producer("lz4")) {
            Uuid codecs;
            try (var broker = Directories.embedded(directory, port, EAGER)) {
                codecs = live(history, lasting);
                history.awaitCompaction(directory);
                history.deleteRecords();
                assertThat(broker.failure()).isEmpty();
            }
            Seen left;
            PartitionProduceResponse last;
            try (var broker = Directories.embedded(directory, port)) {
                history.produce("second");
                send(lasting, "2");
                assertThat(error(raw.send(bootstrap, codecs, 0, 0, record("0"))))
                        .isEqualTo(Errors.NONE);
                last = raw.send(bootstrap, codecs, 0, 1, record("1"));
                left = Seen.of(bootstrap);
                assertThat(broker.failure()).isEmpty();
            }

            Seen continued;
            try (var kafka = ApacheKafka.start(directory, port, Map.of())) {
                Seen.of(bootstrap).assertSameAs(left);
                assertThat(kafka.said("since clean shutdown file was found")).isTrue();
                assertThat(kafka.repairs()).isEmpty();
                assertThat(kafka.complaints()).isEmpty();

                var again = raw.send(bootstrap, codecs, 0, 1, record("1"));
                assertThat(error(again)).isEqualTo(Errors.NONE);
                assertThat(again.baseOffset()).as("a duplicate").isEqualTo(last.baseOffset());
                assertThat(error(raw.send(bootstrap, codecs, 0, 5, record("5"))))
                        .isEqualTo(Errors.OUT_OF_ORDER_SEQUENCE_NUMBER);
                assertThat(error(new RawProducer(7_000, 2).send(bootstrap, codecs, 0, 2, record("2"))))
                        .isEqualTo(Errors.INVALID_PRODUCER_EPOCH);
                assertThat(raw.send(bootstrap, codecs, 0, 2, record("2")).baseOffset())
                        .isEqualTo(last.baseOffset() + 1);
                send(lasting, "3");
                history.produce("third");
                history.commit("readers", "classic");
                continued = Seen.of(bootstrap);
            }
            try (var broker = Directories.embedded(directory, port)) {
                Seen.of(bootstrap).assertSameAs(continued);
                send(lasting, "4");
                assertThat(raw.send(bootstrap, codecs, 0, 3, record("3")).baseOffset())
                        .isEqualTo(continued
                                        .offsets()
                                        .get(Seen.partition("codecs", 0))
                                        .last()
                                + 1);
                assertThat(broker.failure()).isEmpty();
            }
        }
    }

    @Test
    void transactionsAndCompactedTopicsMoveToKafkaAndBack() throws Exception {
        Path directory = root.resolve("data");
        int port = FreePort.any();
        String bootstrap = "localhost:" + port;
        var history = new History(bootstrap, 5);
        Producer<byte[], byte[]> toCommit;
        Producer<byte[], byte[]> toAbort;
        Seen left;
        try (var broker = Directories.embedded(directory, port, EAGER)) {
            history.createTopics();
            history.produce("first");
            history.squeeze();
            transact(history, "tx");
            toCommit = history.undecided("tx-open");
            toAbort = history.undecided("tx-lost");
            history.produce("second");
            history.awaitCompaction(directory);
            left = Seen.of(bootstrap);
            assertThat(broker.failure()).isEmpty();
        }
        assertThat(left.records().get(Seen.partition("squeezed", 0))).hasSizeBetween(9, 20);
        assertThat(left.groups().get("transacted"))
                .containsEntry(Seen.partition("orders", 2), new OffsetAndMetadata(5, "tx again"));
        assertThat(values(left, "orders"))
                .contains("tx committed19", "tx again19")
                .doesNotContain("tx aborted19", "undecided tx-open", "undecided tx-lost");
        assertThat(Directories.names(directory.resolve("orders-0"), ".txnindex"))
                .isNotEmpty();

        Producer<byte[], byte[]> fromKafka;
        Seen continued;
        try (var kafka = ApacheKafka.start(directory, port, EAGER)) {
            Seen.of(bootstrap).assertSameAs(left);
            assertThat(kafka.repairs()).isEmpty();
            assertThat(kafka.complaints()).isEmpty();
            toCommit.send(new ProducerRecord<>("orders", 1, bytes("k"), bytes("more of it")))
                    .get();
            toCommit.commitTransaction();
            toAbort.abortTransaction();
            transact(history, "tx");
            fromKafka = history.undecided("tx-kafka");
            history.squeeze();
            history.awaitCompaction(directory);
            continued = Seen.of(bootstrap);
        }
        assertThat(values(continued, "orders"))
                .contains("undecided tx-open", "more of it")
                .doesNotContain("undecided tx-lost", "undecided tx-kafka");

        try (var broker = Directories.embedded(directory, port, EAGER)) {
            Seen.of(bootstrap).assertSameAs(continued);
            fromKafka.commitTransaction();
            toCommit.beginTransaction();
            toCommit.send(new ProducerRecord<>("orders", 0, bytes("k"), bytes("back again")))
                    .get();
            toCommit.commitTransaction();
            assertThat(values(Seen.of(bootstrap), "orders"))
                    .contains("undecided tx-kafka", "back again")
                    .doesNotContain("undecided tx-lost");
            assertThat(broker.failure()).isEmpty();
            toCommit.close();
            toAbort.close();
            fromKafka.close();
        }
    }

    @Test
    void whatIsThereAfterAResetMovesToKafka() throws Exception {
        Path directory = root.resolve("data");
        int port = FreePort.any();
        String bootstrap = "localhost:" + port;
        var history = new History(bootstrap, 7);
        Seen left;
        try (var broker = Directories.embedded(directory, port)) {
            history.createTopics();
            history.produce("before");
            history.commit("readers", "classic");
            broker.reset();
            assertThat(Seen.of(bootstrap).topics()).isEmpty();
            history.createTopics();
            history.produce("after");
            history.commit("readers", "consumer");
            left = Seen.of(bootstrap);
            assertThat(broker.failure()).isEmpty();
        }
        assertThat(values(left, "orders")).contains("after1").doesNotContain("before1");
        try (var kafka = ApacheKafka.start(directory, port, Map.of())) {
            Seen.of(bootstrap).assertSameAs(left);
            assertThat(kafka.repairs()).isEmpty();
            assertThat(kafka.complaints()).isEmpty();
        }
    }

    @Test
    void aMetadataLogThatWasCutBehindItsSnapshotsMovesToKafkaAndBack() throws Exception {
        Path directory = root.resolve("data");
        int port = FreePort.any();
        String bootstrap = "localhost:" + port;
        var history = new History(bootstrap, 6);
        var tight = Map.of(
                "metadata.log.max.record.bytes.between.snapshots", "4096",
                "metadata.max.retention.bytes", "65536",
                "internal.metadata.log.segment.bytes", "16384");
        Seen left;
        try (var broker = Directories.embedded(directory, port, tight)) {
            history.createTopics();
            history.produce("first");
            history.changeTopics();
            for (int i = 0; i < 200; i++) {
                history.addTopic("passing-" + i);
                if (i % 10 > 0) {
                    history.deleteTopic("passing-" + i);
                }
            }
            left = Seen.of(bootstrap);
            assertThat(broker.failure()).isEmpty();
        }
        Path metadata = directory.resolve("__cluster_metadata-0");
        assertThat(Directories.offset(Directories.names(metadata, ".log").first()))
                .isPositive();
        assertThat(Directories.names(metadata, ".checkpoint").first())
                .isGreaterThan(Directories.name(0, "-0000000000.checkpoint"));
        Seen continued;
        try (var kafka = ApacheKafka.start(directory, port, Map.of())) {
            Seen.of(bootstrap).assertSameAs(left);
            assertThat(kafka.repairs()).isEmpty();
            assertThat(kafka.complaints()).isEmpty();
            history.addTopic("later");
            continued = Seen.of(bootstrap);
        }
        try (var broker = Directories.embedded(directory, port, tight)) {
            Seen.of(bootstrap).assertSameAs(continued);
            assertThat(broker.failure()).isEmpty();
        }
    }

    /** Committed, aborted, committed: each with records and the offsets of a group. */
    private static void transact(History history, String id) throws Exception {
        try (var transactional = history.transactional(id)) {
            history.transact(transactional, id + " committed", true);
            history.transact(transactional, id + " aborted", false);
            history.transact(transactional, id + " again", true);
        }
    }

    /** What readers of committed records see of a topic. */
    private static List<String> values(Seen seen, String topic) {
        return seen.committed().entrySet().stream()
                .filter(entry -> entry.getKey().topic().equals(topic))
                .flatMap(entry -> entry.getValue().stream())
                .map(Seen.Entry::value)
                .filter(Objects::nonNull)
                .toList();
    }

    @Test
    void kafkaRecoversWhatWeLeaveInACrash() throws Exception {
        int port = FreePort.any();
        String bootstrap = "localhost:" + port;
        var history = new History(bootstrap, 2);
        Seen before;
        Path crashed;
        Producer<byte[], byte[]> undecided;
        try (var lasting = history.producer("lz4");
                var broker = Directories.embedded(root.resolve("data"), port, EAGER)) {
            live(history, lasting);
            history.awaitCompaction(root.resolve("data"));
            undecided = history.undecided("tx-open");
            before = Seen.of(bootstrap);
            crashed = Directories.copy(root.resolve("data"), root.resolve("crashed"));
            assertThat(broker.failure()).isEmpty();
        }
        // Kafka waits for the end of the session that the crash left open
        var impatient = Map.of("broker.session.timeout.ms", "3000", "broker.heartbeat.interval.ms", "500");
        try (var kafka = ApacheKafka.start(crashed, port, impatient)) {
            Seen.of(bootstrap).assertSameAs(before);
            // segments are longer than what is in them while they are open, as with Kafka's own setting preallocate
            assertThat(kafka.complaints()).allMatch(line -> line.contains("Found record size 0 smaller"));
            undecided.commitTransaction();
            undecided.close();
            assertThat(values(Seen.of(bootstrap), "orders")).contains("undecided tx-open");
        }
    }

    /** What the first broker lives through; the id of one topic. */
    private static Uuid live(History history, Producer<byte[], byte[]> lasting) throws Exception {
        history.createTopics();
        history.produce("first");
        send(lasting, "1");
        history.squeeze();
        transact(history, "tx");
        history.changeTopics();
        history.commit("readers", "classic");
        try (var admin = history.admin()) {
            return admin.describeTopics(List.of("codecs"))
                    .allTopicNames()
                    .get()
                    .get("codecs")
                    .topicId();
        }
    }

    private static void send(Producer<byte[], byte[]> producer, String value) throws Exception {
        producer.send(new ProducerRecord<>("codecs", 0, bytes("lasting"), bytes(value)))
                .get();
    }

    private static SimpleRecord record(String value) {
        return new SimpleRecord(System.currentTimeMillis(), bytes("raw"), bytes(value));
    }

    private static Errors error(PartitionProduceResponse answer) {
        return Errors.forCode(answer.errorCode());
    }
}
