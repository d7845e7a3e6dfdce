package dev.embeddedbroker.maintain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embeddedbroker.config.BrokerConfig;
import dev.embeddedbroker.config.LiveConfig;
import dev.embeddedbroker.loop.Maintenance;
import dev.embeddedbroker.partition.OneBroker;
import dev.embeddedbroker.partition.Partition;
import dev.embeddedbroker.partition.PartitionSettings;
import dev.embeddedbroker.storage.batch.AppendOrigin;
import dev.embeddedbroker.storage.batch.RecordBatchBuilder;
import dev.embeddedbroker.storage.batch.RecordBatchView;
import dev.embeddedbroker.storage.batch.RecordCursor;
import dev.embeddedbroker.storage.log.LogDirectories;
import dev.embeddedbroker.storage.log.LogId;
import dev.embeddedbroker.storage.log.LogOptions;
import dev.embeddedbroker.storage.log.LogSlice;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Logs are looked after in time, under a clock moved by hand, all work on stepped loops. */
class LogMaintenanceTest {
    private static final String TOPIC = "t";

    @TempDir
    Path root;

    private OneBroker broker;
    private LogMaintenance maintenance;
    private final List<Throwable> bugs = new ArrayList<>();

    private void start(LogOptions.Builder options, String... settings) {
        broker = new OneBroker(root, 2);
        broker.settings(TOPIC, new PartitionSettings(options.build(), 1));
        Map<String, String> properties = new HashMap<>(Map.of(
                "node.id", "1",
                "process.roles", "broker,controller",
                "controller.listener.names", "CONTROLLER",
                "listeners", "PLAINTEXT://127.0.0.1:0"));
        for (int i = 0; i < settings.length; i += 2) {
            properties.put(settings[i], settings[i + 1]);
        }
        var config = new LiveConfig(BrokerConfig.parse(properties));
        maintenance = new LogMaintenance(
                broker.partitions,
                broker.loops.group(),
                new Maintenance(broker.loop(1), (where, cause) -> bugs.add(cause)),
                new Maintenance(broker.loop(1), (where, cause) -> bugs.add(cause)),
                config,
                LogDirectories.of(broker.logs()));
        maintenance.start();
        broker.topic(TOPIC, 1);
    }

    @AfterEach
    void close() {
        var closed = maintenance.close();
        broker.loops.runAll();
        assertThat(closed).isDone();
        broker.close();
        assertThat(bugs).isEmpty();
    }

    private Partition partition() {
        return broker.partition(TOPIC, 0);
    }

    private void append(String key, String value) {
        long nowMs = broker.loops.clock().wallMs();
        broker.on(
                TOPIC,
                0,
                partition -> partition.append(
                        new RecordBatchBuilder()
                                .append(
                                        nowMs,
                                        key.getBytes(StandardCharsets.UTF_8),
                                        value.getBytes(StandardCharsets.UTF_8))
                                .build(),
                        AppendOrigin.CLIENT,
                        Partition.ACKS_ALL));
        broker.loops.runAll();
    }

    private void roll() {
        broker.on(TOPIC, 0, partition -> {
            partition.onLog(log -> log.roll(broker.loops.clock().wallMs()));
            return null;
        });
    }

    /** Moves the clock as if nothing had to be done in between. */
    private void jumpMs(long ms) {
        broker.loops.runAll();
        broker.loops.clock().advanceMs(ms);
        broker.loops.runAll();
    }

    private List<String> held() {
        return broker.on(TOPIC, 0, partition -> {
            List<String> held = new ArrayList<>();
            partition.onLog(log -> {
                long next = log.startOffset();
                while (next < log.endOffset()) {
                    try (LogSlice slice = log.read(next, log.endOffset(), 1000, true)) {
                        if (slice.isEmpty()) {
                            break;
                        }
                        read(slice, held);
                        next = slice.nextOffset();
                    }
                }
            });
            return held;
        });
    }

