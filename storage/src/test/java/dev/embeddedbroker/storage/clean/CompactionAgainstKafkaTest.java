package dev.embeddedbroker.storage.clean;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embeddedbroker.storage.batch.Compression;
import dev.embeddedbroker.storage.batch.ControlRecord;
import dev.embeddedbroker.storage.batch.RecordBatchBuilder;
import dev.embeddedbroker.storage.batch.RecordBatchView;
import dev.embeddedbroker.storage.batch.RecordCursor;
import dev.embeddedbroker.storage.batch.RecordHeader;
import dev.embeddedbroker.storage.disk.Disk;
import dev.embeddedbroker.storage.disk.MappedDisk;
import dev.embeddedbroker.storage.log.AppendOptions;
import dev.embeddedbroker.storage.log.LogOptions;
import dev.embeddedbroker.storage.log.OpenState;
import dev.embeddedbroker.storage.log.PartitionLog;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The same log compacted by Apache Kafka's cleaner and by ours: the same batches survive, in the same files. */
class CompactionAgainstKafkaTest {
    private static final long NOW = 1_700_000_000_000L;
    private static final long DELETE_RETENTION_MS = 60_000;
    private static final LogOptions OPTIONS = LogOptions.builder()
            .segmentBytes(3000)
            .indexIntervalBytes(300)
            .segmentIndexBytes(4080)
            .cleanupPolicy(false, true)
            .deleteRetentionMs(DELETE_RETENTION_MS)
            .minCleanableDirtyRatio(0)
            .build();

    @TempDir
    Path root;

    private final Disk disk = MappedDisk.forScratch();

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void sameLogGivesSameSegments(long seed) throws Exception {
        Path ours = root.resolve("ours").resolve("t-0");
        Path theirs = root.resolve("theirs").resolve("t-0");
        Random random = new Random(seed);
        var history = new History(random);
        long cleanedUpTo = 0;
        int mapSlots = seed % 2 == 0 ? 100_000 : 120;
        for (int round = 0; round < 6; round++) {
            String when = "seed " + seed + " round " + round;
            long nowMs = NOW + round * 40_000L;
            Cleanable cleanable;
            try (PartitionLog log = open(ours, nowMs)) {
                history.write(log, nowMs);
                cleanable = Cleanable.of(log, cleanedUpTo, log.endOffset(), nowMs);
            }
            delete(theirs);
            copy(ours, theirs);
            long end;
            try (PartitionLog log = open(ours, nowMs)) {
                end = log.endOffset();
                var settings = new CompactionSettings((long) mapSlots * KeyMap.SLOT_BYTES, 0.9, 1000);
                cleanedUpTo = Compactions.pass(disk, log, cleanedUpTo, settings, nowMs);
            }
            long theirEnd = cleanedUpTo;
            if (!cleanable.isNothing()) {
                theirEnd = KafkaCleaner.clean(
                        theirs,
                        OPTIONS.segmentBytes(),
                        OPTIONS.indexIntervalBytes(),
                        DELETE_RETENTION_MS,
                        cleanable.firstDirtyOffset(),
                        cleanable.firstUncleanableOffset(),
                        end,
                        mapSlots * KeyMap.SLOT_BYTES,
                        nowMs);
            }
            List<String> our = describe(ours);
            List<String> their = describe(theirs);
            for (int i = 0; i < Math.max(our.size(), their.size()); i++) {
                assertThat(i < our.size() ? our.get(i) : "nothing")
                        .as(when + " line " + i + " of " + our.size())
                        .isEqualTo(i < their.size() ? their.get(i) : "nothing");
            }
            assertThat(indexes(ours)).as(when).isEqualTo(indexes(theirs));
            assertThat(cleanedUpTo).as(when).isEqualTo(theirEnd);
        }
    }

    private PartitionLog open(Path dir, long nowMs) {
        return PartitionLog.open(disk, dir, OPTIONS, new OpenState(true, 0, 0), nowMs);
    }

    // ---- what is written

    /** Random appends: keyed, compressed or not, with headers, tombstones, producers, transactions ended either way. */
    private static final class History {
        private final Random random;
        private final Map<Long, Integer> sequences = new HashMap<>();
        private final Map<Long, Boolean> inTransaction = new HashMap<>();

        History(Random random) {
            this.random = random;
        }

