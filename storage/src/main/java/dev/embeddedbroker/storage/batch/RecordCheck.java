package dev.embeddedbroker.storage.batch;

import static dev.embeddedbroker.storage.batch.RefusalReason.INVALID_RECORD;
import static dev.embeddedbroker.storage.batch.RefusalReason.INVALID_TIMESTAMP;

import java.util.ArrayList;
import java.util.List;

/**
 * The rules that each record of a batch is held to, and the errors found so far: a batch is refused once, with all its records at fault (KIP-467).
 *
 * <p><b>Owner:</b> one check of one batch.
 */
final class RecordCheck {
    /** So many errors are told; a batch may claim to hold two thousand million records. */
    private static final int MAX_ERRORS = 10_000;

    private static final int SHOWN_ERRORS = 3;

    private final BatchRules rules;
    private final long nowMs;
    private final boolean batchHasAppendTime;
    private final long firstOffset;
    private final List<RecordError> errors = new ArrayList<>(0);
    private long errorCount;
    private boolean timestampErrors;

    private int index;
    private long maxTimestamp = RecordBatchView.NO_TIMESTAMP;

    RecordCheck(RecordBatchView batch, BatchRules rules, long nowMs) {
        this.rules = rules;
        this.nowMs = nowMs;
        this.batchHasAppendTime = batch.isAppendTime();
        this.firstOffset = batch.baseOffset();
    }

    int recordCount() {
        return index;
    }

    long maxTimestamp() {
        return maxTimestamp;
    }

    boolean isClean() {
        return errorCount == 0;
    }

    void record(boolean hasKey, long timestamp, int offsetDelta) {
        if (rules.compacted() && !hasKey) {
            error(INVALID_RECORD, "The record has no key, which the topic's cleanup.policy=compact asks for");
        } else if (!rules.logAppendTime() && timestamp != RecordBatchView.NO_TIMESTAMP) {
            long age = nowMs - timestamp;
            if (age > rules.timestampBeforeMaxMs() || -age > rules.timestampAfterMaxMs()) {
                error(
                        INVALID_TIMESTAMP,
                        "The record at offset " + (firstOffset + offsetDelta) + " has timestamp " + timestamp
                                + " (expected: " + (nowMs - rules.timestampBeforeMaxMs()) + " to "
                                + (nowMs + rules.timestampAfterMaxMs()) + ')');
            }
        } else if (batchHasAppendTime) {
            error(
                    INVALID_TIMESTAMP,
                    "The batch claims timestamp type LogAppendTime, which only brokers give (expected: CreateTime)");
        }
        maxTimestamp = Math.max(maxTimestamp, timestamp);
        index++;
    }

    /** A record that could not be written in another compression: Kafka's own writer has no such timestamps. */
    void negativeTimestamp(long timestamp) {
        error(INVALID_TIMESTAMP, "The record has timestamp " + timestamp + " (expected: 0 or more, or -1 for none)");
    }

    private void error(RefusalReason reason, String message) {
        timestampErrors |= reason == INVALID_TIMESTAMP;
        errorCount++;
        if (errors.size() < MAX_ERRORS) {
            errors.add(new RecordError(index, message));
        }
    }

    void refuseIfAnyIsWrong() {
        if (errorCount == 0) {
            return;
        }
        StringBuilder message = new StringBuilder()
                .append(errorCount)
                .append(errorCount == 1 ? " record was refused: " : " records were refused: ");
        for (int i = 0; i < Math.min(SHOWN_ERRORS, errors.size()); i++) {
            RecordError error = errors.get(i);
            message.append(i == 0 ? "" : "; ")
                    .append("record ")
                    .append(error.batchIndex())
                    .append(": ")
                    .append(error.message());
        }
        throw new RecordsRefused(
                timestampErrors ? INVALID_TIMESTAMP : INVALID_RECORD,
                message.append(errorCount > SHOWN_ERRORS ? "; …" : "").toString(),
                errors);
    }
}
