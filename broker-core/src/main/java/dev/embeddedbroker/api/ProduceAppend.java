package dev.embeddedbroker.api;

import dev.embeddedbroker.loop.Loop;
import dev.embeddedbroker.partition.AppendOutcome;
import dev.embeddedbroker.partition.OwnerCall;
import dev.embeddedbroker.partition.Partition;
import dev.embeddedbroker.protocol.ErrorCode;
import dev.embeddedbroker.protocol.request.ProduceRequest.PartitionProduceData;
import dev.embeddedbroker.protocol.request.ProduceRequest.TopicProduceData;
import dev.embeddedbroker.storage.batch.AppendOrigin;
import dev.embeddedbroker.storage.log.AppendOptions;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One partition's part of a produce request. <b>Owner:</b> as of {@link OwnerCall}'s items. */
final class ProduceAppend implements OwnerCall.Item {

    private static final Logger log = LoggerFactory.getLogger(ProduceAppend.class);
    private static final AppendOutcome PENDING =
            AppendOutcome.failed(ErrorCode.UNKNOWN_SERVER_ERROR, "the append was not tried");

    private final TopicProduceData topic;
    private final PartitionProduceData produced;
    private final int requiredAcks;
    private @Nullable Partition partition;
    private AppendOutcome outcome = PENDING;
    private boolean covered = true;
    private boolean isVerified;
    private long verificationGuard;

    ProduceAppend(TopicProduceData topic, PartitionProduceData produced, int requiredAcks) {
        this.topic = topic;
        this.produced = produced;
        this.requiredAcks = requiredAcks;
    }

    ProduceAppend refuse(ErrorCode error, @Nullable String message) {
        outcome = AppendOutcome.failed(error, message);
        partition = null;
        return this;
    }

    /** Its records are appended only if their transaction is open there, or was verified under {@code guard}. */
    void verified(long guard) {
        isVerified = true;
        verificationGuard = guard;
    }

    ProduceAppend to(Partition target) {
        partition = target;
        return this;
    }

    @Override
    public @Nullable Loop owner() {
        return partition == null ? null : partition.loop();
    }

    @Override
    public void work() {
        var target = partition;
        if (target == null || produced.records == null) return;
        outcome = isVerified
                ? target.append(
                        produced.records,
                        AppendOptions.client(
                                        target.leaderEpoch(),
                                        target.loop().clock().wallMs())
                                .withClientsAhead(target.loop().clock().clientsAheadMs())
                                .verified(verificationGuard),
                        requiredAcks)
                : target.append(produced.records, AppendOrigin.CLIENT, requiredAcks);
        covered = !outcome.isAppended() || isCovered(target, outcome.lastOffset() + 1);
    }

    private boolean isCovered(Partition target, long endOffset) {
        return switch (requiredAcks) {
            case Partition.ACKS_ALL -> target.highWatermark() >= endOffset;
            case 0 -> true;
            default -> target.isWritten(endOffset);
        };
    }

    /** Has {@link #cover} called, by way of {@code then}, when the answer need not wait any more. Inside the owner. */
    void await(Partition target, Consumer<ErrorCode> then) {
        if (requiredAcks == Partition.ACKS_ALL) {
            target.whenCovered(outcome.lastOffset() + 1, then);
        } else {
            target.whenWritten(outcome.lastOffset() + 1, then);
        }
    }

    @Override
    public void failed(Throwable cause) {
        log.error("Append to {} failed", partition, cause);
        outcome = AppendOutcome.failed(ErrorCode.UNKNOWN_SERVER_ERROR, null);
        covered = true;
    }

    TopicProduceData topic() {
        return topic;
    }

    @Nullable
    ByteBuffer records() {
        return produced.records;
    }

    int index() {
        return produced.index;
    }

    @Nullable
    Partition partition() {
        return partition;
    }

    AppendOutcome outcome() {
        return outcome;
    }

    /** Whether its answer need not wait for followers or a flush, or no longer. */
    boolean isCovered() {
        return covered;
    }

    /** Ends the wait for followers or a flush. */
    void cover(ErrorCode error) {
        covered = true;
        if (error != ErrorCode.NONE) outcome = AppendOutcome.failed(error, null);
    }
}
