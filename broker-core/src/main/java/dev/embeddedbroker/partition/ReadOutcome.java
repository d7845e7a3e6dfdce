package dev.embeddedbroker.partition;

import dev.embeddedbroker.protocol.ErrorCode;
import dev.embeddedbroker.storage.log.EpochEnd;
import dev.embeddedbroker.storage.log.LogSlice;
import dev.embeddedbroker.storage.segment.AbortedTxn;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one read of a partition gave; every offset is -1 if it failed.
 *
 * @param slice the records, which the receiver must close; null if there are none to read yet, or on failure
 * @param aborted the aborted transactions in the slice; null unless the reader asked for committed records
 * @param diverging the newest epoch not after the reader's that this log has, if the reader's log is not a prefix of
 *     this one (KIP-595); then there are no records
 * @param bound the offset the read stopped before: with {@code version}, what a {@link FetchWaiter} must have seen
 */
public record ReadOutcome(
        ErrorCode error,
        long highWatermark,
        long lastStableOffset,
        long startOffset,
        @Nullable LogSlice slice,
        @Nullable List<AbortedTxn> aborted,
        @Nullable EpochEnd diverging,
        long bound,
        int version) {

    /** Nothing read yet. */
    public static final ReadOutcome NOTHING = new ReadOutcome(ErrorCode.NONE, -1, -1, -1, null, null, null, -1, -1);

    public static ReadOutcome failed(ErrorCode error) {
        return new ReadOutcome(error, -1, -1, -1, null, null, null, -1, -1);
    }

    /** The same without its records, which the caller has closed. */
    public ReadOutcome withoutRecords() {
        return new ReadOutcome(
                error, highWatermark, lastStableOffset, startOffset, null, aborted, diverging, bound, version);
    }

    /** The bytes of records read. */
    public int sizeBytes() {
        return slice == null ? 0 : slice.sizeBytes();
    }
}
