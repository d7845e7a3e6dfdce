package dev.embeddedbroker.coordinator.group.classic;

import dev.embeddedbroker.coordinator.Ticket;
import dev.embeddedbroker.coordinator.group.GroupSnapshot;
import dev.embeddedbroker.protocol.MalformedMessage;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A member of a classic group. Immutable; its arrays are never written to.
 *
 * @param instanceId the {@code group.instance.id} of a static member (KIP-345)
 * @param protocols what the member can speak, in its order of preference
 * @param assignment what the leader last gave it; empty when nothing
 * @param awaitingJoin its parked JoinGroup
 * @param awaitingSync its parked SyncGroup
 * @param isNew whether it never heard of its membership yet: such a member cannot heartbeat
 */
@SuppressWarnings("ArrayRecordComponent") // members are never compared, and their bytes are nobody's but theirs
record ClassicMember(
        String memberId,
        @Nullable String instanceId,
        String clientId,
        String clientHost,
        int rebalanceTimeoutMs,
        int sessionTimeoutMs,
        List<SpokenProtocol> protocols,
        byte[] assignment,
        @Nullable Ticket awaitingJoin,
        @Nullable Ticket awaitingSync,
        boolean isNew) {

    static final byte[] NO_BYTES = {};

    /** One that has been a member elsewhere. */
    static ClassicMember arriving(Migrant migrant) {
        return new ClassicMember(
                migrant.memberId(),
                migrant.instanceId(),
                migrant.clientId(),
                migrant.clientHost(),
                migrant.rebalanceTimeoutMs(),
                migrant.sessionTimeoutMs(),
                migrant.protocols(),
                NO_BYTES,
                null,
                null,
                false);
    }

    boolean isStatic() {
        return instanceId != null;
    }

    boolean isAwaitingJoin() {
        return awaitingJoin != null;
    }

    boolean supports(String protocol) {
        return protocols.stream().anyMatch(p -> p.name().equals(protocol));
    }

    /** What this member tells the leader under the chosen protocol. */
    byte[] metadata(@Nullable String protocol) {
        for (SpokenProtocol mine : protocols) {
            if (mine.name().equals(protocol)) {
                return mine.metadata();
            }
        }
        throw new IllegalStateException("member " + memberId + " does not speak " + protocol + " (expected: one of "
                + protocols.stream().map(SpokenProtocol::name).toList() + ")");
    }

    /** The first of the candidates in this member's order of preference. */
    String vote(Set<String> candidates) {
        return protocols.stream()
                .map(SpokenProtocol::name)
                .filter(candidates::contains)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(
                        "member " + memberId + " speaks none of the candidates " + candidates));
    }

    /** Whether the member says the same of itself as before, so that its return changes nothing. */
    boolean says(List<SpokenProtocol> theirs) {
        return protocols.equals(theirs);
    }

    /** Whether silence is no sign of death: a parked request keeps the client from sending heartbeats. */
    boolean isExcusedFromHeartbeat() {
        return !isNew && (awaitingJoin != null || awaitingSync != null);
    }

    ClassicMember rejoining(
            int newRebalanceTimeoutMs, int newSessionTimeoutMs, List<SpokenProtocol> theirs, Ticket ticket) {
        return new ClassicMember(
                memberId,
                instanceId,
                clientId,
                clientHost,
                newRebalanceTimeoutMs,
                newSessionTimeoutMs,
                theirs,
                assignment,
                ticket,
                awaitingSync,
                isNew);
    }

    /** The same static member under a new member id; whoever was parked under the old one is not taken over. */
    ClassicMember under(String newMemberId) {
        return new ClassicMember(
                newMemberId,
                instanceId,
                clientId,
                clientHost,
                rebalanceTimeoutMs,
                sessionTimeoutMs,
                protocols,
                assignment,
                null,
                null,
                false);
    }

    /** The member after its JoinGroup was answered with a generation. */
    ClassicMember joined() {
        return with(assignment, null, awaitingSync, false);
    }

    ClassicMember withoutJoin() {
        return with(assignment, null, awaitingSync, isNew);
    }

    ClassicMember syncing(Ticket ticket) {
        return with(assignment, awaitingJoin, ticket, isNew);
    }

    ClassicMember withoutSync() {
        return with(assignment, awaitingJoin, null, isNew);
    }

    ClassicMember assigned(byte[] newAssignment) {
        return with(newAssignment, awaitingJoin, awaitingSync, isNew);
    }

    private ClassicMember with(byte[] assigned, @Nullable Ticket join, @Nullable Ticket sync, boolean stillNew) {
        return new ClassicMember(
                memberId,
                instanceId,
                clientId,
                clientHost,
                rebalanceTimeoutMs,
                sessionTimeoutMs,
                protocols,
                assigned,
                join,
                sync,
                stillNew);
    }

    /**
     * The member as an observer sees it.
     *
     * @param isConsumer whether what it says of itself, and what it was given, are those of consumers
     */
    GroupSnapshot.Member snapshot(boolean isConsumer, @Nullable String protocol) {
        Set<String> subscribed = null;
        Map<String, Set<Integer>> assigned = null;
        if (isConsumer && !protocols.isEmpty()) {
            boolean isSpoken = protocol != null && supports(protocol);
            try {
                subscribed = new TreeSet<>(EmbeddedProtocol.subscription(
                                isSpoken ? metadata(protocol) : protocols.get(0).metadata())
                        .topics());
                assigned = EmbeddedProtocol.assigned(assignment).partitions();
            } catch (MalformedMessage notOfConsumers) { // other clients may put anything here
                subscribed = null;
            }
        }
        return new GroupSnapshot.Member(memberId, instanceId, clientId, clientHost, subscribed, assigned);
    }

    @Override
    public String toString() {
        return "ClassicMember(" + memberId + ", instance " + instanceId + ", client " + clientId + " at " + clientHost
                + ", rebalances in " + rebalanceTimeoutMs + " ms, session of " + sessionTimeoutMs + " ms, speaks "
                + protocols + ", assignment #" + Arrays.hashCode(assignment) + ", join " + awaitingJoin + ", sync "
                + awaitingSync + (isNew ? ", new)" : ")");
    }
}
