package dev.embeddedbroker.api;

import dev.embeddedbroker.loop.Loop;
import dev.embeddedbroker.partition.FetchItem;
import dev.embeddedbroker.partition.FetchPlan;
import dev.embeddedbroker.partition.FetchWaiter;
import dev.embeddedbroker.partition.Isolation;
import dev.embeddedbroker.partition.OwnerCall;
import dev.embeddedbroker.partition.Partition;
import dev.embeddedbroker.partition.PartitionNews;
import dev.embeddedbroker.partition.ReadOutcome;
import dev.embeddedbroker.partition.ReadSpec;
import dev.embeddedbroker.protocol.ErrorCode;
import dev.embeddedbroker.storage.log.LogSlice;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a fetch reads of one partition, and what it got.
 *
 * <p><b>Owner:</b> as of {@link OwnerCall}'s items. What was asked is copied from the session's item, which another
 * request of the session may change meanwhile.
 */
final class FetchRead implements OwnerCall.Item, FetchPlan.News {

    private static final Logger log = LoggerFactory.getLogger(FetchRead.class);

    /** Who reads. */
    record Reader(int replicaId, Isolation isolation, boolean leaderOnly, RequestContext context) {
        boolean isFollower() {
            return replicaId >= 0;
        }

        short version() {
            return context.version();
        }

        String clientName() {
            return PartitionNews.clientName(context.connection().clientHost(), context.clientId());
        }
    }

    private final FetchItem item;
    private final @Nullable Partition partition;
    private final @Nullable Reader reader;
    private final boolean unknown;
    private final long fetchOffset;
    private final long followerStartOffset;
    private final int maxBytes;
    private final int leaderEpoch;
    private final int lastFetchedEpoch;
    private FetchLimits.@Nullable Budget budget;
    private ReadOutcome outcome;
    private boolean storesZstd;

    private FetchRead(
            FetchItem item,
            @Nullable Partition partition,
            @Nullable Reader reader,
            ReadOutcome outcome,
            boolean unknown) {
        this.item = item;
        this.partition = partition;
        this.reader = reader;
        this.unknown = unknown;
        this.outcome = outcome;
        this.fetchOffset = item.fetchOffset();
        this.followerStartOffset = item.followerStartOffset();
        this.maxBytes = item.maxBytes();
        this.leaderEpoch = item.leaderEpoch();
        this.lastFetchedEpoch = item.lastFetchedEpoch();
    }

    static FetchRead of(FetchItem item, Partition partition, Reader reader) {
        return new FetchRead(item, partition, reader, ReadOutcome.NOTHING, false);
    }

    /** Of a partition this broker cannot serve. */
    static FetchRead failed(FetchItem item, ErrorCode error) {
        return new FetchRead(item, null, null, ReadOutcome.failed(error), false);
    }

    /** Of a partition the cluster does not have; that alone is no reason not to wait for the others. */
    static FetchRead unknown(FetchItem item, ErrorCode error) {
        return new FetchRead(item, null, null, ReadOutcome.failed(error), true);
    }

    @Override
    public @Nullable Loop owner() {
        return partition == null ? null : partition.loop();
    }

    void spendFrom(FetchLimits.Budget shared) {
        budget = shared;
    }

    @Override
    public void work() {
        if (partition == null || reader == null || budget == null) return;
        if (reader.isFollower() && !partition.isReplica(reader.replicaId())) {
            outcome = ReadOutcome.failed(ErrorCode.NOT_LEADER_OR_FOLLOWER);
            return;
        }
        outcome = partition.read(new ReadSpec(
                fetchOffset,
                budget.of(maxBytes),
                budget.oneBatchFree(),
                reader.isolation(),
                leaderEpoch,
                lastFetchedEpoch,
                reader.leaderOnly()));
        budget.spend(outcome.sizeBytes());
        storesZstd = partition.settings().storesZstd();
        if (!isError() && item.isFirstRead()) partition.news().noteReader(reader.clientName());
        if (reader.isFollower() && !isError() && outcome.diverging() == null) {
            partition.followerFetched(reader.replicaId(), fetchOffset, followerStartOffset);
        }
    }

    @Override
    public void failed(Throwable cause) {
        log.error("Read of {} failed", partition, cause);
        release();
        outcome = ReadOutcome.failed(ErrorCode.UNKNOWN_SERVER_ERROR);
    }

    void watchWith(FetchWaiter waiter) {
        if (partition != null && reader != null) {
            waiter.watch(partition, reader.isolation(), outcome.bound(), outcome.version());
        }
    }

    /** Gives the records back, if any. */
    void release() {
        LogSlice slice = outcome.slice();
        if (slice != null) {
            slice.close();
            outcome = outcome.withoutRecords();
        }
    }

    ReadOutcome outcome() {
        return outcome;
    }

    /** Whether the topic's records are in a compression that old clients cannot read. */
    boolean storesZstd() {
        return storesZstd;
    }

    int maxBytes() {
        return maxBytes;
    }

    /** Whether it is of a partition the cluster does not have. */
    boolean isUnknown() {
        return unknown;
    }

    /** Whether waiting makes no sense, whatever the other partitions gave. */
    boolean endsWait() {
        return !unknown && (isError() || outcome.diverging() != null);
    }

    @Override
    public FetchItem item() {
        return item;
    }

    @Override
    public long highWatermark() {
        return outcome.highWatermark();
    }

    @Override
    public long startOffset() {
        return outcome.startOffset();
    }

    @Override
    public boolean hasRecords() {
        return outcome.slice() != null;
    }

    @Override
    public boolean mustBeSent() {
        return outcome.diverging() != null;
    }

    @Override
    public boolean isError() {
        return outcome.error() != ErrorCode.NONE;
    }
}
