package dev.embeddedbroker.storage.log;

import dev.embeddedbroker.storage.batch.AppendOrigin;
import dev.embeddedbroker.storage.batch.RecordBatchView;
import dev.embeddedbroker.storage.batch.RecordsRefused;
import dev.embeddedbroker.storage.disk.Disk;
import dev.embeddedbroker.storage.disk.Mapping;
import dev.embeddedbroker.storage.disk.StorageException;
import dev.embeddedbroker.storage.producer.ProducerStates;
import dev.embeddedbroker.storage.segment.CorruptBatch;
import dev.embeddedbroker.storage.segment.Segment;
import dev.embeddedbroker.storage.segment.SegmentName;
import dev.embeddedbroker.storage.segment.SegmentRecovery;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings a log's directory to the state of a log that was closed cleanly.
 *
 * <p>Files left by an interrupted deletion, truncation or compaction are removed. What lies below the recovery point, or
 * was closed cleanly, is believed, if its indexes are there and fit; everything else is walked batch by batch. Producer
 * states come from the latest snapshot and a replay of what follows it.
 */
final class LogLoader {
    private static final Logger LOG = LoggerFactory.getLogger(LogLoader.class);

    private final Disk disk;
    private final Path directory;
    private final LogOptions options;
    private final OpenState state;
    private final long nowMs;

    final List<Segment> segments = new ArrayList<>();
    final ProducerStates producers;
    final LeaderEpochs epochs;
    long startOffset;
    long endOffset;

    LogLoader(Disk disk, Path directory, LogOptions options, OpenState state, long nowMs) {
        this.disk = disk;
        this.directory = directory;
        this.options = options;
        this.state = state;
        this.nowMs = nowMs;
        this.producers = new ProducerStates(disk, directory);
        this.epochs = new LeaderEpochs(disk, directory);
    }

    LogLoader load() {
        try {
            return loadAll();
        } catch (RuntimeException e) {
            for (Segment segment : segments) {
                segment.retire(() -> {});
            }
            throw e;
        }
    }

    private LogLoader loadAll() {
        loadFiles();
        boolean epochsKnown = epochs.load();
        startOffset = segments.isEmpty()
                ? state.startOffset()
                : Math.max(state.startOffset(), segments.get(0).baseOffset());
        int firstBad = epochsKnown ? firstToRecover() : 0;
        boolean loaded = false;
        while (!loaded) {
            try {
                if (firstBad < segments.size()) {
                    recoverFrom(firstBad);
                } else {
                    loadProducers();
                }
                loaded = true;
            } catch (CorruptBatch bad) { // met while the producers' states were made from the batches
                LOG.warn("{}: all from segment {} on is looked at: {}", directory, bad.segment(), bad.getMessage());
                firstBad = Math.max(0, SegmentReads.indexOf(segments, bad.segment()));
            }
        }
        if (endOffset < startOffset) {
            LOG.warn(
                    "{} ends at offset {}, before its start offset {} of the checkpoint; it starts anew there",
                    directory,
                    endOffset,
                    startOffset);
            restartAt(startOffset);
        }
        if (!segments.isEmpty()) {
            segments.get(segments.size() - 1).openForAppend();
        }
        epochs.truncateFromEnd(endOffset);
        epochs.truncateFromStart(startOffset);
        producers.onStartOffset(startOffset);
        return this;
    }

    // ---- files

    private void loadFiles() {
        List<String> names = disk.list(directory);
        List<Long> bases = new ArrayList<>();
        Set<String> logs = new HashSet<>();
        for (String name : completeSwaps(names)) {
            if (name.endsWith(SegmentName.DELETED) || name.endsWith(SegmentName.CLEANED) || name.endsWith(".tmp")) {
                disk.delete(directory.resolve(name));
                continue;
            }
            long base = SegmentName.baseOffset(name, SegmentName.LOG);
            if (base >= 0) {
                bases.add(base);
                logs.add(name.substring(0, name.length() - SegmentName.LOG.length()));
            }
            long snapshot = SegmentName.baseOffset(name, SegmentName.PRODUCER_SNAPSHOT);
            if (snapshot >= 0) {
                producers.addSnapshot(snapshot);
            }
        }
        deleteOrphans(names, logs);
        for (long base : bases) {
            Segment segment = Segment.load(disk, directory, base, options.segmentBytes());
            if (!options.compact()) {
                segment.expectNoGaps();
            }
            segments.add(segment);
        }
        for (int i = 0; i + 1 < segments.size(); i++) {
            segments.get(i).setNextOffset(segments.get(i + 1).baseOffset());
        }
    }

