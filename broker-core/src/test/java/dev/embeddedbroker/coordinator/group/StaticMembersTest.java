package dev.embeddedbroker.coordinator.group;

import static dev.embeddedbroker.coordinator.group.GroupLab.GROUP;
import static dev.embeddedbroker.coordinator.group.GroupLab.SESSION_MS;
import static dev.embeddedbroker.coordinator.group.GroupLab.protocols;
import static org.assertj.core.api.Assertions.assertThat;

import dev.embeddedbroker.protocol.ErrorCode;
import dev.embeddedbroker.protocol.request.LeaveGroupRequest.MemberIdentity;
import dev.embeddedbroker.protocol.request.SyncGroupRequest.SyncGroupRequestAssignment;
import dev.embeddedbroker.protocol.response.JoinGroupResponse;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Static members (KIP-345). */
class StaticMembersTest {
    private final GroupLab lab = new GroupLab();

    private JoinGroupResponse stable(String instanceId) {
        var joined = lab.joinStatic(instanceId).answer();
        lab.sync(joined.memberId, joined.generationId, r -> r.setGroupInstanceId(instanceId)
                .setAssignments(new ArrayList<>(List.of(new SyncGroupRequestAssignment()
                        .setMemberId(joined.memberId)
                        .setAssignment(GroupLab.bytes("everything"))))));
        return joined;
    }

    @Test
    void returningMemberTakesItsPlaceWithoutARebalance() {
        var first = stable("i");
        var back = lab.joinStatic("i").answer();
        assertThat(back.errorCode).isZero();
        assertThat(back.memberId).isNotEqualTo(first.memberId);
        assertThat(back.generationId).isEqualTo(1);
        assertThat(back.leader).isEqualTo(back.memberId);
        assertThat(back.skipAssignment).isTrue();
        assertThat(back.members).hasSize(1);
        assertThat(lab.state()).isEqualTo("Stable");
        assertThat(lab.sync(back.memberId, 1).answer().assignment).isEqualTo(GroupLab.bytes("everything"));
    }

    @Test
    void returningLeaderOfAnOldClientIsToldAnotherLeads() {
        var first = stable("i");
        var back = lab.join(8, r -> r.setGroupInstanceId("i")).answer();
        assertThat(back.leader).isEqualTo(first.memberId);
        assertThat(back.members).isEmpty();
        assertThat(back.skipAssignment).isFalse();
    }

    @Test
    void formerSelfIsFencedEverywhere() {
        var first = stable("i");
        lab.joinStatic("i");
        assertThat(lab.heartbeat(first.memberId, 1, "i").error()).isEqualTo(ErrorCode.FENCED_INSTANCE_ID);
        assertThat(lab.sync(first.memberId, 1, r -> r.setGroupInstanceId("i")).error())
                .isEqualTo(ErrorCode.FENCED_INSTANCE_ID);
        assertThat(lab.join(r -> r.setMemberId(first.memberId).setGroupInstanceId("i"))
                        .error())
                .isEqualTo(ErrorCode.FENCED_INSTANCE_ID);
        assertThat(lab.leave(new MemberIdentity().setMemberId(first.memberId).setGroupInstanceId("i"))
                        .error())
                .isEqualTo(ErrorCode.FENCED_INSTANCE_ID);
        assertThat(lab.commit(
                                9,
                                GroupLab.commitRequest("t", 0, 1)
                                        .setMemberId(first.memberId)
                                        .setGroupInstanceId("i")
                                        .setGenerationIdOrMemberEpoch(1))
                        .error())
                .isEqualTo(ErrorCode.FENCED_INSTANCE_ID);
        assertThat(lab.heartbeat(first.memberId, 1).error()).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
    }

    @Test
    void parkedRequestsOfTheFormerSelfAreFenced() {
        var leader = stable("i");
        var joining = lab.joinStatic("j");
        assertThat(joining.isParked()).isTrue();
        var again = lab.joinStatic("j");
        assertThat(joining.error()).isEqualTo(ErrorCode.FENCED_INSTANCE_ID);
        lab.join(r -> r.setMemberId(leader.memberId).setGroupInstanceId("i"));
        var waiting = lab.sync(again.answer().memberId, 2, r -> r.setGroupInstanceId("j"));
        assertThat(waiting.isParked()).isTrue();
        lab.joinStatic("j");
        assertThat(waiting.error()).isEqualTo(ErrorCode.FENCED_INSTANCE_ID);
        assertThat(lab.state()).isEqualTo("PreparingRebalance");
    }

    @Test
    void returnThatChangesTheProtocolRebalances() {
        var a = lab.join(r -> r.setGroupInstanceId("i").setProtocols(protocols("range", "sticky")))
                .answer();
        lab.assign(a);
        assertThat(lab.join(r -> r.setGroupInstanceId("i").setProtocols(protocols("sticky", "range")))
                        .answer()
                        .generationId)
                .isEqualTo(2);
    }

    @Test
    void staticMemberThatDoesNotRejoinStaysUntilItsSessionIsOver() {
        var first = stable("i");
        var second = lab.joinStatic("j");
        lab.advance(SESSION_MS - 1);
        lab.heartbeat(first.memberId, 1, "i");
        assertThat(second.isParked()).isTrue();
        lab.advance(SESSION_MS);
        assertThat(second.answer().leader).isEqualTo(second.answer().memberId);
        assertThat(second.answer().members).hasSize(1);
    }

    @Test
    void rebalanceGoesOnWithoutAnAbsentStaticMemberWhichKeepsItsMembership() {
        var first = lab.join(r -> r.setGroupInstanceId("i").setRebalanceTimeoutMs(6_000))
                .answer();
        lab.assign(first);
        var second = lab.join(r -> r.setGroupInstanceId("j").setRebalanceTimeoutMs(6_000));
        lab.advance(6_000);
        assertThat(second.answer().generationId).isEqualTo(2);
        assertThat(second.answer().leader).isEqualTo(second.answer().memberId);
        assertThat(second.answer().members).extracting(m -> m.groupInstanceId).containsExactlyInAnyOrder("i", "j");
    }

    @Test
    void administratorRemovesAStaticMemberByItsInstanceId() {
        stable("i");
        var left = lab.leave(new MemberIdentity().setMemberId("").setGroupInstanceId("i"));
        assertThat(left.error()).isEqualTo(ErrorCode.NONE);
        assertThat(lab.state()).isEqualTo("Empty");
        assertThat(lab.hasTimerOf(GROUP)).isFalse();
    }

    @Test
    void returnIsKeptInTheLog() {
        stable("i");
        var back = lab.joinStatic("i").answer();
        lab.restart();
        assertThat(lab.heartbeat(back.memberId, 1, "i").error()).isEqualTo(ErrorCode.NONE);
        assertThat(lab.sync(back.memberId, 1).answer().assignment).isEqualTo(GroupLab.bytes("everything"));
    }
}
