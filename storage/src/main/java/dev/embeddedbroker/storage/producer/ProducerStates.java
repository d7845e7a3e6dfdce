package dev.embeddedbroker.storage.producer;

import dev.embeddedbroker.storage.batch.AppendOrigin;
import dev.embeddedbroker.storage.batch.RecordBatchView;
import dev.embeddedbroker.storage.batch.RecordsRefused;
import dev.embeddedbroker.storage.batch.RefusalReason;
import dev.embeddedbroker.storage.disk.Disk;
import dev.embeddedbroker.storage.segment.AbortedTxn;
import dev.embeddedbroker.storage.segment.SegmentName;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The producers of one partition: which sequence each must write next, which of their last batches are already here,
 * which transactions are open.
 *
 * <p>An append is checked batch by batch ({@link #check}) against copies and then taken over ({@link #commit}) or not
 * ({@link #rollback}), so a refused append changes nothing.
 *
 * <p><b>Owner:</b> the partition's loop. Not thread-safe.
 */
public final class ProducerStates {
    /** The guard of an append that claims no verification. */
    public static final long NO_GUARD = 0;

    private final Disk disk;
    private final Path directory;
    private final Map<Long, ProducerEntry> producers = new HashMap<>();
    private final Map<Long, Verification> verifications = new HashMap<>();
    /** First offset of each open transaction → its producer. */
    private final TreeMap<Long, Long> open = new TreeMap<>();
    /** First offset of each ended transaction whose marker may not be replicated yet → the marker's offset. */
    private final TreeMap<Long, Long> unreplicated = new TreeMap<>();

    private final TreeSet<Long> snapshots = new TreeSet<>();
    private final List<ProducerAppend> appends = new ArrayList<>(1);
    private final List<CompletedTxn> completed = new ArrayList<>(0);
    private final List<StartedTxn> started = new ArrayList<>(0);
    private int appendsInUse;
    private long endOffset;
    private long lastSnapshotOffset;
    private long lastGuard = NO_GUARD;

    public ProducerStates(Disk disk, Path directory) {
        this.disk = disk;
        this.directory = directory;
    }

    // ---- checking an append

    /** The remembered batch that {@code batch} repeats, or null. */
    public @Nullable Duplicate findDuplicate(RecordBatchView batch) {
        ProducerEntry entry = producers.get(batch.producerId());
        if (entry == null || entry.epoch != batch.producerEpoch()) {
            return null;
        }
        int slot = entry.find(batch.baseSequence(), batch.lastSequence());
        return slot < 0
                ? null
                : new Duplicate(entry.firstOffsetOf(slot), entry.lastOffsetOf(slot), entry.timestampOf(slot));
    }

    /** A batch that is in the log already. */
    public record Duplicate(long firstOffset, long lastOffset, long timestampMs) {}

    private record StartedTxn(long producerId, long firstOffset) {}

    /**
     * Refuses a transactional batch that belongs to no transaction open here, if its epoch is stale, or if it has to be
     * verified and is not under {@code guard} (KIP-890).
     */
    public void requireTransaction(RecordBatchView batch, boolean verify, long guard) {
        long producerId = batch.producerId();
        if (hasOpenTransaction(producerId, batch.producerEpoch())) {
            return;
        }
        requireEpoch(producerId, batch.producerEpoch());
        if (!verify || batch.isControl()) {
            return;
        }
        Verification verification = verifications.get(producerId);
        if (guard == NO_GUARD || verification == null || verification.guard != guard) {
            throw new RecordsRefused(
                    RefusalReason.INVALID_TXN_STATE,
                    "records of producer " + producerId + " are not part of an open transaction");
        }
    }

    private void requireEpoch(long producerId, short epoch) {
        ProducerEntry entry = producers.get(producerId);
        if (entry != null && epoch < entry.epoch) {
            throw new RecordsRefused(
                    RefusalReason.INVALID_PRODUCER_EPOCH,
                    "producer " + producerId + " writes with epoch " + epoch + " (expected: >= " + entry.epoch + ")");
        }
    }

    /** Checks one batch, whose offsets are assigned, on top of those checked since the last commit or rollback. */
    public void check(RecordBatchView batch, AppendOrigin origin, int transactionVersion) {
        ProducerAppend append = appendOf(batch.producerId());
        if (batch.isControl()) {
            TxnMarker marker = TxnMarker.of(batch);
            if (marker != null) {
                CompletedTxn txn = append.addMarker(batch, marker, origin, transactionVersion);
                if (txn != null) {
                    completed.add(txn);
                }
            }
        } else if (append.addData(batch, origin, verifications.get(batch.producerId()))) {
            started.add(new StartedTxn(batch.producerId(), batch.baseOffset()));
        }
        if (batch.isTransactional()) {
            Verification verification = verifications.get(batch.producerId());
            if (verification != null && !verification.outlives(batch)) {
                verifications.remove(batch.producerId());
            }
        }
    }

    private ProducerAppend appendOf(long producerId) {
        for (int i = 0; i < appendsInUse; i++) {
            if (appends.get(i).after.producerId == producerId) {
                return appends.get(i);
            }
        }
        if (appendsInUse == appends.size()) {
            appends.add(new ProducerAppend());
        }
        ProducerAppend fresh = appends.get(appendsInUse++);
        fresh.begin(producerId, producers.get(producerId));
        return fresh;
    }

    /**
     * Takes over what was checked; the batches are written up to {@code newEndOffset}.
     *
     * @param aborted is given every transaction that a marker among them aborted
     */
    public void commit(long newEndOffset, Consumer<AbortedTxn> aborted) {
        for (int i = 0; i < appendsInUse; i++) {
            ProducerEntry after = appends.get(i).after;
            ProducerEntry entry = producers.get(after.producerId);
            if (entry == null) {
                entry = new ProducerEntry();
                producers.put(after.producerId, entry);
            }
            entry.copyFrom(after);
        }
        for (StartedTxn txn : started) {
            open.put(txn.firstOffset(), txn.producerId());
        }
        for (CompletedTxn txn : completed) {
            if (txn.aborted()) {
                aborted.accept(new AbortedTxn(
                        txn.producerId(), txn.firstOffset(), txn.lastOffset(), lastStableOffsetAfter(txn)));
            }
            open.remove(txn.firstOffset());
            unreplicated.put(txn.firstOffset(), txn.lastOffset());
        }
        endOffset = newEndOffset;
        rollback();
    }

    /** Forgets what was checked and not committed. */
    public void rollback() {
        appendsInUse = 0;
        started.clear();
        completed.clear();
    }

    private long lastStableOffsetAfter(CompletedTxn txn) {
        for (Map.Entry<Long, Long> other : open.entrySet()) {
            if (other.getValue() != txn.producerId()) {
                return other.getKey();
            }
        }
        return txn.lastOffset() + 1;
    }

    // ---- transactions

    public boolean hasOpenTransaction(long producerId, short epoch) {
        ProducerEntry entry = producers.get(producerId);
        return entry != null && entry.currentTxnFirstOffset != ProducerEntry.NONE && entry.epoch == epoch;
    }

    /**
     * Begins the verification of a transaction's first write here (KIP-890).
     *
     * @return the guard to append with, or {@link #NO_GUARD} when the transaction is open here and needs none
     */
    public long beginVerification(long producerId, int sequence, short epoch, boolean supportsEpochBump, long nowMs) {
        requireEpoch(producerId, epoch);
        if (hasOpenTransaction(producerId, epoch)) {
            return NO_GUARD;
        }
        Verification verification = verifications.get(producerId);
        if (verification == null) {
            verification = new Verification(++lastGuard, nowMs, sequence, epoch, supportsEpochBump);
            verifications.put(producerId, verification);
        }
        verification.see(sequence, epoch);
        return verification.guard;
    }

    /** The first offset that a read_committed reader may not pass whatever is replicated; −1 when there is none. */
    public long firstUnstableOffset() {
        long first = Long.MAX_VALUE;
        if (!open.isEmpty()) {
            first = open.firstKey();
        }
        if (!unreplicated.isEmpty()) {
            first = Math.min(first, unreplicated.firstKey());
        }
        return first == Long.MAX_VALUE ? -1 : first;
    }

    /** Ended transactions whose marker lies below {@code highWatermark} hold nobody back any more. */
    public void onHighWatermark(long highWatermark) {
        if (!unreplicated.isEmpty()) {
            unreplicated.values().removeIf(marker -> marker < highWatermark);
        }
    }

    // ---- state as a whole

    public boolean isEmpty() {
        return producers.isEmpty();
    }

    /** The offset up to which batches are reflected in here. */
    public long endOffset() {
        return endOffset;
    }

    /** Batches without a producer were written up to {@code newEndOffset}. */
    public void advanceTo(long newEndOffset) {
        endOffset = newEndOffset;
    }

    public List<ProducerState> producers() {
        List<ProducerState> all = new ArrayList<>(producers.size());
        for (ProducerEntry entry : producers.values()) {
            all.add(new ProducerState(
                    entry.producerId,
                    entry.epoch,
                    entry.lastSequence(),
                    entry.lastTimestampMs,
                    entry.coordinatorEpoch,
                    entry.currentTxnFirstOffset));
        }
        return all;
    }

    public Map<Long, LastBatch> lastBatches() {
        Map<Long, LastBatch> all = new HashMap<>();
        producers.forEach((id, entry) -> all.put(id, new LastBatch(entry.lastOffset(), entry.epoch)));
        return all;
    }

    /**
     * Forgets producers without an open transaction that wrote nothing for {@code expirationMs}.
     *
     * @return when that next finds something, if nothing is written till then; in ms since the epoch, and {@link
     *     Long#MAX_VALUE} for never. An open transaction is never forgotten, and what ends it is a write
     */
    public long expire(long nowMs, long expirationMs) {
        producers.values().removeIf(entry -> isExpired(entry, nowMs, expirationMs));
        verifications.values().removeIf(entry -> nowMs - entry.createdMs >= expirationMs);
        long oldestMs = Long.MAX_VALUE;
        for (ProducerEntry entry : producers.values()) {
            if (entry.currentTxnFirstOffset == ProducerEntry.NONE) {
                oldestMs = Math.min(oldestMs, entry.lastTimestampMs);
            }
        }
        for (Verification verification : verifications.values()) {
            oldestMs = Math.min(oldestMs, verification.createdMs);
        }
        long dueMs = oldestMs + expirationMs;
        return oldestMs == Long.MAX_VALUE || dueMs < oldestMs ? Long.MAX_VALUE : dueMs;
    }

    private static boolean isExpired(ProducerEntry entry, long nowMs, long expirationMs) {
        return entry.currentTxnFirstOffset == ProducerEntry.NONE && nowMs - entry.lastTimestampMs >= expirationMs;
    }

    // ---- snapshots

    /** Notes a snapshot file found in the directory. */
    public void addSnapshot(long offset) {
        snapshots.add(offset);
    }

    public boolean hasSnapshots() {
        return !snapshots.isEmpty();
    }

    /** Writes the state at {@link #endOffset}, unless a snapshot says the same already. */
    public void takeSnapshot(boolean force) {
        if (endOffset > lastSnapshotOffset) {
            ProducerSnapshot.write(disk, snapshotPath(endOffset), producers.values(), force);
            snapshots.add(endOffset);
            lastSnapshotOffset = endOffset;
        }
    }

    /** A segment begins at {@code offset}: the state so far is written. */
    public void snapshotForRoll(long offset) {
        endOffset = Math.max(endOffset, offset);
        takeSnapshot(false);
    }

    /**
     * Becomes the state of the latest usable snapshot that is above {@code startOffset} and not above {@code upTo}, or
     * empty without one; then {@link #endOffset} says from where batches have to be replayed. Snapshots outside the
     * range are deleted.
     */
    public void reload(long startOffset, long upTo, long nowMs, long expirationMs) {
        for (Long offset : List.copyOf(snapshots)) {
            if (offset > upTo || offset <= startOffset) {
                deleteSnapshot(offset);
            }
        }
        clear();
        while (!snapshots.isEmpty()) {
            long offset = snapshots.last();
            List<ProducerEntry> entries = ProducerSnapshot.read(disk, snapshotPath(offset));
            if (entries != null) {
                for (ProducerEntry entry : entries) {
                    load(entry, nowMs, expirationMs);
                }
                endOffset = offset;
                lastSnapshotOffset = offset;
                return;
            }
            deleteSnapshot(offset);
        }
        endOffset = startOffset;
        lastSnapshotOffset = startOffset;
    }

    private void load(ProducerEntry entry, long nowMs, long expirationMs) {
        if (isExpired(entry, nowMs, expirationMs)) {
            return;
        }
        producers.put(entry.producerId, entry);
        if (entry.currentTxnFirstOffset != ProducerEntry.NONE) {
            open.put(entry.currentTxnFirstOffset, entry.producerId);
        }
    }

    /** Forgets everything and all snapshots; the log begins anew at {@code offset}. */
    public void restartAt(long offset) {
        clear();
        for (Long snapshot : List.copyOf(snapshots)) {
            deleteSnapshot(snapshot);
        }
        endOffset = offset;
        lastSnapshotOffset = 0;
    }

    /** The log begins at {@code startOffset} now. */
    public void onStartOffset(long startOffset) {
        if (!unreplicated.isEmpty()) {
            unreplicated.values().removeIf(marker -> marker < startOffset);
        }
        endOffset = Math.max(endOffset, startOffset);
        lastSnapshotOffset = snapshots.isEmpty() ? startOffset : snapshots.last();
    }

    public void deleteSnapshotsBefore(long offset) {
        for (Long snapshot : List.copyOf(snapshots.headSet(offset))) {
            deleteSnapshot(snapshot);
        }
    }

    /** Deletes the snapshots of [from, to): the segments they belonged to are part of another now. */
    public void deleteSnapshotsBetween(long from, long to) {
        for (Long snapshot : List.copyOf(snapshots.subSet(from, to))) {
            deleteSnapshot(snapshot);
        }
    }

    private void deleteSnapshot(long offset) {
        snapshots.remove(offset);
        disk.delete(snapshotPath(offset));
    }

    private Path snapshotPath(long offset) {
        return SegmentName.in(directory, offset, SegmentName.PRODUCER_SNAPSHOT);
    }

    private void clear() {
        rollback();
        producers.clear();
        open.clear();
        unreplicated.clear();
    }
}
