package dev.embeddedbroker.storage.clean;

import dev.embeddedbroker.storage.log.LogOptions;
import dev.embeddedbroker.storage.log.PartitionLog;
import dev.embeddedbroker.storage.segment.Segment;
import java.util.List;

/**
 * What of a log may be compacted, and whether that is worth it.
 *
 * @param firstDirtyOffset up to here it was compacted before
 * @param firstUncleanableOffset the base offset of the first segment that must stay as it is: the active one, one with an
 *     offset that is not stable, or one that is younger than {@code min.compaction.lag.ms}
 * @param cleanBytes bytes before the dirty ones
 * @param dirtyBytes bytes between the two offsets, counted in whole segments
 * @param isOverdue a dirty record is older than {@code max.compaction.lag.ms}
 * @param nextDueMs when it may be due if nothing is written till then, in ms since the epoch; {@link Long#MAX_VALUE} for never
 */
public record Cleanable(
        long firstDirtyOffset,
        long firstUncleanableOffset,
        long cleanBytes,
        long dirtyBytes,
        boolean isOverdue,
        long nextDueMs) {

    /**
     * Looks at a log. Inside its owner.
     *
     * @param cleanedUpTo where the last compaction ended; −1 when there was none
     */
    public static Cleanable of(PartitionLog log, long cleanedUpTo, long highWatermark, long nowMs) {
        List<Segment> sealed = log.sealedSegments();
        boolean known = cleanedUpTo >= log.startOffset() && cleanedUpTo <= log.endOffset();
        long firstDirty = known ? cleanedUpTo : log.startOffset();
        if (sealed.isEmpty()) {
            return new Cleanable(firstDirty, firstDirty, 0, 0, false, Long.MAX_VALUE);
        }
        LogOptions options = log.options();
        long activeBase = sealed.get(sealed.size() - 1).nextOffset();
        long bound = Math.min(log.lastStableOffset(highWatermark), activeBase);
        long nextDueMs = Long.MAX_VALUE;
        long earliestDirtyMs = Long.MAX_VALUE;
        boolean young = false;
        for (Segment segment : sealed) {
            if (segment.nextOffset() <= firstDirty) {
                continue;
            }
            long firstMs = segment.firstBatchTimestampMs();
            earliestDirtyMs = firstMs > 0 ? Math.min(earliestDirtyMs, firstMs) : earliestDirtyMs;
            long lagMs = options.minCompactionLagMs();
            if (!young && lagMs > 0 && segment.largestTimestampMs() > nowMs - lagMs) {
                young = true;
                bound = Math.min(bound, segment.baseOffset());
                nextDueMs = segment.largestTimestampMs() + lagMs;
            }
        }
        long overdueMs = plus(earliestDirtyMs, options.maxCompactionLagMs());
        boolean overdue = overdueMs < nowMs;
        nextDueMs = overdue ? nextDueMs : Math.min(nextDueMs, overdueMs == Long.MAX_VALUE ? overdueMs : overdueMs + 1);
        long firstUncleanable = baseOfSegmentAt(sealed, Math.max(firstDirty, bound), activeBase);
        return count(sealed, firstDirty, firstUncleanable, overdue, nextDueMs);
    }

    private static long plus(long a, long b) {
        return a > Long.MAX_VALUE - b ? Long.MAX_VALUE : a + b;
    }

    private static long baseOfSegmentAt(List<Segment> sealed, long offset, long activeBase) {
        for (Segment segment : sealed) {
            if (offset < segment.nextOffset()) {
                return segment.baseOffset();
            }
        }
        return activeBase;
    }

    private static Cleanable count(
            List<Segment> sealed, long firstDirty, long firstUncleanable, boolean overdue, long nextDueMs) {
        long cleanBytes = 0;
        long dirtyBytes = 0;
        for (Segment segment : sealed) {
            if (segment.baseOffset() < firstDirty) {
                cleanBytes += segment.sizeBytes();
            }
            if (segment.nextOffset() > firstDirty && segment.baseOffset() < firstUncleanable) {
                dirtyBytes += segment.sizeBytes();
            }
        }
        return new Cleanable(firstDirty, firstUncleanable, cleanBytes, dirtyBytes, overdue, nextDueMs);
    }

    /** The share of what is compacted and can be that is not yet. */
    public double dirtyRatio() {
        return dirtyBytes == 0 ? 0 : (double) dirtyBytes / (cleanBytes + dirtyBytes);
    }

    /** Whether it is time, by {@code min.cleanable.dirty.ratio} or {@code max.compaction.lag.ms}. */
    public boolean isDue(LogOptions options) {
        return dirtyBytes > 0 && (isOverdue || dirtyRatio() > options.minCleanableDirtyRatio());
    }

    public boolean isNothing() {
        return dirtyBytes == 0;
    }
}
