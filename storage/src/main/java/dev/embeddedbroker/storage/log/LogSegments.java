package dev.embeddedbroker.storage.log;

import dev.embeddedbroker.storage.disk.Disk;
import dev.embeddedbroker.storage.disk.StorageException;
import dev.embeddedbroker.storage.segment.AbortedTxn;
import dev.embeddedbroker.storage.segment.Segment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The segments of one log, oldest first; the last one, the active segment, is appended to.
 *
 * <p><b>Owner:</b> the partition's loop. Not thread-safe.
 */
final class LogSegments {
    private static final Logger LOG = LoggerFactory.getLogger(LogSegments.class);

    private final Disk disk;
    private final Path directory;
    private final List<Segment> segments;
    private final List<Segment> view;
    private volatile Executor reaper = Runnable::run;
    private boolean namesChanged = true;

    LogSegments(Disk disk, Path directory, List<Segment> segments) {
        this.disk = disk;
        this.directory = directory;
        this.segments = segments;
        this.view = Collections.unmodifiableList(segments);
    }

    // ---- what is there

    boolean isEmpty() {
        return segments.isEmpty();
    }

    int size() {
        return segments.size();
    }

    Segment get(int index) {
        return segments.get(index);
    }

    Segment first() {
        return segments.get(0);
    }

    /** The one that is appended to; null when nothing was written yet. */
    @Nullable
    Segment active() {
        return segments.isEmpty() ? null : last();
    }

    Segment last() {
        return segments.get(segments.size() - 1);
    }

    /** All of them; not to be changed. */
    List<Segment> all() {
        return view;
    }

    /** A copy of all but the active one. */
    List<Segment> sealed() {
        return segments.isEmpty() ? List.of() : List.copyOf(segments.subList(0, segments.size() - 1));
    }

    List<SegmentInfo> infos() {
        List<SegmentInfo> all = new ArrayList<>(segments.size());
        for (int i = 0; i < segments.size(); i++) {
            Segment segment = segments.get(i);
            all.add(new SegmentInfo(
                    segment.baseOffset(),
                    segment.nextOffset(),
                    segment.sizeBytes(),
                    segment.largestTimestampMs(),
                    i == segments.size() - 1));
        }
        return all;
    }

    long sizeBytes() {
        long sum = 0;
        for (Segment segment : segments) {
            sum += segment.sizeBytes();
        }
        return sum;
    }

    boolean isTrimmed() {
        for (Segment segment : segments) {
            if (!segment.isTrimmed()) {
                return false;
            }
        }
        return true;
    }

    /** The aborted transactions that overlap [fromOffset, toOffset). */
    List<AbortedTxn> abortedTransactions(long fromOffset, long toOffset) {
        List<AbortedTxn> found = new ArrayList<>(0);
        for (int i = Math.max(0, SegmentReads.indexOf(segments, fromOffset)); i < segments.size(); i++) {
            if (segments.get(i).collectAborted(fromOffset, toOffset, found)) {
                break;
            }
        }
        return found;
    }

    /** The files that have to be forced for what lies from {@code offset} on to be durable. */
    List<Path> filesToForce(long offset) {
        List<Path> files = new ArrayList<>(1);
        for (int i = Math.max(0, SegmentReads.indexOf(segments, offset)); i < segments.size(); i++) {
            files.addAll(segments.get(i).filesToForce());
        }
        return files;
    }

    /** Whether files were made or renamed since this was last asked, so that the directory has to be forced too. */
    boolean takeUnforcedNames() {
        boolean unforced = namesChanged;
        namesChanged = false;
        return unforced;
    }

    void setMapLimit(int mapLimitBytes) {
        for (Segment segment : segments) {
            segment.setMapLimit(mapLimitBytes);
        }
    }

    // ---- growing

    /** Where the work of deleting files is left; it is done at once unless this is set. */
    void deleteFilesBy(Executor newReaper) {
        reaper = newReaper;
    }

    Segment add(long baseOffset, int mapLimitBytes, long nowMs) {
        Segment added = Segment.create(disk, directory, baseOffset, mapLimitBytes, nowMs);
        segments.add(added);
        namesChanged = true;
        return added;
    }

    /** Nothing is appended to the active segment any more, as one from {@code nextBaseOffset} on follows; an empty one goes. */
    void endActive(long nextBaseOffset) {
        Segment active = active();
        if (active == null) {
            return;
        }
        if (active.sizeBytes() == 0) {
            segments.remove(segments.size() - 1);
            active.delete();
        } else {
            active.seal();
            namesChanged = true;
            active.setNextOffset(nextBaseOffset);
        }
    }

    /** Puts a compaction's output in the place of its inputs; false, and nothing has happened, when they are not there any more. */
    boolean replace(List<Segment> inputs, int mapLimitBytes) {
        if (!SegmentSwap.fits(segments, inputs)) {
            return false;
        }
        namesChanged = true;
        new SegmentSwap(disk, directory).run(segments, inputs, mapLimitBytes, reaper);
        return true;
    }

    // ---- shrinking

    /** Drops what is at or beyond {@code offset}, which does not lie before the first segment; appends go on there. */
    void truncateTo(long offset) {
        namesChanged = true;
        if (last().baseOffset() > offset) {
            while (last().baseOffset() > offset) {
                segments.remove(segments.size() - 1).delete();
            }
            disk.forceDirectory(directory); // no crash may bring one back behind the cut that follows
        }
        last().truncateTo(offset);
        last().openForAppend();
    }

    /** Deletes the directory of a log that is gone. Any thread, a reader's that let go last among them. */
    void deleteDirectory(Path renamed) {
        Executor by = disk.deletesAtOnce() ? Runnable::run : reaper;
        by.execute(() -> {
            try {
                disk.deleteTree(renamed);
            } catch (StorageException e) {
                LOG.warn("{} stays until the log directory is opened again", renamed, e);
            }
        });
    }

    void deleteAll() {
        for (Segment segment : segments) {
            segment.delete();
        }
        segments.clear();
    }

    /** Discards the oldest segments, as long as they lie wholly below {@code offset}; the active one stays. */
    void discardBefore(long offset) {
        while (segments.size() > 1 && segments.get(1).baseOffset() <= offset) {
            segments.remove(0).discard(reaper);
        }
    }

    // ---- end

    /** Seals what is not sealed; true when that changed a file. */
    boolean finish() {
        boolean written = false;
        for (Segment segment : segments) {
            written |= segment.finish();
        }
        namesChanged |= written;
        return written;
    }

    /** Lets go of all files and memory; {@code eachFree} runs once for each segment, when no lease needs it any more. */
    void retire(Runnable eachFree) {
        for (Segment segment : segments) {
            segment.retire(eachFree);
        }
    }
}
