package dev.embeddedbroker.storage.segment;

import dev.embeddedbroker.storage.batch.RecordBatchView;
import dev.embeddedbroker.storage.disk.Disk;
import dev.embeddedbroker.storage.disk.DiskFile;
import dev.embeddedbroker.storage.disk.StorageException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * One file of record batches with its indexes.
 *
 * <p><b>Owner:</b> the partition's loop. Not thread-safe; what a {@link SegmentLease} shows may be read by any thread.
 */
/*
 * Batches are appended by positional writes and read through a read-only mapping of the same file: both see the same
 * pages of the page cache, and an append never faults page by page. The mapping grows in steps (64 KiB, 256 KiB, 1 MiB
 * … up to segment.bytes) and the file is made as long, sparsely; so what follows sizeBytes, the published end, is zeros
 * or the rest of a failed write, which no reader is shown and the next append overwrites. Sealing and closing trim the
 * file to its data; after a crash, recovery takes the zeros for the end.
 *
 * The bytes of an open lease must not change. Appends lie beyond every lease. Truncation is the one operation after
 * which bytes would be written again, so with a lease open it moves the rest to a new file and leaves the old one to the
 * lease. Trimming cuts only bytes beyond the published end, which no lease shows; a platform that refuses to cut a
 * mapped file (Windows) leaves the tail, and the segment says so (isTrimmed).
 */
public final class Segment {
    private static final int FIRST_STEP_BYTES = 64 * 1024;
    private static final int STEP_FACTOR = 4;
    private static final ByteBuffer NO_BYTES = ByteBuffer.allocate(0);
    private static final long UNKNOWN = Long.MIN_VALUE;

    private final Disk disk;
    private final Path directory;
    private final Path path;
    private final long baseOffset;
    private final OffsetIndex offsetIndex;
    private final TimeIndex timeIndex;
    private final TransactionIndex transactionIndex;
    private final RecordBatchView batch = RecordBatchView.of(NO_BYTES);
    private FileHold hold = new FileHold();
    private @Nullable DiskFile file;
    private @Nullable MappedRegion region;
    private int sizeBytes;
    private long fileBytes;
    private long nextOffset;
    private int mapLimitBytes;
    private int bytesSinceIndexEntry;
    private long createdMs;
    private long firstBatchTimestampMs = UNKNOWN;
    private long maxTimestampMs = UNKNOWN;
    private long offsetOfMaxTimestamp;
    private boolean writable;

    private Segment(Disk disk, Path directory, long baseOffset, String ending, int mapLimitBytes, boolean mayExist) {
        this.disk = disk;
        this.directory = directory;
        this.path = SegmentName.in(directory, baseOffset, SegmentName.LOG + ending);
        this.baseOffset = baseOffset;
        this.nextOffset = baseOffset;
        this.offsetOfMaxTimestamp = baseOffset;
        this.mapLimitBytes = mapLimitBytes;
        this.offsetIndex = new OffsetIndex(disk, directory, baseOffset, ending, mayExist);
        this.timeIndex = new TimeIndex(disk, directory, baseOffset, ending, mayExist);
        this.transactionIndex = new TransactionIndex(disk, directory, baseOffset, ending, mayExist);
    }

    /** A new empty segment; its file is made now, its indexes when they get an entry. */
    public static Segment create(Disk disk, Path directory, long baseOffset, int mapLimitBytes, long nowMs) {
        return create(disk, directory, baseOffset, "", mapLimitBytes, nowMs);
    }

    /** A new empty segment for the output of a compaction, whose files are {@code .cleaned}; left-overs of that name go. */
    public static Segment createCleaned(Disk disk, Path directory, long baseOffset, int mapLimitBytes, long nowMs) {
        for (String suffix : SegmentName.FAMILY) {
            disk.delete(SegmentName.in(directory, baseOffset, suffix + SegmentName.CLEANED));
        }
        return create(disk, directory, baseOffset, SegmentName.CLEANED, mapLimitBytes, nowMs);
    }

