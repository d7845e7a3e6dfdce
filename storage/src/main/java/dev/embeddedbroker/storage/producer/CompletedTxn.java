package dev.embeddedbroker.storage.producer;

/**
 * A transaction that a marker ended.
 *
 * @param lastOffset the offset of the marker
 */
record CompletedTxn(long producerId, long firstOffset, long lastOffset, boolean aborted) {}
