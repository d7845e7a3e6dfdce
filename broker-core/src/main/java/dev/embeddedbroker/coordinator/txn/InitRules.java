package dev.embeddedbroker.coordinator.txn;

import dev.embeddedbroker.coordinator.txn.TxnCommand.InitProducerId;
import dev.embeddedbroker.protocol.ErrorCode;
import org.jspecify.annotations.Nullable;

/** What becomes of a transactional id when a producer begins with it: whose epoch it gets, or that it is fenced (KIP-360). */
final class InitRules {

    private InitRules() {}

    /** Exactly one: the id's new standing, an error, that a fresh producer id is needed, or that a transaction must go first. */
    record Verdict(@Nullable Txn txn, ErrorCode error, boolean needsFreshId, boolean mustAbort) {
        static final Verdict NEEDS_FRESH_ID = new Verdict(null, ErrorCode.NONE, true, false);
        static final Verdict MUST_ABORT = new Verdict(null, ErrorCode.NONE, false, true);

        static Verdict becomes(Txn txn) {
            return new Verdict(txn, ErrorCode.NONE, false, false);
        }

        static Verdict refused(ErrorCode error) {
            return new Verdict(null, error, false, false);
        }
    }

    static Verdict decide(InitProducerId init, @Nullable Txn known, TxnSettings settings, long nowMs) {
        ErrorCode flaw = flaw(init, settings);
        if (flaw != ErrorCode.NONE) {
            return Verdict.refused(flaw);
        }
        if (known == null) {
            return init.freshId() == Txn.NO_ID
                    ? Verdict.NEEDS_FRESH_ID
                    : bump(init, Txn.unborn(init.freshId(), timeoutMs(init)), nowMs);
        }
        if (init.isOfKnownProducer() && !isTheirs(init, known)) {
            return Verdict.refused(ErrorCode.PRODUCER_FENCED);
        }
        return switch (known.state()) {
            case PREPARE_COMMIT, PREPARE_ABORT -> Verdict.refused(ErrorCode.CONCURRENT_TRANSACTIONS);
            case ONGOING -> Verdict.MUST_ABORT;
            case EMPTY, COMPLETE_COMMIT, COMPLETE_ABORT -> renew(init, known, nowMs);
            case DEAD, PREPARE_EPOCH_FENCE ->
                throw new IllegalStateException(
                        "transactional id " + init.transactionalId() + " is kept in state " + known.state());
        };
    }

    /** What is wrong with the request whatever the id's standing. Kafka 4.4 does not keep prepared transactions yet. */
    private static ErrorCode flaw(InitProducerId init, TxnSettings settings) {
        if (init.twoPhase().enable() && !settings.twoPhaseCommit()) {
            return ErrorCode.TRANSACTIONAL_ID_AUTHORIZATION_FAILED;
        }
        if (init.twoPhase().keepPrepared()) {
            return ErrorCode.UNSUPPORTED_VERSION;
        }
        boolean isInBounds = init.timeoutMs() > 0 && init.timeoutMs() <= settings.maxTimeoutMs();
        return isInBounds || init.twoPhase().enable() ? ErrorCode.NONE : ErrorCode.INVALID_TRANSACTION_TIMEOUT;
    }

    private static int timeoutMs(InitProducerId init) {
        return init.twoPhase().enable() ? Txn.NO_TIMEOUT : init.timeoutMs();
    }

    /** Whether the producer names the id's producer id, or the one before whose epochs are used up: that may be a repetition. */
    private static boolean isTheirs(InitProducerId init, Txn known) {
        return known.epoch() == Txn.NO_EPOCH
                || init.producerId() == known.producerId()
                || (init.producerId() == known.previousProducerId() && Txn.isExhausted(init.epoch()));
    }

    private static Verdict renew(InitProducerId init, Txn known, long nowMs) {
        if (!known.isExhausted()) {
            return bump(init, known, nowMs);
        }
        if (init.isOfKnownProducer() && init.epoch() != known.epoch()) {
            return Verdict.refused(ErrorCode.UNKNOWN_SERVER_ERROR); // a bump there can't be any more of, to Kafka
        }
        if (init.freshId() == Txn.NO_ID) {
            return Verdict.NEEDS_FRESH_ID;
        }
        short lastEpoch = init.isOfKnownProducer() ? known.epoch() : Txn.NO_EPOCH;
        return Verdict.becomes(known.begunAnewAs(init.freshId(), lastEpoch, timeoutMs(init), nowMs));
    }

    private static Verdict bump(InitProducerId init, Txn known, long nowMs) {
        short epoch = known.epoch();
        if (!init.isOfKnownProducer()) {
            return Verdict.becomes(known.begunAnew(after(epoch), Txn.NO_EPOCH, timeoutMs(init), nowMs));
        }
        if (epoch == Txn.NO_EPOCH || init.epoch() == epoch) {
            return Verdict.becomes(known.begunAnew(after(epoch), epoch, timeoutMs(init), nowMs));
        }
        // a repetition of a bump whose answer was lost
        return init.epoch() == known.lastEpoch()
                ? Verdict.becomes(known.begunAnew(epoch, known.lastEpoch(), timeoutMs(init), nowMs))
                : Verdict.refused(ErrorCode.PRODUCER_FENCED);
    }

    private static short after(short epoch) {
        return (short) (epoch + 1);
    }
}