    private static Segment create(
            Disk disk, Path directory, long baseOffset, String ending, int mapLimitBytes, long nowMs) {
        Segment segment = new Segment(disk, directory, baseOffset, ending, mapLimitBytes, false);
        segment.createdMs = nowMs;
        segment.maxTimestampMs = RecordBatchView.NO_TIMESTAMP;
        segment.writable = true;
        segment.file = disk.open(segment.path);
        return segment;
    }

    /** A segment that is on disk; all its bytes are believed to be batches until {@link #findEnd} or a recovery. */
    public static Segment load(Disk disk, Path directory, long baseOffset, int mapLimitBytes) {
        Segment segment = new Segment(disk, directory, baseOffset, "", mapLimitBytes, true);
        long bytes = disk.sizeOf(segment.path);
        if (bytes < 0 || bytes > Integer.MAX_VALUE) {
            throw new StorageException(
                    segment.path + " has " + bytes + " bytes (expected: 0 to " + Integer.MAX_VALUE + ")");
        }
        segment.sizeBytes = (int) bytes;
        segment.fileBytes = bytes;
        segment.createdMs = disk.lastModifiedMs(segment.path);
        return segment;
    }

    // ---- what it is

    public long baseOffset() {
        return baseOffset;
    }

    /** The published end: only bytes below it are shown to readers. */
    public int sizeBytes() {
        return sizeBytes;
    }

    /** The offset after the last one in here; for a sealed segment that was loaded, the next segment's base offset. */
    public long nextOffset() {
        return nextOffset;
    }

    public void setNextOffset(long nextOffset) {
        this.nextOffset = nextOffset;
    }

    Path path() {
        return path;
    }

    OffsetIndex offsetIndex() {
        return offsetIndex;
    }

    TimeIndex timeIndex() {
        return timeIndex;
    }

    TransactionIndex transactionIndex() {
        return transactionIndex;
    }

    public long lastModifiedMs() {
        return disk.lastModifiedMs(path);
    }

    /** False when zeros follow the data because the platform would not cut a mapped file. */
    public boolean isTrimmed() {
        return fileBytes == sizeBytes;
    }

    public int offsetIndexBytes() {
        return offsetIndex.file().sizeBytes();
    }

    public int timeIndexBytes() {
        return timeIndex.file().sizeBytes();
    }

    /** The greatest timestamp, or the time of the last write when no record has one: the segment's age for retention. */
    public long largestTimestampMs() {
        long timestampMs = maxTimestampMs();
        return timestampMs >= 0 ? timestampMs : lastModifiedMs();
    }

    /** The greatest timestamp of the first batch; −1 when the segment is empty or that batch has none. */
    public long firstBatchTimestampMs() {
        if (firstBatchTimestampMs == UNKNOWN && sizeBytes > 0) {
            firstBatchTimestampMs = at(0).maxTimestamp();
        }
        return sizeBytes == 0 ? RecordBatchView.NO_TIMESTAMP : firstBatchTimestampMs;
    }

    public boolean isIndexFull(int maxIndexBytes) {
        return offsetIndex.isFull(maxIndexBytes) || timeIndex.isFull(maxIndexBytes);
    }

    /** True when {@code offset} can be told by an index entry of this segment. */
    public boolean holds(long offset) {
        return offset >= baseOffset && offset - baseOffset <= Integer.MAX_VALUE;
    }

    /** How long the segment has been collecting, by its records' time if they have one, else by the clock. */
    public long ageMs(long nowMs, long timestampMs) {
        long first = firstBatchTimestampMs();
        return first >= 0 ? timestampMs - first : nowMs - createdMs;
    }

    // ---- append

    /** The loaded segment is the log's last one: appends follow. */
    public void openForAppend() {
        writable = true;
    }

    /** Writes whole batches at the end; the buffer's position is moved to its limit. */
    public void append(ByteBuffer records, int indexIntervalBytes) {
        int from = records.position();
        int to = records.limit();
        maxTimestampMs(); // found before the file has more than is known of
        openFile().write(records, sizeBytes);
        for (int at = from; at < to; at = batch.nextBatchPosition()) {
            note(batch.at(records, at), sizeBytes + at - from, indexIntervalBytes);
        }
        sizeBytes += to - from;
        fileBytes = Math.max(fileBytes, sizeBytes);
    }

