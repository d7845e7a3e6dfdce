package dev.embeddedbroker.coordinator.group.consumer;

import dev.embeddedbroker.protocol.ErrorCode;
import dev.embeddedbroker.protocol.Uuid;
import dev.embeddedbroker.protocol.request.ConsumerGroupHeartbeatRequest;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Who a heartbeat is from: a member the group knows, one that joins, or one that has been fenced. */
final class Membership {
    private static final String REJOIN = "The member must abandon all its partitions and rejoin.";

    private final Turn turn;
    private final ConsumerGroupHeartbeatRequest request;
    private final @Nullable Map<Uuid, Set<Integer>> owned;

    /** @param owned what the member says it has; null when it says nothing */
    Membership(Turn turn, ConsumerGroupHeartbeatRequest request, @Nullable Map<Uuid, Set<Integer>> owned) {
        this.turn = turn;
        this.request = request;
        this.owned = owned;
    }

    /** A member that joins is made, and a static one that comes back takes its predecessor's place. */
    ConsumerMember find(String memberId) {
        return request.instanceId == null ? findDynamic(memberId) : findStatic(memberId, request.instanceId);
    }

    /** Refuses one who is not in the group yet when the group is full. */
    static void requireRoom(ConsumerGroup group, String memberId, @Nullable String instanceId, int maxSize) {
        boolean isIn = group.member(memberId) != null || group.staticMember(instanceId) != null;
        if (!isIn && group.members().size() >= maxSize) {
            throw new Refused(
                    ErrorCode.GROUP_MAX_SIZE_REACHED,
                    "The consumer group has reached its maximum capacity of " + maxSize + " members.");
        }
    }

    private ConsumerMember findDynamic(String memberId) {
        var member = turn.group().member(memberId);
        if (member == null) {
            if (!isJoin()) {
                throw unknown(turn.groupId(), memberId);
            }
            return ConsumerMember.fresh(memberId);
        }
        requireEpoch(member);
        return member;
    }

    private ConsumerMember findStatic(String memberId, String instanceId) {
        var holder = turn.group().staticMember(instanceId);
        if (!isJoin()) {
            var member = requireStatic(holder, memberId, instanceId);
            requireEpoch(member);
            return member;
        }
        if (holder == null) {
            var known = turn.group().member(memberId);
            return known == null ? ConsumerMember.fresh(memberId) : known;
        }
        if (holder.epoch() != ConsumerMember.LEFT_FOR_A_WHILE && !holder.speaksClassic()) {
            throw new Refused(
                    ErrorCode.UNRELEASED_INSTANCE_ID,
                    "Static member " + memberId + " with instance id " + instanceId
                            + " cannot join the group because the instance id is owned by " + holder.memberId()
                            + " member.");
        }
        return succeed(turn, holder, memberId);
    }

    /** A static member that came back has what its predecessor had (KIP-345). */
    static ConsumerMember succeed(Turn turn, ConsumerMember predecessor, String memberId) {
        String groupId = turn.groupId();
        var target = turn.group().target(predecessor.memberId());
        var successor = predecessor.succeededBy(memberId);
        Departures.removeRecords(turn, predecessor.memberId());
        turn.unwatch(predecessor.memberId());
        turn.keep(ConsumerRecords.member(groupId, successor));
        turn.keep(ConsumerRecords.target(groupId, memberId, target));
        turn.keep(ConsumerRecords.current(groupId, successor));
        return successor;
    }

    private boolean isJoin() {
        return request.memberEpoch == ConsumerMember.JOINING;
    }

    /** The epoch must be the member's, or the one before if the answer with the new one may have got lost. */
    private void requireEpoch(ConsumerMember member) {
        int theirs = request.memberEpoch;
        if (isJoin() || theirs == member.epoch()) {
            return;
        }
        if (theirs > member.epoch()) {
            throw fenced("greater", theirs, member.epoch());
        }
        boolean mayHaveMissedIt = theirs == member.previousEpoch()
                && owned != null
                && member.assigned().containsAll(owned);
        if (!mayHaveMissedIt) {
            throw fenced("smaller", theirs, member.epoch());
        }
    }

    private static Refused fenced(String how, int theirs, int ours) {
        return new Refused(
                ErrorCode.FENCED_MEMBER_EPOCH,
                "The consumer group member has a " + how + " member epoch (" + theirs
                        + ") than the one known by the group coordinator (" + ours + "). " + REJOIN);
    }

    static Refused unknown(String groupId, String memberId) {
        return new Refused(
                ErrorCode.UNKNOWN_MEMBER_ID, "Member " + memberId + " is not a member of group " + groupId + ".");
    }

    /** The static member of this instance id, which must be the one of this member id. */
    static ConsumerMember requireStatic(@Nullable ConsumerMember holder, String memberId, String instanceId) {
        if (holder == null) {
            throw new Refused(ErrorCode.UNKNOWN_MEMBER_ID, "Instance id " + instanceId + " is unknown.");
        }
        if (!holder.memberId().equals(memberId)) {
            throw new Refused(
                    ErrorCode.FENCED_INSTANCE_ID,
                    "Static member " + memberId + " with instance id " + instanceId + " was fenced by member "
                            + holder.memberId() + ".");
        }
        return holder;
    }
}
