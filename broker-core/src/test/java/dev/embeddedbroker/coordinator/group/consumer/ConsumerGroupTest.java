package dev.embeddedbroker.coordinator.group.consumer;

import static dev.embeddedbroker.coordinator.group.consumer.ConsumerLab.error;
import static dev.embeddedbroker.coordinator.group.consumer.ConsumerLab.joinRequest;
import static org.assertj.core.api.Assertions.assertThat;

import dev.embeddedbroker.coordinator.group.GroupCommand;
import dev.embeddedbroker.coordinator.group.GroupType;
import dev.embeddedbroker.coordinator.group.classic.ClassicCommand;
import dev.embeddedbroker.coordinator.group.offsets.OffsetCommand;
import dev.embeddedbroker.protocol.ErrorCode;
import dev.embeddedbroker.protocol.request.ConsumerGroupHeartbeatRequest;
import dev.embeddedbroker.protocol.request.HeartbeatRequest;
import dev.embeddedbroker.protocol.request.JoinGroupRequest;
import dev.embeddedbroker.protocol.request.LeaveGroupRequest;
import dev.embeddedbroker.protocol.request.OffsetCommitRequest;
import dev.embeddedbroker.protocol.request.OffsetFetchRequest.OffsetFetchRequestGroup;
import dev.embeddedbroker.protocol.response.DescribeGroupsResponse.DescribedGroup;
import dev.embeddedbroker.protocol.response.HeartbeatResponse;
import dev.embeddedbroker.protocol.response.JoinGroupResponse;
import dev.embeddedbroker.protocol.response.LeaveGroupResponse;
import dev.embeddedbroker.protocol.response.OffsetCommitResponse;
import dev.embeddedbroker.protocol.response.OffsetFetchResponse.OffsetFetchResponseGroup;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Consumer groups, one decision at a time. */
class ConsumerGroupTest {
    private static final int SESSION_MS = 45_000;

    private final ConsumerLab lab = new ConsumerLab().topic("t", 6);

    // ---- joining and settling ----

    @Test
    void firstMemberGetsEverythingAtOnce() {
        var a = lab.client("a", "t").join();
        assertThat(a.size()).isEqualTo(6);
        assertThat(a.epoch).isEqualTo(2);
        assertThat(lab.group().stateName()).isEqualTo("Stable");
    }

    @Test
    void secondMemberWaitsUntilTheFirstHasLetGo() {
        var a = lab.client("a", "t").join();
        var b = lab.client("b", "t").join();
        assertThat(b.size()).isZero();
        assertThat(b.epoch).isEqualTo(3);
        assertThat(lab.group().member("b").state()).isEqualTo(MemberState.UNRELEASED_PARTITIONS);
        a.beat(); // learns what to give up, stays in its epoch
        assertThat(a.epoch).isEqualTo(2);
        assertThat(a.size()).isEqualTo(3);
        assertThat(lab.group().member("a").state()).isEqualTo(MemberState.UNREVOKED_PARTITIONS);
        assertThat(b.beat().size()).isZero();
        assertThat(lab.group().stateName()).isEqualTo("Reconciling");
        a.beat(); // has given it up
        assertThat(a.epoch).isEqualTo(3);
        assertThat(b.beat().size()).isEqualTo(3);
        assertThat(lab.group().stateName()).isEqualTo("Stable");
    }

    @Test
    void intervalIsShortAfterAnAssignmentAndGrowsWithItsAgeUpToTheConfiguredOne() {
        var a = lab.client("a", "t").join();
        assertThat(a.last.heartbeatIntervalMs).isEqualTo(50);
        lab.advance(3_000);
        assertThat(a.beat().last.heartbeatIntervalMs).isEqualTo(300);
        lab.advance(30_000);
        assertThat(a.beat().last.heartbeatIntervalMs).isEqualTo(3_300);
        lab.advance(30_000);
        assertThat(a.beat().last.heartbeatIntervalMs).isEqualTo(5_000);
        var b = lab.client("b", "t").join();
        assertThat(b.last.heartbeatIntervalMs).isEqualTo(50);
        assertThat(a.beat().last.heartbeatIntervalMs).isEqualTo(50);
    }

