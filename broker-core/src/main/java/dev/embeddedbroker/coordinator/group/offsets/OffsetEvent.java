package dev.embeddedbroker.coordinator.group.offsets;

import dev.embeddedbroker.coordinator.TxnProducer;
import dev.embeddedbroker.coordinator.group.GroupEvent;

/** What can happen to offsets that are committed in a transaction. */
public sealed interface OffsetEvent extends GroupEvent {

    /** An offset was committed in a producer's transaction: it is kept, and counts when the transaction is committed. */
    record PendingOffset(TxnProducer producer, Kept offset) implements OffsetEvent {}

    /** The marker of a producer's transaction was written: what was pending in it counts from now on, or never will. */
    record TransactionEnded(long producerId, boolean commit) implements OffsetEvent {}
}
