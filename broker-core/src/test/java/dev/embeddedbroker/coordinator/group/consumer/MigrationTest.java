package dev.embeddedbroker.coordinator.group.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embeddedbroker.coordinator.group.GroupCommand;
import dev.embeddedbroker.coordinator.group.GroupSettings;
import dev.embeddedbroker.coordinator.group.GroupType;
import dev.embeddedbroker.coordinator.group.MigrationPolicy;
import dev.embeddedbroker.coordinator.group.classic.ClassicCommand;
import dev.embeddedbroker.coordinator.group.classic.ClassicGroup;
import dev.embeddedbroker.protocol.ErrorCode;
import dev.embeddedbroker.protocol.request.JoinGroupRequest;
import dev.embeddedbroker.protocol.response.JoinGroupResponse;
import java.nio.ByteBuffer;
import java.util.List;
import org.apache.kafka.coordinator.group.GroupCoordinatorRecordSerde;
import org.apache.kafka.coordinator.group.generated.ConsumerGroupMemberMetadataValue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Groups of consumers that go from the classic protocol to the consumer protocol and back, while at work (KIP-848). */
class MigrationTest {
    private ConsumerLab lab = new ConsumerLab().topic("t", 6);

    private static ConsumerLab under(MigrationPolicy policy) {
        return new ConsumerLab(GroupSettings.defaults().withMigration(policy)).topic("t", 6);
    }

    /** Rounds of heartbeats, a few seconds apart, until everybody has what it should. */
    private void settle(ClassicClient... clients) {
        for (int round = 0; round < 8; round++) {
            lab.advance(2_000);
            for (ClassicClient client : clients) {
                client.beat();
            }
        }
        for (ClassicClient client : clients) {
            assertThat(client.error).isEqualTo(ErrorCode.NONE);
            assertThat(client.isParked()).isFalse();
        }
    }

    private void settle(List<ConsumerLab.Client> members, ClassicClient... clients) {
        for (int round = 0; round < 8; round++) {
            lab.advance(2_000);
            for (ClassicClient client : clients) {
                client.beat();
            }
            members.forEach(ConsumerLab.Client::beat);
        }
        settle(clients);
    }

    private GroupType type() {
        return lab.anyGroup().type();
    }

    // ---- up ----

    @Test
    void memberOfTheConsumerProtocolTakesTheGroupAlong() {
        var a = lab.classic("t").join();
        var b = lab.classic("t").join();
        settle(a, b);
        assertThat(a.size() + b.size()).isEqualTo(6);
        int generation = a.generation;
        var c = lab.client("c", "t").join();
        assertThat(c.error()).isEqualTo(ErrorCode.NONE);
        assertThat(type()).isEqualTo(GroupType.CONSUMER);
        assertThat(c.epoch).isEqualTo(generation + 1);
        assertThat(c.size()).isZero(); // the others have everything still
        assertThat(a.heartbeat()).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
        settle(List.of(c), a, b);
        assertThat(List.of(a.size(), b.size(), c.size())).containsExactly(2, 2, 2);
        assertThat(lab.group().stateName()).isEqualTo("Stable");
        assertThat(a.heartbeat()).isEqualTo(ErrorCode.NONE);
    }

    @Test
    void upgradeKeepsWhatEverybodyHas() {
        var a = lab.classic("t").join();
        settle(a);
        lab.client("c", "t").join();
        var member = lab.group().member(a.memberId);
        assertThat(member.speaksClassic()).isTrue();
        assertThat(member.assigned().byTopic().get(lab.id("t"))).hasSize(6);
        assertThat(lab.restart().group().toString())
                .isEqualTo(lab.replay().group(ConsumerLab.GROUP).toString());
        assertThat(lab.group().member(a.memberId)).isEqualTo(member);
    }

    @Test
    void whoIsParkedIsToAskAgain() {
        var a = lab.classic("t").join();
        settle(a);
        var b = lab.classic("t").join();
        assertThat(b.isParked()).isTrue();
        var c = lab.client("c", "t").join();
        assertThat(lab.unanswered()).isEmpty();
        b.proceed();
        assertThat(b.isParked()).isFalse();
        settle(List.of(c), a, b);
        assertThat(a.size() + b.size() + c.size()).isEqualTo(6);
    }

