package dev.embeddedbroker.storage.clean;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embeddedbroker.storage.batch.Compression;
import dev.embeddedbroker.storage.batch.RecordBatchBuilder;
import dev.embeddedbroker.storage.disk.Disk;
import dev.embeddedbroker.storage.disk.MappedDisk;
import dev.embeddedbroker.storage.log.AppendOptions;
import dev.embeddedbroker.storage.log.LogOptions;
import dev.embeddedbroker.storage.log.LogSlice;
import dev.embeddedbroker.storage.log.OpenState;
import dev.embeddedbroker.storage.log.PartitionLog;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * All that can happen to a log happens to one, at random: appends, reads, rolls, truncations, compaction, retention,
 * DeleteRecords, clean and unclean restarts. A map from offsets to records knows what must be left.
 */
class LogLifeModelTest {
    private static final long NOW = 1_700_000_000_000L;

    @TempDir
    Path root;

    private final Disk disk = MappedDisk.forScratch();

    static LongStream seeds() {
        return LongStream.concat(
                LongStream.rangeClosed(1, 12),
                Boolean.getBoolean("long.tests") ? LongStream.of(new Random().nextLong()) : LongStream.empty());
    }

    private final class Life {
        final Random random;
        final LogOptions options;
        final TreeMap<Long, String> written = new TreeMap<>();
        final TreeSet<Long> batchStarts = new TreeSet<>();
        PartitionLog log;
        long start;
        long end;
        long cleanedUpTo = -1;

        Life(long seed) {
            random = new Random(seed);
            options = LogOptions.builder()
                    .segmentBytes(600 + random.nextInt(3000))
                    .indexIntervalBytes(random.nextInt(300))
                    .cleanupPolicy(true, true)
                    .retentionBytes(8000 + random.nextInt(8000))
                    .retentionMs(-1)
                    .build();
            log = PartitionLog.open(disk, root.resolve("t-0"), options, NOW);
        }

        void step() {
            int kind = random.nextInt(100);
            if (kind < 70) {
                append();
            } else if (kind < 76) {
                log.roll(NOW);
            } else if (kind < 80) {
                cleanedUpTo = Compactions.pass(disk, log, cleanedUpTo, NOW);
            } else if (kind < 84) {
                truncate();
            } else if (kind < 88) {
                retain();
            } else if (kind < 90) {
                start += random.nextInt((int) Math.min(20, end - start + 1));
                log.deleteRecordsBefore(start, NOW);
            } else if (kind < 94) {
                reopen();
            } else {
                read();
            }
            assertThat(log.startOffset()).isEqualTo(start);
            assertThat(log.endOffset()).isEqualTo(end);
        }

        private void append() {
            var batch = new RecordBatchBuilder().compression(Compression.values()[random.nextInt(5)]);
            int count = 1 + random.nextInt(4);
            batchStarts.add(end);
            for (int i = 0; i < count; i++) {
                String key = "k" + random.nextInt(25);
                String value = Integer.toString(random.nextInt(), 36).repeat(random.nextInt(8));
                batch.append(NOW, Compactions.utf8(key), Compactions.utf8(value));
                written.put(end + i, (end + i) + ":" + key + "=" + value);
            }
            assertThat(log.append(batch.build(), AppendOptions.client(0, NOW)).firstOffset())
                    .isEqualTo(end);
            end += count;
        }

        /** Not below what is compacted: that was safe on all replicas. */
        private void truncate() {
            long floor = Math.max(start, cleanedUpTo);
            if (floor >= end) {
                return;
            }
            Long boundary = batchStarts.ceiling(floor + random.nextInt((int) (end - floor) + 1));
            if (boundary != null) {
                log.truncateTo(boundary, NOW);
                end = log.endOffset();
                written.tailMap(end, true).clear();
                batchStarts.tailSet(end, true).clear();
            }
        }

        private void retain() {
            Retention.apply(log, end, NOW);
            assertThat(log.startOffset()).isGreaterThanOrEqualTo(start);
            start = log.startOffset();
            var segments = log.segments();
            assertThat(log.sizeBytes() - segments.get(0).sizeBytes())
                    .as("without its oldest segment the log has fewer bytes than are to be kept")
                    .isLessThan(Math.max(options.retentionBytes(), 1));
        }

        private void reopen() {
            boolean clean = random.nextBoolean();
            if (clean) {
                log.close(random.nextBoolean());
            } else {
                log.abandon();
            }
            long recoveryPoint = log.recoveryPoint();
            log = PartitionLog.open(
                    disk, root.resolve("t-0"), options, new OpenState(clean, recoveryPoint, start), NOW);
        }

        private void read() {
            if (start == end) {
                return;
            }
            long from = start + random.nextInt((int) (end - start));
            try (LogSlice slice = log.read(from, end, random.nextInt(2000), true)) {
                List<String> read = Compactions.records(slice.bytes());
                for (String record : read) {
                    assertThat(written).containsEntry(offsetOf(record), record);
                }
            }
        }

        void check() {
            List<String> held = Compactions.records(log);
            Map<String, String> newestHeld = new HashMap<>();
            var heldByOffset = new TreeMap<Long, String>();
            for (String record : held) {
                assertThat(written).containsEntry(offsetOf(record), record);
                newestHeld.put(keyOf(record), record);
                heldByOffset.put(offsetOf(record), record);
            }
            Map<String, String> newest = new HashMap<>();
            written.tailMap(start, true).values().forEach(record -> newest.put(keyOf(record), record));
            newest.forEach((key, record) -> assertThat(newestHeld).containsEntry(key, record));
            assertThat(heldByOffset).containsAllEntriesOf(written.tailMap(Math.max(start, cleanedUpTo), true));
        }

        private long offsetOf(String record) {
            return Long.parseLong(record.substring(0, record.indexOf(':')));
        }

        private String keyOf(String record) {
            return record.substring(record.indexOf(':') + 1, record.indexOf('='));
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void whatMustBeLeftIsLeftAndNothingElseIsMadeUp(long seed) {
        var life = new Life(seed);
        for (int step = 0; step < 400; step++) {
            try {
                life.step();
                if (step % 5 == 0) {
                    life.check();
                }
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("seed " + seed + " step " + step + ": " + e.getMessage(), e);
            }
        }
        life.check();
        life.log.close(false);
        disk.deleteTree(root.resolve("t-0"));
    }
}
