package dev.embeddedbroker.coordinator.group.classic;

import dev.embeddedbroker.protocol.ErrorCode;
import dev.embeddedbroker.protocol.request.LeaveGroupRequest;
import dev.embeddedbroker.protocol.response.HeartbeatResponse;
import dev.embeddedbroker.protocol.response.JoinGroupResponse;
import dev.embeddedbroker.protocol.response.LeaveGroupResponse;
import dev.embeddedbroker.protocol.response.SyncGroupResponse;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The answers a classic group gives. */
final class Answers {
    static final String NO_MEMBER_ID = "";

    private Answers() {}

    static JoinGroupResponse joinRefused(String memberId, ErrorCode error) {
        return new JoinGroupResponse().setMemberId(memberId).setErrorCode(error.id());
    }

    /** The present generation, with its members for the leader. */
    static JoinGroupResponse joined(ClassicGroup group, String memberId) {
        return joinedUnder(group, memberId, group.leader(), group.isLeader(memberId));
    }

    static JoinGroupResponse joinedUnder(
            ClassicGroup group, String memberId, @Nullable String leader, boolean withMembers) {
        return new JoinGroupResponse()
                .setMemberId(memberId)
                .setGenerationId(group.generation())
                .setProtocolType(group.protocolTypeOrNull())
                .setProtocolName(group.protocol())
                .setLeader(leader == null ? "" : leader)
                .setMembers(withMembers ? memberList(group) : new ArrayList<>());
    }

    private static List<JoinGroupResponse.JoinGroupResponseMember> memberList(ClassicGroup group) {
        var list = new ArrayList<JoinGroupResponse.JoinGroupResponseMember>(group.size());
        for (ClassicMember member : group.members()) {
            list.add(new JoinGroupResponse.JoinGroupResponseMember()
                    .setMemberId(member.memberId())
                    .setGroupInstanceId(member.instanceId())
                    .setMetadata(member.metadata(group.protocol())));
        }
        return list;
    }

    static SyncGroupResponse syncRefused(ErrorCode error) {
        return new SyncGroupResponse().setErrorCode(error.id());
    }

    static SyncGroupResponse assigned(ClassicGroup group, ClassicMember member) {
        return new SyncGroupResponse()
                .setProtocolType(group.protocolTypeOrNull())
                .setProtocolName(group.protocol())
                .setAssignment(member.assignment());
    }

    static HeartbeatResponse heartbeat(ErrorCode error) {
        return new HeartbeatResponse().setErrorCode(error.id());
    }

    static LeaveGroupResponse leaveRefused(ErrorCode error) {
        return new LeaveGroupResponse().setErrorCode(error.id());
    }

    /** The answer to a LeaveGroup for members nobody knows: each is told so. */
    static LeaveGroupResponse nobodyKnown(LeaveGroupRequest request) {
        var response = new LeaveGroupResponse();
        request.members.forEach(who -> response.members.add(new LeaveGroupResponse.MemberResponse()
                .setMemberId(who.memberId)
                .setGroupInstanceId(who.groupInstanceId)
                .setErrorCode(ErrorCode.UNKNOWN_MEMBER_ID.id())));
        return response;
    }
}