    @Test
    void groupThatFormsIsAssignedToWhenThoseWhoSeemToComeAreThere() {
        lab.areOthersComing = true;
        var a = lab.client("a", "t").join();
        assertThat(a.size()).isZero();
        assertThat(lab.group().stateName()).isEqualTo("Assigning");
        lab.areOthersComing = false;
        var b = lab.client("b", "t").join();
        assertThat(b.size()).isEqualTo(3);
        assertThat(a.beat().size()).isEqualTo(3);
        assertThat(lab.group().stateName()).isEqualTo("Stable");
    }

    @Test
    void groupThatFormsIsAssignedToAtTheNextHeartbeatWhenNobodyElseCame() {
        lab.areOthersComing = true;
        var a = lab.client("a", "t").join();
        assertThat(a.size()).isZero();
        assertThat(a.last.heartbeatIntervalMs).isEqualTo(50);
        assertThat(a.beat().size()).isEqualTo(6);
    }

    @Test
    void largeGroupThatFormsIsAssignedToInBatchesAndHeartbeatsMoreSlowly() {
        lab.settings = lab.settings.withAssignmentIntervalMs(ConsumerSettings.AS_THE_GROUP_IS_LARGE);
        for (int i = 0; i < 50; i++) {
            lab.client("m" + i, "t").join();
        }
        var last = lab.client("last", "t").join();
        assertThat(lab.group().stateName()).isEqualTo("Assigning");
        assertThat(last.epoch).isLessThan(51);
        assertThat(last.last.heartbeatIntervalMs).isEqualTo(1_000);
        lab.advance(1_000);
        assertThat(last.beat().epoch).isGreaterThanOrEqualTo(51);
        assertThat(lab.group().stateName()).isEqualTo("Reconciling");
    }

    @Test
    void assignmentsKeepTheirDistanceWhenTheSettingsWantIt() {
        lab.settings = lab.settings.withAssignmentIntervalMs(1_000);
        var a = lab.client("a", "t").join();
        lab.advance(500);
        var b = lab.client("b", "t").join();
        assertThat(lab.group().stateName()).isEqualTo("Assigning");
        assertThat(b.epoch).isEqualTo(2);
        lab.advance(500);
        lab.settle(a, b);
        assertThat(b.size()).isEqualTo(3);
    }

    @Test
    void assignmentIsToldOnceAndAgainToThoseWhoTellEverything() {
        var a = lab.client("a", "t").join();
        assertThat(a.last.assignment).isNotNull();
        assertThat(a.beat().last.assignment).isNull();
        var full = lab.heartbeat(joinRequest("a", "t").setMemberEpoch(a.epoch));
        assertThat(full.assignment).isNotNull();
    }

    @Test
    void votesElectTheAssignor() {
        lab.client("a", "t").join(r -> r.setServerAssignor("range"));
        assertThat(lab.describe().assignorName).isEqualTo("range");
        int epoch = lab.group().epoch();
        lab.client("b", "t").join(r -> r.setServerAssignor("uniform"));
        lab.client("c", "t").join(r -> r.setServerAssignor("uniform"));
        assertThat(lab.describe().assignorName).isEqualTo("uniform");
        assertThat(lab.group().epoch()).isGreaterThan(epoch);
    }

    @Test
    void groupTakesNoMoreThanItsSize() {
        lab.settings = lab.settings.withMaxSize(1);
        lab.client("a", "t").join();
        assertThat(lab.client("b", "t").join().error()).isEqualTo(ErrorCode.GROUP_MAX_SIZE_REACHED);
        assertThat(lab.client("a", "t").join().error()).isEqualTo(ErrorCode.NONE);
    }

    // ---- refusals ----

    private void refused(ErrorCode expected, String message, ConsumerGroupHeartbeatRequest request) {
        int before = lab.logSize();
        var response = lab.heartbeat(request);
        assertThat(error(response)).isEqualTo(expected);
        assertThat(response.errorMessage).contains(message);
        assertThat(lab.logSize()).isEqualTo(before);
    }

