package dev.embeddedbroker.storage.producer;

/**
 * The last a producer wrote.
 *
 * @param lastDataOffset the last offset of its last batch of data; −1 when it has only ended transactions
 */
public record LastBatch(long lastDataOffset, short epoch) {}