    @ParameterizedTest
    @EnumSource(MigrationPolicy.class)
    void upgradeNeedsThePolicy(MigrationPolicy policy) {
        lab = under(policy);
        var a = lab.classic("t").join();
        settle(a);
        var c = lab.client("c", "t").join();
        if (policy.allowsUpgrade()) {
            assertThat(c.error()).isEqualTo(ErrorCode.NONE);
        } else {
            assertThat(c.error()).isEqualTo(ErrorCode.GROUP_ID_NOT_FOUND);
            assertThat(c.last.errorMessage)
                    .isEqualTo("Cannot upgrade classic group g to consumer group because online upgrade is disabled.");
            assertThat(type()).isEqualTo(GroupType.CLASSIC);
        }
    }

    private String refusal(ConsumerLab.Client client) {
        assertThat(client.error()).isEqualTo(ErrorCode.GROUP_ID_NOT_FOUND);
        assertThat(type()).isEqualTo(GroupType.CLASSIC);
        return client.last.errorMessage;
    }

    private void classicJoin(String type, byte[] metadata) {
        for (String memberId = ""; ; ) {
            var request = new JoinGroupRequest()
                    .setGroupId(ConsumerLab.GROUP)
                    .setMemberId(memberId)
                    .setSessionTimeoutMs(10_000)
                    .setRebalanceTimeoutMs(10_000)
                    .setProtocolType(type)
                    .setProtocols(List.of(new JoinGroupRequest.JoinGroupRequestProtocol()
                            .setName("p")
                            .setMetadata(metadata)));
            var ticket =
                    lab.sendClassic(t -> new ClassicCommand.Join(t, request, "old", "/127.0.0.1", "x-1", (short) 9));
            var answer = (JoinGroupResponse) lab.answer(ticket);
            if (answer.errorCode == 0) {
                return;
            }
            memberId = answer.memberId;
        }
    }

    @Test
    void onlyConsumersAreUpgraded() {
        classicJoin("connect", new byte[] {1});
        assertThat(refusal(lab.client("c", "t").join())).contains("does not use the consumer embedded protocol");
    }

    @Test
    void unreadableSubscriptionsAreNotUpgraded() {
        classicJoin("consumer", new byte[] {1});
        assertThat(refusal(lab.client("c", "t").join())).contains("the embedded consumer protocol is malformed");
    }

    @Test
    void groupThatIsTooLargeIsNotUpgraded() {
        lab.settings = lab.settings.withMaxSize(1);
        settle(lab.classic("t").join(), lab.classic("t").join());
        assertThat(refusal(lab.client("c", "t").join())).contains("exceeds the consumer group maximum size");
    }

    // ---- classic members in a consumer group ----

    private ConsumerLab.Client modern;
    private ClassicClient old;

    private void mixed() {
        modern = lab.client("m", "t").join();
        old = lab.classic("t").join();
        settle(List.of(modern), old);
        assertThat(List.of(modern.size(), old.size())).containsExactly(3, 3);
    }