    /** Indexes the next batch, which lies at {@code position} of the file. */
    void note(RecordBatchView next, int position, int indexIntervalBytes) {
        if (position == 0) {
            firstBatchTimestampMs = next.maxTimestamp();
        }
        if (next.maxTimestamp() > maxTimestampMs) {
            maxTimestampMs = next.maxTimestamp();
            offsetOfMaxTimestamp = next.lastOffset();
        }
        if (bytesSinceIndexEntry > indexIntervalBytes) {
            offsetIndex.append(next.lastOffset(), position);
            timeIndex.append(maxTimestampMs, offsetOfMaxTimestamp);
            bytesSinceIndexEntry = 0;
        }
        bytesSinceIndexEntry += next.sizeBytes();
        nextOffset = next.nextOffset();
    }

    public void appendAborted(AbortedTxn txn) {
        transactionIndex.append(txn);
    }

    /** Adds the aborted transactions that overlap [from, bound); true when later segments have no more of them. */
    public boolean collectAborted(long fromOffset, long boundOffset, List<AbortedTxn> found) {
        return transactionIndex.collect(fromOffset, boundOffset, found);
    }

    // ---- read

    /** The batch at {@code position}: one view per segment, valid until the next call of any method. */
    public RecordBatchView at(int position) {
        return batch.at(mapped().bytes(), position);
    }

    /** The position of the first batch that ends at or beyond {@code offset}; the published end when there is none. */
    public int positionOf(long offset) {
        if (offset >= nextOffset) {
            return sizeBytes;
        }
        return walkTo(offset, offsetIndex.floorPosition(offset));
    }

    private int walkTo(long offset, int from) {
        int position = from;
        while (position < sizeBytes) {
            RecordBatchView next = at(position);
            if (next.lastOffset() >= offset) {
                return position;
            }
            position = next.nextBatchPosition();
        }
        return sizeBytes;
    }

    /**
     * Where a read that begins at {@code from} ends: after the last whole batch that lies below {@code boundOffset} and
     * within {@code maxBytes}; but not before the end of the first one if {@code minOneBatch}.
     */
    public int endOfRead(int from, long boundOffset, int maxBytes, boolean minOneBatch) {
        int bound = positionOf(boundOffset);
        if (bound <= from) {
            return from;
        }
        if (bound - from <= maxBytes) {
            return bound;
        }
        int limit = from + Math.max(0, maxBytes);
        int position = Math.max(from, offsetIndex.floorOfPosition(limit));
        while (true) {
            int next = at(position).nextBatchPosition();
            if (next > limit) {
                return position == from && minOneBatch ? next : position;
            }
            position = next;
        }
    }

    /** Keeps [from, to) readable for whom it is given to. */
    public SegmentLease lease(int from, int to) {
        MappedRegion mapped = mapped();
        return new SegmentLease(mapped, mapped.bytes().slice(from, to - from));
    }

    // ---- time

    /** The greatest timestamp in here; −1 without one. */
    public long maxTimestampMs() {
        if (maxTimestampMs == UNKNOWN) {
            findMaxTimestamp();
        }
        return maxTimestampMs;
    }

    /** The last offset of the batch that has the greatest timestamp. */
    public long offsetOfMaxTimestamp() {
        maxTimestampMs();
        return offsetOfMaxTimestamp;
    }

    private void findMaxTimestamp() {
        maxTimestampMs = timeIndex.lastTimestampMs();
        offsetOfMaxTimestamp = timeIndex.lastOffset();
        int position = offsetIndex.floorPosition(offsetOfMaxTimestamp);
        while (position < sizeBytes) {
            RecordBatchView next = at(position);
            if (next.maxTimestamp() > maxTimestampMs) {
                maxTimestampMs = next.maxTimestamp();
                offsetOfMaxTimestamp = next.lastOffset();
            }
            position = next.nextBatchPosition();
        }
    }

