package dev.embeddedbroker.storage.log;

/**
 * What an append did.
 *
 * @param firstOffset offset of the first record; −1 when nothing was written
 * @param lastOffset offset of the last record
 * @param appendTimeMs the moment that the records count as written, or −1 when they keep their own timestamps
 * @param logStartOffset the log's start offset at that time
 * @param sizeBytes the bytes written
 * @param recordCount the records written
 * @param duplicate true when the batch was in the log already: nothing was written, the offsets are those of then
 */
public record AppendResult(
        long firstOffset,
        long lastOffset,
        long appendTimeMs,
        long logStartOffset,
        int sizeBytes,
        int recordCount,
        boolean duplicate) {}
