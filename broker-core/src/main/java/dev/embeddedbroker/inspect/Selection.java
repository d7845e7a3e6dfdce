package dev.embeddedbroker.inspect;

/**
 * Which records of a topic are wanted. Immutable: {@code Selection.of("orders").partition(1).fromOffset(5)}.
 *
 * @param partition −1 for all
 * @param fromOffset in each of the partitions
 * @param isUncommitted whether records of open and aborted transactions are wanted too
 */
public record Selection(String topic, int partition, long fromOffset, boolean isUncommitted) {

    /** All that a {@code read_committed} consumer which starts at the beginning would get. */
    public static Selection of(String topic) {
        return new Selection(topic, -1, 0, false);
    }

    /** Those of one partition only. */
    public Selection partition(int only) {
        return new Selection(topic, only, fromOffset, isUncommitted);
    }

    /** Those from an offset on. */
    public Selection fromOffset(long first) {
        return new Selection(topic, partition, first, isUncommitted);
    }

    /** Those of open and aborted transactions too, as {@code read_uncommitted} consumers get them. */
    public Selection uncommitted() {
        return new Selection(topic, partition, fromOffset, true);
    }
}
