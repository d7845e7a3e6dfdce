package dev.embeddedbroker.storage.producer;

import dev.embeddedbroker.storage.batch.AppendOrigin;
import dev.embeddedbroker.storage.batch.RecordBatchView;
import dev.embeddedbroker.storage.batch.RecordsRefused;
import dev.embeddedbroker.storage.batch.RefusalReason;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One producer's share of an append that is being checked: its state as it will be when all batches are written. Used
 * again for the next append. <b>Owner:</b> its ProducerStates.
 */
final class ProducerAppend {
    private static final Logger LOG = LoggerFactory.getLogger(ProducerAppend.class);

    final ProducerEntry after = new ProducerEntry();
    private short epochBefore;
    private boolean emptyBefore;

    void begin(long producerId, @Nullable ProducerEntry before) {
        if (before == null) {
            after.reset(producerId);
        } else {
            after.copyFrom(before);
        }
        epochBefore = after.epoch;
        emptyBefore = !after.hasBatches();
    }

    /** Adds a batch of data; true when it begins a transaction. */
    boolean addData(RecordBatchView batch, AppendOrigin origin, @Nullable Verification verification) {
        checkEpoch(batch.producerEpoch(), batch.baseOffset(), origin, 0);
        if (origin == AppendOrigin.CLIENT) {
            checkSequence(batch.producerEpoch(), batch.baseSequence(), verification);
        }
        boolean transactional = batch.isTransactional();
        boolean inTransaction = after.currentTxnFirstOffset != ProducerEntry.NONE;
        if (inTransaction && !transactional) {
            throw new RecordsRefused(
                    RefusalReason.INVALID_TXN_STATE,
                    "producer " + after.producerId
                            + " wrote outside a transaction (expected: part of the one it began at offset "
                            + after.currentTxnFirstOffset + ")");
        }
        after.setEpoch(batch.producerEpoch());
        after.addBatch(batch.lastSequence(), batch.lastOffset(), batch.lastOffsetDelta(), batch.maxTimestamp());
        if (transactional && !inTransaction) {
            after.currentTxnFirstOffset = batch.baseOffset();
            return true;
        }
        return false;
    }

    /** Adds the marker that ends a transaction; null when none was open here. */
    @Nullable
    CompletedTxn addMarker(RecordBatchView batch, TxnMarker marker, AppendOrigin origin, int transactionVersion) {
        checkEpoch(batch.producerEpoch(), batch.baseOffset(), origin, transactionVersion);
        if (after.coordinatorEpoch > marker.coordinatorEpoch() && origin != AppendOrigin.REPLICA) {
            throw new RecordsRefused(
                    RefusalReason.TRANSACTION_COORDINATOR_FENCED,
                    "marker for producer " + after.producerId + " is of coordinator epoch " + marker.coordinatorEpoch()
                            + " (expected: >= " + after.coordinatorEpoch + ")");
        }
        long firstOffset = after.currentTxnFirstOffset;
        after.setEpoch(batch.producerEpoch());
        after.coordinatorEpoch = marker.coordinatorEpoch();
        after.lastTimestampMs = marker.timestampMs();
        after.currentTxnFirstOffset = ProducerEntry.NONE;
        return firstOffset == ProducerEntry.NONE
                ? null
                : new CompletedTxn(after.producerId, firstOffset, batch.baseOffset(), marker.aborted());
    }

    /** KIP-890: a marker of transaction version 2 carries a bumped epoch, so an equal one is a zombie's or a repetition. */
    private void checkEpoch(short epoch, long offset, AppendOrigin origin, int transactionVersion) {
        boolean bumped = transactionVersion >= 2;
        boolean stale = bumped ? epoch <= after.epoch : epoch < after.epoch;
        if (!stale) {
            return;
        }
        boolean repeated = bumped
                && epoch == after.epoch
                && (after.currentTxnFirstOffset == ProducerEntry.NONE || epoch == Short.MAX_VALUE);
        if (repeated) {
            return;
        }
        if (origin == AppendOrigin.REPLICA) {
            LOG.info("producer {} at offset {}: epoch {} after {}", after.producerId, offset, epoch, after.epoch);
            return;
        }
        throw new RecordsRefused(
                RefusalReason.INVALID_PRODUCER_EPOCH,
                "producer " + after.producerId + " writes with epoch " + epoch + " (expected: "
                        + (bumped ? "> " : ">= ") + after.epoch + ")");
    }

    private void checkSequence(short epoch, int firstSequence, @Nullable Verification verification) {
        if (verification != null) {
            if (verification.supportsEpochBump && firstSequence != 0 && emptyBefore) {
                throw outOfOrder(firstSequence, "0, as nothing of this producer is known here");
            }
            if (firstSequence > verification.lowestSequence()) {
                throw outOfOrder(firstSequence, verification.lowestSequence() + ", the earliest seen");
            }
        }
        if (epoch != after.epoch) {
            if (firstSequence != 0 && after.epoch != RecordBatchView.NO_PRODUCER_EPOCH) {
                throw outOfOrder(firstSequence, "0, the first of epoch " + epoch);
            }
            return;
        }
        // Nothing known (all its records were deleted, or it expired): any sequence is accepted.
        if (epochBefore == RecordBatchView.NO_PRODUCER_EPOCH) {
            return;
        }
        int last = after.lastSequence();
        boolean follows = firstSequence == last + 1L || (firstSequence == 0 && last == Integer.MAX_VALUE);
        if (!follows) {
            throw outOfOrder(firstSequence, (last + 1L) + ", the next one");
        }
    }

    private RecordsRefused outOfOrder(int firstSequence, String expected) {
        return new RecordsRefused(
                RefusalReason.OUT_OF_ORDER_SEQUENCE_NUMBER,
                "producer " + after.producerId + " writes sequence " + firstSequence + " (expected: " + expected + ")");
    }
}
