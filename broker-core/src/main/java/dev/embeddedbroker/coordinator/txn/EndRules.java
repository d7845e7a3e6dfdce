package dev.embeddedbroker.coordinator.txn;

import dev.embeddedbroker.coordinator.txn.TxnCommand.EndTxn;
import dev.embeddedbroker.protocol.ErrorCode;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of a transaction when its producer ends it. From version 2 on the end bumps the epoch, so the epoch tells a
 * repeated request from that of the next transaction (KIP-890); before, the state alone must do.
 */
final class EndRules {

    private EndRules() {}

    /** Exactly one: the transaction is decided, was ended like that already, is refused, or a fresh producer id is needed. */
    record Verdict(@Nullable Txn decided, ErrorCode error, boolean needsFreshId) {
        static final Verdict DONE_BEFORE = new Verdict(null, ErrorCode.NONE, false);
        static final Verdict NEEDS_FRESH_ID = new Verdict(null, ErrorCode.NONE, true);

        static Verdict refused(ErrorCode error) {
            return new Verdict(null, error, false);
        }
    }

    static Verdict decide(EndTxn end, @Nullable Txn txn, long nowMs) {
        if (txn == null) {
            return Verdict.refused(ErrorCode.INVALID_PRODUCER_ID_MAPPING);
        }
        return end.clientVersion() >= Txn.EPOCH_PER_TRANSACTION ? decideV2(end, txn, nowMs) : decideV1(end, txn, nowMs);
    }

    // ---- versions 0 and 1 ----

    private static Verdict decideV1(EndTxn end, Txn txn, long nowMs) {
        if (txn.producerId() != end.producerId()) {
            return Verdict.refused(ErrorCode.INVALID_PRODUCER_ID_MAPPING);
        }
        if (txn.epoch() != end.epoch()) {
            return Verdict.refused(ErrorCode.PRODUCER_FENCED);
        }
        return switch (txn.state()) {
            case ONGOING ->
                new Verdict(txn.decided(end.commit(), end.clientVersion(), Txn.NO_ID, nowMs), ErrorCode.NONE, false);
            case COMPLETE_COMMIT -> end.commit() ? Verdict.DONE_BEFORE : illegal();
            case COMPLETE_ABORT -> end.commit() ? illegal() : Verdict.DONE_BEFORE;
            case PREPARE_COMMIT -> end.commit() ? beingEnded() : illegal();
            case PREPARE_ABORT -> end.commit() ? illegal() : beingEnded();
            case EMPTY -> illegal();
            case DEAD, PREPARE_EPOCH_FENCE -> throw impossible(end, txn);
        };
    }

    // ---- version 2 ----

    private static Verdict decideV2(EndTxn end, Txn txn, long nowMs) {
        boolean isRepeatedBeyondOverflow =
                txn.previousProducerId() == end.producerId() && end.epoch() == Short.MAX_VALUE - 1 && txn.epoch() == 0;
        boolean isRepeated = isRepeatedBeyondOverflow || txn.epoch() == end.epoch() + 1;
        if (txn.producerId() != end.producerId() && !isRepeatedBeyondOverflow) {
            return Verdict.refused(ErrorCode.INVALID_PRODUCER_ID_MAPPING);
        }
        if (!isEpochValid(end, txn, isRepeated)) {
            return Verdict.refused(ErrorCode.PRODUCER_FENCED);
        }
        return switch (txn.state()) {
            case ONGOING -> decided(end, txn, nowMs);
            case COMPLETE_COMMIT ->
                isRepeated ? (end.commit() ? Verdict.DONE_BEFORE : illegal()) : abortOfNothing(end, txn, nowMs);
            case COMPLETE_ABORT ->
                isRepeated ? (end.commit() ? illegal() : Verdict.DONE_BEFORE) : abortOfNothing(end, txn, nowMs);
            case PREPARE_COMMIT -> end.commit() ? beingEnded() : illegal();
            case PREPARE_ABORT -> end.commit() ? illegal() : beingEnded();
            case EMPTY -> abortOfNothing(end, txn, nowMs);
            case DEAD, PREPARE_EPOCH_FENCE -> throw impossible(end, txn);
        };
    }

    private static boolean isEpochValid(EndTxn end, Txn txn, boolean isRepeated) {
        boolean isCurrent = end.epoch() == txn.epoch();
        return switch (txn.state()) {
            case ONGOING, EMPTY, DEAD, PREPARE_EPOCH_FENCE -> isCurrent;
            case PREPARE_COMMIT, PREPARE_ABORT -> txn.epoch() == end.epoch() + 1;
            case COMPLETE_COMMIT, COMPLETE_ABORT -> isCurrent || isRepeated;
        };
    }

    /** A producer that failed before anything reached the broker aborts to get a new epoch. */
    private static Verdict abortOfNothing(EndTxn end, Txn txn, long nowMs) {
        return end.commit() ? illegal() : decided(end, txn, nowMs);
    }

    private static Verdict decided(EndTxn end, Txn txn, long nowMs) {
        if (end.commit() && txn.epoch() == Short.MAX_VALUE) {
            return Verdict.refused(ErrorCode.UNKNOWN_SERVER_ERROR); // the fencing epoch, which nobody was given
        }
        if (txn.isExhausted() && end.freshId() == Txn.NO_ID) {
            return Verdict.NEEDS_FRESH_ID;
        }
        long nextId = txn.isExhausted() ? end.freshId() : Txn.NO_ID;
        return new Verdict(txn.decided(end.commit(), end.clientVersion(), nextId, nowMs), ErrorCode.NONE, false);
    }

    // ---- both ----

    private static Verdict illegal() {
        return Verdict.refused(ErrorCode.INVALID_TXN_STATE);
    }

    private static Verdict beingEnded() {
        return Verdict.refused(ErrorCode.CONCURRENT_TRANSACTIONS);
    }

    private static IllegalStateException impossible(EndTxn end, Txn txn) {
        return new IllegalStateException(
                "transactional id " + end.transactionalId() + " is kept in state " + txn.state());
    }
}
