package dev.embeddedbroker.storage.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embeddedbroker.storage.batch.RecordBatchBuilder;
import dev.embeddedbroker.storage.disk.StorageException;
import dev.embeddedbroker.storage.log.AppendOptions;
import dev.embeddedbroker.storage.log.LogDirectory;
import dev.embeddedbroker.storage.log.PartitionLog;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * A log lives through appends, rolls, flushes, truncations, deletions and restarts, and its disk, process or machine ends
 * at a random change. What is found afterwards was once written, is whole, and has what was promised.
 */
class CrashTest {
    private static final int SEEDS = 1500;

    private enum Ending {
        DISK,
        PROCESS,
        MACHINE
    }

    @Test
    void everyAcknowledgedRecordSurvivesTheEndOfTheProcess() {
        runAll(Ending.PROCESS);
    }

    @Test
    void everyFlushedRecordSurvivesTheEndOfTheMachine() {
        runAll(Ending.MACHINE);
    }

    @Test
    void everyAcknowledgedRecordSurvivesAFailureOfTheDisk() {
        runAll(Ending.DISK);
    }

    private static void runAll(Ending ending) {
        long first = new Random().nextLong() & 0xffffff; // others every time; a failure names the seed
        for (int i = 0; i < SEEDS; i++) {
            long seed = i < SEEDS / 2 ? i : first + i;
            try {
                run(seed, ending);
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError("seed " + seed + ", end of the " + ending + ": " + e.getMessage(), e);
            }
        }
    }

    private static void run(long seed, Ending ending) {
        Random random = new Random(seed);
        SimulatedDisk whole = SimulatedDisk.empty();
        whole.createDirectories(CrashedLife.ROOT);
        whole.forceDirectory(Path.of("/"));
        CrashedLife life = new CrashedLife(random, ending != Ending.MACHINE);
        int changes = random.nextInt(4) == 0 ? random.nextInt(40) : random.nextInt(400);
        SimulatedDisk disk =
                whole.endingAfter(changes, ending == Ending.DISK ? SimulatedDisk.End.ERROR : SimulatedDisk.End.CRASH);
        try {
            life.live(disk, 60);
        } catch (PowerLost | StorageException told) {
            assertThat(disk.hasEnded()).as(told.toString()).isTrue();
        }
        life.abandon();
        SimulatedDisk left = ending == Ending.MACHINE ? whole.afterMachineCrash(random) : whole.afterProcessCrash();
        long promised = ending == Ending.MACHINE ? life.durableEnd : life.acknowledged.size();
        Map<Long, String> found = check(left, life, promised);
        if (random.nextInt(8) == 0) {
            assertThat(check(left, life, promised)).as("after a second opening").isEqualTo(found);
        }
    }

    private static Map<Long, String> check(SimulatedDisk left, CrashedLife life, long promised) {
        LogDirectory directory = CrashedLife.openDirectory(left);
        PartitionLog log = CrashedLife.openLog(directory, life.options);
        LogContent content = LogContent.of(log);
        Map<Long, String> records = content.records();
        assertThat(log.startOffset()).as("start offset").isLessThanOrEqualTo(life.startOffset);
        assertThat(log.endOffset()).as("end offset").isGreaterThanOrEqualTo(promised);
        for (long offset = log.startOffset(); offset < log.endOffset(); offset++) {
            assertThat(records.get(offset)).as("record at " + offset).isNotNull();
            assertThat(life.everWritten.getOrDefault(offset, Set.of()))
                    .as("written at " + offset)
                    .contains(records.get(offset));
            if (offset < promised) {
                assertThat(records.get(offset)).as("record at " + offset).isEqualTo(life.acknowledged.get((int)
                        offset));
            }
        }
        content.agreesWith(log, life.startOffset);
        directory.close(2, true);
        LogDirectory again = CrashedLife.openDirectory(left);
        PartitionLog same = CrashedLife.openLog(again, life.options);
        LogContent reread = LogContent.of(same);
        assertThat(reread).as("after a clean close").isEqualTo(content);
        reread.agreesWith(same, life.startOffset);
        assertThat(same.append(
                                new RecordBatchBuilder()
                                        .append(CrashedLife.NOW, null, new byte[] {1})
                                        .build(),
                                AppendOptions.client(99, CrashedLife.NOW))
                        .firstOffset())
                .isEqualTo(log.endOffset());
        same.truncateTo(log.endOffset(), CrashedLife.NOW);
        again.close(3, true);
        return records;
    }
}
