package dev.embeddedbroker.coordinator.group;

import static dev.embeddedbroker.coordinator.group.GroupLab.GROUP;
import static dev.embeddedbroker.coordinator.group.GroupLab.REBALANCE_MS;
import static dev.embeddedbroker.coordinator.group.GroupLab.SESSION_MS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.embeddedbroker.coordinator.group.classic.ClassicCommand;
import dev.embeddedbroker.protocol.ErrorCode;
import dev.embeddedbroker.protocol.request.LeaveGroupRequest.MemberIdentity;
import dev.embeddedbroker.protocol.request.SyncGroupRequest;
import org.junit.jupiter.api.Test;

class SyncHeartbeatLeaveTest {
    private final GroupLab lab = new GroupLab();

    @Test
    void followersWaitForTheLeadersAssignment() {
        var first = lab.stableMember();
        var second = lab.joinAnew();
        var leader = lab.join(first.memberId).answer();
        String follower = second.answer().memberId;
        var waiting = lab.sync(follower, 2);
        assertThat(waiting.isParked()).isTrue();
        assertThat(lab.assign(leader).answer().assignment).isEqualTo(GroupLab.bytes(leader.memberId));
        assertThat(waiting.answer().assignment).isEqualTo(GroupLab.bytes(follower));
        assertThat(waiting.answer().protocolName).isEqualTo("range");
        assertThat(lab.state()).isEqualTo("Stable");
        assertThat(lab.sync(follower, 2).answer().assignment).isEqualTo(GroupLab.bytes(follower));
    }

    @Test
    void memberTheLeaderForgotGetsNothing() {
        var first = lab.stableMember();
        var second = lab.joinAnew();
        lab.join(first.memberId);
        lab.sync(first.memberId, 2);
        assertThat(lab.sync(second.answer().memberId, 2).answer().assignment).isEmpty();
    }

    @Test
    void syncIsRefusedForMemberGenerationAndProtocol() {
        assertThat(lab.sync("x", 1).error()).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        assertThat(lab.sync("x", 1, r -> r.setGroupId("")).error()).isEqualTo(ErrorCode.INVALID_GROUP_ID);
        var joined = lab.joinAnew().answer();
        assertThat(lab.sync("x", 1).error()).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        assertThat(lab.sync(joined.memberId, 7).error()).isEqualTo(ErrorCode.ILLEGAL_GENERATION);
        assertThat(lab.sync(joined.memberId, 1, r -> r.setProtocolName("sticky"))
                        .error())
                .isEqualTo(ErrorCode.INCONSISTENT_GROUP_PROTOCOL);
        assertThat(lab.sync(joined.memberId, 1, r -> r.setProtocolType("connect"))
                        .error())
                .isEqualTo(ErrorCode.INCONSISTENT_GROUP_PROTOCOL);
    }

    @Test
    void syncWhileARebalanceIsPreparedIsToldSo() {
        var first = lab.stableMember();
        lab.joinAnew();
        assertThat(lab.sync(first.memberId, 1).error()).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
    }

    @Test
    void newRebalanceSendsWaitingFollowersBackToJoin() {
        var first = lab.stableMember();
        var second = lab.joinAnew();
        lab.join(first.memberId);
        var waiting = lab.sync(second.answer().memberId, 2);
        lab.joinAnew();
        assertThat(waiting.error()).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
    }

    @Test
    void membersThatNeverSyncAreGone() {
        var first = lab.stableMember();
        var second = lab.joinAnew();
        var leader = lab.join(first.memberId).answer();
        lab.assign(leader);
        for (long t = 0; t < REBALANCE_MS; t += 5_000) {
            lab.heartbeat(leader.memberId, 2);
            lab.heartbeat(second.answer().memberId, 2);
            lab.advance(5_000);
        }
        assertThat(lab.state()).isEqualTo("PreparingRebalance");
        assertThat(lab.heartbeat(second.answer().memberId, 2).error()).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        assertThat(lab.join(leader.memberId).answer().generationId).isEqualTo(3);
    }

    @Test
    void assignmentThatCannotBeStoredIsTakenBackFromAll() {
        var first = lab.stableMember();
        var second = lab.joinAnew();
        var leader = lab.join(first.memberId).answer();
        var waiting = lab.sync(second.answer().memberId, 2);
        var sync = new ClassicCommand.Sync(
                lab.ticket(),
                new SyncGroupRequest().setGroupId(GROUP).setGenerationId(2).setMemberId(leader.memberId));
        lab.act(lab.machine().notWritten(sync, ErrorCode.KAFKA_STORAGE_ERROR.id()));
        assertThat(waiting.error()).isEqualTo(ErrorCode.NOT_COORDINATOR);
        assertThat(lab.state()).isEqualTo("PreparingRebalance");
    }

    @Test
    void heartbeatKeepsTheSession() {
        var member = lab.stableMember();
        for (int i = 0; i < 5; i++) {
            lab.advance(SESSION_MS - 1);
            assertThat(lab.heartbeat(member.memberId, 1).error()).isEqualTo(ErrorCode.NONE);
        }
        lab.advance(SESSION_MS);
        assertThat(lab.heartbeat(member.memberId, 1).error()).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        assertThat(lab.state()).isEqualTo("Empty");
    }

