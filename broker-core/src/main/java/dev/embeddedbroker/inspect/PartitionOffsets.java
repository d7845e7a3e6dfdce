package dev.embeddedbroker.inspect;

/**
 * How far the log of one partition reaches.
 *
 * @param startOffset the first offset there is; grows with retention and DeleteRecords
 * @param stableOffset what is before it, a {@code read_committed} consumer may read: the last stable offset
 * @param endOffset what is before it, any consumer may read: the high watermark
 */
public record PartitionOffsets(String topic, int partition, long startOffset, long stableOffset, long endOffset) {

    /** Whether a transaction that is not ended holds back {@code read_committed} consumers. */
    public boolean isHeldByTransaction() {
        return stableOffset < endOffset;
    }

    @Override
    public String toString() {
        return topic + "-" + partition + " [" + startOffset + ", " + endOffset + ")"
                + (isHeldByTransaction() ? ", readable as committed up to " + stableOffset : "");
    }
}
