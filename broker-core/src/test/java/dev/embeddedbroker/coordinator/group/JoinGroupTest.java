package dev.embeddedbroker.coordinator.group;

import static dev.embeddedbroker.coordinator.group.GroupLab.GROUP;
import static dev.embeddedbroker.coordinator.group.GroupLab.REBALANCE_MS;
import static dev.embeddedbroker.coordinator.group.GroupLab.SESSION_MS;
import static dev.embeddedbroker.coordinator.group.GroupLab.protocols;
import static org.assertj.core.api.Assertions.assertThat;

import dev.embeddedbroker.protocol.ErrorCode;
import org.junit.jupiter.api.Test;

class JoinGroupTest {
    private final GroupLab lab = new GroupLab();

    @Test
    void newDynamicMemberMustComeBackWithItsId() {
        var first = lab.join(r -> {});
        assertThat(first.error()).isEqualTo(ErrorCode.MEMBER_ID_REQUIRED);
        assertThat(first.answer().memberId).startsWith("client-");
        assertThat(lab.state()).isEqualTo("Empty");

        var second = lab.join(first.answer().memberId).answer();
        assertThat(second.errorCode).isZero();
        assertThat(second.generationId).isEqualTo(1);
        assertThat(second.leader).isEqualTo(second.memberId).isEqualTo(first.answer().memberId);
        assertThat(second.protocolName).isEqualTo("range");
        assertThat(second.protocolType).isEqualTo("consumer");
        assertThat(second.members).extracting(m -> m.memberId).containsExactly(second.memberId);
        assertThat(lab.state()).isEqualTo("CompletingRebalance");
    }

    @Test
    void memberOfAnOldClientJoinsAtOnce() {
        assertThat(lab.join(3, r -> {}).error()).isEqualTo(ErrorCode.NONE);
    }

    @Test
    void staticMemberJoinsAtOnce() {
        var joined = lab.joinStatic("i").answer();
        assertThat(joined.errorCode).isZero();
        assertThat(joined.memberId).startsWith("i-");
        assertThat(joined.members.get(0).groupInstanceId).isEqualTo("i");
    }

    @Test
    void requestIsRefusedForGroupIdSessionTimeoutAndUnknownMember() {
        assertThat(lab.join(r -> r.setGroupId("")).error()).isEqualTo(ErrorCode.INVALID_GROUP_ID);
        assertThat(lab.join(r -> r.setSessionTimeoutMs(5_999)).error()).isEqualTo(ErrorCode.INVALID_SESSION_TIMEOUT);
        assertThat(lab.join(r -> r.setSessionTimeoutMs(1_800_001)).error())
                .isEqualTo(ErrorCode.INVALID_SESSION_TIMEOUT);
        assertThat(lab.join("nobody").error()).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        assertThat(lab.machine().group(GROUP)).isNull();
        lab.stableMember();
        assertThat(lab.join("nobody").error()).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
    }

    @Test
    void protocolsMustAgree() {
        assertThat(lab.join(r -> r.setProtocolType("")).error()).isEqualTo(ErrorCode.INCONSISTENT_GROUP_PROTOCOL);
        assertThat(lab.join(r -> r.setProtocols(protocols())).error()).isEqualTo(ErrorCode.INCONSISTENT_GROUP_PROTOCOL);
        lab.stableMember();
        assertThat(lab.join(r -> r.setProtocolType("connect")).error())
                .isEqualTo(ErrorCode.INCONSISTENT_GROUP_PROTOCOL);
        assertThat(lab.join(r -> r.setProtocols(protocols("sticky"))).error())
                .isEqualTo(ErrorCode.INCONSISTENT_GROUP_PROTOCOL);
    }

    @Test
    void protocolWithMostVotesOfThoseAllSpeakIsChosen() {
        var a = lab.joinAnew(r -> r.setProtocols(protocols("range", "sticky"))).answer();
        var b = lab.joinAnew(r -> r.setProtocols(protocols("sticky", "range")));
        var c = lab.joinAnew(r -> r.setProtocols(protocols("only-c", "sticky", "range")));
        lab.join(r -> r.setMemberId(a.memberId).setProtocols(protocols("range", "sticky")));
        assertThat(b.answer().protocolName).isEqualTo("sticky");
        assertThat(c.answer().protocolName).isEqualTo("sticky");
    }

