package dev.embeddedbroker.outgrow;

import static dev.embeddedbroker.outgrow.Directories.name;
import static dev.embeddedbroker.outgrow.Directories.names;
import static dev.embeddedbroker.outgrow.Directories.offset;
import static org.assertj.core.api.Assertions.assertThat;

import dev.embeddedbroker.net.FreePort;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Directories that Apache Kafka 4.4.0 wrote, left cleanly and as in a crash, show the same in this broker. */
class OpensKafkasDirectoryTest {
    /** So many snapshots, segments and compactions that none of them is missed. */
    private static final Map<String, String> BUSY = Map.of(
            "metadata.log.max.record.bytes.between.snapshots", "4096",
            "internal.metadata.log.segment.bytes", "4096",
            "log.cleaner.backoff.ms", "100");

    @TempDir
    static Path root;

    private static int port;
    private static String bootstrap;
    private static Producer<byte[], byte[]> undecided;
    private static Seen clean;
    private static Seen crashed;

    @BeforeAll
    static void letKafkaWrite() throws Exception {
        port = FreePort.any();
        bootstrap = "localhost:" + port;
        var history = new History(bootstrap, 3);
        ApacheKafka.format(root.resolve("clean"), Uuid.randomUuid().toString());
        try (var kafka = ApacheKafka.start(root.resolve("clean"), port, BUSY)) {
            history.createTopics();
            history.produce("first");
            history.squeeze();
            history.changeTopics();
            history.commit("readers", "classic");
            history.commit("new-readers", "consumer");
            history.share("sharers");
            try (var transactional = history.transactional("tx")) {
                history.transact(transactional, "committed", true);
                history.transact(transactional, "aborted", false);
                history.transact(transactional, "again", true);
            }
            undecided = history.undecided("tx-open");
            history.produce("second");
            history.awaitCompaction(root.resolve("clean"));
            crashed = Seen.of(bootstrap);
            Directories.copy(root.resolve("clean"), root.resolve("crashed"));
            history.deleteRecords();
            clean = Seen.of(bootstrap);
        }
    }

    @AfterAll
    static void forget() {
        undecided.close(Duration.ZERO);
    }

    @Test
    void kafkaDidWhatIsHardToRead() throws IOException {
        assertThat(names(root.resolve("clean/__cluster_metadata-0"), ".checkpoint"))
                .hasSizeGreaterThan(1);
        assertThat(clean.records().get(Seen.partition("squeezed", 0))).hasSizeBetween(9, 20);
        assertThat(clean.producers().get(Seen.partition("orders", 0)))
                .anyMatch(producer -> producer.transactionStart() >= 0);
        assertThat(clean.committed()).isNotEqualTo(clean.records());
    }

    @Test
    void whatKafkaClosedCleanlyIsAllThere() throws Exception {
        try (var broker = Directories.embedded(root.resolve("clean"), port)) {
            Seen.of(bootstrap).assertSameAs(clean);
            assertThat(broker.failure()).isEmpty();
        }
    }

    @Test
    void whatKafkaLeftInACrashIsAllThere() throws Exception {
        try (var broker = Directories.embedded(root.resolve("crashed"), port)) {
            Seen.of(bootstrap).assertSameAs(crashed);
            assertThat(broker.failure()).isEmpty();
        }
    }

    @Test
    void aMetadataLogThatStartsWithASnapshotIsContinuedAndKafkaTakesItBack() throws Exception {
        Path cut = Directories.copy(root.resolve("clean"), root.resolve("cut"));
        Path metadata = cut.resolve("__cluster_metadata-0");
        long start = cutBelowNewestSnapshot(metadata);
        assertThat(start).isPositive();

        Seen ours;
        try (var broker = Directories.embedded(cut, port)) {
            var history = new History(bootstrap, 4);
            Seen.of(bootstrap).assertSameAs(clean);
            history.addTopic("later");
            history.commit("readers", "classic");
            ours = Seen.of(bootstrap);
            assertThat(broker.failure()).isEmpty();
        }
        assertThat(names(metadata, ".log").first()).isEqualTo(name(start, ".log"));
        try (var kafka = ApacheKafka.start(cut, port, Map.of())) {
            Seen.of(bootstrap).assertSameAs(ours);
            assertThat(kafka.repairs()).isEmpty();
            assertThat(kafka.complaints()).isEmpty();
        }
    }

    /** What Kafka's cleaner of this log does once a minute; the offset that the log starts with. */
    private static long cutBelowNewestSnapshot(Path metadata) throws IOException {
        String snapshot = names(metadata, ".checkpoint").last();
        long end = Long.parseLong(snapshot.substring(0, 20));
        for (String name : names(metadata, ".checkpoint").headSet(snapshot)) {
            Files.delete(metadata.resolve(name));
        }
        var logs = new ArrayList<>(names(metadata, ".log"));
        int keep = 0;
        while (keep + 1 < logs.size() && offset(logs.get(keep + 1)) <= end) {
            String base = logs.get(keep++).substring(0, 20);
            for (String ending : List.of(".log", ".index", ".timeindex", ".snapshot")) {
                Files.deleteIfExists(metadata.resolve(base + ending));
            }
        }
        return offset(logs.get(keep));
    }
}
