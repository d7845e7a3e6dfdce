package dev.embeddedbroker.storage.clean;

import dev.embeddedbroker.storage.log.LogOptions;
import dev.embeddedbroker.storage.log.PartitionLog;
import dev.embeddedbroker.storage.log.SegmentInfo;
import java.util.List;

/**
 * Which segments of a log have lived long enough: by {@code retention.ms}, by {@code retention.bytes}, or because the log
 * starts behind them. Only whole segments go, the oldest first, and none that reaches beyond the high watermark.
 *
 * <p>The active segment goes too when all of its records are too old, as in Kafka; the log then is empty and goes on at its
 * end offset. Without {@code delete} in {@code cleanup.policy}, only segments before the start offset go.
 */
public final class Retention {
    private static final long NEVER = Long.MAX_VALUE;

    private Retention() {}

    /**
     * Deletes what is due. Inside the log's owner.
     *
     * @return how many segments went
     */
    public static int apply(PartitionLog log, long highWatermark, long nowMs) {
        List<SegmentInfo> segments = log.segments();
        int due = dueSegments(segments, log.startOffset(), log.options(), highWatermark, nowMs);
        if (due > 0) {
            log.deleteRecordsBefore(segments.get(due - 1).nextOffset(), nowMs);
        }
        return due;
    }

    /** How many of the segments, from the first, are to be deleted. */
    static int dueSegments(
            List<SegmentInfo> segments, long startOffset, LogOptions options, long highWatermark, long nowMs) {
        int due = 0;
        while (due < segments.size() - 1 && segments.get(due).nextOffset() <= startOffset) {
            due++;
        }
        if (options.delete()) {
            due = dueBySize(segments, due, options.retentionBytes(), highWatermark);
            due = dueByTime(segments, due, options.retentionMs(), highWatermark, nowMs);
        }
        return due;
    }

    private static int dueBySize(List<SegmentInfo> segments, int from, long retentionBytes, long highWatermark) {
        if (retentionBytes < 0) {
            return from;
        }
        long surplus = -retentionBytes;
        for (int i = from; i < segments.size(); i++) {
            surplus += segments.get(i).sizeBytes();
        }
        int due = from;
        while (due < segments.size()
                && mayGo(segments.get(due), highWatermark)
                && surplus >= segments.get(due).sizeBytes()) {
            surplus -= segments.get(due).sizeBytes();
            due++;
        }
        return due;
    }

    private static int dueByTime(
            List<SegmentInfo> segments, int from, long retentionMs, long highWatermark, long nowMs) {
        if (retentionMs < 0) {
            return from;
        }
        int due = from;
        while (due < segments.size()
                && mayGo(segments.get(due), highWatermark)
                && nowMs - segments.get(due).maxTimestampMs() > retentionMs) {
            due++;
        }
        return due;
    }

    private static boolean mayGo(SegmentInfo segment, long highWatermark) {
        boolean emptyActive = segment.active() && segment.sizeBytes() == 0;
        return segment.nextOffset() <= highWatermark && !emptyActive;
    }

    /**
     * When {@code retention.ms} next asks for a segment of this log, if nothing is written to it till then; in ms since the
     * epoch, and {@link Long#MAX_VALUE} for never.
     */
    public static long nextDueMs(PartitionLog log) {
        LogOptions options = log.options();
        List<SegmentInfo> segments = log.segments();
        if (!options.delete() || options.retentionMs() < 0 || segments.isEmpty()) {
            return NEVER;
        }
        SegmentInfo oldest = segments.get(0);
        if (oldest.active() && oldest.sizeBytes() == 0) {
            return NEVER;
        }
        long dueMs = oldest.maxTimestampMs() + options.retentionMs() + 1;
        return dueMs < 0 ? NEVER : dueMs;
    }
}
