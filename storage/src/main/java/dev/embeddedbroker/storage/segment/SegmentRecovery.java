package dev.embeddedbroker.storage.segment;

import dev.embeddedbroker.storage.batch.RecordBatchView;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes a segment whole that was not closed cleanly: keeps the batches up to the first bad one, rebuilds its indexes. */
public final class SegmentRecovery {
    private static final Logger LOG = LoggerFactory.getLogger(SegmentRecovery.class);

    private static final int USUAL_INDEX_INTERVAL_BYTES = 4096;

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

    /**
     * Looks at the end of a segment that is believed, from the last index entry on, and notes where it is.
     *
     * @return false when it is not a batch that ends the file, or the index does not lead there
     */
    static boolean findEnd(Segment segment, long boundOffset) {
        int indexed = segment.offsetIndex().floorPosition(Long.MAX_VALUE);
        int position = indexed;
        int size = segment.sizeBytes();
        long next = segment.baseOffset();
        long expected = indexed == 0 ? next : Long.MAX_VALUE;
        while (position < size) {
            RecordBatchView view = segment.rawAt(position);
            if (segment.loaded().faultOf(view, position, size, next, boundOffset) != null
                    || !segment.holds(view.lastOffset())) {
                return false;
            }
            segment.noteGap(view, position, expected);
            next = view.nextOffset();
            expected = next;
            position = view.nextBatchPosition();
        }
        if (position == indexed && indexed > 0) {
            return false;
        }
        segment.endsAt(next, position - indexed);
        return true;
    }

    /** Whether the batch at a transaction's last offset is the marker of its end. */
    static boolean endsAborted(Segment segment, AbortedTxn txn) {
        int position = segment.positionOf(txn.lastOffset());
        if (position >= segment.sizeBytes()) {
            return false;
        }
        RecordBatchView marker = segment.soundAt(position);
        return marker.isControl() && marker.lastOffset() == txn.lastOffset() && marker.producerId() == txn.producerId();
    }

    /** Makes the indexes of a believed segment anew from the log, as far as that can be read. */
    static void reindex(Segment segment) {
        long bound = segment.nextOffset();
        segment.indexAnew(() -> {
            int position = 0;
            int size = segment.sizeBytes();
            while (position < size) {
                RecordBatchView view = segment.rawAt(position);
                String fault = segment.loaded().faultOf(view, position, size, segment.nextOffset(), bound);
                if (fault != null) {
                    LOG.warn("{} cannot be read beyond byte {}: {}", segment.path(), position, fault);
                    break;
                }
                int next = view.nextBatchPosition();
                segment.note(view, position, USUAL_INDEX_INTERVAL_BYTES);
                position = next;
            }
        });
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
        if (isZero(segment, position)) {
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

    /** Whether nothing was ever written from {@code position} on. */
    private static boolean isZero(Segment segment, int position) {
        ByteBuffer bytes = segment.bytes();
        for (int at = position; at < segment.sizeBytes(); at++) {
            if (bytes.get(at) != 0) {
                return false;
            }
        }
        return true;
    }
}
