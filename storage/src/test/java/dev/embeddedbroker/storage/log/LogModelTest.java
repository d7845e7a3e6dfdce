package dev.embeddedbroker.storage.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.embeddedbroker.storage.disk.AnyDisk;
import dev.embeddedbroker.storage.disk.Disk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Random operations on a log and on a list that says what the log must hold. */
@ParameterizedClass
@EnumSource(AnyDisk.class)
class LogModelTest {
    private static final long NOW = 1_000_000;

    @Parameter
    AnyDisk kind;

    private Disk disk;

    @BeforeEach
    void makeDisk() {
        disk = kind.make();
    }

    @TempDir
    Path root;

    static List<Long> seeds() {
        List<Long> seeds = new ArrayList<>();
        for (long seed = 1; seed <= 15; seed++) {
            seeds.add(seed);
        }
        if (Boolean.getBoolean("long.tests")) {
            seeds.add(new Random().nextLong()); // a failure names it
        }
        return seeds;
    }

    /** A batch as the log must give it. */
    private record Written(long firstOffset, long lastOffset, int epoch, List<String> records) {}

    private final class Model {
        final Random random;
        final LogOptions options;
        final List<Written> batches = new ArrayList<>();
        final List<LogSlice> slices = new ArrayList<>();
        final List<List<String>> sliceRecords = new ArrayList<>();
        long start;
        long end;
        int epoch;
        PartitionLog log;

        Model(long seed) {
            random = new Random(seed);
            options = LogOptions.builder()
                    .segmentBytes(random.nextBoolean() ? 2000 : 100_000)
                    .indexIntervalBytes(random.nextInt(500))
                    .build();
            log = PartitionLog.open(disk, root.resolve("t-0"), options, NOW);
        }

        void step() {
            int kind = random.nextInt(100);
            if (kind < 55) {
                append();
            } else if (kind < 85) {
                read();
            } else if (kind < 88) {
                truncate();
            } else if (kind < 91) {
                log.roll(NOW);
            } else if (kind < 94) {
                deleteRecords();
            } else if (kind < 96) {
                reopen();
            } else if (kind < 98) {
                closeSlice();
            } else {
                epoch++;
            }
            assertThat(log.startOffset()).isEqualTo(start);
            assertThat(log.endOffset()).isEqualTo(end);
        }

        private void append() {
            String[] values = new String[1 + random.nextInt(4)];
            for (int i = 0; i < values.length; i++) {
                values[i] = Long.toString(random.nextLong(), 36).repeat(random.nextInt(12));
            }
            AppendResult result = log.append(Batches.of(NOW, values), AppendOptions.client(epoch, NOW));
            assertThat(result.firstOffset()).isEqualTo(end);
            List<String> records = new ArrayList<>();
            for (int i = 0; i < values.length; i++) {
                records.add((end + i) + ":" + values[i]);
            }
            batches.add(new Written(end, result.lastOffset(), epoch, records));
            end = result.lastOffset() + 1;
        }

        private void read() {
            long from = start - 1 + random.nextInt((int) (end - start + 3));
            if (from < start || from > end) {
                assertThatThrownBy(() -> log.read(from, end, 1000, true)).isInstanceOf(OffsetOutOfRange.class);
                return;
            }
            long bound = random.nextInt(3) == 0 ? from + random.nextInt((int) (end - from + 1)) : end;
            int maxBytes = random.nextInt(3000);
            LogSlice slice = log.read(from, bound, maxBytes, true);
            List<String> records = Batches.read(slice.bytes());
            List<String> expected = new ArrayList<>();
            for (Written batch : batches) {
                if (batch.lastOffset() >= from && batch.lastOffset() < bound) {
                    expected.addAll(batch.records());
                }
            }
            assertThat(expected.subList(0, records.size())).isEqualTo(records);
            assertThat(records.isEmpty()).as("from " + from + " bound " + bound).isEqualTo(expected.isEmpty());
            if (!records.isEmpty()) {
                String last = records.get(records.size() - 1);
                assertThat(slice.nextOffset()).isEqualTo(Long.parseLong(last.substring(0, last.indexOf(':'))) + 1);
            }
            if (random.nextInt(5) == 0 && slices.size() < 8) {
                slices.add(slice);
                sliceRecords.add(records);
            } else {
                slice.close();
            }
        }

        private void truncate() {
            long to = end;
            for (int i = batches.size() - 1, left = random.nextInt(20); i >= 0 && left > 0; i--, left--) {
                to = batches.get(i).firstOffset();
            }
            log.truncateTo(to, NOW);
            if (to < end) {
                long newEnd = to;
                batches.removeIf(batch -> batch.lastOffset() >= newEnd);
                end = to;
                start = Math.min(start, to);
            }
            requireEpochs();
        }

        private void deleteRecords() {
            long to = start + random.nextInt((int) Math.min(100, end - start + 1));
            log.deleteRecordsBefore(to, NOW);
            start = to;
        }

        private void reopen() {
            while (!slices.isEmpty()) {
                closeSlice();
            }
            boolean clean = random.nextBoolean();
            long recoveryPoint = log.recoveryPoint();
            if (clean) {
                log.close(random.nextBoolean());
                recoveryPoint = log.recoveryPoint();
            } else {
                if (random.nextBoolean()) {
                    log.flush();
                    recoveryPoint = log.recoveryPoint();
                }
                log.abandon();
            }
            log = PartitionLog.open(
                    disk, root.resolve("t-0"), options, new OpenState(clean, recoveryPoint, start), NOW);
            requireEpochs();
        }

        private void requireEpochs() {
            int latest = -1;
            for (Written batch : batches) {
                latest = batch.epoch();
            }
            if (end > start && !batches.isEmpty()) {
                assertThat(log.latestEpoch()).isEqualTo(latest);
            }
        }

        private void closeSlice() {
            if (!slices.isEmpty()) {
                int i = random.nextInt(slices.size());
                assertThat(Batches.read(slices.get(i).bytes())).isEqualTo(sliceRecords.remove(i));
                slices.remove(i).close();
            }
        }

        void end() {
            List<String> expected = new ArrayList<>();
            for (Written batch : batches) {
                if (batch.lastOffset() >= start) {
                    expected.addAll(batch.records());
                }
            }
            assertThat(Batches.readAll(log, start, 700)).isEqualTo(expected);
            while (!slices.isEmpty()) {
                closeSlice();
            }
            log.close(false);
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void logHoldsWhatTheModelHolds(long seed) throws IOException {
        Model model = new Model(seed);
        for (int step = 0; step < 600; step++) {
            try {
                model.step();
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("seed " + seed + " step " + step + ": " + e.getMessage(), e);
            }
        }
        model.end();
        assertThat(ProcessView.mappingsOf(root)).isEmpty();
        assertThat(ProcessView.descriptorsOf(root)).isEmpty();
        disk.deleteTree(root.resolve("t-0"));
        assertThat(root.resolve("t-0")).doesNotExist();
    }
}
