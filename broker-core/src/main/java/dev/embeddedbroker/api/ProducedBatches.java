package dev.embeddedbroker.api;

import dev.embeddedbroker.protocol.ErrorCode;
import dev.embeddedbroker.protocol.request.ProduceRequest;
import dev.embeddedbroker.storage.batch.Compression;
import dev.embeddedbroker.storage.batch.RecordBatchView;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * What the heads of a produce request's batches say, before anything is appended.
 *
 * @param isTransactional whether any of them is part of a transaction
 * @param hasSeveralProducers whether those that are come from more than one producer
 * @param producerId of those that are; -1 if none is
 * @param producerEpoch of those that are; -1 if none is
 */
record ProducedBatches(boolean isTransactional, boolean hasSeveralProducers, long producerId, short producerEpoch) {

    private static final short FIRST_VERSION_WITH_ZSTD = 7; // KIP-110

    /** What is wrong with the records for one partition. */
    record Flaw(ErrorCode error, String message) {}

    static ProducedBatches of(ProduceRequest request) {
        boolean transactional = false;
        boolean several = false;
        long producerId = RecordBatchView.NO_PRODUCER_ID;
        short epoch = RecordBatchView.NO_PRODUCER_EPOCH;
        for (var topic : request.topicData) {
            for (var produced : topic.partitionData) {
                var batch = firstOf(produced.records);
                if (batch == null || !batch.isTransactional()) continue;
                several |= transactional && (batch.producerId() != producerId || batch.producerEpoch() != epoch);
                transactional = true;
                producerId = batch.producerId();
                epoch = batch.producerEpoch();
            }
        }
        return new ProducedBatches(transactional, several, producerId, epoch);
    }

    static @Nullable RecordBatchView firstOf(@Nullable ByteBuffer records) {
        if (records == null) return null;
        var batch = RecordBatchView.of(records, records.position());
        return batch.isCompleteAt(records.limit()) && batch.magic() == RecordBatchView.CURRENT_MAGIC ? batch : null;
    }

    /** Why these bytes are not the one batch that {@code version} of the request allows; null if they are. */
    static @Nullable Flaw flawOf(@Nullable ByteBuffer records, short version) {
        if (records == null || records.remaining() <= RecordBatchView.MAGIC) {
            return new Flaw(ErrorCode.INVALID_RECORD, "a partition has no record batch (expected: exactly one)");
        }
        int start = records.position();
        byte magic = records.get(start + RecordBatchView.MAGIC);
        if (magic < 0 || magic > RecordBatchView.CURRENT_MAGIC) {
            return new Flaw(ErrorCode.CORRUPT_MESSAGE, "the batch has magic " + magic + " (expected: 2)");
        }
        if (magic != RecordBatchView.CURRENT_MAGIC) {
            return new Flaw(ErrorCode.INVALID_RECORD, "the batch has magic " + magic + " (expected: 2)");
        }
        var batch = RecordBatchView.of(records, start);
        if (!batch.isCompleteAt(records.limit())) {
            return new Flaw(
                    ErrorCode.INVALID_RECORD,
                    "a partition has " + records.remaining() + " bytes of records (expected: one whole batch)");
        }
        if (version < FIRST_VERSION_WITH_ZSTD && batch.compressionId() == Compression.ZSTD.id()) {
            return new Flaw(
                    ErrorCode.UNSUPPORTED_COMPRESSION_TYPE,
                    "zstd in version " + version + " (expected: version 7 or later)");
        }
        if (batch.at(batch.nextBatchPosition()).isCompleteAt(records.limit())) {
            return new Flaw(ErrorCode.INVALID_RECORD, "a partition has several record batches (expected: exactly one)");
        }
        return null;
    }
}
