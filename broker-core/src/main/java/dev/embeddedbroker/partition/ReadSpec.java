package dev.embeddedbroker.partition;

/**
 * One read of a partition.
 *
 * @param fromOffset the first offset wanted; the batch it is in comes whole
 * @param maxBytes how much at most, in whole batches
 * @param atLeastOneBatch whether the first batch comes even if it is larger than {@code maxBytes} (KIP-74)
 * @param isolation how far the reader may see
 * @param leaderEpoch the leader epoch the reader believes in, or -1 (KIP-320)
 * @param lastFetchedEpoch the epoch of the reader's last record, or -1 (KIP-595)
 * @param leaderOnly whether a follower must refuse (KIP-392)
 */
public record ReadSpec(
        long fromOffset,
        int maxBytes,
        boolean atLeastOneBatch,
        Isolation isolation,
        int leaderEpoch,
        int lastFetchedEpoch,
        boolean leaderOnly) {

    public static final int ANY_EPOCH = -1;

    /** Reads to the end of the log whatever the leader, as replay does. */
    public static ReadSpec replay(long fromOffset, int maxBytes) {
        return new ReadSpec(fromOffset, maxBytes, true, Isolation.LOG_END, ANY_EPOCH, ANY_EPOCH, false);
    }
}
