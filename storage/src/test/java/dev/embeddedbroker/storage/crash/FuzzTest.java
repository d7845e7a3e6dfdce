package dev.embeddedbroker.storage.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embeddedbroker.storage.batch.ControlRecord;
import dev.embeddedbroker.storage.batch.RecordBatchView;
import dev.embeddedbroker.storage.batch.RecordCursor;
import dev.embeddedbroker.storage.disk.StorageException;
import dev.embeddedbroker.storage.log.LogDirectory;
import dev.embeddedbroker.storage.log.LogSlice;
import dev.embeddedbroker.storage.log.PartitionLog;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Any byte of any file of a data directory is damaged, after a clean close or after a crash. The directory opens, or says
 * which file keeps it from that; whatever is read was written at its offset; and what is lost is lost with a warning.
 *
 * <p>To run a seed of a failure alone: {@code -Dfuzz.seed=…}.
 */
class FuzzTest {
    private static final int SEEDS = Integer.getInteger("fuzz.seeds", 6000);
    private static final int SEEDS_PER_LIFE = 150;
    private static final long MAX_READS = 5000;

    /** A directory and what is known of it. */
    private record Left(SimulatedDisk disk, CrashedLife life, boolean clean) {}

    @Test
    @Timeout(300)
    void damagedFilesAreNoticedOrDoNoHarm() {
        Long only = Long.getLong("fuzz.seed");
        long first = only != null ? only : Boolean.getBoolean("long.tests") ? new Random().nextLong() & 0xffffff : 0;
        Left left = null;
        long leftOf = -1;
        try (Warnings warnings = new Warnings()) {
            for (int i = 0; i < (only != null ? 1 : SEEDS); i++) {
                long seed = only != null || i >= SEEDS / 2 ? first + i : i;
                if (left == null || leftOf != seed / SEEDS_PER_LIFE) {
                    leftOf = seed / SEEDS_PER_LIFE;
                    left = leave(new Random(leftOf));
                }
                try {
                    run(seed, left, warnings);
                } catch (RuntimeException | AssertionError | StackOverflowError e) {
                    throw new AssertionError("seed " + seed + ": " + e + "\nwarned: " + warnings.take(), e);
                }
            }
        }
    }

    private static Left leave(Random random) {
        boolean clean = random.nextInt(3) > 0;
        SimulatedDisk whole = SimulatedDisk.empty();
        whole.createDirectories(CrashedLife.ROOT);
        CrashedLife life = new CrashedLife(random);
        try {
            life.live(
                    clean ? whole : whole.endingAfter(100 + random.nextInt(300), SimulatedDisk.End.CRASH),
                    60 + random.nextInt(100));
        } catch (PowerLost lost) {
            life.abandon();
        }
        return new Left(whole, life, clean);
    }

    private static void run(long seed, Left left, Warnings warnings) {
        Random random = new Random(seed);
        SimulatedDisk disk = left.disk().afterProcessCrash();
        List<Path> files = disk.files(CrashedLife.ROOT);
        Path damaged = files.get(random.nextInt(files.size()));
        Set<Long> destroyed = new HashSet<>();
        damage(disk, damaged, random, destroyed);
        if (random.nextInt(4) == 0) {
            damage(disk, files.get(random.nextInt(files.size())), random, destroyed);
        }
        warnings.take();
        String what = damaged + (left.clean() ? " after a clean close" : " after a crash");
        try {
            LogDirectory directory = CrashedLife.openDirectory(disk);
            try {
                PartitionLog log = CrashedLife.openLog(directory, left.life().options);
                boolean startMoved = what.contains("log-start-offset");
                check(log, left.life(), random, warnings, what, startMoved ? null : destroyed);
                // once more, with what the opening has mended
                directory.close(1, true);
                directory = CrashedLife.openDirectory(disk);
                log = CrashedLife.openLog(directory, left.life().options);
                check(log, left.life(), random, warnings, what + ", opened twice", null);
            } finally {
                directory.abandon();
            }
        } catch (StorageException e) {
            assertThat(e.getMessage()).as(what).contains(CrashedLife.ROOT.toString());
        }
    }

    /** Damages a file; the offsets whose batches are not there any more are added to {@code destroyed}. */
    private static void damage(SimulatedDisk disk, Path file, Random random, Set<Long> destroyed) {
        byte[] before = disk.readAll(file);
        byte[] after = Damage.of(before, random);
        disk.replace(file, after);
        if (file.toString().endsWith(".log")) {
            RecordBatchView batch = RecordBatchView.of(ByteBuffer.wrap(before));
            while (batch.isCompleteAt(before.length)) {
                int end = batch.nextBatchPosition();
                if (end > after.length || !Arrays.equals(before, batch.position(), end, after, batch.position(), end)) {
                    for (long offset = batch.baseOffset(); offset <= batch.lastOffset(); offset++) {
                        destroyed.add(offset);
                    }
                }
                batch.at(end);
            }
        }
    }