    private void deleteOrphans(List<String> names, Set<String> logs) {
        for (String suffix : List.of(SegmentName.OFFSET_INDEX, SegmentName.TIME_INDEX, SegmentName.TRANSACTION_INDEX)) {
            for (String name : names) {
                if (SegmentName.baseOffset(name, suffix) >= 0
                        && !logs.contains(name.substring(0, name.length() - suffix.length()))) {
                    disk.delete(directory.resolve(name));
                }
            }
        }
    }

    /**
     * A compaction that got as far as {@code .swap} has all its output; what its input still leaves of the same offsets
     * goes, and the output takes its place. Returns the names afterwards.
     */
    private List<String> completeSwaps(List<String> names) {
        boolean isAny = false;
        for (String name : names) {
            isAny |= name.endsWith(SegmentName.SWAP);
        }
        if (!isAny) {
            return names;
        }
        List<Long> swaps = new ArrayList<>();
        for (String name : names) {
            long base = SegmentName.baseOffset(name, SegmentName.LOG + SegmentName.SWAP);
            if (base >= 0) {
                swaps.add(base);
            }
        }
        String firstCleaned = names.stream()
                .filter(name -> name.endsWith(SegmentName.CLEANED))
                .findFirst()
                .orElse(null);
        for (long base : swaps) {
            if (firstCleaned != null && firstCleaned.compareTo(SegmentName.of(base + 1, "")) < 0) {
                deleteFamily(base, SegmentName.SWAP); // not all of the output had its name: the input is still whole
            } else {
                takeOver(base, names);
            }
        }
        for (String name : names) {
            if (name.endsWith(SegmentName.SWAP)) {
                Path left = directory.resolve(name);
                if (disk.exists(left)) {
                    disk.rename(left, directory.resolve(name.substring(0, name.length() - SegmentName.SWAP.length())));
                }
            }
        }
        return disk.list(directory);
    }

    private void takeOver(long base, List<String> names) {
        long next = endOfSwap(base);
        for (String name : names) {
            long other = SegmentName.baseOffset(name, SegmentName.LOG);
            if (other >= base && other < next) {
                deleteFamily(other, "");
            }
        }
    }

    private long endOfSwap(long base) {
        Path swap = SegmentName.in(directory, base, SegmentName.LOG + SegmentName.SWAP);
        int size = (int) Math.min(Integer.MAX_VALUE, disk.sizeOf(swap));
        if (size == 0) {
            return base + 1;
        }
        Mapping mapping;
        try (var file = disk.open(swap)) {
            mapping = file.map(size);
        }
        try {
            RecordBatchView batch = RecordBatchView.of(mapping.bytes());
            long next = base + 1;
            while (batch.position() < size && batch.isCompleteAt(size)) {
                next = batch.nextOffset();
                batch.at(batch.nextBatchPosition());
            }
            return next;
        } finally {
            mapping.unmap();
        }
    }

    private void deleteFamily(long base, String ending) {
        for (String suffix : List.of(
                SegmentName.LOG, SegmentName.OFFSET_INDEX, SegmentName.TIME_INDEX, SegmentName.TRANSACTION_INDEX)) {
            disk.delete(SegmentName.in(directory, base, suffix + ending));
        }
    }

    // ---- what to believe

    private int firstToRecover() {
        for (int i = 0; i < segments.size(); i++) {
            Segment segment = segments.get(i);
            boolean last = i == segments.size() - 1;
            // one that ends at the recovery point may have been sealed after it, and its indexes be lost
            boolean durable = !last && segment.nextOffset() < state.recoveryPoint();
            long bound = last ? Long.MAX_VALUE : segments.get(i + 1).baseOffset();
            boolean believed = (state.clean() || durable) && isSound(segment, bound);
            if (!believed) {
                if (state.clean()) {
                    LOG.info(
                            "{}: segment {} is recovered, its indexes are missing or do not fit",
                            directory,
                            segment.baseOffset());
                }
                return i;
            }
            if (!last) {
                warnOfGap(segment.nextOffset(), bound);
                segment.setNextOffset(bound);
            }
        }
        endOffset = segments.isEmpty()
                ? startOffset
                : segments.get(segments.size() - 1).nextOffset();
        return segments.size();
    }

    private boolean isSound(Segment segment, long bound) {
        try {
            return segment.isSound(bound);
        } catch (CorruptBatch e) {
            LOG.warn("{}: segment {} is recovered: {}", directory, segment.baseOffset(), e.getMessage());
            return false;
        }
    }

