package dev.embeddedbroker.storage.clean;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embeddedbroker.storage.batch.Compression;
import dev.embeddedbroker.storage.batch.RecordBatchBuilder;
import dev.embeddedbroker.storage.disk.Disk;
import dev.embeddedbroker.storage.disk.MappedDisk;
import dev.embeddedbroker.storage.disk.StorageException;
import dev.embeddedbroker.storage.log.AppendOptions;
import dev.embeddedbroker.storage.log.FailingDisk;
import dev.embeddedbroker.storage.log.LogOptions;
import dev.embeddedbroker.storage.log.LogSlice;
import dev.embeddedbroker.storage.log.PartitionLog;
import dev.embeddedbroker.storage.log.ProcessView;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Compaction against a map that holds what each key's newest record is. */
class CompactionModelTest {
    private static final long NOW = 1_700_000_000_000L;
    private static final long HORIZON_MS = 1000;
    private static final LogOptions OPTIONS = LogOptions.builder()
            .segmentBytes(2000)
            .indexIntervalBytes(200)
            .cleanupPolicy(false, true)
            .deleteRetentionMs(HORIZON_MS)
            .build();
    private static final CompactionSettings FEW_KEYS = new CompactionSettings(40L * KeyMap.SLOT_BYTES, 0.9, 512);

    @TempDir
    Path root;

    private final Disk disk = MappedDisk.forScratch();
    private final TreeMap<String, String> newest = new TreeMap<>();
    private final List<String> written = new ArrayList<>();

    private PartitionLog open(Path dir) {
        return PartitionLog.open(disk, dir, OPTIONS, NOW);
    }

    private void append(PartitionLog log, long nowMs, Compression compression, String... keyThenValue) {
        var builder = new RecordBatchBuilder().compression(compression);
        for (int i = 0; i < keyThenValue.length; i += 2) {
            String value = keyThenValue[i + 1];
            builder.append(nowMs, Compactions.utf8(keyThenValue[i]), value == null ? null : Compactions.utf8(value));
        }
        long first = log.append(builder.build(), AppendOptions.client(0, nowMs)).firstOffset();
        for (int i = 0; i < keyThenValue.length; i += 2) {
            String record = (first + i / 2) + ":" + keyThenValue[i] + "=" + keyThenValue[i + 1];
            newest.put(keyThenValue[i], record);
            written.add(record);
        }
    }

    private void append(PartitionLog log, String key, String value) {
        append(log, NOW, Compression.NONE, key, value);
    }

