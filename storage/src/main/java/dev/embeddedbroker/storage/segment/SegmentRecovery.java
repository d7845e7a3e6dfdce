package dev.embeddedbroker.storage.segment;

import dev.embeddedbroker.storage.batch.RecordBatchView;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes a segment whole that was not closed cleanly: keeps the batches up to the first bad one, rebuilds its indexes. */
public final class SegmentRecovery {
    private static final Logger LOG = LoggerFactory.getLogger(SegmentRecovery.class);

    private SegmentRecovery() {}

    /**
     * Walks {@code segment} from its start. A batch is bad when it is cut off, its checksum does not match, its offsets
     * are not beyond those before it or do not fit the segment; the file ends there afterwards.
     *
     * @param boundOffset where the next segment begins; a cut that a crash undid may have left older batches up there
     * @param whole is shown every good batch, in order, before the next is looked at
     * @return the bytes that were dropped; zeros that were never written count too
     */
    public static int recover(
            Segment segment, long boundOffset, int indexIntervalBytes, Consumer<RecordBatchView> whole) {
        int end = segment.sizeBytes();
        segment.forgetIndexes();
        int position = 0;
        while (position < end) {
            RecordBatchView batch = segment.rawAt(position);
            String fault = faultOf(segment, batch, end, boundOffset);
            if (fault != null) {
                logCut(segment, position, end, fault);
                break;
            }
            segment.noteGap(batch, position, segment.nextOffset());
            int next = batch.nextBatchPosition();
            segment.note(batch, position, indexIntervalBytes);
            whole.accept(segment.rawAt(position));
            position = next;
        }
        segment.trust();
        segment.cutTo(position);
        return end - position;
    }

    private static @org.jspecify.annotations.Nullable String faultOf(
            Segment segment, RecordBatchView batch, int end, long boundOffset) {
        if (!batch.isCompleteAt(end)) {
            return "no whole batch of magic 2";
        }
        if (batch.lastOffsetDelta() < 0
                || batch.baseOffset() < segment.nextOffset()
                || batch.lastOffset() >= boundOffset
                || !segment.holds(batch.lastOffset())) {
            return "offsets " + batch.baseOffset() + " to " + batch.lastOffset() + " (expected: from "
                    + segment.nextOffset() + " on, before " + boundOffset + ")";
        }
        if (!batch.crcMatches()) {
            return "checksum does not match";
        }
        return null;
    }

    private static void logCut(Segment segment, int position, int end, String fault) {
        if (segment.isZeroFrom(position)) {
            LOG.info("{} ends at byte {}; {} unused bytes are cut off", segment.path(), position, end - position);
        } else {
            LOG.warn(
                    "{} has a bad batch at byte {}: {}; {} bytes are cut off",
                    segment.path(),
                    position,
                    fault,
                    end - position);
        }
    }
}