    private void warnOfGap(long end, long next) {
        if (end < next && !options.compact()) {
            LOG.warn("{} has nothing between offset {} and {}, where its next segment begins", directory, end, next);
        }
    }

    // ---- recovery

    private void recoverFrom(int first) {
        Segment firstSegment = segments.get(first);
        long from = firstSegment.baseOffset();
        long end = Math.max(from, startOffset);
        producers.reload(startOffset, from, nowMs, options.producerIdExpirationMs());
        replay(producers.endOffset(), from);
        epochs.truncateFromEnd(from); // the batches say it themselves; the file may be of before a truncation
        int i = first;
        while (i < segments.size()) {
            Segment segment = segments.get(i);
            long bound = i + 1 < segments.size() ? segments.get(i + 1).baseOffset() : Long.MAX_VALUE;
            int dropped = SegmentRecovery.recover(
                    segment, bound, options.indexIntervalBytes(), batch -> noteRecovered(segment, batch));
            end = segment.nextOffset();
            i++;
            boolean gap = i < segments.size()
                    && end < segments.get(i).baseOffset()
                    && !mayHaveGapBefore(segments.get(i), dropped);
            if (gap) {
                dropFrom(i);
            } else if (i < segments.size()) {
                warnOfGap(end, segments.get(i).baseOffset());
                segment.seal();
                segment.setNextOffset(segments.get(i).baseOffset());
                producers.snapshotForRoll(segment.nextOffset());
            }
        }
        endOffset = end;
        producers.advanceTo(Math.max(end, producers.endOffset()));
        epochs.truncateFromEnd(end);
        epochs.flush();
    }

    /**
     * Compaction leaves gaps; elsewhere beyond the recovery point, one says that the end of a file is lost, and what
     * follows may be of another time. Below it, or after a clean close, something happened to one file, not to the others.
     */
    private boolean mayHaveGapBefore(Segment segment, int dropped) {
        return state.clean() || segment.baseOffset() <= state.recoveryPoint() || (options.compact() && dropped == 0);
    }

    private void noteRecovered(Segment segment, RecordBatchView batch) {
        epochs.noteIfNewer(batch.partitionLeaderEpoch(), batch.baseOffset());
        if (batch.lastOffset() >= producers.endOffset()) { // the first may begin before the start offset
            takeOver(batch, segment);
        }
    }

    private void dropFrom(int first) {
        while (segments.size() > first) {
            Segment lost = segments.remove(segments.size() - 1);
            LOG.warn(
                    "{}: segment {} is dropped, as the log before it ends in a bad batch",
                    directory,
                    lost.baseOffset());
            lost.delete();
        }
    }

    private void restartAt(long offset) {
        for (Segment segment : segments) {
            segment.delete();
        }
        segments.clear();
        producers.restartAt(offset);
        epochs.clear();
        endOffset = offset;
    }

    // ---- producers

    private void loadProducers() {
        if (state.clean() && !producers.hasSnapshots()) {
            producers.restartAt(endOffset); // a log without producers is closed without a snapshot
            return;
        }
        producers.reload(startOffset, endOffset, nowMs, options.producerIdExpirationMs());
        replay(producers.endOffset(), endOffset);
        producers.advanceTo(endOffset);
    }

    private void replay(long from, long to) {
        replay(segments, producers, from, to);
    }

    /** Lets {@code producers} see the batches of [from, to). */
    static void replay(List<Segment> segments, ProducerStates producers, long from, long to) {
        for (Segment segment : segments) {
            if (segment.nextOffset() <= from || segment.baseOffset() >= to) {
                continue;
            }
            int position = segment.positionOf(from);
            while (position < segment.sizeBytes()) {
                RecordBatchView batch = segment.soundAt(position);
                if (batch.baseOffset() >= to) {
                    break;
                }
                position = batch.nextBatchPosition();
                takeOver(batch, producers, aborted -> {});
            }
        }
        producers.advanceTo(Math.max(from, to));
    }

    private void takeOver(RecordBatchView batch, Segment segment) {
        takeOver(batch, producers, segment::appendAborted);
    }

    private static void takeOver(
            RecordBatchView batch,
            ProducerStates producers,
            java.util.function.Consumer<dev.embeddedbroker.storage.segment.AbortedTxn> aborted) {
        long next = batch.nextOffset();
        if (!batch.hasProducerId()) {
            producers.advanceTo(next);
            return;
        }
        try {
            producers.check(batch, AppendOrigin.REPLICA, 0);
            producers.commit(next, aborted);
        } catch (RecordsRefused e) {
            throw new StorageException("the log holds a batch that does not fit its producer's state: " + batch, e);
        }
    }
}
