package dev.embeddedbroker.coordinator.group.consumer;

import dev.embeddedbroker.coordinator.group.assign.Assignment;
import dev.embeddedbroker.protocol.Uuid;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiPredicate;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Partitions a member has, each with the epoch in which it got it: commits from before that epoch are a predecessor's
 * (KIP-1251). Immutable, in order.
 */
final class OwnedPartitions {
    static final OwnedPartitions NONE = new OwnedPartitions(new TreeMap<>());

    /** Something about one partition, and the epoch in which it was got. */
    @FunctionalInterface
    interface Visitor {
        void visit(Uuid topic, int partition, int epoch);
    }

    private final SortedMap<Uuid, SortedMap<Integer, Integer>> epochs;

    private OwnedPartitions(SortedMap<Uuid, SortedMap<Integer, Integer>> epochs) {
        this.epochs = epochs;
    }

    /** All of an assignment, got in one epoch. */
    static OwnedPartitions of(Assignment assignment, int epoch) {
        var builder = new Builder();
        assignment.partitions().forEach((topic, indexes) -> indexes.forEach(index -> builder.add(topic, index, epoch)));
        return builder.build();
    }

    SortedMap<Uuid, SortedMap<Integer, Integer>> byTopic() {
        return Collections.unmodifiableSortedMap(epochs);
    }

    void forEach(Visitor visitor) {
        epochs.forEach((topic, indexes) -> indexes.forEach((index, epoch) -> visitor.visit(topic, index, epoch)));
    }

    boolean isEmpty() {
        return epochs.isEmpty();
    }

    boolean contains(Uuid topic, int partition) {
        return epochOf(topic, partition) != null;
    }

    /** The epoch in which the member got the partition; null if it does not have it. */
    @Nullable
    Integer epochOf(Uuid topic, int partition) {
        var indexes = epochs.get(topic);
        return indexes == null ? null : indexes.get(partition);
    }

    OwnedPartitions filter(BiPredicate<Uuid, Integer> keep) {
        var builder = new Builder();
        forEach((topic, partition, epoch) -> {
            if (keep.test(topic, partition)) {
                builder.add(topic, partition, epoch);
            }
        });
        return builder.build();
    }

    OwnedPartitions ofTopics(Predicate<Uuid> topics) {
        return epochs.keySet().stream().allMatch(topics) ? this : filter((topic, partition) -> topics.test(topic));
    }

    OwnedPartitions plus(OwnedPartitions others) {
        if (others.isEmpty() || isEmpty()) {
            return others.isEmpty() ? this : others;
        }
        var builder = new Builder();
        forEach(builder::add);
        others.forEach(builder::add);
        return builder.build();
    }

    /** The same partitions, all got in one epoch. */
    OwnedPartitions gotIn(int epoch) {
        return of(toAssignment(), epoch);
    }

    Assignment toAssignment() {
        var partitions = new HashMap<Uuid, Set<Integer>>();
        epochs.forEach((topic, indexes) -> partitions.put(topic, new TreeSet<>(indexes.keySet())));
        return Assignment.of(partitions);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof OwnedPartitions that && epochs.equals(that.epochs);
    }

    @Override
    public int hashCode() {
        return epochs.hashCode();
    }

    @Override
    public String toString() {
        return epochs.toString();
    }

    /**
     * Collects partitions.
     *
     * <p><b>Owner:</b> whoever made it.
     */
    static final class Builder {
        private final SortedMap<Uuid, SortedMap<Integer, Integer>> epochs = new TreeMap<>();

        void add(Uuid topic, int partition, int epoch) {
            epochs.computeIfAbsent(topic, t -> new TreeMap<>()).put(partition, epoch);
        }

        OwnedPartitions build() {
            return epochs.isEmpty() ? NONE : new OwnedPartitions(epochs);
        }
    }

    /** What of the partitions a member says it has is in here. */
    boolean containsAll(Map<Uuid, Set<Integer>> theirs) {
        return theirs.entrySet().stream()
                .allMatch(topic -> topic.getValue().stream().allMatch(index -> contains(topic.getKey(), index)));
    }

    boolean arePartitions(Map<Uuid, Set<Integer>> theirs) {
        return theirs.keySet().equals(epochs.keySet())
                && epochs.entrySet().stream()
                        .allMatch(topic -> topic.getValue().keySet().equals(theirs.get(topic.getKey())));
    }

    boolean containsAny(Map<Uuid, Set<Integer>> theirs) {
        return theirs.entrySet().stream()
                .anyMatch(topic -> topic.getValue().stream().anyMatch(index -> contains(topic.getKey(), index)));
    }
}