    /** What a reader gets who goes on behind what cannot be read. */
    private static void check(
            PartitionLog log,
            CrashedLife life,
            Random random,
            Warnings warnings,
            String what,
            @Nullable Set<Long> mayBeLost) {
        TreeMap<Long, String> found = new TreeMap<>();
        boolean said = !warnings.take().isEmpty();
        long next = log.startOffset();
        int reads = 0;
        while (next < log.endOffset()) {
            assertThat(++reads).as("reads of " + what).isLessThan((int) MAX_READS);
            try (LogSlice slice = log.read(next, log.endOffset(), 1 + random.nextInt(3000), true)) {
                if (slice.isEmpty()) { // the end is lost, but not its offsets
                    assertThat(said || mayBeLost == null || !mayBeLost.isEmpty())
                            .as("nothing at " + next + " of " + what)
                            .isTrue();
                    break;
                }
                collect(slice, next, found);
                assertThat(slice.nextOffset())
                        .as(
                                "read at %s of %s to %s, %s bytes, of %s",
                                next, log.startOffset(), log.endOffset(), slice.sizeBytes(), what)
                        .isGreaterThan(next);
                next = slice.nextOffset();
            } catch (StorageException e) {
                assertThat(e.getMessage()).as(what).contains(CrashedLife.ROOT + "/t-0/");
                said = true;
                next++;
            }
        }
        readAnywhere(log, found, random, what);
        searchAnywhere(log, random);
        said |= !warnings.take().isEmpty();
        if (!said) { // an offset is the one thing of a batch that is not in its checksum
            found.forEach((offset, value) -> assertThat(life.everWritten.getOrDefault(offset, Set.of()))
                    .as("record served at " + offset + " of " + what)
                    .contains(value));
        }
        if (!said && mayBeLost != null) {
            var missing = new TreeSet<Long>();
            for (long offset = Math.max(life.startOffset, log.startOffset());
                    offset < life.acknowledged.size();
                    offset++) {
                if (!found.containsKey(offset) && !mayBeLost.contains(offset)) {
                    missing.add(offset);
                }
            }
            assertThat(missing).as("lost without a word, of " + what).isEmpty();
        }
    }

    private static void collect(LogSlice slice, long from, TreeMap<Long, String> found) {
        RecordBatchView view = RecordBatchView.of(slice.bytes());
        for (int at = view.position(); at < slice.bytes().limit(); at = view.nextBatchPosition()) {
            view.at(at);
            assertThat(view.isCompleteAt(slice.bytes().limit()))
                    .as("a whole batch")
                    .isTrue();
            assertThat(view.crcMatches()).as("checksum of " + view).isTrue();
            try (RecordCursor cursor = RecordCursor.over(view)) {
                while (cursor.next()) {
                    String value = view.isControl()
                            ? (ControlRecord.read(cursor).type() == ControlRecord.Type.COMMIT ? "commit " : "abort ")
                                    + view.producerId()
                            : StandardCharsets.UTF_8
                                    .decode(cursor.value().duplicate())
                                    .toString();
                    if (cursor.offset() >= from) {
                        found.put(cursor.offset(), value);
                    }
                }
            }
        }
    }

    private static void readAnywhere(PartitionLog log, TreeMap<Long, String> all, Random random, String what) {
        for (int i = 0; i < 5 && log.endOffset() > log.startOffset(); i++) {
            long from = log.startOffset() + random.nextInt((int) (log.endOffset() - log.startOffset()));
            try (LogSlice slice = log.read(from, log.endOffset(), 1 + random.nextInt(500), true)) {
                TreeMap<Long, String> found = new TreeMap<>();
                collect(slice, from, found);
                assertThat(found).as(what).allSatisfy((offset, value) -> assertThat(all)
                        .containsEntry(offset, value));
            } catch (StorageException e) {
                assertThat(e.getMessage()).as(what).contains(CrashedLife.ROOT + "/t-0/");
            }
        }
    }

    private static void searchAnywhere(PartitionLog log, Random random) {
        var searches = new ArrayList<Runnable>(List.of(
                () -> log.offsetForTimestamp(CrashedLife.NOW - 500 + random.nextInt(1000), log.endOffset()),
                log::maxTimestamp,
                () -> log.abortedTransactions(log.startOffset(), log.endOffset()),
                log::producers,
                log::segments));
        for (Runnable search : searches) {
            try {
                search.run();
            } catch (StorageException e) {
                assertThat(e.getMessage()).contains(CrashedLife.ROOT + "/t-0/");
            }
        }
    }
}
