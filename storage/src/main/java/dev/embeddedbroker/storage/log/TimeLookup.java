package dev.embeddedbroker.storage.log;

import dev.embeddedbroker.storage.batch.RecordBatchView;
import dev.embeddedbroker.storage.batch.RecordCursor;
import dev.embeddedbroker.storage.segment.Segment;
import dev.embeddedbroker.storage.segment.TimestampAndOffset;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds records by their timestamps. */
final class TimeLookup {
    private TimeLookup() {}

    /** The first record of [startOffset, boundOffset) whose timestamp is at least {@code timestampMs}. */
    static @Nullable TimestampAndOffset firstAtOrAfter(
            List<Segment> segments, long timestampMs, long startOffset, long boundOffset) {
        for (Segment segment : segments) {
            if (segment.nextOffset() <= startOffset || segment.maxTimestampMs() < timestampMs) {
                continue;
            }
            int position = segment.positionOfTimestamp(timestampMs, startOffset, 0);
            while (position < segment.sizeBytes()) {
                RecordBatchView found = segment.soundAt(position);
                if (found.baseOffset() >= boundOffset) {
                    return null;
                }
                int next = found.nextBatchPosition();
                TimestampAndOffset record = firstRecord(found, timestampMs, startOffset);
                if (record != null) {
                    return record.offset() < boundOffset ? record : null;
                }
                position = segment.positionOfTimestamp(timestampMs, startOffset, next);
            }
        }
        return null;
    }

    /** The first record with the greatest timestamp. */
    static @Nullable TimestampAndOffset greatest(List<Segment> segments) {
        Segment latest = null;
        for (Segment segment : segments) {
            if (latest == null || segment.maxTimestampMs() > latest.maxTimestampMs()) {
                latest = segment;
            }
        }
        if (latest == null || latest.maxTimestampMs() < 0) {
            return null;
        }
        long timestampMs = latest.maxTimestampMs();
        int position = latest.positionOf(latest.offsetOfMaxTimestamp());
        return position < latest.sizeBytes() ? firstRecord(latest.soundAt(position), timestampMs, 0) : null;
    }

    private static @Nullable TimestampAndOffset firstRecord(RecordBatchView batch, long timestampMs, long fromOffset) {
        try (RecordCursor records = RecordCursor.over(batch)) {
            while (records.next()) {
                if (records.timestampMs() >= timestampMs && records.offset() >= fromOffset) {
                    return new TimestampAndOffset(
                            records.timestampMs(), records.offset(), batch.partitionLeaderEpoch());
                }
            }
        }
        return null;
    }
}
