package dev.embeddedbroker.storage.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embeddedbroker.storage.batch.RecordBatchBuilder;
import dev.embeddedbroker.storage.crash.CrashedLife.Kind;
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
    private static final int SEEDS = Integer.getInteger("crash.seeds", 1500);

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

    @Test
    void compactedLogsKeepTheNewestOfEachKeyWhateverEnds() {
        for (Ending ending : Ending.values()) {
            runAll(ending, Kind.COMPACTED, SEEDS / 3);
        }
    }

    /** Not at random: the first change is the last one, then the second, and so on to the end of the life. */
    @Test
    void everyChangeMayBeTheLast() {
        for (Ending ending : Ending.values()) {
            for (Kind kind : Kind.values()) {
                for (long seed = 0; seed < 2; seed++) {
                    int changes = 0;
                    while (tell(seed, ending, kind, changes)) {
                        changes++;
                    }
                    assertThat(changes).isGreaterThan(60);
                }
            }
        }
    }

    private static void runAll(Ending ending) {
        runAll(ending, Kind.APPENDED, SEEDS);
    }

    private static void runAll(Ending ending, Kind kind, int seeds) {
        long first =
                Boolean.getBoolean("long.tests") ? new Random().nextLong() & 0xffffff : 0; // a failure names the seed
        for (int i = 0; i < seeds; i++) {
            tell(i < seeds / 2 ? i : first + i, ending, kind, -1);
        }
    }

    private static boolean tell(long seed, Ending ending, Kind kind, int changes) {
        try {
            return run(seed, ending, kind, changes);
        } catch (RuntimeException | AssertionError e) {
            throw new AssertionError(
                    "seed " + seed + ", " + kind + ", end of the " + ending
                            + (changes < 0 ? "" : " at change " + changes) + ": " + e.getMessage(),
                    e);
        }
    }

    /** Lives once; false when it came to its natural end. {@code changes}: how many succeed; negative for any number. */
    private static boolean run(long seed, Ending ending, Kind kind, int changes) {
        Random random = new Random(seed);
        SimulatedDisk whole = SimulatedDisk.empty();
        whole.createDirectories(CrashedLife.ROOT);
        whole.forceDirectory(Path.of("/"));
        CrashedLife life = new CrashedLife(random, kind);
        int any = random.nextInt(4) == 0 ? random.nextInt(40) : random.nextInt(400);
        SimulatedDisk disk = whole.endingAfter(
                changes < 0 ? any : changes, ending == Ending.DISK ? SimulatedDisk.End.ERROR : SimulatedDisk.End.CRASH);
        try {
            life.live(disk, 60);
        } catch (PowerLost | StorageException told) {
            assertThat(disk.hasEnded()).as(told.toString()).isTrue();
        }
        life.abandon();
        SimulatedDisk left = ending == Ending.MACHINE ? whole.afterMachineCrash(random) : whole.afterProcessCrash();
        long promised = ending == Ending.MACHINE ? life.durableEnd : life.acknowledged.size();
        if (kind == Kind.COMPACTED) {
            checkCompacted(left, life, promised);
            return disk.hasEnded();
        }
        Map<Long, String> found = check(left, life, promised);
        if (random.nextInt(8) == 0) {
            assertThat(check(left, life, promised)).as("after a second opening").isEqualTo(found);
        }
        return disk.hasEnded();
    }

    private static void checkCompacted(SimulatedDisk left, CrashedLife life, long promised) {
        LogDirectory directory = CrashedLife.openDirectory(left);
        PartitionLog log = CrashedLife.openLog(directory, life.options);
        LogContent content = LogContent.of(log);
        Map<Long, String> records = content.records();
        assertThat(log.startOffset()).as("start offset").isLessThanOrEqualTo(life.startOffset);
        assertThat(log.endOffset()).as("end offset").isGreaterThanOrEqualTo(promised);
        records.forEach((offset, value) -> assertThat(life.everWritten.getOrDefault(offset, Set.of()))
                .as("written at " + offset)
                .contains(value));
        life.lastOfEachKey(promised).forEach((key, offset) -> {
            if (offset >= life.startOffset) {
                assertThat(records.entrySet())
                        .as("newest of " + key + " at " + offset + " or later")
                        .anyMatch(found -> found.getKey() >= offset
                                && CrashedLife.keyOf(found.getValue()).equals(key));
            }
        });
        content.agreesWithCompacted(log);
        directory.close(2, true);
        LogDirectory again = CrashedLife.openDirectory(left);
        PartitionLog same = CrashedLife.openLog(again, life.options);
        assertThat(LogContent.of(same)).as("after a clean close").isEqualTo(content);
        again.close(3, true);
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
