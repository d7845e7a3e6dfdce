package dev.embeddedbroker.coordinator.txn;

import dev.embeddedbroker.coordinator.Effect;
import dev.embeddedbroker.coordinator.txn.TxnCommand.Asked;
import java.util.Set;

/** What the transaction machine wants done. */
public sealed interface TxnEffect extends Effect {

    /**
     * The markers that end one transaction; comes back as {@link TxnCommand.MarkersWritten}.
     *
     * @param isRepeated whether some may have been written before
     */
    record WriteMarkers(String transactionalId, Marker marker, Set<TxnPartition> partitions, boolean isRepeated)
            implements TxnEffect {}

    /**
     * A producer id that nobody has, for the end of a transaction that stayed open too long and whose epochs are used up;
     * comes back as {@link TxnCommand.AbortWithId}, or not, and is then asked for again.
     */
    record FindProducerId(String transactionalId, long producerId, short epoch) implements TxnEffect {}

    /** A request that waited is to be told to the machine again; comes back as {@link TxnCommand.Again}. */
    record Resume(Asked command) implements TxnEffect {}

    /**
     * What a marker says.
     *
     * @param version the {@code transaction.version} of the transaction
     */
    record Marker(long producerId, short epoch, boolean commit, int coordinatorEpoch, short version) {}
}