    private static void read(LogSlice slice, List<String> into) {
        RecordBatchView batch = RecordBatchView.of(slice.bytes(), 0);
        while (batch.position() < slice.sizeBytes()) {
            try (RecordCursor record = RecordCursor.over(batch)) {
                while (record.next()) {
                    into.add(record.offset() + ":" + StandardCharsets.UTF_8.decode(record.key()));
                }
            }
            batch.at(batch.nextBatchPosition());
        }
    }

    private <T> T finished(CompletableFuture<T> work) {
        broker.loops.runAll();
        assertThat(work).isDone();
        return work.join();
    }

    @Test
    void oldSegmentsGoByThemselvesAndTheirFilesLater() throws IOException {
        start(
                LogOptions.builder().retentionMs(10_000).fileDeleteDelayMs(2000),
                "log.retention.check.interval.ms",
                "1000");
        append("a", "1");
        roll();
        jumpMs(5000);
        append("b", "1");
        jumpMs(5001);
        jumpMs(1000);
        assertThat(partition().startOffset()).isEqualTo(1);
        assertThat(files()).contains("00000000000000000000.log.deleted");
        jumpMs(2000);
        assertThat(files()).noneMatch(name -> name.endsWith(".deleted"));
        jumpMs(10_000);
        assertThat(partition().startOffset())
                .as("the expired active segment too")
                .isEqualTo(2);
    }

    private List<String> files() throws IOException {
        try (Stream<Path> files = Files.list(root.resolve(TOPIC + "-0"))) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }

    @Test
    void retentionOnDemandIsDoneWhenItSays() {
        start(LogOptions.builder().retentionMs(10_000));
        append("a", "1");
        finished(maintenance.runRetentionNow());
        assertThat(partition().startOffset()).isZero();
        broker.loops.clock().advanceMs(10_001);
        finished(maintenance.runRetentionNow());
        assertThat(partition().startOffset()).isEqualTo(1);
    }

    @Test
    void shorterRetentionOfALiveTopicActs() {
        start(LogOptions.builder(), "log.retention.check.interval.ms", "1000");
        append("a", "1");
        jumpMs(400_000);
        assertThat(partition().startOffset()).isZero();
        broker.reconfigure(
                TOPIC,
                new PartitionSettings(LogOptions.builder().retentionMs(1000).build(), 1));
        jumpMs(1000);
        assertThat(partition().startOffset()).isEqualTo(1);
    }

    @Test
    void dirtyLogIsCompactedAfterTheBackoffAndItsEndIsNoted() throws IOException {
        start(LogOptions.builder().cleanupPolicy(false, true), "log.cleaner.backoff.ms", "1000");
        for (int i = 0; i < 9; i++) {
            append("k" + i % 3, "v" + i);
        }
        roll();
        append("k0", "last");
        jumpMs(1000);
        assertThat(held()).containsExactly("6:k0", "7:k1", "8:k2", "9:k0");
        assertThat(Files.readString(root.resolve("cleaner-offset-checkpoint"))).isEqualTo("0\n1\nt 0 9\n");
        assertThat(broker.logs().cleanedUpTo(new LogId(TOPIC, 0))).isEqualTo(9);
    }

    @Test
    void compactionOnDemandReachesTheEndInAsManyPassesAsMemoryAsks() {
        start(
                LogOptions.builder().cleanupPolicy(false, true).segmentBytes(500),
                "log.cleaner.dedupe.buffer.size",
                "1048577",
                "log.cleaner.enable",
                "false");
        for (int i = 0; i < 60; i++) {
            append("k" + i % 7, "v" + i);
        }
        finished(maintenance.runCompactionNow(TOPIC));
        assertThat(held()).containsExactly("53:k4", "54:k5", "55:k6", "56:k0", "57:k1", "58:k2", "59:k3");
        finished(maintenance.runCompactionNow(TOPIC));
        finished(maintenance.runCompactionNow("unknown"));
        append("k4", "again");
        finished(maintenance.runCompactionNow(TOPIC));
        assertThat(held()).containsExactly("54:k5", "55:k6", "56:k0", "57:k1", "58:k2", "59:k3", "60:k4");
    }

