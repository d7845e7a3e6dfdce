package dev.embeddedbroker.storage.segment;

import dev.embeddedbroker.storage.batch.RecordBatchView;
import dev.embeddedbroker.storage.disk.Disk;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One file of record batches with its indexes.
 *
 * <p><b>Owner:</b> the partition's loop. Not thread-safe; what a {@link SegmentLease} shows may be read by any thread.
 */
public final class Segment {
    private static final ByteBuffer NO_BYTES = ByteBuffer.allocate(0);
    private static final Logger LOG = LoggerFactory.getLogger(Segment.class);
    private static final long UNKNOWN = Long.MIN_VALUE;

    private final Disk disk;
    private final Path directory;
    private final long baseOffset;
    private final SegmentFile file;
    private final OffsetIndex offsetIndex;
    private final TimeIndex timeIndex;
    private final TransactionIndex transactionIndex;
    private final RecordBatchView batch = RecordBatchView.of(NO_BYTES);
    private final LoadedBytes loaded;
    private long nextOffset;
    private int bytesSinceIndexEntry;
    private long createdMs;
    private long firstBatchTimestampMs = UNKNOWN;
    private long maxTimestampMs = UNKNOWN;
    private long offsetOfMaxTimestamp;
    /** Since it was sealed last, so that its indexes may not be durable. */
    private boolean appended;

    private Segment(Disk disk, Path directory, long baseOffset, String ending, SegmentFile file, boolean mayExist) {
        this.disk = disk;
        this.directory = directory;
        this.baseOffset = baseOffset;
        this.file = file;
        this.loaded = new LoadedBytes(file.sizeBytes());
        this.nextOffset = baseOffset;
        this.offsetOfMaxTimestamp = baseOffset;
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
        Path path = SegmentName.in(directory, baseOffset, SegmentName.LOG + ending);
        SegmentFile file = SegmentFile.create(disk, path, mapLimitBytes);
        Segment segment = new Segment(disk, directory, baseOffset, ending, file, false);
        segment.createdMs = nowMs;
        segment.maxTimestampMs = RecordBatchView.NO_TIMESTAMP;
        return segment;
    }

    /** A segment that is on disk; all its bytes are believed to be batches until {@link #isSound} or a recovery. */
    public static Segment load(Disk disk, Path directory, long baseOffset, int mapLimitBytes) {
        Path path = SegmentName.in(directory, baseOffset, SegmentName.LOG);
        SegmentFile file = SegmentFile.load(disk, path, mapLimitBytes);
        Segment segment = new Segment(disk, directory, baseOffset, "", file, true);
        segment.createdMs = disk.lastModifiedMs(path);
        return segment;
    }

    // ---- what it is

    public long baseOffset() {
        return baseOffset;
    }

    /** The published end: only bytes below it are shown to readers. */
    public int sizeBytes() {
        return file.sizeBytes();
    }

    /** The offset after the last one in here; for a sealed segment that was loaded, the next segment's base offset. */
    public long nextOffset() {
        return nextOffset;
    }

    public void setNextOffset(long nextOffset) {
        this.nextOffset = nextOffset;
    }

    Path path() {
        return file.path();
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
        return disk.lastModifiedMs(file.path());
    }

    /** False when zeros follow the data because the platform would not cut a mapped file. */
    public boolean isTrimmed() {
        return file.isTrimmed();
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
        if (firstBatchTimestampMs == UNKNOWN && sizeBytes() > 0) {
            firstBatchTimestampMs = at(0).maxTimestamp();
        }
        return sizeBytes() == 0 ? RecordBatchView.NO_TIMESTAMP : firstBatchTimestampMs;
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
        file.setGrows(true);
    }

    /** About so many bytes will be appended to this new segment. */
    public Segment expect(int bytes) {
        file.expect(bytes);
        return this;
    }