    @Test
    void invalidRequestsAreRefusedInKafkasWords() {
        var invalid = ErrorCode.INVALID_REQUEST;
        refused(invalid, "MemberId can't be empty.", joinRequest(" ", "t"));
        refused(invalid, "InstanceId can't be empty.", joinRequest("a", "t").setInstanceId(""));
        refused(invalid, "RackId can't be empty.", joinRequest("a", "t").setRackId(""));
        refused(invalid, "RebalanceTimeoutMs must be", joinRequest("a", "t").setRebalanceTimeoutMs(-1));
        refused(invalid, "TopicPartitions must be empty", joinRequest("a", "t").setTopicPartitions(null));
        refused(invalid, "Either SubscribedTopicNames", joinRequest("a").setSubscribedTopicNames(null));
        refused(
                invalid,
                "InstanceId can't be null.",
                new ConsumerGroupHeartbeatRequest().setMemberId("a").setMemberEpoch(-2));
        refused(invalid, "MemberEpoch is invalid.", joinRequest("a", "t").setMemberEpoch(-3));
        refused(
                ErrorCode.UNSUPPORTED_ASSIGNOR,
                "Supported assignors: uniform, range.",
                joinRequest("a", "t").setServerAssignor("sticky"));
        for (String pattern : List.of("[", "(?!x)y", "(a)\\1", "a*+")) {
            refused(
                    ErrorCode.INVALID_REGULAR_EXPRESSION,
                    "`" + pattern + "` is not a valid regular expression",
                    joinRequest("a").setSubscribedTopicRegex(pattern));
        }
        refused(ErrorCode.GROUP_ID_NOT_FOUND, "not found", joinRequest("a", "t").setMemberEpoch(1));
    }

    @Test
    void patternsAreRe2sNotTheJdks() {
        for (String pattern : List.of("(?P<name>t)", "[[:alpha:]]", "\\pL", "\\x{74}", "t\\z", "(?U:t{1,}?)")) {
            var a = lab.client("a").join(r -> r.setSubscribedTopicRegex(pattern));
            assertThat(a.error()).as(pattern).isEqualTo(ErrorCode.NONE);
            assertThat(a.size()).as(pattern).isEqualTo(6);
            a.leave();
        }
    }

    @Test
    void memberWithoutIdGetsOneInVersionZeroOnly() {
        assertThat(error(lab.heartbeat(0, joinRequest("", "t")))).isEqualTo(ErrorCode.NONE);
        assertThat(lab.group().members()).singleElement().satisfies(m -> assertThat(m.memberId())
                .startsWith("fresh-"));
    }

    @Test
    void wrongEpochsAreFenced() {
        var a = lab.client("a", "t").join();
        refused(
                ErrorCode.UNKNOWN_MEMBER_ID,
                "Member b is not",
                joinRequest("b", "t").setMemberEpoch(1));
        refused(
                ErrorCode.FENCED_MEMBER_EPOCH,
                "greater member epoch (9)",
                joinRequest("a", "t").setMemberEpoch(9));
        refused(
                ErrorCode.FENCED_MEMBER_EPOCH,
                "smaller member epoch (1)",
                joinRequest("a", "t").setMemberEpoch(1));
        lab.client("b", "t").join();
        a.beat();
        a.beat();
        assertThat(a.epoch).isEqualTo(3);
        a.epoch = 2; // the answer got lost: the one before is accepted from a member that has nothing else
        assertThat(a.beat().error()).isEqualTo(ErrorCode.NONE);
        assertThat(a.epoch).isEqualTo(3);
    }

    // ---- leaving ----

    @Test
    void partitionsOfALeaverGoToTheOthers() {
        var a = lab.client("a", "t").join();
        var b = lab.client("b", "t").join();
        lab.settle(a, b);
        b.leave();
        assertThat(b.last.memberEpoch).isEqualTo(-1);
        lab.settle(a);
        assertThat(a.size()).isEqualTo(6);
        a.leave();
        assertThat(lab.group().stateName()).isEqualTo("Empty");
        assertThat(lab.timerCount()).isEqualTo(0);
    }

    @Test
    void silentMembersAreRemovedAfterTheirSession() {
        var a = lab.client("a", "t").join();
        var b = lab.client("b", "t").join();
        lab.settle(a, b);
        lab.advance(SESSION_MS - 1);
        a.beat();
        lab.advance(1);
        assertThat(lab.group().member("b")).isNull();
        lab.settle(a);
        assertThat(a.size()).isEqualTo(6);
    }

