package dev.embeddedbroker.coordinator.group.classic;

import dev.embeddedbroker.coordinator.group.classic.ClassicCommand.Leave;
import dev.embeddedbroker.protocol.ErrorCode;
import dev.embeddedbroker.protocol.request.LeaveGroupRequest.MemberIdentity;
import dev.embeddedbroker.protocol.response.LeaveGroupResponse;
import dev.embeddedbroker.protocol.response.LeaveGroupResponse.MemberResponse;
import java.util.ArrayList;

/** What a LeaveGroup comes to: each member is judged by itself, and one rebalance follows for all that left. */
final class LeaveRules {
    private final Turn turn;
    private final Leave leave;

    LeaveRules(Turn turn, Leave leave) {
        this.turn = turn;
        this.leave = leave;
    }

    void decide() {
        var responses = new ArrayList<MemberResponse>();
        var gone = new ArrayList<String>();
        for (MemberIdentity who : leave.request().members) {
            ErrorCode error = leave(who);
            if (error == ErrorCode.NONE) {
                gone.add(who.memberId);
            }
            responses.add(new MemberResponse()
                    .setMemberId(who.memberId)
                    .setGroupInstanceId(who.groupInstanceId)
                    .setErrorCode(error.id()));
        }
        if (!gone.isEmpty()) {
            rebalance("members " + gone + " left");
        }
        turn.reply(leave.ticket(), new LeaveGroupResponse().setMembers(responses));
    }

    private void rebalance(String reason) {
        var rebalance = new Rebalance(turn);
        if (turn.group().isSettled()) {
            rebalance.prepare(reason);
        } else {
            rebalance.completeIfAllJoined();
        }
    }

    /** Without a member id, an administrator removes the static member of that instance id. */
    private ErrorCode leave(MemberIdentity who) {
        var group = turn.group();
        String memberId = who.memberId;
        if (memberId.isEmpty()) {
            var holder = group.staticMember(who.groupInstanceId);
            if (holder == null) {
                return ErrorCode.UNKNOWN_MEMBER_ID;
            }
            memberId = holder.memberId();
        } else if (!group.isPending(memberId)) {
            ErrorCode membership = group.checkMember(memberId, who.groupInstanceId);
            if (membership != ErrorCode.NONE) {
                return membership;
            }
        }
        String reason = who.reason == null || who.reason.isEmpty() ? "not provided" : who.reason;
        turn.remove(memberId, "member " + memberId + " left; client reason: " + reason);
        return ErrorCode.NONE;
    }
}
