package dev.embeddedbroker.storage.producer;

import dev.embeddedbroker.storage.batch.RecordBatchView;

/** What is known of one producer: its epoch, its last batches, its open transaction. <b>Owner:</b> its ProducerStates. */
final class ProducerEntry {
    /** As many as a producer may have in flight (max.in.flight.requests.per.connection of an idempotent producer). */
    static final int BATCHES_KEPT = 5;

    static final long NONE = -1;

    long producerId;
    short epoch = RecordBatchView.NO_PRODUCER_EPOCH;
    int coordinatorEpoch = -1;
    long lastTimestampMs = RecordBatchView.NO_TIMESTAMP;
    long currentTxnFirstOffset = NONE;

    private final int[] lastSequences = new int[BATCHES_KEPT];
    private final int[] offsetDeltas = new int[BATCHES_KEPT];
    private final long[] lastOffsets = new long[BATCHES_KEPT];
    private final long[] timestamps = new long[BATCHES_KEPT];
    private int oldest;
    private int batches;

    void reset(long newProducerId) {
        producerId = newProducerId;
        epoch = RecordBatchView.NO_PRODUCER_EPOCH;
        coordinatorEpoch = -1;
        lastTimestampMs = RecordBatchView.NO_TIMESTAMP;
        currentTxnFirstOffset = NONE;
        forgetBatches();
    }

    void copyFrom(ProducerEntry other) {
        producerId = other.producerId;
        epoch = other.epoch;
        coordinatorEpoch = other.coordinatorEpoch;
        lastTimestampMs = other.lastTimestampMs;
        currentTxnFirstOffset = other.currentTxnFirstOffset;
        System.arraycopy(other.lastSequences, 0, lastSequences, 0, BATCHES_KEPT);
        System.arraycopy(other.offsetDeltas, 0, offsetDeltas, 0, BATCHES_KEPT);
        System.arraycopy(other.lastOffsets, 0, lastOffsets, 0, BATCHES_KEPT);
        System.arraycopy(other.timestamps, 0, timestamps, 0, BATCHES_KEPT);
        oldest = other.oldest;
        batches = other.batches;
    }

    void setEpoch(short newEpoch) {
        if (epoch != newEpoch) {
            epoch = newEpoch;
            forgetBatches();
        }
    }

    void addBatch(int lastSequence, long lastOffset, int offsetDelta, long timestampMs) {
        int slot;
        if (batches == BATCHES_KEPT) {
            slot = oldest;
            oldest = (oldest + 1) % BATCHES_KEPT;
        } else {
            slot = (oldest + batches++) % BATCHES_KEPT;
        }
        lastSequences[slot] = lastSequence;
        lastOffsets[slot] = lastOffset;
        offsetDeltas[slot] = offsetDelta;
        timestamps[slot] = timestampMs;
        lastTimestampMs = timestampMs;
    }

    private void forgetBatches() {
        oldest = 0;
        batches = 0;
    }

    boolean hasBatches() {
        return batches > 0;
    }

    int lastSequence() {
        return batches == 0 ? RecordBatchView.NO_SEQUENCE : lastSequences[newest()];
    }

    long lastOffset() {
        return batches == 0 ? NONE : lastOffsets[newest()];
    }

    int lastOffsetDelta() {
        return batches == 0 ? 0 : offsetDeltas[newest()];
    }

    private int newest() {
        return (oldest + batches - 1) % BATCHES_KEPT;
    }

    /** The slot of the remembered batch with exactly this range of sequences; −1 when none is remembered. */
    int find(int firstSequence, int lastSequence) {
        for (int i = 0; i < batches; i++) {
            int slot = (oldest + i) % BATCHES_KEPT;
            if (lastSequences[slot] == lastSequence && firstSequence(slot) == firstSequence) {
                return slot;
            }
        }
        return -1;
    }

    private int firstSequence(int slot) {
        // back across the wrap: before 0 comes the greatest int
        return (int) (((long) lastSequences[slot] - offsetDeltas[slot]) & Integer.MAX_VALUE);
    }

    long firstOffsetOf(int slot) {
        return lastOffsets[slot] - offsetDeltas[slot];
    }

    long lastOffsetOf(int slot) {
        return lastOffsets[slot];
    }

    long timestampOf(int slot) {
        return timestamps[slot];
    }
}
