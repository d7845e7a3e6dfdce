package dev.embeddedbroker.storage.log;

import dev.embeddedbroker.storage.batch.BatchOpener;
import dev.embeddedbroker.storage.batch.CheckedRecords;
import dev.embeddedbroker.storage.batch.RecordsRefused;
import dev.embeddedbroker.storage.disk.Disk;
import dev.embeddedbroker.storage.disk.StorageException;
import dev.embeddedbroker.storage.producer.LastBatch;
import dev.embeddedbroker.storage.producer.ProducerState;
import dev.embeddedbroker.storage.producer.ProducerStates;
import dev.embeddedbroker.storage.producer.ProducerStates.Duplicate;
import dev.embeddedbroker.storage.segment.AbortedTxn;
import dev.embeddedbroker.storage.segment.Segment;
import dev.embeddedbroker.storage.segment.TimestampAndOffset;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * The records of one partition: segments on disk, and what is known of offsets, leader epochs and producers.
 *
 * <p>An empty log that never was written to has no files of its own; the first segment is made by the first append.
 *
 * <p>A log whose disk fails is abandoned: what it would write from then on could not be relied upon, so it writes nothing,
 * is never closed as clean, and the next opening recovers it from its recovery point. See {@link #fail}.
 *
 * <p><b>Owner:</b> the partition's loop. Not thread-safe, except {@link #startOffset}, {@link #endOffset},
 * {@link #recoveryPoint}, {@link #isAbandoned} and the slices, which any thread may use.
 */
public final class PartitionLog implements AutoCloseable {
    private final Disk disk;
    private final LogSegments segments;
    private final ProducerStates producers;
    private final LeaderEpochs epochs;
    private final AppendRules rules;
    private final Path directory;
    private LogOptions options;
    private volatile long startOffset;
    private volatile long endOffset;
    private volatile long recoveryPoint;
    private long truncations;
    private boolean closed;
    private volatile boolean abandoned;
    private @Nullable StorageException failure;
    private @Nullable LastUse lastUse;

    private PartitionLog(Disk disk, Path directory, LogOptions options, OpenState state, LogLoader loaded) {
        this.disk = disk;
        this.directory = directory;
        this.options = options;
        this.segments = new LogSegments(disk, directory, loaded.segments);
        this.producers = loaded.producers;
        this.epochs = loaded.epochs;
        this.rules = new AppendRules(loaded.producers);
        this.startOffset = loaded.startOffset;
        this.endOffset = loaded.endOffset;
        this.recoveryPoint = Math.min(state.clean() ? loaded.endOffset : state.recoveryPoint(), loaded.endOffset);
    }

    /** Opens a log of which nothing but its directory is known: all of it is recovered. */
    public static PartitionLog open(Disk disk, Path directory, LogOptions options, long nowMs) {
        return open(disk, directory, options, OpenState.UNKNOWN, nowMs);
    }

    /** Opens the log in {@code directory}, which is made when missing. */
    public static PartitionLog open(Disk disk, Path directory, LogOptions options, OpenState state, long nowMs) {
        if (!disk.isDirectory(directory)) {
            disk.createDirectories(directory);
        }
        LogLoader loaded = new LogLoader(disk, directory, options, state, nowMs).load();
        return new PartitionLog(disk, directory, options, state, loaded);
    }

    // ---- what it is

    public Path directory() {
        return directory;
    }

    /** The first offset a reader may ask for. Any thread. */
    public long startOffset() {
        return startOffset;
    }

    /** The offset the next record gets. Any thread. */
    public long endOffset() {
        return endOffset;
    }

    /** Everything below is durable. Any thread. */
    public long recoveryPoint() {
        return recoveryPoint;
    }

    /** The leader epoch of the newest record; −1 when there is none. */
    public int latestEpoch() {
        return epochs.latest();
    }

    public LogOptions options() {
        return options;
    }

    /** Bytes of all segments, indexes not counted. */
    public long sizeBytes() {
        return segments.sizeBytes();
    }

    public void updateOptions(LogOptions newOptions) {
        options = newOptions;
        segments.setMapLimit(newOptions.segmentBytes());
    }

    // ---- append

    /** What compressed batches are opened by when they are checked: the loop's own. Unless set, each is opened anew. */
    public void openBatchesBy(BatchOpener opener) {
        rules.openBatchesBy(opener);
    }

    /** The same as of another log of the same loop. */
    public void openBatchesAs(PartitionLog other) {
        rules.openBatchesAs(other.rules);
    }

    /**
     * Checks, stamps and writes batches.
     *
     * @param records writable; a leader's append stamps them in place
     * @throws RecordsRefused when they are not to be written; the log is as before
     */
    public AppendResult append(ByteBuffer records, AppendOptions how) {
        requireSound();
        try {
            return write(records, how);
        } catch (StorageException e) {
            throw failed(e);
        }
    }

    private AppendResult write(ByteBuffer records, AppendOptions how) {
        CheckedRecords checked = rules.check(records, how, options, endOffset);
        if (checked.batchCount() == 0) {
            return new AppendResult(-1, -1, -1, startOffset, 0, 0, false);
        }
        ByteBuffer bytes = checked.records();
        int sizeBytes = bytes.remaining();
        epochs.assignAll(bytes);
        Segment active = segmentFor(checked, sizeBytes, how.nowMs());
        try {
            Duplicate duplicate = rules.checkProducers(bytes, how);
            if (duplicate != null) {
                producers.rollback();
                return new AppendResult(
                        duplicate.firstOffset(),
                        duplicate.lastOffset(),
                        duplicate.timestampMs(),
                        startOffset,
                        0,
                        0,
                        true);
            }
            active.append(bytes, options.indexIntervalBytes());
            endOffset = checked.lastOffset() + 1;
            producers.commit(endOffset, active::appendAborted);
        } catch (RuntimeException e) {
            producers.rollback();
            throw e;
        }
        return new AppendResult(
                checked.firstOffset(),
                checked.lastOffset(),
                checked.appendTimeMs(),
                startOffset,
                sizeBytes,
                checked.recordCount(),
                false);
    }

    // ---- segments

    private Segment segmentFor(CheckedRecords checked, int sizeBytes, long nowMs) {
        Segment active = segments.active();
        if (active == null) {
            return segments.add(checked.firstOffset(), options.segmentBytes(), nowMs);
        }
        int most = Math.min(options.segmentBytes(), disk.goodFileBytes());
        boolean full = active.sizeBytes() > Math.max(0, most - sizeBytes);
        boolean indexed = active.isIndexFull(options.segmentIndexBytes()) || !active.holds(checked.lastOffset());
        boolean old = active.sizeBytes() > 0 && active.ageMs(nowMs, checked.maxTimestampMs()) > options.maxSegmentMs();
        return full || indexed || old ? roll(checked.firstOffset(), nowMs).expect(full ? most : 0) : active;
    }

    /** Ends the active segment, unless it is empty; the next append goes to a new one. */
    public void roll(long nowMs) {
        requireSound();
        Segment active = segments.active();
        if (active != null && active.sizeBytes() > 0) {
            try {
                roll(endOffset, nowMs);
            } catch (StorageException e) {
                throw failed(e);
            }
        }
    }

    private Segment roll(long baseOffset, long nowMs) {
        segments.endActive(baseOffset);
        producers.snapshotForRoll(baseOffset);
        return segments.add(baseOffset, options.segmentBytes(), nowMs);
    }

    /** The segments, oldest first, as retention needs them. */
    public List<SegmentInfo> segments() {
        return segments.infos();
    }

    /** The segments that nothing is appended to any more, oldest first. The owner's to look at; not to be changed. */
    public List<Segment> sealedSegments() {
        return segments.sealed();
    }

    /** Goes up whenever records are taken from the end of the log: what was learned of segments before may not hold. */
    public long truncations() {
        return truncations;
    }

    /**
     * Puts the output of a compaction, whose files are {@code .cleaned}, in the place of its inputs.
     *
     * @param inputs some of {@link #sealedSegments}, next to each other; the output has the base offset of the first
     * @param truncationsSeen what {@link #truncations} was when the inputs were taken
     * @return false when the log has changed so that the output does not fit; then nothing has happened
     */
    public boolean replace(List<Segment> inputs, long truncationsSeen) {
        if (closed || truncations != truncationsSeen) {
            return false;
        }
        try {
            if (!segments.replace(inputs, options.segmentBytes())) {
                return false;
            }
            producers.deleteSnapshotsBetween(
                    inputs.get(0).baseOffset() + 1,
                    inputs.get(inputs.size() - 1).baseOffset() + 1);
            return true;
        } catch (StorageException e) {
            throw failed(e);
        }
    }

    /** Where compaction and retention leave the work of deleting files; done at once unless set. */
    public void deleteFilesBy(Executor newReaper) {
        segments.deleteFilesBy(newReaper);
    }

    // ---- read

    /**
     * Whole batches from {@code fromOffset} on, all below {@code boundOffset}, of one segment. The first may begin
     * before {@code fromOffset}.
     *
     * @param maxBytes the most that is given; if {@code minOneBatch}, the first batch is given whatever its size
     * @throws OffsetOutOfRange when the log does not reach from or to {@code fromOffset}
     */
    public LogSlice read(long fromOffset, long boundOffset, int maxBytes, boolean minOneBatch) {
        if (fromOffset < startOffset || fromOffset > endOffset) {
            throw new OffsetOutOfRange(fromOffset, startOffset, endOffset);
        }
        long bound = Math.min(boundOffset, endOffset);
        if (fromOffset >= bound) {
            return LogSlice.empty(fromOffset);
        }
        return SegmentReads.read(segments.all(), fromOffset, bound, maxBytes, minOneBatch);
    }

    // ---- time

    /**
     * The first record from the start offset on, below {@code boundOffset}, whose timestamp is at least
     * {@code timestampMs}; null when there is none.
     */
    public @Nullable TimestampAndOffset offsetForTimestamp(long timestampMs, long boundOffset) {
        return TimeLookup.firstAtOrAfter(segments.all(), timestampMs, startOffset, boundOffset);
    }

    /** The first record with the greatest timestamp; null when no record has one (KIP-734). */
    public @Nullable TimestampAndOffset maxTimestamp() {
        return TimeLookup.greatest(segments.all());
    }

    // ---- epochs

    /** Where a leader epoch ends here, as OffsetForLeaderEpoch answers it. */
    public EpochEnd epochEnd(int requestedEpoch) {
        return epochs.endOf(requestedEpoch, endOffset);
    }

    /** The leader epoch under which the record at {@code offset} was written; −1 when unknown. */
    public int epochOf(long offset) {
        return epochs.epochOf(offset);
    }

    /** A leader begins: {@code epoch} starts at the end offset. Made durable with its first record. */
    public void beginEpoch(int epoch) {
        epochs.note(epoch, endOffset);
    }

    // ---- producers and transactions

    /** The first offset of an open transaction, or of an ended one whose marker may lie above the high watermark; −1: none. */
    public long firstUnstableOffset() {
        long first = producers.firstUnstableOffset();
        return first < 0 ? -1 : Math.max(first, startOffset);
    }

    /** Up to where a read_committed reader may read. */
    public long lastStableOffset(long highWatermark) {
        producers.onHighWatermark(highWatermark);
        long first = firstUnstableOffset();
        return first < 0 ? highWatermark : Math.min(first, highWatermark);
    }

    /** The aborted transactions that overlap [fromOffset, toOffset). */
    public List<AbortedTxn> abortedTransactions(long fromOffset, long toOffset) {
        return segments.abortedTransactions(fromOffset, toOffset);
    }

    public boolean hasOpenTransaction(long producerId, short producerEpoch) {
        return producers.hasOpenTransaction(producerId, producerEpoch);
    }

    /**
     * Begins the verification of a transaction's first write (KIP-890).
     *
     * @return the guard for {@link AppendOptions#verified}; {@link ProducerStates#NO_GUARD} when the transaction is
     *     open here and needs none
     */
    public long beginVerification(
            long producerId, int baseSequence, short producerEpoch, boolean supportsEpochBump, long nowMs) {
        return producers.beginVerification(producerId, baseSequence, producerEpoch, supportsEpochBump, nowMs);
    }

    public List<ProducerState> producers() {
        return producers.producers();
    }

    /** Each known producer's last batch of data, which compaction must not forget. */
    public Map<Long, LastBatch> lastBatches() {
        return producers.lastBatches();
    }

    public long expireProducers(long nowMs) {
        return producers.expire(nowMs, options.producerIdExpirationMs());
    }

    // ---- shortening

    /** Drops every record at or beyond {@code offset}; nothing when the log ends before. */
    public void truncateTo(long offset, long nowMs) {
        if (offset < 0) {
            throw new IllegalArgumentException("offset is " + offset + " (expected: >= 0)");
        }
        requireSound();
        if (offset >= endOffset) {
            epochs.truncateFromEnd(offset);
            return;
        }
        try {
            cutTo(offset, nowMs);
        } catch (StorageException e) {
            throw failed(e);
        }
    }

    private void cutTo(long offset, long nowMs) {
        if (segments.isEmpty() || offset < segments.first().baseOffset()) {
            startOver(offset, nowMs);
            return;
        }
        truncations++;
        segments.truncateTo(offset);
        endOffset = offset;
        startOffset = Math.min(startOffset, offset);
        recoveryPoint = Math.min(recoveryPoint, offset);
        epochs.truncateFromEnd(offset);
        producers.reload(startOffset, offset, nowMs, options.producerIdExpirationMs());
        LogLoader.replay(segments.all(), producers, producers.endOffset(), offset);
    }

    /** Drops everything; the next record gets {@code offset}. */
    public void restartAt(long offset, long nowMs) {
        requireSound();
        try {
            startOver(offset, nowMs);
        } catch (StorageException e) {
            throw failed(e);
        }
    }

    private void startOver(long offset, long nowMs) {
        truncations++;
        segments.deleteAll();
        epochs.clear();
        epochs.flush();
        producers.restartAt(offset);
        startOffset = offset;
        endOffset = offset;
        recoveryPoint = offset;
        segments.add(offset, options.segmentBytes(), nowMs);
    }

    /**
     * Moves the start offset up to {@code newStart}; segments that lie wholly below are deleted.
     *
     * @throws OffsetOutOfRange when the log ends before {@code newStart}
     */
    public void deleteRecordsBefore(long newStart, long nowMs) {
        if (newStart > endOffset) {
            throw new OffsetOutOfRange(newStart, startOffset, endOffset);
        }
        if (newStart <= startOffset) {
            return;
        }
        requireSound();
        try {
            dropBefore(newStart, nowMs);
        } catch (StorageException e) {
            throw failed(e);
        }
    }

    private void dropBefore(long newStart, long nowMs) {
        startOffset = newStart;
        epochs.truncateFromStart(newStart);
        producers.onStartOffset(newStart);
        if (newStart == endOffset) {
            roll(nowMs); // so that the last segment can go too, and a new one remembers the offset
        }
        segments.discardBefore(newStart);
        producers.deleteSnapshotsBefore(
                segments.isEmpty() ? newStart : segments.first().baseOffset());
    }

    // ---- durability

    /** Whether {@code flush.messages} asks for a flush before what was appended last is acknowledged. */
    public boolean isFlushDue() {
        return endOffset - recoveryPoint >= options.flushMessages();
    }

    /** Makes everything durable that was written. Blocks; the owner's thread. */
    public void flush() {
        PendingFlush pending = beginFlush();
        try {
            pending.run();
        } catch (StorageException e) {
            throw failed(e);
        }
        completeFlush(pending);
    }

    /**
     * What is to be made durable. Its {@code run} may be called by any thread; after it the owner calls
     * {@link #completeFlush}, or {@link #fail} if it threw.
     */
    public PendingFlush beginFlush() {
        requireSound();
        try {
            // from the last durable record's segment on: it may be sealed since
            List<Path> files = segments.filesToForce(recoveryPoint - 1);
            epochs.flush();
            Path epochsFile = epochs.takeUnforced();
            if (epochsFile != null) {
                files.add(epochsFile);
            }
            boolean names = segments.takeUnforcedNames() || epochsFile != null;
            return new PendingFlush(disk, directory, files, endOffset, names, recoveryPoint == 0, truncations);
        } catch (StorageException e) {
            throw failed(e);
        }
    }

    /** Moves the recovery point up, unless the log was shortened or failed meanwhile. */
    public void completeFlush(PendingFlush done) {
        if (failure == null && done.truncations() == truncations) {
            recoveryPoint = Math.max(recoveryPoint, Math.min(done.offset(), endOffset));
        }
    }

    // ---- failure

    /*
     * After a failed write nobody knows what the file holds beyond the published end; after a failed fsync the operating
     * system may have dropped the pages and call the next fsync a success. So nothing that comes after a failure may count
     * as durable: the recovery point stays where it is, and only reading the files again says what they hold.
     */

    /** The disk failed this log: it is abandoned, and refuses to be changed from now on. Idempotent. */
    public void fail(StorageException cause) {
        if (failure == null) {
            failure = cause;
        }
        abandon();
    }

    private StorageException failed(StorageException cause) {
        fail(cause);
        return cause;
    }

    private void requireSound() {
        if (failure != null) {
            throw new StorageException(
                    directory + " is offline since an earlier failure: " + failure.getMessage(), failure);
        }
    }

    /** True when its files were given back without a clean close: they have to be recovered. Any thread. */
    public boolean isAbandoned() {
        return abandoned;
    }

    // ---- end

    /** Closes cleanly: files are cut to their data, indexes complete, producers and epochs written, all of it durable. */
    @Override
    public void close() {
        close(true);
    }

    /**
     * Closes cleanly, unless it is closed or abandoned already.
     *
     * @param durable false to leave it to the operating system when the bytes reach the device
     */
    public void close(boolean durable) {
        if (closed) {
            return;
        }
        try {
            finish(durable);
        } catch (StorageException e) {
            throw failed(e);
        }
        closed = true;
        release();
    }

    private void finish(boolean durable) {
        if (!producers.isEmpty() || producers.hasSnapshots()) {
            producers.takeSnapshot(durable);
        }
        if (!segments.isEmpty()) {
            epochs.finish(endOffset);
        }
        boolean written = epochs.isUnforced();
        written |= segments.finish();
        if (durable && (written || recoveryPoint < endOffset)) {
            flush();
        }
    }

    /** False when a platform did not allow to cut a file that is still mapped: the log has to be recovered when opened. */
    public boolean isTrimmed() {
        return segments.isTrimmed();
    }

    /** Gives back files and memory and writes nothing, as a crash would leave it. */
    public void abandon() {
        if (!closed) {
            closed = true;
            abandoned = true;
            release();
        }
    }

    /**
     * Deletes the log, an abandoned one too: its directory is renamed to {@code deletedName} at once, and goes away when
     * no slice needs it any more, and who deletes files gets to it.
     */
    public void delete(Path deletedName) {
        if (closed && !abandoned) {
            throw new IllegalStateException(directory + " is closed already");
        }
        abandon();
        disk.rename(directory, deletedName);
        Objects.requireNonNull(lastUse).then(() -> segments.deleteDirectory(deletedName));
    }

    private void release() {
        lastUse = new LastUse(segments.size());
        segments.retire(lastUse::ended);
    }
}
