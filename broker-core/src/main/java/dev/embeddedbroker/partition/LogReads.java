package dev.embeddedbroker.partition;

import dev.embeddedbroker.protocol.ErrorCode;
import dev.embeddedbroker.storage.log.EpochEnd;
import dev.embeddedbroker.storage.log.LogSlice;
import dev.embeddedbroker.storage.log.PartitionLog;
import dev.embeddedbroker.storage.segment.AbortedTxn;
import dev.embeddedbroker.storage.segment.TimestampAndOffset;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How a partition's log is read and searched, once the asker is let in. <b>Owner:</b> the partition's loop. */
final class LogReads {

    // the numbers of ListOffsets that are no timestamps
    static final long LATEST = -1;
    static final long EARLIEST = -2;
    static final long MAX_TIMESTAMP = -3; // KIP-734
    static final long EARLIEST_LOCAL = -4; // KIP-405
    static final long LATEST_TIERED = -5; // KIP-1005
    static final long EARLIEST_PENDING_UPLOAD = -6; // KIP-1023

    private LogReads() {}

    static ReadOutcome read(Partition partition, ReadSpec spec) {
        PartitionLog log = partition.log();
        long from = spec.fromOffset();
        EpochEnd diverging = null;
        if (spec.lastFetchedEpoch() != ReadSpec.ANY_EPOCH) {
            EpochEnd end = log.epochEnd(spec.lastFetchedEpoch());
            boolean known = end.epoch() >= 0 && end.endOffset() >= 0;
            if (!known || from < log.startOffset()) return ReadOutcome.failed(ErrorCode.OFFSET_OUT_OF_RANGE);
            if (end.epoch() < spec.lastFetchedEpoch() || end.endOffset() < from) diverging = end;
        }
        if (diverging == null && (from < log.startOffset() || from > log.endOffset())) {
            return ReadOutcome.failed(ErrorCode.OFFSET_OUT_OF_RANGE);
        }
        long bound = partition.bound(spec.isolation());
        LogSlice slice = diverging == null && from < bound
                ? nonEmpty(log.read(from, bound, spec.maxBytes(), spec.atLeastOneBatch()))
                : null;
        boolean committed = spec.isolation() == Isolation.LAST_STABLE;
        return new ReadOutcome(
                ErrorCode.NONE,
                partition.highWatermark(),
                committed ? bound : partition.lastStableOffset(),
                log.startOffset(),
                slice,
                committed ? abortedIn(log, from, slice) : null,
                diverging,
                bound,
                partition.version());
    }

    private static @Nullable LogSlice nonEmpty(LogSlice slice) {
        if (!slice.isEmpty()) return slice;
        slice.close();
        return null;
    }

    private static List<AbortedTxn> abortedIn(PartitionLog log, long from, @Nullable LogSlice slice) {
        return slice == null ? List.of() : log.abortedTransactions(from, slice.nextOffset());
    }

    static OffsetOutcome listOffset(Partition partition, long timestamp, Isolation isolation) {
        PartitionLog log = partition.log();
        boolean lags = isolation != Isolation.LOG_END && partition.lagsBehindItsEpoch();
        if (timestamp == LATEST) {
            return lags
                    ? OffsetOutcome.failed(ErrorCode.OFFSET_NOT_AVAILABLE)
                    : new OffsetOutcome(ErrorCode.NONE, -1, partition.bound(isolation), partition.leaderEpoch());
        }
        if (timestamp == EARLIEST || timestamp == EARLIEST_LOCAL) {
            return new OffsetOutcome(ErrorCode.NONE, -1, log.startOffset(), startEpochOf(log));
        }
        if (timestamp == LATEST_TIERED || timestamp == EARLIEST_PENDING_UPLOAD) return OffsetOutcome.none();
        TimestampAndOffset found =
                timestamp == MAX_TIMESTAMP ? log.maxTimestamp() : log.offsetForTimestamp(timestamp, log.endOffset());
        if (found == null || found.offset() >= partition.bound(isolation)) {
            return lags ? OffsetOutcome.failed(ErrorCode.OFFSET_NOT_AVAILABLE) : OffsetOutcome.none();
        }
        return new OffsetOutcome(ErrorCode.NONE, found.timestampMs(), found.offset(), found.leaderEpoch());
    }

    /** The epoch of the first record, if the log knows it: that of an offset it does not have yet is unknown. */
    private static int startEpochOf(PartitionLog log) {
        return log.epochOf(log.startOffset());
    }

    static OffsetOutcome epochEnd(Partition partition, int requestedEpoch) {
        EpochEnd end = partition.log().epochEnd(requestedEpoch);
        return new OffsetOutcome(ErrorCode.NONE, -1, end.endOffset(), end.epoch());
    }
}
