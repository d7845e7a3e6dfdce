package dev.embeddedbroker.storage.log;

import dev.embeddedbroker.storage.batch.RecordBatchView;
import dev.embeddedbroker.storage.disk.Disk;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The leader epochs of a log, each with the offset where it began: {@code leader-epoch-checkpoint}, entries
 * {@code <epoch> <start offset>}.
 *
 * <p>A new epoch is written before its first record, so the file has every epoch the log has. What
 * truncation removes is written with the next change: opening a log cuts the entries to the log again. The file is made
 * durable with the log; one that a crash of the machine left damaged is made anew from the batches.
 *
 * <p><b>Owner:</b> the partition's loop. Not thread-safe.
 */
final class LeaderEpochs {
    static final String FILE = "leader-epoch-checkpoint";

    private static final Logger LOG = LoggerFactory.getLogger(LeaderEpochs.class);
    private static final int NONE = -1;

    private final Disk disk;
    private final Path path;
    private final RecordBatchView batch = RecordBatchView.of(ByteBuffer.allocate(0));
    private final TreeMap<Integer, Long> startOffsets = new TreeMap<>();
    private int latest = NONE;
    private long latestStart;
    private Map<Integer, Long> inFile = Map.of();
    private boolean unforced;

    LeaderEpochs(Disk disk, Path directory) {
        this.disk = disk;
        this.path = directory.resolve(FILE);
    }

    /** Reads the file; false when it is damaged, and what it said has to be learnt from the batches again. */
    boolean load() {
        List<String[]> entries = Checkpoint.readWhole(disk, path, 2);
        boolean whole = entries != null;
        for (String[] entry : entries == null ? List.<String[]>of() : entries) {
            try {
                startOffsets.put(Integer.parseInt(entry[0]), Long.parseLong(entry[1]));
            } catch (NumberFormatException e) {
                LOG.warn("{} has the entry '{} {}' (expected: two numbers)", path, entry[0], entry[1]);
                whole = false;
            }
        }
        whole = whole && isAscending();
        if (whole) {
            inFile = Map.copyOf(startOffsets);
        } else {
            startOffsets.clear();
            inFile = Map.of(NONE, 0L);
        }
        refreshLatest();
        return whole;
    }

    private boolean isAscending() {
        long last = -1;
        for (Map.Entry<Integer, Long> entry : startOffsets.entrySet()) {
            if (entry.getKey() < 0 || entry.getValue() <= last) {
                LOG.warn("{} has entries that do not go up: {}", path, startOffsets);
                return false;
            }
            last = entry.getValue();
        }
        return true;
    }

    /** The epoch of the newest record; −1 when no record has one. */
    int latest() {
        return latest;
    }

    /** These batches are about to be written. */
    void assignAll(ByteBuffer batches) {
        int position = batches.position();
        while (position < batches.limit()) {
            batch.at(batches, position);
            note(batch.partitionLeaderEpoch(), batch.baseOffset());
            position = batch.nextBatchPosition();
        }
        flush();
    }

    /** A record of {@code epoch} is to be written at {@code offset}; the file is written later. */
    void note(int epoch, long offset) {
        if (epoch < 0 || (epoch == latest && offset >= latestStart)) {
            return;
        }
        while (!startOffsets.isEmpty()) {
            Map.Entry<Integer, Long> last = startOffsets.lastEntry();
            if (last.getKey() < epoch && last.getValue() < offset) {
                break;
            }
            startOffsets.remove(last.getKey());
        }
        startOffsets.put(epoch, offset);
        refreshLatest();
    }

    /** A record that recovery found; an epoch older than the latest is no news. */
    void noteIfNewer(int epoch, long offset) {
        if (epoch > latest) {
            note(epoch, offset);
        }
    }

    EpochEnd endOf(int epoch, long logEndOffset) {
        if (epoch == NONE || startOffsets.isEmpty()) {
            return EpochEnd.UNDEFINED;
        }
        if (epoch == latest) {
            return new EpochEnd(epoch, logEndOffset);
        }
        Map.Entry<Integer, Long> higher = startOffsets.higherEntry(epoch);
        if (higher == null) {
            return EpochEnd.UNDEFINED;
        }
        Map.Entry<Integer, Long> floor = startOffsets.floorEntry(epoch);
        return new EpochEnd(floor == null ? epoch : floor.getKey(), higher.getValue());
    }

    /** The epoch of the record at {@code offset}; −1 when unknown. */
    int epochOf(long offset) {
        int found = NONE;
        for (Map.Entry<Integer, Long> entry : startOffsets.entrySet()) {
            if (entry.getValue() > offset) {
                break;
            }
            found = entry.getKey();
        }
        return found;
    }

    /** The log ends at {@code endOffset} now. */
    void truncateFromEnd(long endOffset) {
        boolean removed = false;
        while (!startOffsets.isEmpty() && startOffsets.lastEntry().getValue() >= endOffset) {
            startOffsets.pollLastEntry();
            removed = true;
        }
        changed(removed);
    }

    /** The log begins at {@code startOffset} now; the epoch of that offset begins there too. */
    void truncateFromStart(long startOffset) {
        int epoch = NONE;
        long began = startOffset;
        while (!startOffsets.isEmpty() && startOffsets.firstEntry().getValue() <= startOffset) {
            Map.Entry<Integer, Long> first = startOffsets.pollFirstEntry();
            epoch = first.getKey();
            began = first.getValue();
        }
        if (epoch != NONE) {
            startOffsets.put(epoch, startOffset);
            changed(began != startOffset);
        }
    }

    void clear() {
        boolean removed = !startOffsets.isEmpty();
        startOffsets.clear();
        changed(removed);
    }

    private void changed(boolean any) {
        if (any) {
            refreshLatest();
        }
    }

    /** Writes the file if it says something else. */
    void flush() {
        if (!startOffsets.equals(inFile)) {
            write();
        }
    }

    /** Writes the file for a log that ends: an epoch without a record is no part of it. */
    void finish(long endOffset) {
        truncateFromEnd(endOffset);
        flush();
    }

    /** The file, if it was written since this was last asked; null otherwise. */
    @Nullable
    Path takeUnforced() {
        if (!unforced) {
            return null;
        }
        unforced = false;
        return path;
    }

    boolean isUnforced() {
        return unforced;
    }

    private void write() {
        List<String> lines = new ArrayList<>(startOffsets.size());
        for (var epoch : startOffsets.entrySet()) {
            lines.add(epoch.getKey() + " " + epoch.getValue());
        }
        Checkpoint.write(disk, path, lines, false);
        inFile = Map.copyOf(startOffsets);
        unforced = true;
    }

    private void refreshLatest() {
        Map.Entry<Integer, Long> last = startOffsets.lastEntry();
        latest = last == null ? NONE : last.getKey();
        latestStart = last == null ? 0 : last.getValue();
    }
}