    /**
     * The position of the first batch from {@code fromPosition} on that holds a timestamp of at least
     * {@code timestampMs} and an offset of at least {@code fromOffset}; the published end when there is none.
     */
    public int positionOfTimestamp(long timestampMs, long fromOffset, int fromPosition) {
        int position = Math.max(
                fromPosition, offsetIndex.floorPosition(Math.max(timeIndex.floorOffset(timestampMs), fromOffset)));
        while (position < sizeBytes) {
            RecordBatchView next = at(position);
            if (next.maxTimestamp() >= timestampMs && next.lastOffset() >= fromOffset) {
                return position;
            }
            position = next.nextBatchPosition();
        }
        return sizeBytes;
    }

    // ---- end of life

    /**
     * Finds the end of a cleanly closed segment by walking from the last index entry, and drops what follows it.
     *
     * @return false when the index does not lead to a batch
     */
    public boolean findEnd() {
        int position = offsetIndex.floorPosition(Long.MAX_VALUE);
        int indexed = position;
        long next = baseOffset;
        while (position < sizeBytes) {
            RecordBatchView view = at(position);
            if (!view.isCompleteAt(sizeBytes) || view.baseOffset() < next || view.lastOffsetDelta() < 0) {
                break;
            }
            next = view.nextOffset();
            position = view.nextBatchPosition();
        }
        if (position == indexed && indexed > 0) {
            return false;
        }
        nextOffset = next;
        bytesSinceIndexEntry = position - indexed;
        cutTo(position);
        return true;
    }

    /** True when the indexes exist and fit the log; otherwise the segment has to be recovered. */
    public boolean hasSaneIndexes() {
        return disk.exists(offsetIndex.file().path())
                && disk.exists(timeIndex.file().path())
                && offsetIndex.isSane(sizeBytes)
                && timeIndex.isSane()
                && transactionIndex.isSane();
    }

    /** Empties the indexes and the knowledge drawn from them, for {@link SegmentRecovery}. */
    void forgetIndexes() {
        offsetIndex.clear();
        timeIndex.clear();
        transactionIndex.clear();
        maxTimestampMs = RecordBatchView.NO_TIMESTAMP;
        offsetOfMaxTimestamp = baseOffset;
        bytesSinceIndexEntry = 0;
        nextOffset = baseOffset;
    }

    /** Drops everything from {@code offset} on; the end offset becomes {@code offset} when that is lower than it was. */
    public void truncateTo(long offset) {
        if (offset >= nextOffset) {
            return;
        }
        int position = positionOf(offset);
        writable = true;
        offsetIndex.truncateTo(offset);
        timeIndex.truncateTo(offset);
        transactionIndex.truncateTo(offset);
        if (position < sizeBytes) {
            if (isLeased()) {
                moveToNewFile(position);
            } else {
                cutTo(position);
            }
        }
        nextOffset = offset;
        bytesSinceIndexEntry = 0;
        maxTimestampMs = UNKNOWN;
        firstBatchTimestampMs = UNKNOWN;
    }

    /** Nothing is appended any more: the last time index entry is made, indexes are written, the file is cut and closed. */
    public void seal() {
        sealNoting();
    }

    /** True when a file was written or cut. */
    private boolean sealNoting() {
        timeIndex.append(maxTimestampMs(), offsetOfMaxTimestamp);
        boolean changed = offsetIndex.file().flush(true);
        changed |= timeIndex.file().flush(true);
        changed |= !isTrimmed();
        trim();
        closeFile();
        writable = false;
        return changed;
    }

    /** Makes what is written durable; any thread. The owner has called {@link #prepareForce} before. */
    public void force() {
        disk.force(path);
        disk.force(offsetIndex.file().path());
        disk.force(timeIndex.file().path());
        transactionIndex.force();
    }

    public void prepareForce() {
        offsetIndex.file().flush(false);
        timeIndex.file().flush(false);
    }

    /** Seals what is not sealed, and tries again to cut what could not be cut; true when that changed a file. */
    public boolean finish() {
        return (writable || !isTrimmed()) && sealNoting();
    }

    /** Gives back file and memory without writing anything. */
    private void abandon() {
        closeFile();
        releaseRegion();
        offsetIndex.file().release();
        timeIndex.file().release();
    }

    /** Lets go of files and memory for ever, without writing or deleting anything: {@code whenFree} runs when no lease needs them any more. */
    public void retire(Runnable whenFree) {
        abandon();
        hold.retire(whenFree);
    }

