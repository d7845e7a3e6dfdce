package dev.embeddedbroker.coordinator.group.assign;

import dev.embeddedbroker.protocol.Uuid;
import java.util.Comparator;

/** One partition, to be assigned; ordered by topic, then number. */
record Partition(Uuid topic, int index) implements Comparable<Partition> {
    private static final Comparator<Partition> ORDER =
            Comparator.comparing(Partition::topic).thenComparingInt(Partition::index);

    @Override
    public int compareTo(Partition other) {
        return ORDER.compare(this, other);
    }
}
