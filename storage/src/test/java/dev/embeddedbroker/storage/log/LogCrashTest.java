package dev.embeddedbroker.storage.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embeddedbroker.storage.batch.ControlRecord;
import dev.embeddedbroker.storage.disk.Disk;
import dev.embeddedbroker.storage.disk.MappedDisk;
import dev.embeddedbroker.storage.disk.StorageException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The disk fails at its Nth change, for every N; what was acknowledged before is there when the log is opened again. */
class LogCrashTest {
    private static final long NOW = 1_000_000;
    private static final LogOptions SMALL =
            LogOptions.builder().segmentBytes(700).indexIntervalBytes(100).build();

    @TempDir
    Path root;

    /** Appends, rolls, aborts a transaction, truncates, trims; notes in {@code held} what the log must hold. */
    private static void live(PartitionLog log, List<String> held) {
        for (int i = 0; i < 12; i++) {
            append(log, held, "a" + i, i / 4);
        }
        log.append(Batches.from(5, 0, 0, true, "t"), AppendOptions.client(3, NOW));
        held.add("12:t");
        log.append(ControlRecord.endTransactionBatch(5, (short) 0, false, 0, NOW), AppendOptions.coordinator(3, NOW));
        held.add("13:marker");
        for (int i = 0; i < 12; i++) {
            append(log, held, "b" + i, 3);
        }
        held.subList(20, held.size()).clear();
        log.truncateTo(20, NOW);
        for (int i = 0; i < 6; i++) {
            append(log, held, "c" + i, 4);
        }
        log.deleteRecordsBefore(5, NOW);
        log.close(false);
    }

    private static void append(PartitionLog log, List<String> held, String value, int epoch) {
        log.append(Batches.of(NOW, value), AppendOptions.client(epoch, NOW));
        held.add(held.size() + ":" + value);
    }

    @Test
    void acknowledgedRecordsSurviveAFailureAtAnyChangeOfTheDisk() throws IOException {
        Disk disk = new MappedDisk();
        for (int changes = 0; ; changes++) {
            Path dir = root.resolve("t-" + changes);
            FailingDisk failing = new FailingDisk(new MappedDisk(), changes);
            List<String> held = new ArrayList<>();
            PartitionLog log = null;
            try {
                log = PartitionLog.open(failing.disk(), dir, SMALL, NOW);
                live(log, held);
            } catch (StorageException told) {
                assertThat(failing.hasFailed()).as(told.toString()).isTrue();
            }
            if (log != null) {
                log.abandon();
            }
            try (PartitionLog again = PartitionLog.open(disk, dir, SMALL, NOW)) {
                List<String> found = new ArrayList<>(Batches.readAll(again, again.startOffset(), 500));
                long first = again.startOffset();
                for (int i = 0; i < found.size(); i++) {
                    long offset = Long.parseLong(
                            found.get(i).substring(0, found.get(i).indexOf(':')));
                    String expected = offset < held.size() ? held.get((int) offset) : null;
                    if (expected != null && !expected.endsWith("marker")) {
                        assertThat(found.get(i)).as("changes " + changes).isEqualTo(expected);
                    }
                }
                assertThat(again.endOffset()).as("changes " + changes).isGreaterThanOrEqualTo(held.size());
                assertThat(found).hasSize((int) (again.endOffset() - first));
                if (held.size() > 14 && first == 0) {
                    assertThat(again.abortedTransactions(0, 14)).hasSize(1);
                }
                assertThat(again.append(Batches.of(NOW, "more"), AppendOptions.client(9, NOW))
                                .firstOffset())
                        .isGreaterThanOrEqualTo(held.size());
            }
            assertThat(ProcessView.mappingsOf(root)).isEmpty();
            assertThat(ProcessView.descriptorsOf(root)).isEmpty();
            if (!failing.hasFailed()) {
                assertThat(changes).isGreaterThan(40);
                return;
            }
        }
    }
}
