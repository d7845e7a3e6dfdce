package dev.embeddedbroker.storage.log;

/**
 * Where a leader epoch ends in a log (KIP-101, KIP-279).
 *
 * @param epoch the greatest epoch known that is not above the one asked for; −1 when unknown
 * @param endOffset the offset after its last record; −1 when unknown
 */
public record EpochEnd(int epoch, long endOffset) {
    public static final EpochEnd UNDEFINED = new EpochEnd(-1, -1);
}
