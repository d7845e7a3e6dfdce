package dev.embeddedbroker.coordinator.txn;

import java.util.LinkedHashSet;
import java.util.Set;

/**
 * What is known of one transactional id.
 *
 * @param producerId its producer id; −1 before the first one
 * @param previousProducerId the producer id before the last change
 * @param nextProducerId the producer id that takes over when this transaction is complete, because the epochs of the
 *     present one are used up; −1 otherwise
 * @param epoch the producer's epoch; −1 before the first one
 * @param lastEpoch the epoch before the last bump, so that a repeated request is known for one; −1 when a repetition must
 *     be fenced. Not kept in the log
 * @param timeoutMs how long a transaction may stay open
 * @param partitions in the transaction
 * @param startMs when the transaction began, or −1
 * @param updateMs when any of this changed last
 * @param clientVersion the {@code transaction.version} of the client that wrote to or ended the transaction
 */
public record Txn(
        long producerId,
        long previousProducerId,
        long nextProducerId,
        short epoch,
        short lastEpoch,
        int timeoutMs,
        TxnState state,
        Set<TxnPartition> partitions,
        long startMs,
        long updateMs,
        short clientVersion) {

    public static final long NO_ID = -1;
    public static final short NO_EPOCH = -1;
    /** The transaction version from which on every transaction has an epoch of its own (KIP-890). */
    public static final short EPOCH_PER_TRANSACTION = 2;

    /** A transaction whose coordinator is outside waits for it without limit (KIP-939). */
    static final int NO_TIMEOUT = Integer.MAX_VALUE;

    private static final long NO_TIME = -1;

    public Txn {
        partitions = Set.copyOf(partitions);
    }

    /** A transactional id that is met for the first time; its first epoch will be 0. */
    static Txn unborn(long producerId, int timeoutMs) {
        return new Txn(
                producerId,
                NO_ID,
                NO_ID,
                NO_EPOCH,
                NO_EPOCH,
                timeoutMs,
                TxnState.EMPTY,
                Set.of(),
                NO_TIME,
                NO_TIME,
                (short) 0);
    }

    /** Whether a client may get no further epoch of this producer id: the very last one is for fencing it. */
    boolean isExhausted() {
        return isExhausted(epoch);
    }

    static boolean isExhausted(short epoch) {
        return epoch >= Short.MAX_VALUE - 1;
    }

    boolean hasEpochPerTransaction() {
        return clientVersion >= EPOCH_PER_TRANSACTION;
    }

    boolean isTimedOut(long nowMs) {
        return mayTimeOut() && startMs + timeoutMs < nowMs;
    }

    /** Whether there is something that goes on for too long some day. */
    boolean mayTimeOut() {
        return state == TxnState.ONGOING && timeoutMs != NO_TIMEOUT;
    }

    // ---- steps ----

    /** A producer begins anew in an epoch. */
    Txn begunAnew(short newEpoch, short newLastEpoch, int newTimeoutMs, long nowMs) {
        return step(TxnState.EMPTY)
                .epochs(newEpoch, newLastEpoch)
                .timeout(newTimeoutMs)
                .partitions(Set.of())
                .times(NO_TIME, nowMs)
                .done();
    }

    /** A producer begins anew with another producer id. */
    Txn begunAnewAs(long newProducerId, short newLastEpoch, int newTimeoutMs, long nowMs) {
        return step(TxnState.EMPTY)
                .producer(newProducerId)
                .epochs((short) 0, newLastEpoch)
                .timeout(newTimeoutMs)
                .partitions(Set.of())
                .times(NO_TIME, nowMs)
                .done();
    }

    Txn with(Set<TxnPartition> more, short byClientVersion, long nowMs) {
        var all = new LinkedHashSet<>(partitions);
        all.addAll(more);
        return step(TxnState.ONGOING)
                .partitions(all)
                .times(state.isAtRest() ? nowMs : startMs, nowMs)
                .version(byClientVersion)
                .done();
    }

    /** Decided; from version 2 on in an epoch of its own. */
    Txn decided(boolean commit, short byClientVersion, long newNextProducerId, long nowMs) {
        var step = step(commit ? TxnState.PREPARE_COMMIT : TxnState.PREPARE_ABORT);
        if (byClientVersion >= EPOCH_PER_TRANSACTION) {
            boolean isLast = epoch == Short.MAX_VALUE && !commit;
            step.epochs(isLast ? epoch : (short) (epoch + 1), epoch);
        }
        return step.times(state.isAtRest() ? nowMs : startMs, nowMs)
                .next(newNextProducerId)
                .version(byClientVersion)
                .done();
    }

    /** Aborted over the producer's head, in an epoch that locks it out: from version 2 on, every end has one. */
    Txn fencedAndAborted(short level, long newNextProducerId, long nowMs) {
        if (level >= EPOCH_PER_TRANSACTION) {
            return decided(false, level, newNextProducerId, nowMs);
        }
        short fence = epoch == Short.MAX_VALUE ? epoch : (short) (epoch + 1);
        return step(TxnState.PREPARE_EPOCH_FENCE)
                .epochs(fence, NO_EPOCH)
                .done()
                .decided(false, (short) 0, NO_ID, nowMs);
    }

    /** Every partition has its marker. */
    Txn completed(long nowMs) {
        var step = step(state == TxnState.PREPARE_COMMIT ? TxnState.COMPLETE_COMMIT : TxnState.COMPLETE_ABORT)
                .partitions(Set.of())
                .times(startMs, nowMs)
                .next(NO_ID);
        if (hasEpochPerTransaction() && nextProducerId != NO_ID) {
            step.producer(nextProducerId).epochs((short) 0, lastEpoch);
        }
        return step.done();
    }

    private Step step(TxnState to) {
        if (!to.predecessors().contains(state)) {
            throw new IllegalStateException("transaction of producer " + producerId + " goes to " + to + " from "
                    + state + " (expected: from " + to.predecessors() + ")");
        }
        return new Step(this, to);
    }

    /**
     * One change, being put together.
     *
     * <p><b>Owner:</b> the method that makes it.
     */
    private static final class Step {
        private final Txn from;
        private final TxnState state;
        private long producerId;
        private long nextProducerId;
        private short epoch;
        private short lastEpoch;
        private int timeoutMs;
        private Set<TxnPartition> partitions;
        private long startMs;
        private long updateMs;
        private short clientVersion;

        Step(Txn from, TxnState state) {
            this.from = from;
            this.state = state;
            this.producerId = from.producerId;
            this.nextProducerId = from.nextProducerId;
            this.epoch = from.epoch;
            this.lastEpoch = from.lastEpoch;
            this.timeoutMs = from.timeoutMs;
            this.partitions = from.partitions;
            this.startMs = from.startMs;
            this.updateMs = from.updateMs;
            this.clientVersion = from.clientVersion;
        }

        Step producer(long id) {
            producerId = id;
            return this;
        }

        Step next(long id) {
            nextProducerId = id;
            return this;
        }

        Step epochs(short now, short before) {
            epoch = now;
            lastEpoch = before;
            return this;
        }

        Step timeout(int ms) {
            timeoutMs = ms;
            return this;
        }

        Step partitions(Set<TxnPartition> all) {
            partitions = all;
            return this;
        }

        Step times(long start, long update) {
            startMs = start;
            updateMs = update;
            return this;
        }

        Step version(short version) {
            clientVersion = version;
            return this;
        }

        Txn done() {
            return new Txn(
                    producerId,
                    from.producerId,
                    nextProducerId,
                    epoch,
                    lastEpoch,
                    timeoutMs,
                    state,
                    partitions,
                    startMs,
                    updateMs,
                    clientVersion);
        }
    }
}
