package dev.embeddedbroker.coordinator.group.assign;

import dev.embeddedbroker.protocol.Uuid;
import java.util.Collection;
import java.util.Collections;
import java.util.NavigableSet;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What one member has while an assignor works.
 *
 * <p><b>Owner:</b> the assignor's call.
 */
final class Share {
    private final MemberSpec member;
    private final SortedMap<Uuid, NavigableSet<Integer>> byTopic = new TreeMap<>();
    private int size;

    Share(MemberSpec member) {
        this.member = member;
    }

    String memberId() {
        return member.memberId();
    }

    Set<Uuid> topics() {
        return member.topics();
    }

    int size() {
        return size;
    }

    /** The topics it has partitions of. */
    Collection<Uuid> heldTopics() {
        return Collections.unmodifiableSet(byTopic.keySet());
    }

    Collection<Partition> partitions() {
        return byTopic.entrySet().stream()
                .flatMap(topic -> topic.getValue().stream().map(index -> new Partition(topic.getKey(), index)))
                .toList();
    }

    void add(Partition partition) {
        byTopic.computeIfAbsent(partition.topic(), t -> new TreeSet<>()).add(partition.index());
        size++;
    }

    /** Gives away the last partition of a topic it has some of. */
    Partition takeLastOf(Uuid topic) {
        var indexes = byTopic.get(topic);
        if (indexes == null) {
            throw new IllegalStateException("member " + memberId() + " has no partition of " + topic);
        }
        int last = indexes.last();
        indexes.remove(last);
        if (indexes.isEmpty()) {
            byTopic.remove(topic);
        }
        size--;
        return new Partition(topic, last);
    }

    Partition takeLast() {
        return takeLastOf(byTopic.lastKey());
    }

    Assignment toAssignment() {
        return Assignment.of(byTopic);
    }
}
