package dev.embeddedbroker.storage.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embeddedbroker.storage.disk.Disk;
import dev.embeddedbroker.storage.disk.MappedDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogRecoveryTest {
    private static final long NOW = 1_000_000;
    private static final String FIRST_LOG = "00000000000000000000.log";

    private final Disk disk = new MappedDisk();

    @TempDir
    Path root;

    private Path dir() {
        return root.resolve("t-0");
    }

    private PartitionLog open(boolean clean) {
        return PartitionLog.open(disk, dir(), LogOptions.DEFAULT, new OpenState(clean, 0, 0), NOW);
    }

    private byte[] writeThree() throws IOException {
        try (PartitionLog log = open(false)) {
            log.append(Batches.from(7, 0, 0, false, "a", "b"), AppendOptions.client(1, NOW));
            log.append(Batches.from(7, 0, 2, false, "c"), AppendOptions.client(1, NOW));
            log.append(Batches.from(7, 0, 3, false, "d", "e"), AppendOptions.client(2, NOW));
        }
        return Files.readAllBytes(dir().resolve(FIRST_LOG));
    }

    @Test
    void tornTailIsTruncatedAtFirstBadBatchWhereverItWasTorn() throws IOException {
        byte[] whole = writeThree();
        int lastBatch;
        try (PartitionLog log = open(true);
                LogSlice two = log.read(0, 3, 10_000, true)) {
            lastBatch = two.sizeBytes();
        }
        for (int cut = lastBatch; cut < whole.length; cut++) {
            for (boolean zeros : new boolean[] {false, true}) {
                byte[] torn = Arrays.copyOf(whole, cut);
                if (zeros && Arrays.equals(Arrays.copyOf(torn, whole.length), whole)) {
                    continue; // the bytes that were lost were zeros
                }
                Files.write(dir().resolve(FIRST_LOG), zeros ? Arrays.copyOf(torn, whole.length + 64) : torn);
                try (PartitionLog log = open(false)) {
                    assertThat(log.endOffset()).as("cut at " + cut).isEqualTo(3);
                    assertThat(log.latestEpoch()).isEqualTo(1);
                    assertThat(Batches.readAll(log, 0, 1000)).containsExactly("0:a", "1:b", "2:c");
                    assertThat(log.producers()).singleElement().satisfies(p -> assertThat(p.lastSequence())
                            .isEqualTo(2));
                    assertThat(log.append(Batches.from(7, 0, 3, false, "f"), AppendOptions.client(3, NOW))
                                    .firstOffset())
                            .isEqualTo(3);
                }
            }
        }
    }

    @Test
    void anyChangedByteOfTheLastBatchIsNoticed() throws IOException {
        byte[] whole = writeThree();
        int lastBatch;
        try (PartitionLog log = open(true);
                LogSlice two = log.read(0, 3, 10_000, true)) {
            lastBatch = two.sizeBytes();
        }
        for (int at = lastBatch + 16; at < whole.length; at++) {
            byte[] bad = whole.clone();
            bad[at] ^= 0x40;
            Files.write(dir().resolve(FIRST_LOG), bad);
            try (PartitionLog log = open(false)) {
                assertThat(log.endOffset()).as("changed at " + at).isEqualTo(3);
            }
        }
    }

    @Test
    void segmentsAfterABadBatchAreDropped() throws IOException {
        LogOptions small = LogOptions.builder().segmentBytes(300).build();
        try (PartitionLog log = PartitionLog.open(disk, dir(), small, NOW)) {
            for (int i = 0; i < 30; i++) {
                log.append(Batches.of(NOW, "v" + i), AppendOptions.client(i / 5, NOW));
            }
        }
        Path second = dir().resolve("00000000000000000004.log");
        assertThat(second).exists();
        try (FileChannel file = FileChannel.open(second, StandardOpenOption.WRITE)) {
            file.write(ByteBuffer.wrap(new byte[] {1, 2, 3}), 100);
        }
        try (PartitionLog log = PartitionLog.open(disk, dir(), small, NOW)) {
            assertThat(log.endOffset()).isBetween(4L, 6L);
            assertThat(Batches.readAll(log, 0, 1000)).hasSize((int) log.endOffset());
            assertThat(log.segments()).hasSize(2);
            assertThat(log.epochEnd(5)).isEqualTo(EpochEnd.UNDEFINED);
        }
    }

    @Test
    void missingOrDamagedIndexesAreRebuiltOnCleanOpen() throws IOException {
        LogOptions options =
                LogOptions.builder().indexIntervalBytes(100).segmentBytes(3000).build();
        try (PartitionLog log = PartitionLog.open(disk, dir(), options, NOW)) {
            for (int i = 0; i < 100; i++) {
                log.append(Batches.of(NOW + i, "v" + i), AppendOptions.client(0, NOW));
            }
        }
        List<Path> indexes;
        try (var files = Files.list(dir())) {
            indexes = files.filter(file -> file.toString().endsWith("index"))
                    .sorted()
                    .toList();
        }
        for (Path index : indexes) {
            byte[] good = Files.readAllBytes(index);
            for (int damage = 0; damage < 2; damage++) {
                if (damage == 0) {
                    Files.delete(index);
                } else {
                    byte[] bad = good.clone();
                    Arrays.fill(bad, Math.max(0, bad.length - 8), bad.length, (byte) 0x80);
                    Files.write(index, bad);
                }
                try (PartitionLog log = PartitionLog.open(disk, dir(), options, new OpenState(true, 0, 0), NOW)) {
                    assertThat(Batches.readAll(log, 0, 1000)).hasSize(100);
                }
                assertThat(Files.readAllBytes(index)).as(index + " " + damage).isEqualTo(good);
            }
        }
    }

    @Test
    void leftoversOfInterruptedWorkAreRemoved() throws IOException {
        writeThree();
        for (String name : List.of(
                "00000000000000000000.log.cleaned",
                "00000000000000000000.log.deleted",
                "00000000000000000009.index",
                "leader-epoch-checkpoint.tmp")) {
            Files.write(dir().resolve(name), new byte[] {1});
        }
        open(true).close();
        try (var files = Files.list(dir())) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder(
                            FIRST_LOG,
                            "00000000000000000000.index",
                            "00000000000000000000.timeindex",
                            "00000000000000000005.snapshot",
                            "leader-epoch-checkpoint");
        }
    }

    @Test
    void completedCompactionIsTakenOver() throws IOException {
        LogOptions small = LogOptions.builder().segmentBytes(300).build();
        try (PartitionLog log = PartitionLog.open(disk, dir(), small, NOW)) {
            for (int i = 0; i < 12; i++) {
                log.append(Batches.of(NOW, "v" + i), AppendOptions.client(0, NOW));
            }
        }
        // what a compaction of the first two segments that kept all records would leave before its last renames
        byte[] first = Files.readAllBytes(dir().resolve(FIRST_LOG));
        byte[] second = Files.readAllBytes(dir().resolve("00000000000000000004.log"));
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        Files.write(dir().resolve(FIRST_LOG + ".swap"), both);
        try (PartitionLog log = PartitionLog.open(disk, dir(), small, new OpenState(true, 0, 0), NOW)) {
            assertThat(Batches.readAll(log, 0, 1000)).hasSize(12);
            assertThat(dir().resolve("00000000000000000004.log")).doesNotExist();
        }
    }
}