        void write(PartitionLog log, long nowMs) {
            for (int i = 0; i < 60 + random.nextInt(60); i++) {
                long producer = random.nextInt(6) - 1;
                if (producer >= 2 && inTransaction.getOrDefault(producer, false) && random.nextInt(3) == 0) {
                    inTransaction.put(producer, false);
                    log.append(
                            ControlRecord.endTransactionBatch(producer, (short) 0, random.nextBoolean(), 0, nowMs + i),
                            AppendOptions.coordinator(0, nowMs + i));
                } else {
                    log.append(batch(producer, nowMs + i), AppendOptions.client(random.nextInt(2), nowMs + i));
                }
                if (random.nextInt(40) == 0) {
                    log.roll(nowMs);
                }
            }
            for (long producer = 2; producer < 5; producer++) {
                if (inTransaction.getOrDefault(producer, false) && random.nextBoolean()) {
                    inTransaction.put(producer, false);
                    log.append(
                            ControlRecord.endTransactionBatch(producer, (short) 0, false, 0, nowMs + 900),
                            AppendOptions.coordinator(1, nowMs + 900));
                }
            }
            log.roll(nowMs);
        }

        private ByteBuffer batch(long producer, long nowMs) {
            var builder = new RecordBatchBuilder()
                    .compression(Compression.values()[random.nextInt(3) == 0 ? random.nextInt(5) : 0]);
            int count = 1 + random.nextInt(5);
            if (producer >= 0) {
                boolean transactional = producer >= 2;
                if (transactional) {
                    inTransaction.put(producer, true);
                }
                builder.producer(producer, (short) 0, sequences.getOrDefault(producer, 0))
                        .transactional(transactional);
                sequences.merge(producer, count, Integer::sum);
            }
            for (int i = 0; i < count; i++) {
                byte[] key = Compactions.utf8("key" + random.nextInt(random.nextBoolean() ? 10 : 150));
                byte[] value = random.nextInt(5) == 0 ? null : Compactions.utf8("v".repeat(random.nextInt(60)));
                builder.append(
                        nowMs + random.nextInt(50),
                        ByteBuffer.wrap(key),
                        value == null ? null : ByteBuffer.wrap(value),
                        random.nextInt(4) == 0
                                ? List.of(new RecordHeader(
                                        ByteBuffer.wrap(Compactions.utf8("h")),
                                        ByteBuffer.wrap(Compactions.utf8("x" + i))))
                                : List.of());
            }
            return builder.build();
        }
    }

    // ---- what is there

    private static List<String> describe(Path dir) throws IOException {
        List<String> all = new ArrayList<>();
        for (Path file : files(dir, ".log")) {
            all.add(file.getFileName() + " " + (Files.size(file) == 0 ? "empty" : ""));
            ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file));
            RecordBatchView batch = RecordBatchView.of(bytes, 0);
            while (batch.position() < bytes.limit()) {
                all.add(batch + " base timestamp " + batch.baseTimestamp() + " crc " + batch.crcMatches()
                        + records(batch));
                batch.at(batch.nextBatchPosition());
            }
        }
        return all;
    }

    private static List<String> records(RecordBatchView batch) {
        List<String> all = new ArrayList<>();
        try (RecordCursor record = RecordCursor.over(batch)) {
            while (record.next()) {
                all.add(record.offset() + "@" + record.timestampMs() + " " + hex(record.key()) + "="
                        + hex(record.value()) + " " + record.headers().size());
            }
        }
        return all;
    }

    private static String hex(ByteBuffer bytes) {
        if (bytes == null) {
            return "null";
        }
        byte[] copy = new byte[bytes.remaining()];
        bytes.duplicate().get(copy);
        return Arrays.toString(copy);
    }

    private static Map<String, List<Byte>> indexes(Path dir) throws IOException {
        Map<String, List<Byte>> all = new HashMap<>();
        for (Path file : files(dir, ".txnindex")) {
            List<Byte> bytes = new ArrayList<>();
            for (byte b : Files.readAllBytes(file)) {
                bytes.add(b);
            }
            if (!bytes.isEmpty()) {
                all.put(file.getFileName().toString(), bytes);
            }
        }
        return all;
    }

    private static List<Path> files(Path dir, String suffix) throws IOException {
        try (Stream<Path> files = Files.list(dir)) {
            return files.filter(file -> file.toString().endsWith(suffix))
                    .sorted()
                    .toList();
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.createDirectories(to);
        try (Stream<Path> files = Files.list(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(file.getFileName()));
                Files.setLastModifiedTime(to.resolve(file.getFileName()), Files.getLastModifiedTime(file));
            }
        }
    }

    private void delete(Path dir) {
        disk.deleteTree(dir);
    }
}