    /** Writes whole batches at the end; the buffer's position is moved to its limit. */
    public void append(ByteBuffer records, int indexIntervalBytes) {
        int from = records.position();
        int to = records.limit();
        maxTimestampMs(); // found before the file has more than is known of
        file.write(records);
        for (int at = from; at < to; at = batch.nextBatchPosition()) {
            note(batch.at(records, at), file.sizeBytes() + at - from, indexIntervalBytes);
        }
        file.publish(to - from);
        appended = true;
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

    /**
     * The batch at {@code position}: one view per segment, valid until the next call of any method.
     *
     * @throws CorruptBatch when there is none
     */
    public RecordBatchView at(int position) {
        RecordBatchView view = rawAt(position);
        if (loaded.holds(position)) {
            String fault = LoadedBytes.structureFaultOf(view, sizeBytes(), baseOffset, Long.MAX_VALUE);
            if (fault != null) {
                throw corrupt(position, fault);
            }
        }
        return view;
    }

    /** The same, looked at whole: for who uses more of it than its header. */
    public RecordBatchView soundAt(int position) {
        RecordBatchView view = rawAt(position);
        String fault = faultAt(view, position, baseOffset);
        if (fault != null) {
            throw corrupt(position, fault);
        }
        return view;
    }

    /** What lies at {@code position}, be it a batch or not. */
    RecordBatchView rawAt(int position) {
        return batch.at(file.bytes(), position);
    }

    /** The log is not compacted: offsets that are left out were lost, or are those of a batch whose offset is damaged. */
    public void expectNoGaps() {
        loaded.expectNoGaps();
    }

    /** Says, once, that there is a gap in the log. */
    void noteGap(RecordBatchView view, int position, long expected) {
        loaded.noteGap(view, position, expected, path());
    }

    @Nullable
    String faultAt(RecordBatchView view, int position, long fromOffset) {
        return loaded.holds(position)
                ? loaded.faultOf(view, position, sizeBytes(), fromOffset, Math.max(nextOffset, fromOffset))
                : null;
    }

    CorruptBatch corrupt(int position, String fault) {
        return new CorruptBatch(path(), baseOffset, position, fault);
    }

    ByteBuffer bytes() {
        return file.bytes();
    }

    LoadedBytes loaded() {
        return loaded;
    }

    /** All of it has been looked at, batch by batch. */
    void trust() {
        loaded.trust();
    }

    /** The position of the first batch that ends at or beyond {@code offset}; the published end when there is none. */
    public int positionOf(long offset) {
        if (offset >= nextOffset) {
            return sizeBytes();
        }
        return walkTo(offset, floorPosition(offset));
    }

    /** The indexed position of a batch at or below {@code offset}; an index that does not lead there is made anew. */
    private int floorPosition(long offset) {
        if (offsetIndex.isFloorLoaded(offset) && !LoadedReads.isFloorSound(this, offset)) {
            SegmentRecovery.reindex(this);
        }
        return offsetIndex.floorPosition(offset);
    }

    private int walkTo(long offset, int from) {
        int position = from;
        while (position < sizeBytes()) {
            RecordBatchView next = at(position);
            if (next.lastOffset() >= offset) {
                return position;
            }
            position = next.nextBatchPosition();
        }
        return sizeBytes();
    }

    /**
     * Where a read of {@code fromOffset} on that begins at {@code from} ends: after the last whole batch that lies below {@code boundOffset} and
     * within {@code maxBytes}; but not before the end of the first one if {@code minOneBatch}.
     */
    public int endOfRead(int from, long fromOffset, long boundOffset, int maxBytes, boolean minOneBatch) {
        if (loaded.holds(from)) {
            return LoadedReads.end(this, from, fromOffset, boundOffset, maxBytes, minOneBatch);
        }
        int bound = positionOf(boundOffset);
        if (bound <= from) {
            return from;
        }
        if (bound - from <= maxBytes) {
            return bound;
        }
        int limit = from + Math.max(0, maxBytes);
        int position = Math.max(from, offsetIndex.ownFloorOfPosition(limit));
        while (true) {
            int next = at(position).nextBatchPosition();
            if (next > limit) {
                return position == from && minOneBatch ? next : position;
            }
            position = next;
        }
    }

    /** The offset that a reader of the batches in [from, to) goes on with. */
    public long offsetAfterRead(int from, int to) {
        if (to >= sizeBytes()) {
            return nextOffset;
        }
        return loaded.holds(to) ? LoadedReads.offsetAfter(this, from, to) : at(to).baseOffset();
    }

    /** Keeps [from, to) readable for whom it is given to. */
    public SegmentLease lease(int from, int to) {
        return file.lease(from, to);
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
        try {
            walkForMaxTimestamp();
        } catch (CorruptBatch e) { // what it says is the best that is known
            LOG.warn("the greatest timestamp of a segment is not sure: {}", e.getMessage());
            maxTimestampMs = Math.max(maxTimestampMs, RecordBatchView.NO_TIMESTAMP);
        }
    }

    private void walkForMaxTimestamp() {
        if (!hasSoundTimes(timeIndex.lastOffset(), timeIndex.lastTimestampMs())) {
            return;
        }
        maxTimestampMs = timeIndex.lastTimestampMs();
        offsetOfMaxTimestamp = timeIndex.lastOffset();
        int position = floorPosition(offsetOfMaxTimestamp);
        while (position < sizeBytes()) {
            RecordBatchView next = soundAt(position);
            if (next.maxTimestamp() > maxTimestampMs) {
                maxTimestampMs = next.maxTimestamp();
                offsetOfMaxTimestamp = next.lastOffset();
            }
            position = next.nextBatchPosition();
        }
    }

    /** False when the time index says of a loaded batch what is not so; then it has been made anew. */
    private boolean hasSoundTimes(long offset, long timestampMs) {
        boolean sound = timestampMs < 0 || LoadedReads.isTimeSound(this, offset, timestampMs);
        if (!sound) {
            SegmentRecovery.reindex(this);
        }
        return sound;
    }

    /**
     * The position of the first batch from {@code fromPosition} on that holds a timestamp of at least
     * {@code timestampMs} and an offset of at least {@code fromOffset}; the published end when there is none.
     */
    public int positionOfTimestamp(long timestampMs, long fromOffset, int fromPosition) {
        long floor = timeIndex.floorOffset(timestampMs);
        if (!hasSoundTimes(floor, timeIndex.floorTimestampMs(timestampMs))) {
            floor = timeIndex.floorOffset(timestampMs);
        }
        int position = Math.max(fromPosition, floorPosition(Math.max(floor, fromOffset)));
        while (position < sizeBytes()) {
            RecordBatchView next = soundAt(position);
            if (next.maxTimestamp() >= timestampMs && next.lastOffset() >= fromOffset) {
                return position;
            }
            position = next.nextBatchPosition();
        }
        return sizeBytes();
    }

    // ---- end of life

    /**
     * True when the indexes exist and fit the log as far as its end shows, whose offset is noted; otherwise the segment
     * has to be recovered.
     *
     * @param boundOffset where the next segment begins
     */
    public boolean isSound(long boundOffset) {
        return disk.exists(offsetIndex.file().path())
                && disk.exists(timeIndex.file().path())
                && offsetIndex.isSane(sizeBytes())
                && timeIndex.isSane()
                && SegmentRecovery.findEnd(this, boundOffset)
                && transactionIndex.isSane(txn -> SegmentRecovery.endsAborted(this, txn));
    }

    /** The segment ends at {@code offset}, so many bytes after what its index knows. */
    void endsAt(long offset, int unindexedBytes) {
        nextOffset = offset;
        bytesSinceIndexEntry = unindexedBytes;
    }

    /** Empties the indexes and the knowledge drawn from them, for {@link SegmentRecovery}. */
    void forgetIndexes() {
        transactionIndex.clear();
        forgetOffsetsAndTimes();
    }

    private void forgetOffsetsAndTimes() {
        offsetIndex.clear();
        timeIndex.clear();
        maxTimestampMs = RecordBatchView.NO_TIMESTAMP;
        offsetOfMaxTimestamp = baseOffset;
        bytesSinceIndexEntry = 0;
        nextOffset = baseOffset;
    }

    /** Lets {@code indexing} make the indexes of offsets and times anew, while the end stays where it is. */
    void indexAnew(Runnable indexing) {
        long end = nextOffset;
        forgetOffsetsAndTimes();
        indexing.run();
        nextOffset = end;
        if (!file.grows()) {
            timeIndex.append(maxTimestampMs, offsetOfMaxTimestamp);
        }
        offsetIndex.file().flush(false);
        timeIndex.file().flush(false);
    }

    /** Drops everything from {@code offset} on; the end offset becomes {@code offset} when that is lower than it was. */
    public void truncateTo(long offset) {
        if (offset >= nextOffset) {
            return;
        }
        int position = positionOf(offset);
        file.setGrows(true);
        offsetIndex.truncateTo(offset);
        timeIndex.truncateTo(offset);
        transactionIndex.truncateTo(offset);
        loaded.truncateTo(position);
        if (position < sizeBytes()) {
            file.truncateTo(position, SegmentName.in(directory, baseOffset, SegmentName.LOG + SegmentName.CLEANED));
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
        boolean changed = appended;
        appended = false;
        changed |= offsetIndex.file().flush(true);
        changed |= timeIndex.file().flush(true);
        changed |= !isTrimmed();
        file.trim();
        file.closeFile();
        file.setGrows(false);
        return changed;
    }

    /** Makes a sealed segment durable. */
    public void force() {
        filesToForce().forEach(disk::force);
    }

    /**
     * The files that have to be durable for what is written to survive a crash of the machine. Of a segment that is
     * appended to only the batches count, because recovery makes its indexes anew.
     */
    public List<Path> filesToForce() {
        if (file.grows()) {
            return List.of(file.path());
        }
        List<Path> files = new ArrayList<>(SegmentName.FAMILY.size());
        files.add(file.path());
        files.add(offsetIndex.file().path());
        files.add(timeIndex.file().path());
        transactionIndex.addFileTo(files);
        return files;
    }

    /** Seals what is not sealed, and tries again to cut what could not be cut; true when that changed a file. */
    public boolean finish() {
        return (file.grows() || !isTrimmed()) && sealNoting();
    }

    /** Gives back file and memory without writing anything. */
    private void abandon() {
        file.release();
        offsetIndex.file().release();
        timeIndex.file().release();
    }

    /** Lets go of files and memory for ever, without writing or deleting anything: {@code whenFree} runs when no lease needs them any more. */
    public void retire(Runnable whenFree) {
        abandon();
        file.retire(whenFree);
    }

    /** Deletes the files, at once or when the last lease is closed. */
    public void delete() {
        abandon();
        if (!file.isMapped()) {
            for (String suffix : SegmentName.FAMILY) {
                disk.delete(SegmentName.in(directory, baseOffset, suffix));
            }
            return;
        }
        for (String suffix : SegmentName.FAMILY.subList(1, SegmentName.FAMILY.size())) {
            disk.delete(SegmentName.in(directory, baseOffset, suffix));
        }
        Path awaiting = SegmentName.in(directory, baseOffset, SegmentName.LOG + SegmentName.DELETED);
        disk.rename(file.path(), awaiting);
        file.retire(new DiscardedFiles(disk, List.of(awaiting)));
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
        file.retire(() -> reaper.execute(files));
    }

    /** Cuts data away that no lease shows. */
    void cutTo(int position) {
        file.cutTo(position);
    }

    public void setMapLimit(int mapLimitBytes) {
        file.setMapLimit(mapLimitBytes);
    }
}
