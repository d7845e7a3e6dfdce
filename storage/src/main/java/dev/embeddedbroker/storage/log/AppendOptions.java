package dev.embeddedbroker.storage.log;

import dev.embeddedbroker.storage.batch.AppendOrigin;
import dev.embeddedbroker.storage.producer.ProducerStates;

/**
 * How an append is to be done.
 *
 * @param leaderEpoch stamped into the batches; a replica takes no batch of a later one
 * @param nowMs the time of the append
 * @param requireVerification transactional records need an open transaction or a verified guard (KIP-890)
 * @param verificationGuard what {@link PartitionLog#beginVerification} gave, or {@link ProducerStates#NO_GUARD}
 * @param clientsAheadMs by how much clients' clocks may rightly be ahead of {@code nowMs}, besides what the topic allows
 * @param transactionVersion of the transaction that a marker ends: from 2 on its epoch must be a bumped one
 */
public record AppendOptions(
        AppendOrigin origin,
        int leaderEpoch,
        long nowMs,
        long clientsAheadMs,
        boolean requireVerification,
        long verificationGuard,
        int transactionVersion) {

    public static AppendOptions client(int leaderEpoch, long nowMs) {
        return new AppendOptions(AppendOrigin.CLIENT, leaderEpoch, nowMs, 0, false, ProducerStates.NO_GUARD, 0);
    }

    public static AppendOptions coordinator(int leaderEpoch, long nowMs) {
        return new AppendOptions(AppendOrigin.COORDINATOR, leaderEpoch, nowMs, 0, false, ProducerStates.NO_GUARD, 0);
    }

    public static AppendOptions replica(int leaderEpoch, long nowMs) {
        return new AppendOptions(AppendOrigin.REPLICA, leaderEpoch, nowMs, 0, false, ProducerStates.NO_GUARD, 0);
    }

    /** Transactional records are refused unless their transaction is open here or was verified under {@code guard}. */
    public AppendOptions verified(long guard) {
        return new AppendOptions(origin, leaderEpoch, nowMs, clientsAheadMs, true, guard, transactionVersion);
    }

    public AppendOptions withTransactionVersion(int version) {
        return new AppendOptions(
                origin, leaderEpoch, nowMs, clientsAheadMs, requireVerification, verificationGuard, version);
    }

    public AppendOptions withClientsAhead(long ms) {
        return ms == clientsAheadMs
                ? this
                : new AppendOptions(
                        origin, leaderEpoch, nowMs, ms, requireVerification, verificationGuard, transactionVersion);
    }
}
