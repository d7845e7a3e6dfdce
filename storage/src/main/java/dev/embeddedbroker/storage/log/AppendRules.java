package dev.embeddedbroker.storage.log;

import dev.embeddedbroker.storage.batch.AppendOrigin;
import dev.embeddedbroker.storage.batch.BatchCheck;
import dev.embeddedbroker.storage.batch.BatchOpener;
import dev.embeddedbroker.storage.batch.BatchRules;
import dev.embeddedbroker.storage.batch.CheckedRecords;
import dev.embeddedbroker.storage.batch.RecordBatchView;
import dev.embeddedbroker.storage.batch.RecordsRefused;
import dev.embeddedbroker.storage.batch.RefusalReason;
import dev.embeddedbroker.storage.producer.ProducerStates;
import dev.embeddedbroker.storage.producer.ProducerStates.Duplicate;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * What must hold of batches before a log takes them.
 *
 * <p><b>Owner:</b> the partition's loop. Not thread-safe.
 */
final class AppendRules {
    private BatchCheck check = new BatchCheck();
    private final RecordBatchView batch = RecordBatchView.of(ByteBuffer.allocate(0));
    private final ProducerStates producers;

    AppendRules(ProducerStates producers) {
        this.producers = producers;
    }

    void openBatchesBy(BatchOpener opener) {
        check = new BatchCheck(opener);
    }

    void openBatchesAs(AppendRules other) {
        check = other.check;
    }

    /** The batches as they are to be written at {@code endOffset}. */
    CheckedRecords check(ByteBuffer records, AppendOptions how, LogOptions options, long endOffset) {
        CheckedRecords checked = check.check(
                records, how.origin(), rules(how, options.batches()), endOffset, how.leaderEpoch(), how.nowMs());
        if (checked.batchCount() == 0) {
            return checked;
        }
        if (how.origin() == AppendOrigin.REPLICA && checked.firstOffset() < endOffset) {
            throw new UnexpectedOffset(checked.firstOffset(), checked.lastOffset(), endOffset);
        }
        int sizeBytes = checked.records().remaining();
        if (sizeBytes > options.segmentBytes()) {
            throw new RecordsRefused(
                    RefusalReason.RECORD_LIST_TOO_LARGE,
                    "batches are " + sizeBytes + " bytes (expected: at most segment.bytes, " + options.segmentBytes()
                            + ")");
        }
        return checked;
    }

    private static BatchRules rules(AppendOptions how, BatchRules topic) {
        if (how.clientsAheadMs() == 0) {
            return topic;
        }
        long afterMs = topic.timestampAfterMaxMs() + how.clientsAheadMs();
        return topic.withTimestampBounds(topic.timestampBeforeMaxMs(), afterMs < 0 ? Long.MAX_VALUE : afterMs);
    }

    /**
     * Lets the producers' states see checked batches, which count once they are committed. Null when the batches may be
     * written; otherwise the earlier write that the first known one repeats.
     */
    @Nullable
    Duplicate checkProducers(ByteBuffer bytes, AppendOptions how) {
        int position = bytes.position();
        while (position < bytes.limit()) {
            batch.at(bytes, position);
            position = batch.nextBatchPosition();
            if (!batch.hasProducerId()) {
                continue;
            }
            if (how.origin() == AppendOrigin.CLIENT) {
                Duplicate duplicate = producers.findDuplicate(batch);
                if (duplicate != null) {
                    return duplicate;
                }
            }
            if (batch.isTransactional() && how.origin() != AppendOrigin.REPLICA) {
                producers.requireTransaction(batch, how.requireVerification(), how.verificationGuard());
            }
            producers.check(batch, how.origin(), how.transactionVersion());
        }
        return null;
    }
}
