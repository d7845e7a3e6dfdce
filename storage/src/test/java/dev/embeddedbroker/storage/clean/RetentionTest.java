package dev.embeddedbroker.storage.clean;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embeddedbroker.storage.batch.RecordBatchBuilder;
import dev.embeddedbroker.storage.disk.MappedDisk;
import dev.embeddedbroker.storage.log.AppendOptions;
import dev.embeddedbroker.storage.log.LogOptions;
import dev.embeddedbroker.storage.log.LogSlice;
import dev.embeddedbroker.storage.log.PartitionLog;
import dev.embeddedbroker.storage.log.ProcessView;
import dev.embeddedbroker.storage.log.SegmentInfo;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which segments go, and when. */
class RetentionTest {
    private static final long NOW = 1_700_000_000_000L;

    @TempDir
    Path root;

    private PartitionLog log;

    @AfterEach
    void close() throws Exception {
        log.close();
        assertThat(ProcessView.mappingsOf(root)).isEmpty();
        assertThat(ProcessView.descriptorsOf(root)).isEmpty();
    }

    /** Five segments of two records each, the last active; segment i is i seconds younger than the first. */
    private void open(LogOptions.Builder options) {
        log = PartitionLog.open(new MappedDisk(), root.resolve("t-0"), options.build(), NOW);
        for (int i = 0; i < 5; i++) {
            log.roll(NOW);
            append(NOW + 1000 * i);
            append(NOW + 1000 * i);
        }
    }

    private void append(long timestampMs) {
        log.append(
                new RecordBatchBuilder()
                        .append(timestampMs, null, Compactions.utf8("x"))
                        .build(),
                AppendOptions.client(0, NOW));
    }

    private List<Long> bases() {
        return log.segments().stream().map(SegmentInfo::baseOffset).toList();
    }

    @Test
    void segmentsGoOnceTheirNewestRecordIsTooOld() {
        open(LogOptions.builder().retentionMs(500));
        assertThat(Retention.nextDueMs(log)).isEqualTo(NOW + 501);
        assertThat(Retention.apply(log, 10, NOW + 500)).isZero();
        assertThat(Retention.apply(log, 10, NOW + 501)).isEqualTo(1);
        assertThat(bases()).containsExactly(2L, 4L, 6L, 8L);
        assertThat(log.startOffset()).isEqualTo(2);
        assertThat(Retention.apply(log, 10, NOW + 2600)).isEqualTo(2);
        assertThat(log.startOffset()).isEqualTo(6);
    }

    @Test
    void expiredActiveSegmentGoesToo() {
        open(LogOptions.builder().retentionMs(500));
        assertThat(Retention.apply(log, 10, NOW + 10_000)).isEqualTo(5);
        assertThat(bases()).containsExactly(10L);
        assertThat(log.startOffset()).isEqualTo(10);
        assertThat(log.endOffset()).isEqualTo(10);
        assertThat(Retention.apply(log, 10, NOW + 20_000))
                .as("an empty one stays")
                .isZero();
        assertThat(Retention.nextDueMs(log)).isEqualTo(Long.MAX_VALUE);
        append(NOW + 20_000);
        assertThat(log.endOffset()).isEqualTo(11);
    }

    @Test
    void nothingBeyondTheHighWatermarkGoes() {
        open(LogOptions.builder().retentionMs(500).retentionBytes(0));
        assertThat(Retention.apply(log, 5, NOW + 10_000)).isEqualTo(2);
        assertThat(log.startOffset()).isEqualTo(4);
    }

    @Test
    void oldestSegmentsGoWhileTheRestIsAtLeastTheSizeKept() {
        int segmentBytes = 2
                * new RecordBatchBuilder()
                        .append(NOW, null, Compactions.utf8("x"))
                        .build()
                        .remaining();
        open(LogOptions.builder().retentionBytes(2L * segmentBytes + 1).retentionMs(-1));
        assertThat(Retention.apply(log, 10, NOW)).isEqualTo(2);
        assertThat(log.sizeBytes()).isEqualTo(3L * segmentBytes);
        log.updateOptions(
                log.options().toBuilder().retentionBytes(2L * segmentBytes).build());
        assertThat(Retention.apply(log, 10, NOW)).isEqualTo(1);
        log.updateOptions(log.options().toBuilder().retentionBytes(0).build());
        assertThat(Retention.apply(log, 10, NOW)).isEqualTo(2);
        assertThat(log.startOffset()).isEqualTo(10);
    }

    @Test
    void compactedTopicKeepsWhatIsOldUnlessItDeletesToo() {
        open(LogOptions.builder().retentionMs(500));
        log.updateOptions(log.options().toBuilder().cleanupPolicy(false, true).build());
        assertThat(Retention.apply(log, 10, NOW + 10_000)).isZero();
        assertThat(Retention.nextDueMs(log)).isEqualTo(Long.MAX_VALUE);
        log.updateOptions(log.options().toBuilder().cleanupPolicy(true, true).build());
        assertThat(Retention.apply(log, 10, NOW + 1600)).isEqualTo(2);
    }

    @Test
    void readerKeepsItsBytesAndFilesWaitForTheReaper() throws Exception {
        open(LogOptions.builder().retentionMs(500));
        List<Runnable> reaper = new ArrayList<>();
        log.deleteFilesBy(reaper::add);
        LogSlice slice = log.read(0, 10, 1000, true);
        Retention.apply(log, 10, NOW + 501);
        assertThat(reaper).isEmpty();
        assertThat(slice.bytes().getLong(0)).isZero();
        slice.close();
        Path deleted = root.resolve("t-0").resolve("00000000000000000000.log.deleted");
        assertThat(Files.exists(deleted)).isTrue();
        assertThat(reaper).hasSize(1);
        reaper.forEach(Runnable::run);
        assertThat(Files.exists(deleted)).isFalse();
    }
}