    @Test
    void memberThatDoesNotGiveUpItsPartitionsIsRemoved() {
        var a = lab.client("a", "t").join();
        var b = lab.client("b", "t").join();
        a.beat();
        for (int i = 0; i < 3; i++) {
            lab.advance(ConsumerLab.REBALANCE_MS / 3);
            if (lab.group().member("a") != null) {
                a.beatSilently();
            }
            b.beat();
        }
        assertThat(lab.group().member("a")).isNull();
        lab.settle(b);
        assertThat(b.size()).isEqualTo(6);
    }

    @Test
    void adminRemovesMembersWithLeaveGroup() {
        lab.client("a", "t").join();
        lab.client("b", "t").join(r -> r.setInstanceId("ib"));
        var request = new LeaveGroupRequest().setGroupId(ConsumerLab.GROUP);
        for (String instanceId : new String[] {"ib", "ic", null}) {
            request.members.add(new LeaveGroupRequest.MemberIdentity()
                    .setMemberId(instanceId == null ? "a" : "")
                    .setGroupInstanceId(instanceId));
        }
        var response = (LeaveGroupResponse) lab.ask(ticket -> new ClassicCommand.Leave(ticket, request));
        assertThat(response.members)
                .extracting(m -> ErrorCode.forId(m.errorCode))
                .containsExactly(ErrorCode.NONE, ErrorCode.UNKNOWN_MEMBER_ID, ErrorCode.NONE);
        assertThat(lab.group().isEmpty()).isTrue();
    }

    // ---- static members ----

    @Test
    void staticMemberKeepsItsPlaceWhileItIsAway() {
        var a = lab.client("a", "t").join(r -> r.setInstanceId("ia"));
        var b = lab.client("b", "t").join();
        lab.settle(b, a);
        var owned = List.copyOf(a.owned.values());
        int epoch = lab.group().epoch();
        var early = lab.client("a2", "t").join(r -> r.setInstanceId("ia"));
        assertThat(early.error()).isEqualTo(ErrorCode.UNRELEASED_INSTANCE_ID);
        a.leave(-2, "ia");
        assertThat(a.last.memberEpoch).isEqualTo(-2);
        var a2 = lab.client("a2", "t").join(r -> r.setInstanceId("ia"));
        assertThat(List.copyOf(a2.owned.values())).isEqualTo(owned);
        assertThat(lab.group().epoch()).isEqualTo(epoch);
        refused(
                ErrorCode.FENCED_INSTANCE_ID,
                "was fenced by member a2",
                joinRequest("a", "t").setInstanceId("ia").setMemberEpoch(epoch));
        a2.leave(-2, "ia");
        lab.advance(SESSION_MS);
        assertThat(lab.group().staticMember("ia")).isNull();
    }

    // ---- topics ----

    @Test
    void topicsThatComeGrowAndGoAreNoticed() {
        var a = lab.client("a", "t", "u").join();
        assertThat(a.size()).isEqualTo(6);
        lab.topic("u", 2);
        lab.settle(a);
        assertThat(a.size()).isEqualTo(8);
        lab.topic("t", 7);
        lab.settle(a);
        assertThat(a.size()).isEqualTo(9);
        int epoch = lab.group().epoch();
        lab.topic("other", 1);
        lab.settle(a);
        assertThat(lab.group().epoch()).isEqualTo(epoch);
        lab.deleteTopic("t");
        lab.settle(a);
        assertThat(a.size()).isEqualTo(2);
    }

    @Test
    void patternStandsForTheTopicsItMatchesWhole() {
        lab.topic("t-1", 1).topic("at-1", 1);
        var a = lab.client("a").join(r -> r.setSubscribedTopicRegex("t-.*"));
        assertThat(a.size()).isEqualTo(1);
        lab.topic("t-2", 3);
        lab.settle(a);
        assertThat(a.size()).isEqualTo(4);
        assertThat(lab.group().subscribesTo("t-2")).isTrue();
        a.beat(r -> r.setSubscribedTopicRegex("").setSubscribedTopicNames(List.of("t")));
        lab.settle(a);
        assertThat(a.size()).isEqualTo(6);
        assertThat(lab.group().patterns()).isEmpty();
    }

