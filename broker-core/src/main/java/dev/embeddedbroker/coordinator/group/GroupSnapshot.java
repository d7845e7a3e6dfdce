package dev.embeddedbroker.coordinator.group;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A group of any protocol at one moment, as an observer sees it. Immutable.
 *
 * @param protocol the assignor or whatever else the members agreed on; null before they have
 * @param generation the generation, or the epoch of the group
 * @param isSettled whether no rebalance is on, and nobody is awaited
 */
public record GroupSnapshot(
        String groupId,
        GroupType type,
        String state,
        String protocolType,
        @Nullable String protocol,
        int generation,
        boolean isSettled,
        List<Member> members) {

    public GroupSnapshot {
        members = List.copyOf(members);
    }

    /**
     * One of its members.
     *
     * @param subscribed the names of the topics it subscribes to; null when they can't be told
     * @param assigned the partitions it has, by topic; null when they can't be told
     */
    public record Member(
            String memberId,
            @Nullable String instanceId,
            String clientId,
            String clientHost,
            @Nullable Set<String> subscribed,
            @Nullable Map<String, Set<Integer>> assigned) {}
}
