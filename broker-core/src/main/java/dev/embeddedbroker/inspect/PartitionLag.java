package dev.embeddedbroker.inspect;

import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * How far a group is behind in one partition.
 *
 * @param committed what the group has committed; empty if nothing
 * @param offsets how far the log reaches
 * @param lag offsets from where the group stands, or from the log's start if it has committed nothing, to the stable offset;
 *     0 if there is no record among them that a {@code read_committed} consumer would get: the markers that end
 *     transactions, and aborted records, are not left to be consumed
 * @param owner the client id of the member that has the partition; null if nobody has it
 */
public record PartitionLag(
        OptionalLong committed,
        PartitionOffsets offsets,
        long lag,
        @Nullable String owner) {

    public String topic() {
        return offsets.topic();
    }

    public int partition() {
        return offsets.partition();
    }

    @Override
    public String toString() {
        String stands = committed.isEmpty() ? "nothing committed" : "committed " + committed.getAsLong();
        return topic() + "-" + partition() + ": lag " + lag + " (" + stands + ", log from " + offsets.startOffset()
                + " to " + offsets.endOffset()
                + (offsets.isHeldByTransaction()
                        ? ", of which an open transaction hides what is from " + offsets.stableOffset() + " on"
                        : "")
                + (owner == null ? ", nobody has it)" : ", " + owner + " has it)");
    }
}