    @Test
    void aFirstPatternThatMatchesNothingYetDoesNotRaiseTheEpoch() {
        var a = lab.client("a", "t").join();
        lab.settle(a);
        int epoch = lab.group().epoch();
        var b = lab.client("b").join(r -> r.setSubscribedTopicRegex("later"));
        assertThat(b.error()).isEqualTo(ErrorCode.NONE);
        assertThat(lab.group().epoch()).isEqualTo(epoch);
        lab.topic("later", 2);
        lab.settle(a, b);
        assertThat(b.size()).isEqualTo(2);
        assertThat(lab.group().epoch()).isEqualTo(epoch + 1);
    }

    // ---- offsets ----

    private ErrorCode commit(String memberId, int epoch, int version, String topic, int partition) {
        var request = new OffsetCommitRequest()
                .setGroupId(ConsumerLab.GROUP)
                .setMemberId(memberId)
                .setGenerationIdOrMemberEpoch(epoch);
        var asked = new OffsetCommitRequest.OffsetCommitRequestTopic()
                .setName(topic)
                .setTopicId(lab.id(topic));
        asked.partitions.add(new OffsetCommitRequest.OffsetCommitRequestPartition().setPartitionIndex(partition));
        request.topics.add(asked);
        var response = (OffsetCommitResponse)
                lab.ask(ticket -> new OffsetCommand.CommitOffsets(ticket, request, (short) version));
        return ErrorCode.forId(response.topics.get(0).partitions.get(0).errorCode);
    }

    private ErrorCode fetch(String memberId, int epoch) {
        var asked = new OffsetFetchRequestGroup()
                .setGroupId(ConsumerLab.GROUP)
                .setMemberId(memberId)
                .setMemberEpoch(epoch)
                .setTopics(null);
        var response =
                (OffsetFetchResponseGroup) lab.ask(ticket -> new OffsetCommand.FetchOffsets(ticket, asked, false));
        return ErrorCode.forId(response.errorCode);
    }

    @Test
    void commitsShowTheEpochTheyAreOf() {
        var a = lab.client("a", "t").join();
        assertThat(commit("a", 2, 10, "t", 0)).isEqualTo(ErrorCode.NONE);
        assertThat(commit("a", 3, 10, "t", 0)).isEqualTo(ErrorCode.STALE_MEMBER_EPOCH);
        assertThat(commit("a", 2, 8, "t", 0)).isEqualTo(ErrorCode.UNSUPPORTED_VERSION);
        assertThat(commit("b", 2, 10, "t", 0)).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        assertThat(commit("", -1, 10, "t", 0)).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        var b = lab.client("b", "t").join();
        lab.settle(a, b);
        int kept = a.owned.get(lab.id("t")).iterator().next();
        int lost = b.owned.get(lab.id("t")).iterator().next();
        assertThat(commit("a", 2, 10, "t", kept)).isEqualTo(ErrorCode.NONE); // has had it since epoch 2
        assertThat(commit("a", 2, 10, "t", lost)).isEqualTo(ErrorCode.STALE_MEMBER_EPOCH);
        assertThat(commit("b", 2, 10, "t", lost)).isEqualTo(ErrorCode.STALE_MEMBER_EPOCH);
        assertThat(fetch("a", 3)).isEqualTo(ErrorCode.NONE);
        assertThat(fetch("a", 2)).isEqualTo(ErrorCode.STALE_MEMBER_EPOCH);
        assertThat(fetch("x", 2)).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        assertThat(fetch(null, -1)).isEqualTo(ErrorCode.NONE);
        a.leave();
        b.leave();
        assertThat(commit("", -1, 10, "t", 0)).isEqualTo(ErrorCode.NONE);
    }

    // ---- other protocols ----

    private JoinGroupResponse classicJoin(Consumer<JoinGroupRequest> change) {
        var request = new JoinGroupRequest()
                .setGroupId(ConsumerLab.GROUP)
                .setSessionTimeoutMs(10_000)
                .setRebalanceTimeoutMs(10_000)
                .setProtocolType("consumer")
                .setProtocols(List.of(new JoinGroupRequest.JoinGroupRequestProtocol()
                        .setName("range")
                        .setMetadata(new byte[0])));
        change.accept(request);
        return (JoinGroupResponse)
                lab.ask(ticket -> new ClassicCommand.Join(ticket, request, "client", "/127.0.0.1", "c-1", (short) 9));
    }

