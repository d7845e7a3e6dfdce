package dev.embeddedbroker.coordinator.group.classic;

import dev.embeddedbroker.coordinator.Ticket;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** What a test may see of a classic group. */
public record GroupView(ClassicGroup group) {

    public int generation() {
        return group.generation();
    }

    public boolean isAtRest() {
        return group.isIn(ClassicState.STABLE) || group.isIn(ClassicState.EMPTY);
    }

    public boolean isStable() {
        return group.isIn(ClassicState.STABLE);
    }

    public String leader() {
        return group.leader();
    }

    public Set<String> memberIds() {
        return group.members().stream().map(ClassicMember::memberId).collect(Collectors.toSet());
    }

    public Set<String> pendingIds() {
        return group.pendingMembers();
    }

    /** The requests that are parked. */
    public Set<Ticket> parked() {
        var parked = new HashSet<Ticket>();
        group.members().forEach(member -> {
            if (member.awaitingJoin() != null) parked.add(member.awaitingJoin());
            if (member.awaitingSync() != null) parked.add(member.awaitingSync());
        });
        return parked;
    }

    /** What must survive a restart. */
    public Map<String, Object> hardState() {
        var hard = new HashMap<String, Object>();
        hard.put("generation", group.generation());
        hard.put("protocolType", group.protocolType());
        hard.put("protocol", String.valueOf(group.protocol()));
        hard.put("leader", String.valueOf(group.leader()));
        hard.put("state", group.state());
        hard.put("since", group.stateSinceMs());
        for (ClassicMember m : group.members()) {
            hard.put(
                    "member " + m.memberId(),
                    List.of(
                            String.valueOf(m.instanceId()),
                            m.clientId(),
                            m.clientHost(),
                            m.rebalanceTimeoutMs(),
                            m.sessionTimeoutMs(),
                            ByteBuffer.wrap(m.metadata(group.protocol())),
                            ByteBuffer.wrap(m.assignment())));
        }
        return hard;
    }
}
