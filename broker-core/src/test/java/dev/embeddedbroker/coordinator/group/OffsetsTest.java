package dev.embeddedbroker.coordinator.group;

import static dev.embeddedbroker.coordinator.group.GroupLab.GROUP;
import static dev.embeddedbroker.coordinator.group.GroupLab.TOPIC_ID;
import static dev.embeddedbroker.coordinator.group.GroupLab.commitRequest;
import static org.assertj.core.api.Assertions.assertThat;

import dev.embeddedbroker.coordinator.group.offsets.OffsetCommand.DeletedTopic;
import dev.embeddedbroker.coordinator.group.offsets.OffsetCommand.TopicsDeleted;
import dev.embeddedbroker.protocol.ErrorCode;
import dev.embeddedbroker.protocol.Uuid;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class OffsetsTest {
    private static final long WEEK_MS = 7L * 24 * 60 * 60 * 1000;
    private static final Uuid OTHER_ID = new Uuid(8, 8);

    private final GroupLab lab = new GroupLab();

    @Test
    void consumerWithoutAGroupCommitsAndFetches() {
        assertThat(lab.commit("t", 0, 42).error()).isEqualTo(ErrorCode.NONE);
        assertThat(lab.committed("t", 0)).isEqualTo(42);
        assertThat(lab.committed("t", 1)).isEqualTo(-1);
        assertThat(lab.committed("u", 0)).isEqualTo(-1);
        var all = lab.fetchAll();
        assertThat(all.topics).singleElement().satisfies(t -> {
            assertThat(t.name).isEqualTo("t");
            assertThat(t.partitions.get(0).metadata).isEqualTo("note");
            assertThat(t.partitions.get(0).committedLeaderEpoch).isEqualTo(3);
        });
        assertThat(lab.state()).isEqualTo("Empty");
        assertThat(lab.list(Set.of(), Set.of()).get(0).protocolType).isEmpty();
    }

    @Test
    void unknownGroupHasNoOffsets() {
        assertThat(lab.fetchAll().topics).isEmpty();
        assertThat(lab.fetchAll().errorCode).isZero();
        assertThat(lab.committed("t", 0)).isEqualTo(-1);
    }

    @Test
    void onlyMembersOfTheGenerationCommitToALivingGroup() {
        var member = lab.stableMember();
        assertThat(lab.commitAs(member.memberId, 1, 5).error()).isEqualTo(ErrorCode.NONE);
        assertThat(lab.commitAs(member.memberId, 0, 6).error()).isEqualTo(ErrorCode.ILLEGAL_GENERATION);
        assertThat(lab.commitAs("x", 1, 6).error()).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        assertThat(lab.commit("t", 0, 6).error()).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        assertThat(lab.committed("t", 0)).isEqualTo(5);
    }

    @Test
    void commitBetweenJoinAndSyncMustBeTriedAfterIt() {
        var joined = lab.joinAnew().answer();
        assertThat(lab.commitAs(joined.memberId, 1, 5).error()).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
    }

    @Test
    void commitOfALeavingGenerationIsTakenWhileTheNextIsPrepared() {
        var member = lab.stableMember();
        lab.joinAnew();
        assertThat(lab.commitAs(member.memberId, 1, 5).error()).isEqualTo(ErrorCode.NONE);
    }

    @Test
    void generationOfAGroupThatIsNotThereIsRefusedByVersion() {
        assertThat(lab.commit(8, commitRequest("t", 0, 1).setMemberId("m").setGenerationIdOrMemberEpoch(1))
                        .error())
                .isEqualTo(ErrorCode.ILLEGAL_GENERATION);
        assertThat(lab.commitAs("m", 1, 1).error()).isEqualTo(ErrorCode.GROUP_ID_NOT_FOUND);
    }

    @Test
    void commitKeepsTheSession() {
        var member = lab.stableMember();
        for (int i = 0; i < 5; i++) {
            lab.advance(GroupLab.SESSION_MS - 1);
            assertThat(lab.commitAs(member.memberId, 1, i).error()).isEqualTo(ErrorCode.NONE);
        }
    }

    @Test
    void metadataThatIsTooLongIsRefusedByPartition() {
        var request = commitRequest("t", 0, 1);
        request.topics.get(0).partitions.get(0).committedMetadata = "x".repeat(4097);
        assertThat(lab.commit(9, request).error()).isEqualTo(ErrorCode.OFFSET_METADATA_TOO_LARGE);
        request.topics.get(0).partitions.get(0).committedMetadata = "x".repeat(4096);
        assertThat(lab.commit(9, request).error()).isEqualTo(ErrorCode.NONE);
        request.topics.get(0).partitions.get(0).committedMetadata = null;
        assertThat(lab.commit(9, request).error()).isEqualTo(ErrorCode.NONE);
        assertThat(lab.fetchAll().topics.get(0).partitions.get(0).metadata).isEmpty();
    }

    @Test
    void offsetOfAnEarlierTopicOfTheSameNameIsNotThisOnes() {
        lab.commit("t", 0, 42);
        assertThat(lab.committed("t", TOPIC_ID, 0)).isEqualTo(42);
        assertThat(lab.committed("t", OTHER_ID, 0)).isEqualTo(-1);
    }

    @Test
    void offsetsGoWithTheirTopic() {
        lab.commit("t", 0, 42);
        lab.act(new TopicsDeleted(List.of(new DeletedTopic("t", OTHER_ID))));
        assertThat(lab.committed("t", 0)).isEqualTo(42);
        lab.act(new TopicsDeleted(List.of(new DeletedTopic("t", TOPIC_ID), new DeletedTopic("u", OTHER_ID))));
        assertThat(lab.committed("t", 0)).isEqualTo(-1);
        assertThat(lab.restart().committed("t", 0)).isEqualTo(-1);
    }

    @Test
    void simpleGroupsOffsetsExpireFromTheirCommit() {
        lab.commit("t", 0, 42);
        lab.advance(WEEK_MS / 2);
        lab.commit("t", 1, 43);
        lab.advance(WEEK_MS / 2 + 600_000);
        assertThat(lab.committed("t", 0)).isEqualTo(-1);
        assertThat(lab.committed("t", 1)).isEqualTo(43);
        lab.advance(WEEK_MS / 2 + 600_000);
        assertThat(lab.machine().group(GROUP)).isNull();
        assertThat(lab.replay().groups()).isEmpty();
    }

    @Test
    void emptiedGroupsOffsetsExpireFromTheMomentItIsEmpty() {
        var member = lab.stableMember();
        lab.commitAs(member.memberId, 1, 5);
        for (int i = 0; i < 100; i++) {
            lab.advance(GroupLab.SESSION_MS - 1);
            lab.heartbeat(member.memberId, 1);
        }
        lab.leave(member.memberId);
        lab.advance(WEEK_MS - 600_000);
        assertThat(lab.committed("t", 0)).isEqualTo(5);
        lab.advance(1_200_000);
        assertThat(lab.machine().group(GROUP)).isNull();
    }

    @Test
    void livingGroupsOffsetsExpireOnlyOfTopicsItLeft() {
        var lazy = new GroupLab();
        var member = lazy.joinAnew(r -> r.setSessionTimeoutMs(1_800_000)).answer();
        lazy.assign(member);
        lazy.commit(9, commitRequest("t", 0, 5).setMemberId(member.memberId).setGenerationIdOrMemberEpoch(1));
        lazy.commit(9, commitRequest("left", 0, 5).setMemberId(member.memberId).setGenerationIdOrMemberEpoch(1));
        for (long t = 0; t <= WEEK_MS; t += 1_700_000) {
            lazy.advance(1_700_000);
            lazy.heartbeat(member.memberId, 1);
        }
        assertThat(lazy.committed("t", 0)).isEqualTo(5);
        assertThat(lazy.committed("left", 0)).isEqualTo(-1);
        assertThat(lazy.state()).isEqualTo("Stable");
    }

    @Test
    void retentionOfAnOldClientIsHonoured() {
        lab.commit(4, commitRequest("t", 0, 42).setRetentionTimeMs(700_000));
        assertThat(lab.restart().committed("t", 0)).isEqualTo(42);
        lab.advance(600_000);
        assertThat(lab.committed("t", 0)).isEqualTo(42);
        lab.advance(600_000);
        assertThat(lab.committed("t", 0)).isEqualTo(-1);
    }

    @Test
    void offsetsOfTopicsTheGroupConsumesCannotBeDeleted() {
        assertThat(lab.deleteOffset("t", 0).error()).isEqualTo(ErrorCode.GROUP_ID_NOT_FOUND);
        var member = lab.stableMember();
        lab.commitAs(member.memberId, 1, 5);
        lab.commit(9, commitRequest("other", 0, 6).setMemberId(member.memberId).setGenerationIdOrMemberEpoch(1));
        assertThat(lab.deleteOffset("t", 0).error()).isEqualTo(ErrorCode.GROUP_SUBSCRIBED_TO_TOPIC);
        assertThat(lab.deleteOffset("other", 0).error()).isEqualTo(ErrorCode.NONE);
        assertThat(lab.committed("other", 0)).isEqualTo(-1);
        lab.leave(member.memberId);
        assertThat(lab.deleteOffset("t", 0).error()).isEqualTo(ErrorCode.NONE);
        assertThat(lab.committed("t", 0)).isEqualTo(-1);
        assertThat(lab.deleteOffset("t", 7).error()).isEqualTo(ErrorCode.NONE);
    }

    @Test
    void offsetsOfALivingGroupOfAnotherKindCannotBeDeleted() {
        lab.join(3, r -> r.setProtocolType("connect"));
        assertThat(lab.deleteOffset("t", 0).error()).isEqualTo(ErrorCode.NON_EMPTY_GROUP);
    }

    @Test
    void emptyGroupIsDeletedWithItsOffsets() {
        assertThat(lab.deleteGroup().error()).isEqualTo(ErrorCode.GROUP_ID_NOT_FOUND);
        var member = lab.stableMember();
        lab.commitAs(member.memberId, 1, 5);
        assertThat(lab.deleteGroup().error()).isEqualTo(ErrorCode.NON_EMPTY_GROUP);
        lab.leave(member.memberId);
        assertThat(lab.deleteGroup().error()).isEqualTo(ErrorCode.NONE);
        assertThat(lab.machine().group(GROUP)).isNull();
        assertThat(lab.machine().offsets().groupIds()).isEmpty();
        assertThat(lab.replay().groups()).isEmpty();
        assertThat(lab.replay().offsets().groupIds()).isEmpty();
        assertThat(lab.hasTimerOf(GROUP)).isFalse();
    }

    @Test
    void listingFiltersByStateAndTypeInAnyCase() {
        lab.stableMember();
        assertThat(lab.list(Set.of(), Set.of())).singleElement().satisfies(g -> {
            assertThat(g.groupId).isEqualTo(GROUP);
            assertThat(g.groupState).isEqualTo("Stable");
            assertThat(g.groupType).isEqualTo("classic");
            assertThat(g.protocolType).isEqualTo("consumer");
        });
        assertThat(lab.list(Set.of("stable"), Set.of("Classic"))).hasSize(1);
        assertThat(lab.list(Set.of("Empty"), Set.of())).isEmpty();
        assertThat(lab.list(Set.of(), Set.of("consumer"))).isEmpty();
        assertThat(lab.list(Set.of(), Set.of("no-such-type"))).isEmpty();
    }
}
