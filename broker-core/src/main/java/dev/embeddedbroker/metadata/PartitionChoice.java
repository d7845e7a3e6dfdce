package dev.embeddedbroker.metadata;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A partition somebody wants changed: another leader, or other replicas.
 *
 * @param replicas the replicas it is to have, the preferred leader first; null where they are not the point, or to give up a
 *     change of them that is under way
 */
public record PartitionChoice(
        String topic, int partition, @Nullable List<Integer> replicas) {

    /** How a partition's change went. */
    public record Outcome(String topic, int partition, Result result) {}
}
