package dev.embeddedbroker.coordinator.txn;

import dev.embeddedbroker.coordinator.Ticket;
import dev.embeddedbroker.protocol.ErrorCode;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the transaction machine can be asked or told. */
public sealed interface TxnCommand {

    /** A request about one transactional id: it waits while that id's transaction is being ended. */
    sealed interface Asked extends TxnCommand {
        Ticket ticket();

        String transactionalId();
    }

    /**
     * A producer begins; answered with an {@link ProducerIdentity}, or with {@link NeedsProducerId} when it must be asked
     * again with a fresh id.
     *
     * @param producerId what the producer has already (KIP-360), or −1
     * @param freshId a producer id that nobody has, or −1
     * @param twoPhase what it wants of KIP-939
     */
    record InitProducerId(
            Ticket ticket,
            String transactionalId,
            int timeoutMs,
            long producerId,
            short epoch,
            long freshId,
            TwoPhase twoPhase)
            implements Asked {

        InitProducerId withoutFreshId() {
            return new InitProducerId(ticket, transactionalId, timeoutMs, producerId, epoch, Txn.NO_ID, twoPhase);
        }

        boolean isOfKnownProducer() {
            return producerId != Txn.NO_ID;
        }
    }

    /**
     * A producer whose transactions are decided by a coordinator outside (KIP-939).
     *
     * @param enable whether they are: then they may stay open for as long as it takes
     * @param keepPrepared whether the open one is to go on
     */
    record TwoPhase(boolean enable, boolean keepPrepared) {
        public static final TwoPhase NO = new TwoPhase(false, false);
    }

    /**
     * Partitions join the transaction, which begins with the first; answered with an {@link ErrorCode}.
     *
     * @param clientVersion the {@code transaction.version} the client goes by
     */
    record AddPartitions(
            Ticket ticket,
            String transactionalId,
            long producerId,
            short epoch,
            Set<TxnPartition> partitions,
            short clientVersion)
            implements Asked {}

    /** Are the partitions in the transaction? Answered with a {@link Verified}. */
    record VerifyPartitions(
            Ticket ticket, String transactionalId, long producerId, short epoch, Set<TxnPartition> partitions)
            implements Asked {}

    /** The producer ends its transaction; answered like {@link InitProducerId}. */
    record EndTxn(
            Ticket ticket,
            String transactionalId,
            long producerId,
            short epoch,
            boolean commit,
            short clientVersion,
            long freshId)
            implements Asked {}

    /** How an id stands; answered with a DescribeTransactionsResponse.TransactionState. */
    record Describe(Ticket ticket, String transactionalId) implements TxnCommand {}

    /** All ids; answered with a map of transactional ids to {@link Txn}. */
    record ListTxns(Ticket ticket) implements TxnCommand {}

    /** The markers of a transaction were written; not to all partitions, if not {@code all}. */
    record MarkersWritten(String transactionalId, long producerId, short epoch, boolean all) implements TxnCommand {}

    /** Timer: the markers of a decided transaction, again. */
    record WriteMarkersAgain(String transactionalId) implements TxnCommand {}

    /** Timer: transactions that stayed open too long are aborted. */
    record AbortTimedOut() implements TxnCommand {}

    /** A producer id that {@link TxnEffect.FindProducerId} asked for: the transaction is aborted now if it is still open. */
    record AbortWithId(String transactionalId, long producerId, short epoch, long freshId) implements TxnCommand {}

    /** Timer: ids nobody used for long are forgotten. */
    record ExpireIds() implements TxnCommand {}

    /** The cluster's {@code transaction.version} from now on. */
    record LevelChanged(short level) implements TxnCommand {}

    /** A command that waited. */
    record Again(Asked command) implements TxnCommand {}

    /** A command that waited could not be carried out then. */
    record RefuseWaiting(Asked command, ErrorCode error) implements TxnCommand {}

    // ---- answers ----

    /** Who the producer is from now on; with an error −1 and −1. */
    record ProducerIdentity(ErrorCode error, long producerId, short epoch) {
        static ProducerIdentity refused(ErrorCode error) {
            return new ProducerIdentity(error, Txn.NO_ID, Txn.NO_EPOCH);
        }
    }

    /** Ask again, with a fresh producer id. */
    enum NeedsProducerId {
        YES
    }

    /** Whether the question was in order, and which of the partitions are not in the transaction. */
    record Verified(ErrorCode error, Set<TxnPartition> missing) {}

    /** The error answer to a request of any kind. */
    static Object refusal(@Nullable Asked command, ErrorCode error) {
        if (command instanceof AddPartitions) {
            return error;
        }
        return command instanceof VerifyPartitions ? new Verified(error, Set.of()) : ProducerIdentity.refused(error);
    }
}
