package dev.embeddedbroker.coordinator.group.consumer;

import dev.embeddedbroker.protocol.ErrorCode;
import dev.embeddedbroker.protocol.request.ConsumerGroupHeartbeatRequest;
import dev.embeddedbroker.protocol.request.LeaveGroupRequest;
import dev.embeddedbroker.protocol.request.LeaveGroupRequest.MemberIdentity;
import dev.embeddedbroker.protocol.response.ConsumerGroupHeartbeatResponse;
import dev.embeddedbroker.protocol.response.LeaveGroupResponse;
import dev.embeddedbroker.protocol.response.LeaveGroupResponse.MemberResponse;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** How members leave a consumer group: of their own accord, sent away by an admin client, or not heard of any more. */
final class Departures {

    private Departures() {}

    /** A heartbeat that says goodbye: for good, or in case of a static member for a while. */
    static ConsumerGroupHeartbeatResponse leave(Turn turn, ConsumerGroupHeartbeatRequest request) {
        var member = leaving(turn, request.memberId, request.instanceId);
        if (request.instanceId != null && request.memberEpoch == ConsumerMember.LEFT_FOR_A_WHILE) {
            turn.keep(ConsumerRecords.current(
                    turn.groupId(),
                    member.at(
                            ConsumerMember.LEFT_FOR_A_WHILE,
                            member.previousEpoch(),
                            member.state(),
                            member.assigned().gotIn(0),
                            OwnedPartitions.NONE)));
        } else {
            remove(turn, List.of(member));
        }
        return new ConsumerGroupHeartbeatResponse()
                .setMemberId(request.memberId)
                .setMemberEpoch(request.memberEpoch);
    }

    private static ConsumerMember leaving(Turn turn, String memberId, @Nullable String instanceId) {
        if (instanceId != null) {
            return Membership.requireStatic(turn.group().staticMember(instanceId), memberId, instanceId);
        }
        var member = turn.group().member(memberId);
        if (member == null) {
            throw Membership.unknown(turn.groupId(), memberId);
        }
        return member;
    }

    /** A LeaveGroup, which is how admin clients remove members of any group: each is answered for itself. */
    static LeaveGroupResponse leave(Turn turn, LeaveGroupRequest request) {
        var response = new LeaveGroupResponse();
        Set<ConsumerMember> gone = new LinkedHashSet<>();
        for (MemberIdentity who : request.members) {
            ErrorCode error = ErrorCode.NONE;
            try {
                gone.add(sentAway(turn, who));
            } catch (Refused refused) {
                error = refused.error();
            }
            response.members.add(new MemberResponse()
                    .setMemberId(who.memberId)
                    .setGroupInstanceId(who.groupInstanceId)
                    .setErrorCode(error.id()));
        }
        remove(turn, gone);
        return response;
    }

    /** An admin client may name a static member by its instance id alone. */
    private static ConsumerMember sentAway(Turn turn, MemberIdentity who) {
        var holder = turn.group().staticMember(who.groupInstanceId);
        return holder != null && who.memberId.isEmpty() ? holder : leaving(turn, who.memberId, who.groupInstanceId);
    }

    /** Takes members out of the group, which then needs another assignment. */
    static void remove(Turn turn, Collection<ConsumerMember> members) {
        if (members.isEmpty() || Downgrade.afterLeaving(turn, members)) {
            return;
        }
        for (ConsumerMember member : members) {
            removeRecords(turn, member.memberId());
            turn.unwatch(member.memberId());
        }
        Patterns.forgetUnused(turn);
        turn.bumpEpoch(turn.metadataHash());
        if (turn.group().isEmpty()) {
            turn.keep(ConsumerRecords.target(turn.groupId(), turn.group().epoch(), 0));
        }
    }

    static void removeRecords(Turn turn, String memberId) {
        turn.keep(ConsumerRecords.noCurrent(turn.groupId(), memberId));
        turn.keep(ConsumerRecords.noTarget(turn.groupId(), memberId));
        turn.keep(ConsumerRecords.noMember(turn.groupId(), memberId));
    }
}
