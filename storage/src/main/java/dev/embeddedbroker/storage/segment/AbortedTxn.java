package dev.embeddedbroker.storage.segment;

/**
 * A transaction that was aborted, as a read_committed reader must know it.
 *
 * @param firstOffset the first offset the transaction wrote
 * @param lastOffset the offset of the abort marker
 * @param lastStableOffset the last stable offset when the marker was written
 */
public record AbortedTxn(long producerId, long firstOffset, long lastOffset, long lastStableOffset) {}