    /** Deletes the files, at once or when the last lease is closed. */
    public void delete() {
        abandon();
        if (!hold.isMapped()) {
            for (String suffix : SegmentName.FAMILY) {
                disk.delete(SegmentName.in(directory, baseOffset, suffix));
            }
            return;
        }
        for (String suffix : SegmentName.FAMILY.subList(1, SegmentName.FAMILY.size())) {
            disk.delete(SegmentName.in(directory, baseOffset, suffix));
        }
        Path awaiting = SegmentName.in(directory, baseOffset, SegmentName.LOG + SegmentName.DELETED);
        disk.rename(path, awaiting);
        hold.retire(new DiscardedFiles(disk, List.of(awaiting)));
    }

    /**
     * Gives the files up to {@code reaper}: they are renamed to {@code .deleted} now; when no lease needs them any more,
     * it is given the work of deleting them.
     */
    public void discard(Executor reaper) {
        abandon();
        List<Path> renamed = new ArrayList<>(SegmentName.FAMILY.size());
        for (String suffix : SegmentName.FAMILY) {
            Path from = SegmentName.in(directory, baseOffset, suffix);
            if (disk.exists(from)) {
                Path to = SegmentName.in(directory, baseOffset, suffix + SegmentName.DELETED);
                disk.rename(from, to);
                renamed.add(to);
            }
        }
        var files = new DiscardedFiles(disk, renamed);
        hold.retire(() -> reaper.execute(files));
    }

    // ---- file and memory

    private DiskFile openFile() {
        if (file == null) {
            file = disk.open(path);
        }
        return file;
    }

    private void closeFile() {
        if (file != null) {
            file.close();
            file = null;
        }
    }

    private MappedRegion mapped() {
        MappedRegion current = region;
        return current == null || current.sizeBytes() < sizeBytes ? remap() : current;
    }

    private MappedRegion remap() {
        int bytes = writable ? stepFor(sizeBytes) : sizeBytes;
        boolean wasClosed = file == null;
        MappedRegion grown = new MappedRegion(openFile().map(bytes), bytes, hold);
        fileBytes = Math.max(fileBytes, bytes);
        if (wasClosed) {
            closeFile();
        }
        releaseRegion();
        region = grown;
        return grown;
    }

    private int stepFor(int bytes) {
        long step = FIRST_STEP_BYTES;
        while (step < bytes) {
            step *= STEP_FACTOR;
        }
        return (int) Math.min(step, Math.max(mapLimitBytes, bytes));
    }

    public void setMapLimit(int mapLimitBytes) {
        this.mapLimitBytes = mapLimitBytes;
    }

    /** True while a slice shows any mapping of the file, this one or one it has outgrown. */
    private boolean isLeased() {
        return region == null ? hold.isMapped() : region.isLeased() || hold.mappings() > 1;
    }

    private void releaseRegion() {
        if (region != null) {
            region.release();
            region = null;
        }
    }

    /** Cuts data away that no lease shows. */
    void cutTo(int position) {
        sizeBytes = position;
        trim();
    }

    private void trim() {
        if (fileBytes == sizeBytes) {
            return;
        }
        if (region != null && !region.isLeased()) {
            releaseRegion();
        }
        try {
            openFile().truncate(sizeBytes);
            fileBytes = sizeBytes;
        } catch (StorageException e) {
            if (!hold.isMapped()) {
                throw e;
            }
        }
    }

    /** The first {@code bytes} bytes get a file of their own; the old one stays to whom it is leased. */
    private void moveToNewFile(int bytes) {
        Path copy = SegmentName.in(directory, baseOffset, SegmentName.LOG + SegmentName.CLEANED);
        disk.delete(copy);
        try (var out = disk.open(copy)) {
            if (bytes > 0) {
                out.write(mapped().bytes().slice(0, bytes), 0);
            }
        }
        closeFile();
        releaseRegion();
        disk.rename(copy, path);
        hold.retire(() -> {});
        hold = new FileHold();
        sizeBytes = bytes;
        fileBytes = bytes;
    }
}
