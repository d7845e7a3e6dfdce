package dev.embeddedbroker.coordinator.txn;

import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** How a transactional id stands, with Kafka's names, numbers and legal order. */
public enum TxnState {
    EMPTY(0, "Empty"),
    ONGOING(1, "Ongoing"),
    PREPARE_COMMIT(2, "PrepareCommit"),
    PREPARE_ABORT(3, "PrepareAbort"),
    COMPLETE_COMMIT(4, "CompleteCommit"),
    COMPLETE_ABORT(5, "CompleteAbort"),
    DEAD(6, "Dead"),
    PREPARE_EPOCH_FENCE(7, "PrepareEpochFence");

    private final byte id;
    private final String label;

    TxnState(int id, String label) {
        this.id = (byte) id;
        this.label = label;
    }

    /** As records of {@code __transaction_state} write it. */
    public byte id() {
        return id;
    }

    /** As requests and answers name it. */
    public String label() {
        return label;
    }

    public static TxnState forId(byte id) {
        for (TxnState state : values()) {
            if (state.id == id) {
                return state;
            }
        }
        throw new IllegalArgumentException("transaction state is " + id + " (expected: 0 to 7)");
    }

    public static @Nullable TxnState forLabel(String label) {
        for (TxnState state : values()) {
            if (state.label.equals(label)) {
                return state;
            }
        }
        return null;
    }

    /** Decided, but not every partition has its marker yet. */
    public boolean isPrepared() {
        return this == PREPARE_COMMIT || this == PREPARE_ABORT;
    }

    /** No transaction is open or being ended. */
    public boolean isAtRest() {
        return this == EMPTY || this == COMPLETE_COMMIT || this == COMPLETE_ABORT;
    }

    /** The states this one may follow. */
    public Set<TxnState> predecessors() {
        return switch (this) {
            case EMPTY -> EnumSet.of(EMPTY, COMPLETE_COMMIT, COMPLETE_ABORT);
            case ONGOING -> EnumSet.of(ONGOING, EMPTY, COMPLETE_COMMIT, COMPLETE_ABORT);
            case PREPARE_COMMIT -> EnumSet.of(ONGOING);
            // KIP-890: version 2 may abort what never began, so that the epoch moves on
            case PREPARE_ABORT -> EnumSet.of(ONGOING, PREPARE_EPOCH_FENCE, EMPTY, COMPLETE_COMMIT, COMPLETE_ABORT);
            case COMPLETE_COMMIT -> EnumSet.of(PREPARE_COMMIT);
            case COMPLETE_ABORT -> EnumSet.of(PREPARE_ABORT);
            case DEAD -> EnumSet.of(EMPTY, COMPLETE_COMMIT, COMPLETE_ABORT);
            case PREPARE_EPOCH_FENCE -> EnumSet.of(ONGOING);
        };
    }
}
