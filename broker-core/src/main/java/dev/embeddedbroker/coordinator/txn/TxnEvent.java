package dev.embeddedbroker.coordinator.txn;

import dev.embeddedbroker.coordinator.txn.TxnCommand.Asked;
import org.jspecify.annotations.Nullable;

/** What can happen to the transaction machine: {@link Kept} is a record of {@code __transaction_state}, the rest passes. */
public sealed interface TxnEvent {

    /**
     * An id stands so from now on; without a {@code txn} it is forgotten.
     *
     * @param valueVersion the schema version it is written in
     */
    record Kept(String transactionalId, @Nullable Txn txn, short valueVersion) implements TxnEvent {}

    /** A request waits for its id's transaction to be complete. */
    record Waits(Asked command) implements TxnEvent {}

    /** Nobody waits for the id any more; {@code isStuck} when its markers could not be written, so that nobody is to. */
    record WaitsOver(String transactionalId, boolean isStuck) implements TxnEvent {}

    /** The cluster's {@code transaction.version}. */
    record Level(short level) implements TxnEvent {}
}
