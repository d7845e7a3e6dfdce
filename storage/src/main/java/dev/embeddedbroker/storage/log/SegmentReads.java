package dev.embeddedbroker.storage.log;

import dev.embeddedbroker.storage.segment.Segment;
import java.util.List;

/** Finds offsets in the segments of a log, which stand oldest first. */
final class SegmentReads {
    private SegmentReads() {}

    /** Index of the segment that {@code offset} falls into; −1 when it lies before the first. */
    static int indexOf(List<Segment> segments, long offset) {
        int low = 0;
        int high = segments.size() - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            if (segments.get(middle).baseOffset() <= offset) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return high;
    }

    /** Whole batches from {@code fromOffset} on, all below {@code bound}, of one segment. */
    static LogSlice read(List<Segment> segments, long fromOffset, long bound, int maxBytes, boolean minOneBatch) {
        for (int i = Math.max(0, indexOf(segments, fromOffset)); i < segments.size(); i++) {
            Segment segment = segments.get(i);
            if (segment.baseOffset() >= bound) {
                break;
            }
            int from = segment.positionOf(fromOffset);
            if (from < segment.sizeBytes()) {
                return slice(
                        segment, from, segment.endOfRead(from, fromOffset, bound, maxBytes, minOneBatch), fromOffset);
            }
        }
        return LogSlice.empty(fromOffset);
    }

    private static LogSlice slice(Segment segment, int from, int to, long fromOffset) {
        if (to <= from) {
            return LogSlice.empty(fromOffset);
        }
        return new LogSlice(segment.lease(from, to), segment.offsetAfterRead(from, to));
    }
}
