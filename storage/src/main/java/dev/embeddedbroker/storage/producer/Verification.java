package dev.embeddedbroker.storage.producer;

import dev.embeddedbroker.storage.batch.RecordBatchView;

/**
 * A transaction's first write to this partition that waits for the transaction coordinator to say that the partition
 * belongs to the transaction (KIP-890).
 */
final class Verification {
    final long guard;
    final long createdMs;
    final boolean supportsEpochBump;
    private int lowestSequence;
    private short epoch;

    Verification(long guard, long createdMs, int sequence, short epoch, boolean supportsEpochBump) {
        this.guard = guard;
        this.createdMs = createdMs;
        this.lowestSequence = sequence;
        this.epoch = epoch;
        this.supportsEpochBump = supportsEpochBump;
    }

    int lowestSequence() {
        return lowestSequence;
    }

    /**
     * Whether a written batch leaves the verification open: a marker that ends the transaction before this one does, when
     * every transaction has an epoch of its own.
     */
    boolean outlives(RecordBatchView written) {
        return supportsEpochBump && written.isControl() && written.producerEpoch() == epoch;
    }

    /** The earliest sequence seen must be written first: later batches may not overtake it on another connection. */
    void see(int sequence, short seenEpoch) {
        if (seenEpoch > epoch) {
            epoch = seenEpoch;
            lowestSequence = sequence;
        } else if (seenEpoch == epoch && sequence < lowestSequence) {
            lowestSequence = sequence;
        }
    }
}
