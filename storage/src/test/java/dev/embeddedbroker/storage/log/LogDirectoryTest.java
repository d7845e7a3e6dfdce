package dev.embeddedbroker.storage.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.embeddedbroker.storage.disk.Disk;
import dev.embeddedbroker.storage.disk.MappedDisk;
import dev.embeddedbroker.storage.disk.StorageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class LogDirectoryTest {
    private static final long NOW = 1_000_000;
    private static final String TOPIC_ID = "mqGyXJ1tRgSlv3lFLVS1wA";
    private static final MetaProperties META =
            new MetaProperties("vPeOCWypqUOSepEvx0cbog", 1, "PdqcVQ1mQBWL7eTQ2Z3xzQ");

    private final Disk disk = new MappedDisk();

    @TempDir
    Path root;

    private LogDirectory open() {
        return LogDirectory.open(disk, root, META);
    }

    @Test
    void cleanlyClosedDirectoryReopensWithItsLogs() {
        LogId id = new LogId("orders-eu", 3);
        LogDirectory directory = open();
        assertThat(directory.wasClosedCleanly()).isFalse();
        PartitionLog log = directory.open(id, TOPIC_ID, LogOptions.DEFAULT, NOW);
        log.append(Batches.of(7, "a", "b"), AppendOptions.client(0, NOW));
        log.deleteRecordsBefore(1, NOW);
        directory.noteHighWatermark(id, 2);
        directory.close(42, true);

        LogDirectory again = open();
        assertThat(again.wasClosedCleanly()).isTrue();
        assertThat(again.cleanBrokerEpoch()).isEqualTo(42);
        assertThat(again.list()).containsExactly(id);
        assertThat(again.topicId(id)).isEqualTo(TOPIC_ID);
        assertThat(again.highWatermark(id)).isEqualTo(2);
        PartitionLog reopened = again.open(id, TOPIC_ID, LogOptions.DEFAULT, NOW);
        assertThat(reopened.startOffset()).isEqualTo(1);
        assertThat(Batches.readAll(reopened, 1, 1000)).containsExactly("0:a", "1:b");
        assertThat(root.resolve(".kafka_cleanshutdown")).doesNotExist();
        again.abandon();
        LogDirectory crashed = open();
        assertThat(crashed.wasClosedCleanly()).isFalse();
        crashed.abandon();
    }

    @Test
    void offsetsOfADeletedLogAreNotThoseOfALaterOneOfItsName() {
        LogId id = new LogId("orders", 0);
        LogDirectory directory = open();
        PartitionLog first = directory.open(id, TOPIC_ID, LogOptions.DEFAULT, NOW);
        for (int i = 0; i < 5; i++) {
            first.append(Batches.of(7, "old"), AppendOptions.client(0, NOW));
        }
        first.deleteRecordsBefore(5, NOW);
        directory.checkpoint(false);
        directory.delete(id, "0123456789abcdef0123456789abcdef");
        PartitionLog second = directory.open(id, "b8tRS7h4TJ2Vt43Dp85v2A", LogOptions.DEFAULT, NOW);
        second.append(Batches.of(7, "acknowledged"), AppendOptions.client(0, NOW));
        directory.abandon(); // as a killed process leaves it

        LogDirectory again = open();
        PartitionLog reopened = again.open(id, "b8tRS7h4TJ2Vt43Dp85v2A", LogOptions.DEFAULT, NOW);
        assertThat(reopened.startOffset()).isZero();
        assertThat(Batches.readAll(reopened, 0, 1000)).containsExactly("0:acknowledged");
        again.abandon();
    }

    @Test
    void offsetsOfALogDeletedBeforeACrashAreNotThoseOfALaterOneOfItsName() {
        LogId id = new LogId("orders", 0);
        LogDirectory first = open();
        PartitionLog old = first.open(id, TOPIC_ID, LogOptions.DEFAULT, NOW);
        old.append(Batches.of(7, "old"), AppendOptions.client(0, NOW));
        old.deleteRecordsBefore(1, NOW);
        first.checkpoint(false);
        first.delete(id, "0123456789abcdef0123456789abcdef");
        first.abandon();

        LogDirectory second = open();
        PartitionLog log = second.open(id, "b8tRS7h4TJ2Vt43Dp85v2A", LogOptions.DEFAULT, NOW);
        assertThat(log.startOffset()).isZero();
        log.append(Batches.of(7, "acknowledged"), AppendOptions.client(0, NOW));
        second.abandon();

        LogDirectory third = open();
        PartitionLog reopened = third.open(id, "b8tRS7h4TJ2Vt43Dp85v2A", LogOptions.DEFAULT, NOW);
        assertThat(Batches.readAll(reopened, 0, 1000)).containsExactly("0:acknowledged");
        third.abandon();
    }

    @Test
    void directoryHasOneOwnerOfOneIdentity() {
        LogDirectory directory = open();
        assertThatThrownBy(this::open).isInstanceOf(StorageException.class).hasMessageContaining("in use");
        directory.close(-1, false);
        assertThatThrownBy(() -> LogDirectory.open(disk, root, new MetaProperties(META.clusterId(), 2, "x")))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("node 1");
        LogDirectory again = LogDirectory.open(disk, root, new MetaProperties(META.clusterId(), 1, "other"));
        assertThat(again.meta()).isEqualTo(META);
        again.abandon();
    }

    @Test
    void deletedLogLeavesNothingBehindOnceItsSlicesAreClosed() throws IOException {
        LogDirectory directory = open();
        LogId id = new LogId("t", 0);
        PartitionLog log = directory.open(id, TOPIC_ID, LogOptions.DEFAULT, NOW);
        log.append(Batches.of(7, "kept"), AppendOptions.client(0, NOW));
        LogSlice slice = log.read(0, 1, 1000, true);
        directory.delete(id, "0123456789abcdef0123456789abcdef");

        assertThat(directory.exists(id)).isFalse();
        assertThat(Batches.read(slice.bytes())).containsExactly("0:kept");
        assertThat(root.resolve("t-0.0123456789abcdef0123456789abcdef-delete")).exists();
        slice.close();
        assertThat(root.resolve("t-0.0123456789abcdef0123456789abcdef-delete")).doesNotExist();
        directory.open(id, TOPIC_ID, LogOptions.DEFAULT, NOW);
        directory.close(-1, false);
        try (Stream<Path> files = Files.list(root.resolve("t-0"))) {
            assertThat(files.map(file -> file.getFileName().toString())).containsExactly("partition.metadata");
        }
    }

    /** Deletes the log of {@code t-0}, whose files go when the reaper's tasks are run. */
    private static void deleteALog(LogDirectory directory, List<Runnable> reaper) {
        LogId id = new LogId("t", 0);
        PartitionLog log = directory.open(id, TOPIC_ID, LogOptions.DEFAULT, NOW);
        log.append(Batches.of(7, "gone"), AppendOptions.client(0, NOW));
        log.deleteFilesBy(reaper::add);
        directory.delete(id, "0123456789abcdef0123456789abcdef");
    }

    @Test
    void filesOfADeletedLogWaitForTheReaper() {
        LogDirectory directory = open();
        List<Runnable> reaper = new ArrayList<>();
        deleteALog(directory, reaper);

        Path renamed = root.resolve("t-0.0123456789abcdef0123456789abcdef-delete");
        assertThat(renamed).exists();
        assertThat(root.resolve("t-0")).doesNotExist();
        reaper.forEach(Runnable::run);
        assertThat(renamed).doesNotExist();
        directory.abandon();
    }

    @Test
    void aDirectoryThatIsClosedLeavesNoDeletedLogs() {
        LogDirectory directory = open();
        List<Runnable> reaper = new ArrayList<>();
        deleteALog(directory, reaper);
        directory.close(-1, false);

        assertThat(root.resolve("t-0.0123456789abcdef0123456789abcdef-delete")).doesNotExist();
        reaper.forEach(Runnable::run); // too late, and nothing is wrong
    }

    @Test
    @EnabledOnOs(OS.LINUX) // asks /proc
    void twoThousandIdleLogsCostAlmostNothing() throws IOException {
        LogDirectory directory = open();
        for (int i = 0; i < 2000; i++) {
            directory.open(new LogId("idle", i), TOPIC_ID, LogOptions.DEFAULT, NOW);
        }
        try (Stream<Path> all = Files.walk(root)) {
            List<Path> files = all.filter(Files::isRegularFile).toList();
            assertThat(files).hasSizeLessThan(2010);
        }
        assertThat(ProcessView.mappingsOf(root)).isEmpty();
        assertThat(ProcessView.descriptorsOf(root))
                .containsExactly(root.resolve(".lock").toString());
        directory.close(-1, true);
        assertThat(ProcessView.descriptorsOf(root)).isEmpty();
    }
}