    @Test
    void compactionReadsAndWritesNoFasterThanItsSettingSays() {
        start(
                LogOptions.builder().cleanupPolicy(false, true),
                "log.cleaner.io.max.bytes.per.second",
                "10000",
                "log.cleaner.enable",
                "false");
        for (int i = 0; i < 300; i++) {
            append("k" + i % 7, "x".repeat(200));
        }
        int bytes = 300 * (61 + 8 + 200); // read to index, read again to clean; next to nothing is written
        var compacted = maintenance.runCompactionNow(TOPIC);
        broker.loops.runAll();
        long tookMs = 0;
        while (!compacted.isDone()) {
            jumpMs(50);
            tookMs += 50;
            assertThat(tookMs).isLessThan(60_000);
        }
        assertThat(tookMs).isBetween(1000L * 2 * bytes / 10_000 - 1000, 1000L * 2 * bytes / 10_000 + 3000);
        assertThat(held()).hasSize(7);
    }

    @Test
    void compactionThatPausesEndsWithTheBroker() {
        start(
                LogOptions.builder().cleanupPolicy(false, true),
                "log.cleaner.io.max.bytes.per.second",
                "10000",
                "log.cleaner.enable",
                "false");
        for (int i = 0; i < 100; i++) {
            append("k" + i % 7, "x".repeat(200));
        }
        var compacted = maintenance.runCompactionNow(TOPIC);
        broker.loops.runAll();
        assertThat(compacted).isNotDone();
        var closed = maintenance.close();
        broker.loops.runAll();
        assertThat(closed).isDone();
        assertThat(compacted).isCompletedExceptionally();
        assertThat(held()).hasSize(100);
    }

    @Test
    void topicThatIsNotCompactedStaysAsItIs() {
        start(LogOptions.builder());
        append("a", "1");
        append("a", "2");
        finished(maintenance.runCompactionNow(TOPIC));
        assertThat(held()).hasSize(2);
    }

    @Test
    void deletionOfATopicEndsItsCompaction() {
        start(LogOptions.builder().cleanupPolicy(false, true));
        for (int i = 0; i < 9; i++) {
            append("k" + i % 3, "v" + i);
        }
        var compacted = maintenance.runCompactionNow(TOPIC);
        broker.delete(TOPIC);
        broker.loops.runAll();
        assertThat(compacted).isDone();
    }

    @Test
    void highWatermarkIsNotedAndRecordsAreForcedInTime() throws IOException {
        start(LogOptions.builder().flushMs(300));
        append("a", "1");
        assertThat(recoveryPoint()).isZero();
        jumpMs(300);
        assertThat(recoveryPoint()).isEqualTo(1);
        jumpMs(5000);
        assertThat(Files.readString(root.resolve("replication-offset-checkpoint")))
                .isEqualTo("0\n1\nt 0 1\n");
        jumpMs(60_000);
        assertThat(Files.readString(root.resolve("recovery-point-offset-checkpoint")))
                .isEqualTo("0\n1\nt 0 1\n");
    }

    private long recoveryPoint() {
        long[] point = new long[1];
        broker.on(TOPIC, 0, partition -> {
            partition.onLog(log -> point[0] = log.recoveryPoint());
            return null;
        });
        return point[0];
    }

    @Test
    void silentProducersAreForgotten() {
        start(LogOptions.builder().producerIdExpirationMs(1000).retentionMs(-1));
        long nowMs = broker.loops.clock().wallMs();
        broker.on(
                TOPIC,
                0,
                partition -> partition.append(
                        new RecordBatchBuilder()
                                .producer(7, (short) 0, 0)
                                .append(nowMs, null, new byte[1])
                                .build(),
                        AppendOrigin.CLIENT,
                        Partition.ACKS_ALL));
        assertThat(broker.on(TOPIC, 0, Partition::producers).producers()).hasSize(1);
        jumpMs(600_000);
        assertThat(broker.on(TOPIC, 0, Partition::producers).producers()).isEmpty();
    }
}
