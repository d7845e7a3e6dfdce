package dev.embeddedbroker.storage.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embeddedbroker.storage.disk.AnyDisk;
import dev.embeddedbroker.storage.disk.Disk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** A slice keeps its bytes whatever happens to the log, and nothing outlives the last slice. */
@ParameterizedClass
@EnumSource(AnyDisk.class)
class LogLeaseTest {
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

    private PartitionLog openWith(int records) {
        PartitionLog log = PartitionLog.open(disk, root.resolve("t-0"), LogOptions.DEFAULT, NOW);
        for (int i = 0; i < records; i++) {
            log.append(Batches.of(NOW, "v" + i), AppendOptions.client(0, NOW));
        }
        return log;
    }

    @Test
    @EnabledOnOs(OS.LINUX) // asks /proc
    void sliceSurvivesRollDeleteAndClose() throws IOException {
        PartitionLog log = openWith(3);
        LogSlice slice = log.read(0, 3, 10_000, true);
        log.roll(NOW);
        log.append(Batches.of(NOW, "next"), AppendOptions.client(0, NOW));
        assertThat(Batches.read(slice.bytes())).containsExactly("0:v0", "1:v1", "2:v2");
        log.deleteRecordsBefore(3, NOW);
        assertThat(disk.list(root.resolve("t-0"))).contains("00000000000000000000.log.deleted");
        assertThat(Batches.read(slice.bytes())).containsExactly("0:v0", "1:v1", "2:v2");
        log.close();
        assertThat(Batches.read(slice.bytes())).containsExactly("0:v0", "1:v1", "2:v2");
        assertThat(ProcessView.mappingsOf(root)).hasSize(kind == AnyDisk.FILES ? 1 : 0);
        slice.close();
        slice.close();
        assertThat(disk.list(root.resolve("t-0"))).doesNotContain("00000000000000000000.log.deleted");
        assertThat(ProcessView.mappingsOf(root)).isEmpty();
        assertThat(ProcessView.descriptorsOf(root)).isEmpty();
    }

    @Test
    void sliceKeepsItsBytesWhenTheyAreTruncatedAndWrittenAgain() throws IOException {
        PartitionLog log = openWith(5);
        LogSlice slice = log.read(0, 5, 10_000, true);
        log.truncateTo(2, NOW);
        log.append(Batches.of(NOW, "X"), AppendOptions.client(1, NOW));
        log.append(Batches.of(NOW, "Y"), AppendOptions.client(1, NOW));
        assertThat(Batches.read(slice.bytes())).containsExactly("0:v0", "1:v1", "2:v2", "3:v3", "4:v4");
        assertThat(Batches.readAll(log, 0, 1000)).containsExactly("0:v0", "1:v1", "2:X", "3:Y");
        slice.close();
        log.close();
        assertThat(ProcessView.mappingsOf(root)).isEmpty();
        try (PartitionLog again =
                PartitionLog.open(disk, root.resolve("t-0"), LogOptions.DEFAULT, new OpenState(true, 0, 0), NOW)) {
            assertThat(Batches.readAll(again, 0, 1000)).containsExactly("0:v0", "1:v1", "2:X", "3:Y");
        }
    }

    @Test
    void slicesReadWhileTheLogGrowsStayAsTheyWere() throws IOException {
        PartitionLog log = PartitionLog.open(
                disk,
                root.resolve("t-0"),
                LogOptions.builder().segmentBytes(3 << 20).build(),
                NOW);
        List<LogSlice> slices = new ArrayList<>();
        String big = "x".repeat(50_000);
        for (int i = 0; i < 200; i++) {
            log.append(Batches.of(NOW, big + i), AppendOptions.client(0, NOW));
            slices.add(log.read(i, i + 1, 1, true));
        }
        for (int i = 0; i < 200; i++) {
            assertThat(Batches.read(slices.get(i).bytes())).containsExactly(i + ":" + big + i);
        }
        List<Thread> closers = new ArrayList<>();
        for (int t = 0; t < 4; t++) {
            int first = t;
            Thread closer = new Thread(() -> {
                for (int i = first; i < 200; i += 4) {
                    slices.get(i).close();
                }
            });
            closer.start();
            closers.add(closer);
        }
        for (Thread closer : closers) {
            try {
                closer.join();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
        log.close();
        assertThat(ProcessView.mappingsOf(root)).isEmpty();
        assertThat(ProcessView.descriptorsOf(root)).isEmpty();
    }

    @Test
    void abandonedLogHoldsNothing() throws IOException {
        PartitionLog log = openWith(10);
        log.read(0, 10, 1000, true).close();
        log.abandon();
        assertThat(ProcessView.mappingsOf(root)).isEmpty();
        assertThat(ProcessView.descriptorsOf(root)).isEmpty();
        disk.deleteTree(root.resolve("t-0"));
    }
}
