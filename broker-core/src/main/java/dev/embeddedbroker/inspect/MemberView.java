package dev.embeddedbroker.inspect;

import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A member of a group at one moment. Immutable.
 *
 * @param instanceId its {@code group.instance.id}; null for a dynamic member
 * @param clientHost the address it comes from, as Kafka writes it: {@code /127.0.0.1}
 * @param subscribed the names of the topics it subscribes to; none if its group is not one of consumers
 * @param assigned the partitions it has; none if its group is not one of consumers
 */
public record MemberView(
        String memberId,
        @Nullable String instanceId,
        String clientId,
        String clientHost,
        SortedSet<String> subscribed,
        SortedSet<TopicAndPartition> assigned) {
    public MemberView {
        subscribed = Collections.unmodifiableSortedSet(new TreeSet<>(subscribed));
        assigned = Collections.unmodifiableSortedSet(new TreeSet<>(assigned));
    }

    @Override
    public String toString() {
        return clientId + " at " + clientHost + (instanceId == null ? "" : ", instance " + instanceId)
                + ", subscribed to " + subscribed + ", has " + (assigned.isEmpty() ? "nothing" : assigned) + " ("
                + memberId + ")";
    }
}