    @Test
    void secondMemberWaitsForTheFirstToRejoin() {
        var first = lab.stableMember();
        var second = lab.joinAnew();
        assertThat(second.isParked()).isTrue();
        assertThat(lab.state()).isEqualTo("PreparingRebalance");
        assertThat(lab.heartbeat(first.memberId, 1).error()).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);

        var rejoined = lab.join(first.memberId).answer();
        assertThat(rejoined.generationId).isEqualTo(2);
        assertThat(rejoined.leader).isEqualTo(first.memberId);
        assertThat(rejoined.members).hasSize(2);
        assertThat(second.answer().generationId).isEqualTo(2);
        assertThat(second.answer().members).isEmpty();
    }

    @Test
    void handedOutIdHoldsARebalanceUpUntilItsSessionIsOver() {
        var first = lab.stableMember();
        lab.join(r -> {});
        var rejoined = lab.join(first.memberId);
        assertThat(rejoined.isParked()).isTrue();
        lab.advance(SESSION_MS);
        assertThat(rejoined.answer().generationId).isEqualTo(2);
    }

    @Test
    void handedOutIdIsForgottenAfterItsSession() {
        String id = lab.join(r -> {}).answer().memberId;
        lab.advance(SESSION_MS);
        assertThat(lab.join(id).error()).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
    }

    @Test
    void firstRebalanceWaitsForItsDelayAndLongerWhileMembersCome() {
        var slow = new GroupLab(GroupSettings.defaults().withInitialRebalanceDelayMs(3_000));
        var a = slow.joinAnew();
        slow.advance(2_999);
        assertThat(a.isParked()).isTrue();
        var b = slow.joinAnew();
        slow.advance(1);
        assertThat(a.isParked()).isTrue();
        slow.advance(3_000);
        assertThat(a.answer().generationId).isEqualTo(1);
        assertThat(b.answer().generationId).isEqualTo(1);
        assertThat(a.answer().members).hasSize(2);
    }

    @Test
    void firstRebalanceDoesNotWaitLongerThanItsMembersCanBear() {
        var slow = new GroupLab(GroupSettings.defaults().withInitialRebalanceDelayMs(3_000));
        var a = slow.joinAnew(r -> r.setRebalanceTimeoutMs(7_000));
        for (int i = 0; i < 6; i++) {
            slow.joinAnew(r -> r.setRebalanceTimeoutMs(7_000));
            slow.advance(1_000);
        }
        assertThat(a.isParked()).isTrue();
        slow.advance(1_000);
        assertThat(a.isParked()).isFalse();
    }

    @Test
    void memberThatDoesNotRejoinInTimeIsGoneAndTheLeaderIsSucceeded() {
        var pair = lab.stablePair();
        var third = lab.joinAnew();
        var follower = lab.join(pair.get(1).memberId);
        for (long t = 0; t < REBALANCE_MS; t += 5_000) {
            lab.heartbeat(pair.get(0).memberId, 2); // alive, but not coming
            lab.advance(5_000);
        }
        assertThat(follower.answer().generationId).isEqualTo(3);
        assertThat(follower.answer().leader).isEqualTo(pair.get(1).memberId);
        assertThat(third.answer().generationId).isEqualTo(3);
        assertThat(lab.heartbeat(pair.get(0).memberId, 2).error()).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
    }

    @Test
    void parkedFirstJoinOfAnUnheardOfMemberEndsAfterFiveMinutes() {
        var first = lab.join(3, r -> r.setRebalanceTimeoutMs(3_600_000)).answer();
        lab.assign(first);
        var second = lab.join(3, r -> r.setRebalanceTimeoutMs(3_600_000));
        for (int i = 0; i < 60; i++) {
            lab.advance(5_000);
            lab.heartbeat(first.memberId, 1);
        }
        assertThat(second.error()).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
    }

    @Test
    void rejoiningFollowerWithNothingNewGetsTheSameGenerationAgain() {
        var pair = lab.stablePair();
        var again = lab.join(pair.get(1).memberId).answer();
        assertThat(again.generationId).isEqualTo(2);
        assertThat(again.members).isEmpty();
        assertThat(lab.state()).isEqualTo("Stable");
    }

    @Test
    void rejoiningLeaderOrChangedFollowerStartsARebalance() {
        var pair = lab.stablePair();
        assertThat(lab.join(pair.get(0).memberId).isParked()).isTrue();
        assertThat(lab.state()).isEqualTo("PreparingRebalance");

        var other = new GroupLab();
        var members = other.stablePair();
        assertThat(other.join(r -> r.setMemberId(members.get(1).memberId).setProtocols(protocols("range", "more")))
                        .isParked())
                .isTrue();
        assertThat(other.state()).isEqualTo("PreparingRebalance");
    }

    @Test
    void memberWhoseAnswerWasLostWhileCompletingGetsItAgain() {
        var joined = lab.joinAnew().answer();
        var again = lab.join(joined.memberId).answer();
        assertThat(again.generationId).isEqualTo(1);
        assertThat(again.members).hasSize(1);
        assertThat(lab.state()).isEqualTo("CompletingRebalance");
    }

    @Test
    void repeatedJoinReplacesTheParkedOne() {
        var first = lab.stableMember();
        var second = lab.joinAnew();
        var repeated = lab.join(otherThan(first.memberId));
        assertThat(second.error()).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
        lab.join(first.memberId);
        assertThat(repeated.answer().generationId).isEqualTo(2);
    }

    private String otherThan(String firstId) {
        return lab.describe(6).members.stream()
                .map(m -> m.memberId)
                .filter(id -> !id.equals(firstId))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void groupOfFullSizeTakesNobody() {
        var small = new GroupLab(GroupSettings.defaults().withMaxSize(1));
        small.stableMember();
        var refused = small.join(r -> {});
        assertThat(refused.error()).isEqualTo(ErrorCode.GROUP_MAX_SIZE_REACHED);
        assertThat(refused.answer().memberId).isEmpty();
        assertThat(small.state()).isEqualTo("Stable");
    }

    @Test
    void loadedGroupOverItsSizeIsRebalancedAndLosesWhoRejoinsLast() {
        var pair = lab.stablePair();
        lab.restart(GroupSettings.defaults().withMaxSize(1)).advance(0);
        assertThat(lab.state()).isEqualTo("PreparingRebalance");
        var follower = lab.join(pair.get(1).memberId);
        assertThat(lab.join(pair.get(0).memberId).error()).isEqualTo(ErrorCode.GROUP_MAX_SIZE_REACHED);
        assertThat(follower.answer().leader).isEqualTo(pair.get(1).memberId);
        assertThat(follower.answer().generationId).isEqualTo(3);
    }

    @Test
    void memberOfAYoungGenerationIsNotRemovedBeforeItsFirstHeartbeat() {
        var first = lab.joinAnew(r -> r.setRebalanceTimeoutMs(1_000)).answer();
        lab.assign(first);
        lab.advance(500);
        var second = lab.joinAnew(r -> r.setRebalanceTimeoutMs(1_000));
        lab.advance(2_499);
        assertThat(second.isParked()).isTrue();
        assertThat(lab.heartbeat(first.memberId, 1).error()).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
        lab.advance(999);
        assertThat(second.isParked()).isTrue();
        assertThat(lab.join(first.memberId).answer().members).hasSize(2);
        assertThat(second.answer().generationId).isEqualTo(2);
    }

    @Test
    void memberOfAnOldGenerationHasItsRebalanceTimeoutAndNoMore() {
        var first = lab.joinAnew(r -> r.setRebalanceTimeoutMs(1_000)).answer();
        lab.assign(first);
        lab.advance(3_000);
        lab.heartbeat(first.memberId, 1);
        var second = lab.joinAnew(r -> r.setRebalanceTimeoutMs(1_000));
        lab.advance(1_000);
        assertThat(second.answer().members).hasSize(1);
    }
}