    private static Map<String, String> lastOfEachKey(List<String> records) {
        Map<String, String> last = new TreeMap<>();
        for (String record : records) {
            last.put(record.substring(record.indexOf(':') + 1, record.indexOf('=')), record);
        }
        return last;
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void newestRecordOfEachKeyIsKeptAndNothingIsMadeUp(long seed) {
        Random random = new Random(seed);
        Path dir = root.resolve("t-0");
        long cleanedUpTo = -1;
        PartitionLog log = open(dir);
        for (int step = 0; step < 300; step++) {
            String when = "seed " + seed + " step " + step;
            int what = random.nextInt(20);
            if (what < 16) {
                String[] records = new String[2 * (1 + random.nextInt(4))];
                for (int i = 0; i < records.length; i += 2) {
                    records[i] = "k" + random.nextInt(60);
                    records[i + 1] = random.nextInt(6) == 0 ? null : "v" + step;
                }
                append(log, NOW, Compression.values()[random.nextInt(5)], records);
            } else if (what == 16) {
                log.roll(NOW);
            } else if (what == 17) {
                log.close();
                log = open(dir);
            } else {
                var settings = random.nextBoolean() ? FEW_KEYS : CompactionSettings.DEFAULT;
                cleanedUpTo = Compactions.pass(disk, log, cleanedUpTo, settings, NOW);
            }
            if (step % 10 == 0) {
                List<String> held = Compactions.records(log);
                assertThat(lastOfEachKey(held)).as(when).isEqualTo(newest);
                assertThat(written).as(when).containsSubsequence(held);
            }
        }
        log.roll(NOW);
        for (int pass = 0; pass < 50 && cleanedUpTo < log.endOffset(); pass++) {
            cleanedUpTo = Compactions.pass(disk, log, cleanedUpTo, FEW_KEYS, NOW);
        }
        assertThat(cleanedUpTo).as("seed " + seed).isEqualTo(log.endOffset());
        assertThat(Compactions.records(log)).as("seed " + seed).containsExactlyInAnyOrderElementsOf(newest.values());
        log.close();
    }

    @Test
    void tombstoneGoesOnceItsTimeIsOverCountedFromTheFirstCompaction() {
        try (PartitionLog log = open(root.resolve("t-0"))) {
            append(log, "a", "1");
            append(log, "a", null);
            append(log, "b", "2");
            log.roll(NOW);
            long cleaned = Compactions.pass(disk, log, -1, NOW);
            assertThat(Compactions.records(log)).containsExactly("1:a=null", "2:b=2");
            append(log, "c", "3");
            log.roll(NOW);
            cleaned = Compactions.pass(disk, log, cleaned, NOW + HORIZON_MS - 1);
            assertThat(Compactions.records(log)).contains("1:a=null");
            append(log, "d", "4");
            log.roll(NOW);
            Compactions.pass(disk, log, cleaned, NOW + HORIZON_MS);
            assertThat(Compactions.records(log)).containsExactly("2:b=2", "3:c=3", "4:d=4");
        }
    }

    @Test
    void activeSegmentAndYoungSegmentsAndOpenTransactionsAreLeftAlone() {
        Path dir = root.resolve("t-0");
        LogOptions lag = OPTIONS.toBuilder().minCompactionLagMs(500).build();
        try (PartitionLog log = PartitionLog.open(disk, dir, lag, NOW)) {
            append(log, NOW - 1000, Compression.NONE, "a", "1");
            log.roll(NOW);
            append(log, NOW - 100, Compression.NONE, "a", "2");
            log.roll(NOW);
            append(log, NOW - 1000, Compression.NONE, "a", "3");
            Cleanable young = Cleanable.of(log, -1, log.endOffset(), NOW);
            assertThat(young.firstUncleanableOffset()).isEqualTo(1);
            assertThat(young.nextDueMs()).isEqualTo(NOW + 400);
            assertThat(Cleanable.of(log, -1, log.endOffset(), NOW + 400).firstUncleanableOffset())
                    .isEqualTo(2);
            assertThat(Cleanable.of(log, -1, 1, NOW + 400).firstUncleanableOffset())
                    .as("high watermark")
                    .isEqualTo(1);
            log.append(
                    new RecordBatchBuilder()
                            .producer(5, (short) 0, 0)
                            .transactional()
                            .append(NOW - 1000, Compactions.utf8("t"), Compactions.utf8("t"))
                            .build(),
                    AppendOptions.client(0, NOW));
            log.roll(NOW);
            append(log, NOW - 1000, Compression.NONE, "a", "4");
            log.roll(NOW);
            assertThat(Cleanable.of(log, -1, log.endOffset(), NOW + 400).firstUncleanableOffset())
                    .as("open transaction")
                    .isEqualTo(2);
        }
    }

    @Test
    void dirtyRatioAndMaxLagDecideWhenItIsTime() {
        LogOptions half = OPTIONS.toBuilder()
                .minCleanableDirtyRatio(0.5)
                .maxCompactionLagMs(10_000)
                .build();
        try (PartitionLog log = PartitionLog.open(disk, root.resolve("t-0"), half, NOW)) {
            append(log, "a", "1");
            log.roll(NOW);
            append(log, "b", "1");
            log.roll(NOW);
            assertThat(Cleanable.of(log, -1, 2, NOW).isDue(half)).isTrue();
            Cleanable rest = Cleanable.of(log, 1, 2, NOW);
            assertThat(rest.dirtyRatio()).isEqualTo(0.5);
            assertThat(rest.isDue(half)).isFalse();
            assertThat(rest.nextDueMs()).isEqualTo(NOW + 10_001);
            assertThat(Cleanable.of(log, 1, 2, NOW + 10_001).isDue(half)).isTrue();
            assertThat(Cleanable.of(log, 2, 2, NOW + 10_001).isDue(half)).isFalse();
        }
    }

    @Test
    void sliceReadBeforeCompactionKeepsItsBytes() throws IOException {
        Path dir = root.resolve("t-0");
        PartitionLog log = open(dir);
        for (int i = 0; i < 30; i++) {
            append(log, "k" + i % 3, "v" + i);
        }
        log.roll(NOW);
        List<String> before = Compactions.records(log);
        LogSlice slice = log.read(0, log.endOffset(), 100_000, true);
        List<String> ofSlice = Compactions.records(slice.bytes());
        Compactions.pass(disk, log, -1, NOW);
        Compactions.pass(disk, log, -1, NOW);
        assertThat(Compactions.records(log)).hasSize(3);
        assertThat(Compactions.records(slice.bytes())).isEqualTo(ofSlice);
        assertThat(before).containsAll(ofSlice);
        log.close();
        assertThat(Compactions.records(slice.bytes())).isEqualTo(ofSlice);
        slice.close();
        assertThat(ProcessView.mappingsOf(root)).isEmpty();
        assertThat(ProcessView.descriptorsOf(root)).isEmpty();
        assertThat(names(dir)).noneMatch(name -> name.matches(".*\\.(deleted|cleaned|swap)"));
    }

    private static List<String> names(Path dir) throws IOException {
        try (Stream<Path> files = Files.list(dir)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }

    @Test
    void outputIsDroppedWhenTheLogChangedMeanwhile() throws IOException {
        Path dir = root.resolve("t-0");
        try (PartitionLog log = open(dir)) {
            for (int i = 0; i < 100; i++) {
                append(log, "k" + i % 3, "v" + i);
            }
            Cleanable cleanable = Cleanable.of(log, -1, log.endOffset(), NOW);
            try (var compactor = new Compactor(
                    disk,
                    CompactionPlan.take(log, cleanable, log.endOffset(), NOW),
                    CompactionSettings.DEFAULT,
                    () -> false)) {
                compactor.index();
                compactor.cleanNext();
                log.truncateTo(95, NOW);
                assertThat(compactor.swapIn(log)).isFalse();
            }
            assertThat(Compactions.records(log)).isEqualTo(written.subList(0, 95));
            assertThat(names(dir)).noneMatch(name -> name.endsWith(".cleaned"));
        }
    }

    @Test
    void cancelledCompactionLeavesTheLogAsItWas() throws IOException {
        Path dir = root.resolve("t-0");
        try (PartitionLog log = open(dir)) {
            for (int i = 0; i < 100; i++) {
                append(log, "k" + i % 3, "v" + i);
            }
            var asked = new AtomicInteger();
            Cleanable cleanable = Cleanable.of(log, -1, log.endOffset(), NOW);
            CompactionPlan plan = CompactionPlan.take(log, cleanable, log.endOffset(), NOW);
            try (var compactor =
                    new Compactor(disk, plan, CompactionSettings.DEFAULT, () -> asked.incrementAndGet() > 105)) {
                compactor.index();
                assertThat(org.assertj.core.api.Assertions.catchThrowable(compactor::cleanNext))
                        .isInstanceOf(CancellationException.class);
            }
            assertThat(Compactions.records(log)).isEqualTo(written);
            assertThat(names(dir)).noneMatch(name -> name.endsWith(".cleaned"));
        }
    }

    @Test
    void failingDiskAtAnyChangeLeavesTheOldOrTheNewSegments() throws IOException {
        for (int changes = 0; ; changes++) {
            newest.clear();
            written.clear();
            Path dir = root.resolve("t-" + changes);
            try (PartitionLog log = open(dir)) {
                for (int i = 0; i < 60; i++) {
                    append(log, "k" + i % 7, i % 20 == 19 ? null : "v" + i);
                }
                log.roll(NOW);
            }
            FailingDisk failing = new FailingDisk(MappedDisk.forScratch(), changes);
            PartitionLog log = null;
            boolean done = false;
            try {
                log = PartitionLog.open(failing.disk(), dir, OPTIONS, NOW);
                Compactions.pass(failing.disk(), log, -1, NOW);
                done = true;
            } catch (StorageException told) {
                assertThat(failing.hasFailed()).as(told.toString()).isTrue();
            }
            if (log != null) {
                log.abandon();
            }
            try (PartitionLog again = open(dir)) {
                List<String> held = Compactions.records(again);
                assertThat(lastOfEachKey(held)).as("changes " + changes).isEqualTo(newest);
                assertThat(written).as("changes " + changes).containsSubsequence(held);
                assertThat(again.endOffset()).isEqualTo(60);
                append(again, "more", "1");
            }
            assertThat(names(dir))
                    .as("changes " + changes)
                    .noneMatch(name -> name.matches(".*\\.(deleted|cleaned|swap)"));
            assertThat(ProcessView.mappingsOf(root)).isEmpty();
            assertThat(ProcessView.descriptorsOf(root)).isEmpty();
            if (done && !failing.hasFailed()) {
                assertThat(changes).isGreaterThan(15);
                return;
            }
        }
    }

    @Test
    void keyMapKnowsTheNewestOffsetOfAsManyKeysAsItTakes() {
        KeyMap map = new KeyMap(1000, 100L * KeyMap.SLOT_BYTES, 0.75);
        int keys = 0;
        while (!map.isFull()) {
            map.put(ByteBuffer.wrap(Compactions.utf8("key" + keys)), keys);
            map.put(ByteBuffer.wrap(Compactions.utf8("key" + keys / 2)), 1000 + keys);
            keys++;
        }
        assertThat(keys).isEqualTo(75);
        assertThat(map.get(ByteBuffer.wrap(Compactions.utf8("key10")))).isEqualTo(1021);
        assertThat(map.get(ByteBuffer.wrap(Compactions.utf8("key74")))).isEqualTo(74);
        assertThat(map.get(ByteBuffer.wrap(Compactions.utf8("key75")))).isEqualTo(-1);
    }
}
