package dev.embeddedbroker.storage.segment;

import dev.embeddedbroker.storage.batch.RecordBatchView;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads of what was there when a segment was opened: each batch is looked at before it is given to anybody. */
final class LoadedReads {
    private static final Logger LOG = LoggerFactory.getLogger(LoadedReads.class);

    private LoadedReads() {}

    /** As {@link Segment#endOfRead}; before a bad batch the read ends, and at a bad batch it fails. */
    static int end(Segment segment, int from, long fromOffset, long boundOffset, int maxBytes, boolean minOneBatch) {
        int position = from;
        long next = segment.baseOffset();
        long expected = fromOffset;
        while (position < segment.sizeBytes()) {
            RecordBatchView view = segment.rawAt(position);
            String fault = segment.faultAt(view, position, next);
            if (fault != null && position == from) {
                throw segment.corrupt(position, fault);
            }
            boolean fits = fault == null
                    && view.lastOffset() < boundOffset
                    && (view.nextBatchPosition() - from <= maxBytes || (position == from && minOneBatch));
            if (!fits) {
                break;
            }
            segment.noteGap(view, position, expected);
            next = view.nextOffset();
            expected = next;
            position = view.nextBatchPosition();
        }
        return position;
    }

    /** As {@link Segment#offsetAfterRead}. */
    static long offsetAfter(Segment segment, int from, int to) {
        long end = segment.baseOffset();
        int position = from;
        while (position < to) {
            RecordBatchView view = segment.at(position);
            end = view.nextOffset();
            position = view.nextBatchPosition();
        }
        RecordBatchView next = segment.rawAt(to);
        return segment.faultAt(next, to, end) == null ? next.baseOffset() : end;
    }

    /** Whether the offset index leads to a batch, and not beyond {@code offset}. */
    static boolean isFloorSound(Segment segment, long offset) {
        int position = segment.offsetIndex().floorPosition(offset);
        if (position == 0) {
            return true;
        }
        if (position > 0 && position < segment.sizeBytes()) {
            RecordBatchView view = segment.rawAt(position);
            long bound = Math.max(segment.nextOffset(), offset);
            String fault = segment.loaded().faultOf(view, position, segment.sizeBytes(), segment.baseOffset(), bound);
            if (fault == null && view.baseOffset() <= offset) {
                return true;
            }
        }
        LOG.warn(
                "{} leads for offset {} to byte {} of the log, where no such batch is; it is made anew",
                segment.offsetIndex().file().path(),
                offset,
                position);
        return false;
    }

    /** Whether the batch with {@code offset}, if it was loaded, has the timestamp that the time index says. */
    static boolean isTimeSound(Segment segment, long offset, long timestampMs) {
        int position = segment.positionOf(offset);
        boolean sound = !segment.loaded().holds(position)
                || (position < segment.sizeBytes() && segment.soundAt(position).maxTimestamp() == timestampMs);
        if (!sound) {
            LOG.warn(
                    "{} has {} as the greatest timestamp up to offset {}, which is not so; it is made anew",
                    segment.timeIndex().file().path(),
                    timestampMs,
                    offset);
        }
        return sound;
    }
}