    @Test
    void aSecondLookAtTheMemberDoesNotKeepTheSession() {
        var member = lab.stableMember();
        lab.advance(SESSION_MS - 1);
        assertThat(lab.lookAgain(member.memberId, 1).error()).isEqualTo(ErrorCode.NONE);
        lab.advance(1);
        assertThat(lab.heartbeat(member.memberId, 1).error()).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
    }

    @Test
    void heartbeatIsRefusedForGroupMemberAndGeneration() {
        assertThat(lab.heartbeat("x", 1).error()).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        var member = lab.stableMember();
        assertThat(lab.heartbeat("x", 1).error()).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        assertThat(lab.heartbeat(member.memberId, 0).error()).isEqualTo(ErrorCode.ILLEGAL_GENERATION);
        assertThat(lab.heartbeat(member.memberId, 1, "no-such-instance").error())
                .isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
    }

    @Test
    void heartbeatWhileCompletingIsFine() {
        var joined = lab.joinAnew().answer();
        assertThat(lab.heartbeat(joined.memberId, 1).error()).isEqualTo(ErrorCode.NONE);
    }

    @Test
    void silentFollowerIsGoneAndTheOthersRebalance() {
        var pair = lab.stablePair();
        lab.advance(SESSION_MS - 1);
        lab.heartbeat(pair.get(0).memberId, 2);
        lab.advance(1);
        assertThat(lab.heartbeat(pair.get(0).memberId, 2).error()).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
        assertThat(lab.join(pair.get(0).memberId).answer().members).hasSize(1);
    }

    @Test
    void lastMemberLeavingEmptiesTheGroupInANewGeneration() {
        var member = lab.stableMember();
        assertThat(lab.leave(member.memberId).error()).isEqualTo(ErrorCode.NONE);
        assertThat(lab.state()).isEqualTo("Empty");
        assertThat(lab.hasTimerOf(GROUP)).isFalse();
        assertThat(lab.describe(6).protocolType).isEqualTo("consumer");
        assertThat(lab.stableMember().generationId).isEqualTo(3);
    }

    @Test
    void leaveIsRefusedForUnknownMembers() {
        assertThat(lab.leave("x").error()).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        lab.stableMember();
        assertThat(lab.leave("x").error()).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        assertThat(lab.leave(new MemberIdentity().setMemberId("").setGroupInstanceId("x"))
                        .error())
                .isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
    }

    @Test
    void batchOfLeavesIsJudgedMemberByMember() {
        var pair = lab.stablePair();
        var left = lab.leave(
                        new MemberIdentity().setMemberId(pair.get(0).memberId),
                        new MemberIdentity().setMemberId("x"),
                        new MemberIdentity().setMemberId(pair.get(0).memberId))
                .answer();
        assertThat(left.errorCode).isZero();
        assertThat(left.members)
                .extracting(m -> ErrorCode.forId(m.errorCode))
                .containsExactly(ErrorCode.NONE, ErrorCode.UNKNOWN_MEMBER_ID, ErrorCode.UNKNOWN_MEMBER_ID);
        assertThat(lab.state()).isEqualTo("PreparingRebalance");
    }

    @Test
    void handedOutIdCanLeave() {
        String id = lab.join(r -> {}).answer().memberId;
        assertThat(lab.leave(id).error()).isEqualTo(ErrorCode.NONE);
        assertThat(lab.hasTimerOf(GROUP)).isFalse();
    }

    @Test
    void leavingMemberWhoseRequestsAreParkedIsAnswered() {
        var first = lab.stableMember();
        var second = lab.joinAnew();
        lab.join(first.memberId);
        String follower = second.answer().memberId;
        var waiting = lab.sync(follower, 2);
        lab.leave(follower);
        assertThat(waiting.error()).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);

        var rejoining = lab.join(first.memberId);
        lab.leave(first.memberId);
        assertThat(rejoining.isParked()).isFalse();
    }

    @Test
    void describeTellsWhatMembersSpeakOnlyWhileStable() {
        var joined = lab.joinAnew().answer();
        var completing = lab.describe(6);
        assertThat(completing.groupState).isEqualTo("CompletingRebalance");
        assertThat(completing.protocolData).isEmpty();
        assertThat(completing.members.get(0).memberMetadata).isEmpty();
        lab.assign(joined);
        var stable = lab.describe(6);
        assertThat(stable.protocolData).isEqualTo("range");
        assertThat(stable.members.get(0).clientHost).isEqualTo("/127.0.0.1");
        assertThat(stable.members.get(0).clientId).isEqualTo("client");
        assertThat(stable.members.get(0).memberAssignment).isEqualTo(GroupLab.bytes(joined.memberId));
        assertThat(stable.members.get(0).memberMetadata).isEqualTo(GroupLab.subscription("t"));
    }

    @Test
    void unknownGroupIsDeadAndSinceVersionSixAnError() {
        var old = lab.describe(5);
        assertThat(old.groupState).isEqualTo("Dead");
        assertThat(old.errorCode).isZero();
        var recent = lab.describe(6);
        assertThat(ErrorCode.forId(recent.errorCode)).isEqualTo(ErrorCode.GROUP_ID_NOT_FOUND);
        assertThat(recent.errorMessage).isEqualTo("Group g not found.");
    }
}
