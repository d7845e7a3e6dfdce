package dev.embeddedbroker.storage.batch;

import java.nio.ByteBuffer;

/** All that a batch's header says besides its size and checksum, which are computed when it is written. */
record BatchFields(
        long baseOffset,
        int lastOffsetDelta,
        int partitionLeaderEpoch,
        int attributes,
        long baseTimestamp,
        long maxTimestamp,
        long producerId,
        short producerEpoch,
        int baseSequence,
        int recordCount) {

    /** Writes the header before records that already lie in the buffer, which begins with the batch and ends with it. */
    void writeTo(ByteBuffer batch) {
        batch.putLong(RecordBatchView.BASE_OFFSET, baseOffset);
        batch.putInt(RecordBatchView.LENGTH, batch.limit() - RecordBatchView.LENGTH_PREFIX_BYTES);
        batch.putInt(RecordBatchView.PARTITION_LEADER_EPOCH, partitionLeaderEpoch);
        batch.put(RecordBatchView.MAGIC, RecordBatchView.CURRENT_MAGIC);
        batch.putShort(RecordBatchView.ATTRIBUTES, (short) attributes);
        batch.putInt(RecordBatchView.LAST_OFFSET_DELTA, lastOffsetDelta);
        batch.putLong(RecordBatchView.BASE_TIMESTAMP, baseTimestamp);
        batch.putLong(RecordBatchView.MAX_TIMESTAMP, maxTimestamp);
        batch.putLong(RecordBatchView.PRODUCER_ID, producerId);
        batch.putShort(RecordBatchView.PRODUCER_EPOCH, producerEpoch);
        batch.putInt(RecordBatchView.BASE_SEQUENCE, baseSequence);
        batch.putInt(RecordBatchView.RECORD_COUNT, recordCount);
        RecordBatchView.of(batch, 0).stampCrc();
    }
}