    @ParameterizedTest
    @EnumSource(MigrationPolicy.class)
    void classicMemberJoinsUnlessMigrationIsDisabled(MigrationPolicy policy) {
        lab = under(policy);
        modern = lab.client("m", "t").join();
        old = lab.classic("t").join();
        assertThat(old.error)
                .isEqualTo(policy == MigrationPolicy.DISABLED ? ErrorCode.INCONSISTENT_GROUP_PROTOCOL : ErrorCode.NONE);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3})
    void classicMemberGetsItsPartitionsInTheVersionItSpeaks(int version) {
        modern = lab.client("m", "t").join();
        old = lab.classic("t").withSubscriptionsOf(version).speaking("range").join();
        settle(List.of(modern), old);
        assertThat(List.of(modern.size(), old.size())).containsExactly(3, 3);
        lab.client("n", "t").join();
        assertThat(old.heartbeat()).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
    }

    @Test
    void classicMembersMustHaveAProtocolInCommon() {
        mixed();
        assertThat(lab.classic("t").speaking("range").join().error).isEqualTo(ErrorCode.NONE);
        assertThat(lab.classic("t").speaking("sticky").join().error).isEqualTo(ErrorCode.INCONSISTENT_GROUP_PROTOCOL);
        assertThat(lab.classic("t").speaking("cooperative-sticky").join().error)
                .isEqualTo(ErrorCode.INCONSISTENT_GROUP_PROTOCOL);
    }

    @Test
    void silentClassicMemberIsRemovedAfterItsOwnSession() {
        mixed();
        lab.advance(ClassicClient.SESSION_MS - 1);
        modern.beat();
        assertThat(lab.group().member(old.memberId)).isNotNull();
        lab.advance(1);
        assertThat(lab.group().member(old.memberId)).isNull();
        assertThat(old.heartbeat()).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
    }

    @Test
    void classicMemberThatDoesNotRejoinInTimeIsRemoved() {
        mixed();
        lab.client("n", "t").join();
        for (int ms = 0; ms < ClassicClient.REBALANCE_MS; ms += 5_000) {
            assertThat(old.heartbeat()).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
            modern.beat();
            lab.advance(5_000);
        }
        assertThat(old.heartbeat()).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
    }

    @Test
    void classicMemberThatDoesNotSyncInTimeIsRemoved() {
        modern = lab.client("m", "t").join();
        classicJoin("consumer", lab.classic("t").subscription());
        assertThat(lab.group().members()).hasSize(2);
        lab.advance(9_999);
        assertThat(lab.group().members()).hasSize(2);
        lab.advance(1);
        assertThat(lab.group().members()).hasSize(1);
    }

    @Test
    void staticClassicMemberComesBackToWhatItHad() {
        modern = lab.client("m", "t").join();
        old = lab.classic("t").named("i").join();
        settle(List.of(modern), old);
        int epoch = lab.group().epoch();
        var again = lab.classic("t").named("i").join();
        assertThat(again.memberId).isNotEqualTo(old.memberId);
        assertThat(again.owned).isEqualTo(old.owned);
        assertThat(lab.group().epoch()).isEqualTo(epoch);
        assertThat(old.heartbeat()).isEqualTo(ErrorCode.FENCED_INSTANCE_ID);
    }

    @Test
    void staticMembersChangeTheProtocolWithoutLosingTheirPlace() {
        old = lab.classic("t").named("i").join();
        var other = lab.classic("t").named("j").join();
        settle(old, other);
        var before = lab.client("s", "t").join(r -> r.setInstanceId("i"));
        assertThat(before.error()).isEqualTo(ErrorCode.NONE);
        assertThat(lab.group().members()).hasSize(2);
        settle(List.of(), other);
        assertThat(before.beat(r -> r.setInstanceId("i")).size()).isEqualTo(3);
        var back = lab.classic("t").named("i").join();
        assertThat(type()).isEqualTo(GroupType.CLASSIC);
        settle(back, other);
        assertThat(back.size() + other.size()).isEqualTo(6);
        assertThat(before.beat(r -> r.setInstanceId("i")).error()).isEqualTo(ErrorCode.GROUP_ID_NOT_FOUND);
    }

    // ---- down ----

    @Test
    void lastMemberOfTheConsumerProtocolLeavesAClassicGroupBehind() {
        mixed();
        int epoch = lab.group().epoch();
        modern.leave();
        assertThat(modern.error()).isEqualTo(ErrorCode.NONE);
        assertThat(type()).isEqualTo(GroupType.CLASSIC);
        assertThat(lab.anyGroup().stateName()).isEqualTo("PreparingRebalance");
        assertThat(old.heartbeat()).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
        settle(old);
        assertThat(old.size()).isEqualTo(6);
        assertThat(old.generation).isEqualTo(epoch + 1);
        assertThat(lab.anyGroup().stateName()).isEqualTo("Stable");
    }

    @Test
    void lastMemberOfTheConsumerProtocolTimesOut() {
        mixed();
        modern.beat();
        lab.advance(5_000);
        for (int ms = 5_000; ms < 45_000; ms += 5_000) {
            old.beat();
            assertThat(type()).isEqualTo(GroupType.CONSUMER);
            lab.advance(5_000);
        }
        settle(old);
        assertThat(type()).isEqualTo(GroupType.CLASSIC);
        assertThat(old.size()).isEqualTo(6);
    }

    @ParameterizedTest
    @EnumSource(MigrationPolicy.class)
    void downgradeNeedsThePolicy(MigrationPolicy policy) {
        mixed();
        lab.restart(GroupSettings.defaults().withMigration(policy));
        modern.leave();
        assertThat(type()).isEqualTo(policy.allowsDowngrade() ? GroupType.CLASSIC : GroupType.CONSUMER);
        old.beat().beat();
        assertThat(old.size()).isEqualTo(policy.allowsDowngrade() ? 6 : 3); // nobody assigns until a member rejoins
        old.join();
        assertThat(old.error)
                .isEqualTo(policy == MigrationPolicy.DISABLED ? ErrorCode.INCONSISTENT_GROUP_PROTOCOL : ErrorCode.NONE);
        assertThat(old.size()).isEqualTo(policy == MigrationPolicy.DISABLED ? 3 : 6);
    }

    @Test
    void groupThatIsTooLargeIsNotDowngraded() {
        lab = new ConsumerLab(GroupSettings.defaults().withMaxSize(1)).topic("t", 6);
        mixed();
        var second = lab.classic("t").join();
        settle(List.of(modern), old, second);
        modern.leave();
        assertThat(type()).isEqualTo(GroupType.CONSUMER);
        second.leave();
        assertThat(type()).isEqualTo(GroupType.CLASSIC); // then it fits
    }

    @Test
    void downgradedGroupIsTheSameAfterARestart() {
        mixed();
        lab.advance(1);
        modern.leave();
        var replayed = (ClassicGroup) lab.replay().group(ConsumerLab.GROUP);
        assertThat(replayed.stateName()).isEqualTo("Stable"); // it rebalances when its members come
        lab.restart();
        assertThat(old.heartbeat()).isEqualTo(ErrorCode.NONE);
        assertThat(lab.replay().groups()).hasSize(1);
    }

    @Test
    void groupGoesThereAndBackAndThere() {
        mixed();
        modern.leave();
        settle(old);
        modern = lab.client("m2", "t").join();
        settle(List.of(modern), old);
        assertThat(type()).isEqualTo(GroupType.CONSUMER);
        assertThat(List.of(modern.size(), old.size())).containsExactly(3, 3);
        old.leave();
        modern.beat();
        assertThat(modern.size()).isEqualTo(6);
        modern.leave();
        assertThat(lab.ask(ticket -> new GroupCommand.DeleteGroup(ticket, ConsumerLab.GROUP)))
                .isEqualTo(ErrorCode.NONE);
        assertThat(lab.replay().groups()).isEmpty();
        assertThat(lab.hasTimerOf(ConsumerLab.GROUP)).isFalse();
    }

    // ---- the log ----

    @Test
    void kafkaReadsWhatIsKeptOfClassicMembers() {
        mixed();
        var kafka = new GroupCoordinatorRecordSerde();
        var values = lab.log().stream()
                .map(r -> kafka.deserialize(
                        r.key().duplicate(),
                        r.value() == null ? null : r.value().duplicate()))
                .filter(r -> r.value() != null)
                .map(r -> r.value().message())
                .filter(ConsumerGroupMemberMetadataValue.class::isInstance)
                .map(ConsumerGroupMemberMetadataValue.class::cast)
                .filter(value -> value.classicMemberMetadata() != null)
                .toList();
        assertThat(values).isNotEmpty().allSatisfy(value -> {
            assertThat(value.subscribedTopicNames()).containsExactly("t");
            var classic = value.classicMemberMetadata();
            assertThat(classic.sessionTimeoutMs()).isEqualTo(ClassicClient.SESSION_MS);
            assertThat(classic.supportedProtocols()).hasSize(2);
            assertThat(classic.supportedProtocols().get(0).name()).isEqualTo("cooperative-sticky");
        });
        assertThat(ByteBuffer.wrap(values.get(values.size() - 1)
                                .classicMemberMetadata()
                                .supportedProtocols()
                                .get(0)
                                .metadata())
                        .getShort())
                .isEqualTo((short) 3);
    }
}
