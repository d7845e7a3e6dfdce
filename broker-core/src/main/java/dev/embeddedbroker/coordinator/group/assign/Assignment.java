package dev.embeddedbroker.coordinator.group.assign;

import dev.embeddedbroker.protocol.Uuid;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;

/** The partitions meant for one member, by topic id, in order; topics without partitions do not appear. */
public final class Assignment {
    public static final Assignment NONE = new Assignment(new TreeMap<>());

    private final SortedMap<Uuid, SortedSet<Integer>> partitions;

    private Assignment(SortedMap<Uuid, SortedSet<Integer>> partitions) {
        this.partitions = Collections.unmodifiableSortedMap(partitions);
    }

    public static Assignment of(Map<Uuid, ? extends Set<Integer>> partitions) {
        var copy = new TreeMap<Uuid, SortedSet<Integer>>();
        partitions.forEach((topic, indexes) -> {
            if (!indexes.isEmpty()) {
                copy.put(topic, Collections.unmodifiableSortedSet(new TreeSet<>(indexes)));
            }
        });
        return copy.isEmpty() ? NONE : new Assignment(copy);
    }

    public SortedMap<Uuid, SortedSet<Integer>> partitions() {
        return partitions;
    }

    public Set<Integer> of(Uuid topic) {
        return partitions.getOrDefault(topic, Collections.emptySortedSet());
    }

    public boolean contains(Uuid topic, int partition) {
        return of(topic).contains(partition);
    }

    /** What of it is of these topics. */
    public Assignment onlyOf(Predicate<Uuid> topics) {
        if (partitions.keySet().stream().allMatch(topics)) {
            return this;
        }
        var kept = new TreeMap<>(partitions);
        kept.keySet().removeIf(topics.negate());
        return new Assignment(kept);
    }

    public int size() {
        return partitions.values().stream().mapToInt(Set::size).sum();
    }

    public boolean isEmpty() {
        return partitions.isEmpty();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Assignment that && partitions.equals(that.partitions);
    }

    @Override
    public int hashCode() {
        return partitions.hashCode();
    }

    @Override
    public String toString() {
        return partitions.toString();
    }
}
