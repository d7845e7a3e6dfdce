package dev.embeddedbroker.storage.clean;

import dev.embeddedbroker.storage.batch.RecordBatchView;
import dev.embeddedbroker.storage.log.LogOptions;
import dev.embeddedbroker.storage.log.PartitionLog;
import dev.embeddedbroker.storage.producer.LastBatch;
import dev.embeddedbroker.storage.segment.AbortedTxn;
import dev.embeddedbroker.storage.segment.CorruptBatch;
import dev.embeddedbroker.storage.segment.Segment;
import dev.embeddedbroker.storage.segment.SegmentLease;
import dev.embeddedbroker.storage.segment.SegmentName;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * All that a compaction has to know of a log, taken by the log's owner, so that another thread can do the work: the
 * segments' bytes under leases, and what was known of producers and transactions.
 *
 * <p><b>Owner:</b> who took it; close it, from any thread, to give the leases back.
 */
public final class CompactionPlan implements AutoCloseable {
    private static final ByteBuffer NO_BYTES = ByteBuffer.allocate(0);

    final Path directory;
    final LogOptions options;
    final List<Input> inputs;
    final List<AbortedTxn> aborted;
    final Map<Long, LastBatch> lastBatches;
    final long firstDirtyOffset;
    final long firstUncleanableOffset;
    final long highWatermark;
    final long nowMs;
    final long truncations;

    /** A segment and what is needed of it; {@code dirtyPosition} is where its dirty batches begin. */
    record Input(
            Segment segment,
            long baseOffset,
            long nextOffset,
            int dirtyPosition,
            int offsetIndexBytes,
            int timeIndexBytes,
            long lastModifiedMs,
            ByteBuffer bytes,
            List<SegmentLease> lease) {

        int sizeBytes() {
            return bytes.limit();
        }

        /** Requires that {@code batch} is at one, whole and as it was written: what is damaged must not be made to look sound. */
        void requireSound(RecordBatchView batch, Path directory) {
            if (!batch.isCompleteAt(sizeBytes()) || !batch.crcMatches() || batch.lastOffset() >= nextOffset) {
                Path path = SegmentName.in(directory, baseOffset, SegmentName.LOG);
                throw new CorruptBatch(path, baseOffset, batch.position(), "damaged, and so it is not compacted");
            }
        }
    }

    private CompactionPlan(PartitionLog log, Cleanable cleanable, List<Input> inputs, long highWatermark, long nowMs) {
        this.directory = log.directory();
        this.options = log.options();
        this.inputs = inputs;
        this.aborted = inputs.isEmpty()
                ? List.of()
                : log.abortedTransactions(inputs.get(0).baseOffset(), cleanable.firstUncleanableOffset());
        this.lastBatches = log.lastBatches();
        this.firstDirtyOffset = cleanable.firstDirtyOffset();
        this.firstUncleanableOffset = cleanable.firstUncleanableOffset();
        this.highWatermark = highWatermark;
        this.nowMs = nowMs;
        this.truncations = log.truncations();
    }

    /** Takes what there is to compact. Inside the log's owner. */
    public static CompactionPlan take(PartitionLog log, Cleanable cleanable, long highWatermark, long nowMs) {
        List<Input> inputs = new ArrayList<>();
        try {
            for (Segment segment : log.sealedSegments()) {
                if (segment.baseOffset() < cleanable.firstUncleanableOffset()) {
                    inputs.add(take(segment, cleanable.firstDirtyOffset()));
                }
            }
            return new CompactionPlan(log, cleanable, inputs, highWatermark, nowMs);
        } catch (RuntimeException e) {
            release(inputs);
            throw e;
        }
    }

    private static Input take(Segment segment, long firstDirtyOffset) {
        long modifiedMs = segment.lastModifiedMs();
        int dirtyPosition = segment.baseOffset() >= firstDirtyOffset ? 0 : segment.positionOf(firstDirtyOffset);
        List<SegmentLease> lease =
                segment.sizeBytes() == 0 ? List.of() : List.of(segment.lease(0, segment.sizeBytes()));
        return new Input(
                segment,
                segment.baseOffset(),
                segment.nextOffset(),
                dirtyPosition,
                segment.offsetIndexBytes(),
                segment.timeIndexBytes(),
                modifiedMs,
                lease.isEmpty() ? NO_BYTES : lease.get(0).bytes(),
                lease);
    }

    private static void release(List<Input> inputs) {
        for (Input input : inputs) {
            input.lease().forEach(SegmentLease::close);
        }
    }

    @Override
    public void close() {
        release(inputs);
    }
}