    @Test
    void classicRequestsDoNotFindMembersOfTheConsumerProtocol() {
        var a = lab.client("a", "t").join();
        var beat = new HeartbeatRequest()
                .setGroupId(ConsumerLab.GROUP)
                .setMemberId("a")
                .setGenerationId(a.epoch);
        var answer = (HeartbeatResponse) lab.ask(ticket -> new ClassicCommand.Heartbeat(ticket, beat, true));
        assertThat(ErrorCode.forId(answer.errorCode)).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        var described = (DescribedGroup)
                lab.ask(ticket -> new GroupCommand.DescribeGroup(ticket, ConsumerLab.GROUP, (short) 6));
        assertThat(ErrorCode.forId(described.errorCode)).isEqualTo(ErrorCode.GROUP_ID_NOT_FOUND);
        assertThat(described.errorMessage).isEqualTo("Group g is not a classic group.");
    }

    @Test
    void emptyGroupMakesWayForOneOfTheOtherProtocol() {
        lab.client("a", "t").join().leave();
        assertThat(ErrorCode.forId(classicJoin(r -> {}).errorCode)).isEqualTo(ErrorCode.MEMBER_ID_REQUIRED);
        assertThat(lab.anyGroup().type()).isEqualTo(GroupType.CLASSIC);
        assertThat(lab.restart().anyGroup().type()).isEqualTo(GroupType.CLASSIC);
        assertThat(lab.client("a", "t").join().size()).isEqualTo(6);
        assertThat(lab.anyGroup().type()).isEqualTo(GroupType.CONSUMER);
        assertThat(lab.restart().group().toString()).isEqualTo(lab.group().toString());
    }

    @Test
    void deletedGroupLeavesNothingBehind() {
        lab.client("a").join(r -> r.setSubscribedTopicRegex("t.*")).leave();
        assertThat(lab.ask(ticket -> new GroupCommand.DeleteGroup(ticket, ConsumerLab.GROUP)))
                .isEqualTo(ErrorCode.NONE);
        assertThat(lab.anyGroup()).isNull();
        assertThat(lab.replay().groups()).isEmpty();
    }

    // ---- the log ----

    @Test
    void groupIsTheSameAfterARestart() {
        var a = lab.client("a", "t").join(r -> r.setInstanceId("ia"));
        var b = lab.client("b", "t").join();
        a.beat();
        String before = lab.group().toString();
        assertThat(lab.restart().group().toString()).isEqualTo(before);
        int epoch = lab.group().epoch();
        lab.settle(a, b);
        assertThat(lab.group().epoch()).isEqualTo(epoch);
        assertThat(a.size()).isEqualTo(3);
        assertThat(b.size()).isEqualTo(3);
    }

    @Test
    void memberThatHadToGiveUpPartitionsIsStillRemovedAfterARestart() {
        var a = lab.client("a", "t").join();
        lab.client("b", "t").join();
        a.beat();
        lab.restart().advance(ConsumerLab.REBALANCE_MS);
        assertThat(lab.group().member("a")).isNull();
    }

    @Test
    void describedGroupShowsWhatMembersHaveAndShallHave() {
        var a = lab.client("a", "t").join();
        lab.client("b", "t").join();
        a.beat();
        var described = lab.describe();
        assertThat(described.groupState).isEqualTo("Reconciling");
        assertThat(described.groupEpoch).isEqualTo(3);
        assertThat(described.assignmentEpoch).isEqualTo(3);
        var member = described.members.get(0);
        assertThat(member.memberEpoch).isEqualTo(2);
        assertThat(member.assignment.topicPartitions.get(0).partitions).hasSize(6); // what it gives up is still its own
        assertThat(member.targetAssignment.topicPartitions.get(0).partitions).hasSize(3);
        assertThat(member.targetAssignment.topicPartitions.get(0).topicName).isEqualTo("t");
    }
}
