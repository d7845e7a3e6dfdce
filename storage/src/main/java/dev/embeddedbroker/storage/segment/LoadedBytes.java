package dev.embeddedbroker.storage.segment;

import dev.embeddedbroker.storage.batch.RecordBatchView;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The bytes of a segment that were there when it was opened, and which of them have been looked at since: nobody is given
 * a batch of them that was not.
 *
 * <p><b>Owner:</b> the segment's owner. Not thread-safe.
 */
/*
 * Opening a log believes what was closed cleanly or made durable, because looking at all of it takes as long as reading
 * it. So each part is looked at when it is read for the first time: its checksums, and that its offsets go up. Of what
 * was looked at one stretch is remembered, the one that was read last, which a reader that goes on from there, or
 * several readers of the same, extend and use.
 */
final class LoadedBytes {
    private static final Logger LOG = LoggerFactory.getLogger(LoadedBytes.class);

    private int end;
    private int checkedFrom;
    private int checkedTo;
    private boolean gapsAreNews;

    LoadedBytes(int end) {
        this.end = end;
    }

    /** False for what was written since the opening. */
    boolean holds(int position) {
        return position < end;
    }

    /** The log is not compacted. */
    void expectNoGaps() {
        gapsAreNews = true;
    }

    /** Says, once, that offsets are left out before the batch that {@code view} is at. */
    void noteGap(RecordBatchView view, int position, long expected, Path path) {
        if (gapsAreNews && view.baseOffset() > expected) {
            gapsAreNews = false;
            LOG.warn(
                    "{} goes on at byte {} with offset {} (expected: {}, unless the log was compacted once)",
                    path,
                    position,
                    view.baseOffset(),
                    expected);
        }
    }

    /** All there is has been looked at. */
    void trust() {
        end = 0;
    }

    /** What is there from {@code position} on will be written anew. */
    void truncateTo(int position) {
        end = Math.min(end, position);
        checkedTo = Math.min(checkedTo, position);
        checkedFrom = Math.min(checkedFrom, checkedTo);
    }

    /** What is wrong with the batch that {@code view} is at, in a segment of {@code limit} bytes; null if nothing is. */
    @Nullable
    String faultOf(RecordBatchView view, int position, int limit, long fromOffset, long boundOffset) {
        String fault = structureFaultOf(view, limit, fromOffset, boundOffset);
        if (fault != null || !holds(position) || (position >= checkedFrom && position < checkedTo)) {
            return fault;
        }
        if (!view.crcMatches()) {
            return "its checksum does not match";
        }
        if (position != checkedTo) {
            checkedFrom = position;
        }
        checkedTo = view.nextBatchPosition();
        return null;
    }

    /** What of a batch's header cannot be; null if nothing is. */
    static @Nullable String structureFaultOf(RecordBatchView view, int limit, long fromOffset, long boundOffset) {
        if (!view.isCompleteAt(limit)) {
            return "no whole batch of magic 2";
        }
        if (view.lastOffsetDelta() < 0 || view.baseOffset() < fromOffset || view.lastOffset() >= boundOffset) {
            return "offsets " + view.baseOffset() + " to " + view.lastOffset() + " (expected: from " + fromOffset
                    + " on, before " + boundOffset + ")";
        }
        return null;
    }
}
