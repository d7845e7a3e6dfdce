package dev.embeddedbroker.storage.batch;

import java.nio.ByteBuffer;

/**
 * Records that passed the check and carry their offsets: what is to be written, and what the indexes want to know of it.
 *
 * @param records the batches, from position to limit: the bytes that were given, stamped in place, or new ones
 * @param batchCount how many batches they are
 * @param recordCount how many records these hold
 * @param firstOffset offset of the first record
 * @param lastOffset offset of the last record
 * @param maxTimestampMs the greatest timestamp; -1 when no record has one
 * @param offsetOfMaxTimestamp the last offset of the first batch with the greatest timestamp; -1 when there is none
 * @param appendTimeMs the moment that all records count as written, or -1 when they keep their own timestamps
 * @param rewritten true when batches were compressed anew
 * @param recordsWalked false when records were not looked at: those of a replica, and compressed ones whose library is missing here
 */
public record CheckedRecords(
        ByteBuffer records,
        int batchCount,
        int recordCount,
        long firstOffset,
        long lastOffset,
        long maxTimestampMs,
        long offsetOfMaxTimestamp,
        long appendTimeMs,
        boolean rewritten,
        boolean recordsWalked) {}
