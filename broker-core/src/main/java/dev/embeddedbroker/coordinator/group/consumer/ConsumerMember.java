package dev.embeddedbroker.coordinator.group.consumer;

import java.util.Collection;
import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A member of a consumer group: what it told of itself, and where it is. Immutable.
 *
 * @param epoch the epoch it must show; 0 while it joins, {@link #LEFT_FOR_A_WHILE} for a static member that will be back
 * @param previousEpoch the one it may still show if it did not get the answer that told it the new one
 * @param pattern the regular expression it subscribes with; empty for none
 * @param assigned what it may use
 * @param revoking what it has to give up
 * @param classic what it needs to be spoken to in the classic protocol; null unless it still speaks that
 */
record ConsumerMember(
        String memberId,
        int epoch,
        int previousEpoch,
        MemberState state,
        @Nullable String instanceId,
        @Nullable String rackId,
        int rebalanceTimeoutMs,
        String clientId,
        String clientHost,
        SortedSet<String> topicNames,
        String pattern,
        @Nullable String assignor,
        OwnedPartitions assigned,
        OwnedPartitions revoking,
        @Nullable ClassicTraits classic) {

    static final int JOINING = 0;
    static final int LEFT = -1;
    static final int LEFT_FOR_A_WHILE = -2;

    ConsumerMember {
        topicNames = Collections.unmodifiableSortedSet(new TreeSet<>(topicNames));
    }

    /** One of whom nothing is known but the id. */
    static ConsumerMember fresh(String memberId) {
        return new ConsumerMember(
                memberId,
                JOINING,
                -1,
                MemberState.STABLE,
                null,
                null,
                -1,
                "",
                "",
                Collections.emptySortedSet(),
                "",
                null,
                OwnedPartitions.NONE,
                OwnedPartitions.NONE,
                null);
    }

    boolean isStatic() {
        return instanceId != null;
    }

    boolean hasPattern() {
        return !pattern.isEmpty();
    }

    boolean speaksClassic() {
        return classic != null;
    }

    boolean isReconciledTo(int targetEpoch) {
        return state == MemberState.STABLE && epoch == targetEpoch;
    }

    /** The member with something else told of itself. */
    ConsumerMember described(
            @Nullable String newInstanceId,
            @Nullable String newRackId,
            int newRebalanceTimeoutMs,
            String newClientId,
            String newClientHost,
            Collection<String> newTopicNames,
            String newPattern,
            @Nullable String newAssignor,
            @Nullable ClassicTraits newClassic) {
        return new ConsumerMember(
                memberId,
                epoch,
                previousEpoch,
                state,
                newInstanceId,
                newRackId,
                newRebalanceTimeoutMs,
                newClientId,
                newClientHost,
                new TreeSet<>(newTopicNames),
                newPattern,
                newAssignor,
                assigned,
                revoking,
                newClassic);
    }

    /** The member somewhere else on its way. */
    ConsumerMember at(
            int newEpoch,
            int newPreviousEpoch,
            MemberState newState,
            OwnedPartitions newAssigned,
            OwnedPartitions newRevoking) {
        return as(memberId, newEpoch, newPreviousEpoch, newState, newAssigned, newRevoking);
    }

    /** Everything of this one under another id: the static member came back. */
    ConsumerMember succeededBy(String successorId) {
        return as(successorId, JOINING, JOINING, state, assigned, revoking);
    }

    private ConsumerMember as(
            String id,
            int newEpoch,
            int newPreviousEpoch,
            MemberState newState,
            OwnedPartitions newAssigned,
            OwnedPartitions newRevoking) {
        return new ConsumerMember(
                id,
                newEpoch,
                newPreviousEpoch,
                newState,
                instanceId,
                rackId,
                rebalanceTimeoutMs,
                clientId,
                clientHost,
                topicNames,
                pattern,
                assignor,
                newAssigned,
                newRevoking,
                classic);
    }
}
