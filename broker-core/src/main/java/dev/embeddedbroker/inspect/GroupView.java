package dev.embeddedbroker.inspect;

import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A group at one moment. Immutable.
 *
 * @param type {@code classic}, or {@code consumer} (KIP-848); a group that only commits is a classic one without members
 * @param state under Kafka's name: Empty, PreparingRebalance, CompletingRebalance, Stable, Assigning, Reconciling
 * @param protocolType what the members have in common: {@code consumer}, {@code connect}, …; empty if there never were any
 * @param protocol the assignor they agreed on; null if there is none
 * @param generation the generation of a classic group, the epoch of a consumer group
 * @param isStable whether it has members, no rebalance is on and nobody is awaited
 */
public record GroupView(
        String groupId,
        String type,
        String state,
        String protocolType,
        @Nullable String protocol,
        int generation,
        boolean isStable,
        List<MemberView> members) {
    public GroupView {
        members = List.copyOf(members);
    }

    /** The names of all topics that any member subscribes to. */
    public SortedSet<String> subscribed() {
        var topics = new TreeSet<String>();
        members.forEach(member -> topics.addAll(member.subscribed()));
        return topics;
    }

    @Override
    public String toString() {
        String head = "group " + groupId + ": " + state + ", " + type
                + (protocol == null ? "" : " (" + protocol + ")")
                + (members.isEmpty() ? "" : ", generation " + generation) + ", "
                + (members.isEmpty() ? "no members" : members.size() + (members.size() == 1 ? " member" : " members"));
        return members.stream().map(member -> "\n  " + member).collect(Collectors.joining("", head, ""));
    }
}
