package dev.embeddedbroker.coordinator.group;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embeddedbroker.protocol.Uuid;
import java.nio.ByteBuffer;
import java.util.List;
import org.apache.kafka.coordinator.common.runtime.CoordinatorRecord;
import org.apache.kafka.coordinator.group.GroupCoordinatorRecordSerde;
import org.apache.kafka.coordinator.group.generated.GroupMetadataKey;
import org.apache.kafka.coordinator.group.generated.GroupMetadataValue;
import org.apache.kafka.coordinator.group.generated.LegacyOffsetCommitKey;
import org.apache.kafka.coordinator.group.generated.LegacyOffsetCommitValue;
import org.apache.kafka.coordinator.group.generated.OffsetCommitKey;
import org.apache.kafka.coordinator.group.generated.OffsetCommitValue;
import org.apache.kafka.coordinator.group.generated.ShareGroupMetadataKey;
import org.apache.kafka.coordinator.group.generated.ShareGroupMetadataValue;
import org.apache.kafka.server.common.ApiMessageAndVersion;
import org.junit.jupiter.api.Test;

/** What we keep in {@code __consumer_offsets}, read by Kafka's own classes, and the other way round. */
class GroupRecordsTest {
    private final GroupCoordinatorRecordSerde kafka = new GroupCoordinatorRecordSerde();
    private final GroupCodec ours = new GroupCodec();

    private List<CoordinatorRecord> asKafkaReads(GroupLab lab) {
        return lab.log().stream()
                .map(r -> kafka.deserialize(
                        r.key().duplicate(),
                        r.value() == null ? null : r.value().duplicate()))
                .toList();
    }

    @Test
    void kafkaReadsTheGroupsWeWrite() {
        var lab = new GroupLab();
        lab.stablePair();
        lab.joinStatic("i");
        var records = asKafkaReads(lab);
        assertThat(records.get(0).value().message())
                .isEqualTo(new GroupMetadataValue()
                        .setProtocolType("")
                        .setGeneration(0)
                        .setProtocol(null)
                        .setLeader(null)
                        .setCurrentStateTimestamp(lab.nowMs()));
        var last = records.get(records.size() - 1);
        assertThat(last.key()).isEqualTo(new GroupMetadataKey().setGroup("g"));
        assertThat(last.value().version()).isEqualTo((short) 3);
        var value = (GroupMetadataValue) last.value().message();
        assertThat(value.generation()).isEqualTo(2);
        assertThat(value.protocolType()).isEqualTo("consumer");
        assertThat(value.protocol()).isEqualTo("range");
        assertThat(value.leader()).isEqualTo(value.members().get(0).memberId());
        assertThat(value.members()).hasSize(2).allSatisfy(member -> {
            assertThat(member.clientHost()).isEqualTo("/127.0.0.1");
            assertThat(member.sessionTimeout()).isEqualTo(GroupLab.SESSION_MS);
            assertThat(member.rebalanceTimeout()).isEqualTo(GroupLab.REBALANCE_MS);
            assertThat(member.subscription()).isEqualTo(GroupLab.subscription("t"));
            assertThat(member.assignment()).isEqualTo(GroupLab.bytes(member.memberId()));
        });
    }

    @Test
    void kafkaReadsTheOffsetsWeWrite() {
        var lab = new GroupLab();
        lab.commit("t", 3, 42);
        lab.commit(4, GroupLab.commitRequest("t", 4, 43).setRetentionTimeMs(1000));
        lab.deleteGroup();
        var records = asKafkaReads(lab);
        var key = new OffsetCommitKey().setGroup("g").setTopic("t").setPartition(3);
        assertThat(records.get(0))
                .isEqualTo(CoordinatorRecord.record(
                        key,
                        new ApiMessageAndVersion(
                                new OffsetCommitValue()
                                        .setOffset(42)
                                        .setLeaderEpoch(3)
                                        .setMetadata("note")
                                        .setCommitTimestamp(lab.nowMs())
                                        .setTopicId(new org.apache.kafka.common.Uuid(7, 7)),
                                (short) 4)));
        assertThat(records.get(1).value().version()).isEqualTo((short) 1);
        assertThat(((OffsetCommitValue) records.get(1).value().message()).expireTimestamp())
                .isEqualTo(lab.nowMs() + 1000);
        assertThat(records.subList(2, 5))
                .containsExactly(
                        CoordinatorRecord.tombstone(key),
                        CoordinatorRecord.tombstone(new OffsetCommitKey()
                                .setGroup("g")
                                .setTopic("t")
                                .setPartition(4)),
                        CoordinatorRecord.tombstone(new GroupMetadataKey().setGroup("g")));
    }

    @Test
    void weReadTheGroupsAndOffsetsKafkaWritesInEveryVersion() {
        for (short version = 0; version <= 4; version++) {
            var machine = new GroupRouter(GroupSettings.defaults());
            var member = new GroupMetadataValue.MemberMetadata()
                    .setMemberId("m")
                    .setClientId("c")
                    .setClientHost("/h")
                    .setSessionTimeout(10_000)
                    .setRebalanceTimeout(version >= 1 ? 20_000 : -1)
                    .setSubscription(GroupLab.subscription("t"))
                    .setAssignment(new byte[] {1});
            var value = new GroupMetadataValue()
                    .setProtocolType("consumer")
                    .setGeneration(9)
                    .setProtocol("range")
                    .setLeader("m")
                    .setMembers(List.of(member));
            replay(
                    machine,
                    CoordinatorRecord.record(
                            new GroupMetadataKey().setGroup("g"), new ApiMessageAndVersion(value, version)));
            replay(
                    machine,
                    CoordinatorRecord.record(
                            new OffsetCommitKey().setGroup("g").setTopic("t").setPartition(0),
                            new ApiMessageAndVersion(
                                    new OffsetCommitValue()
                                            .setOffset(5)
                                            .setMetadata("")
                                            .setCommitTimestamp(6),
                                    version)));
            assertThat(machine.group("g").stateName()).isEqualTo("Stable");
            assertThat(machine.group("g").subscribesTo("t")).isTrue();
            assertThat(machine.group("g").subscribesTo("u")).isFalse();
            var offset = machine.offsets().get("g", "t", 0);
            assertThat(offset.offset()).isEqualTo(5);
            assertThat(offset.topicId()).isEqualTo(Uuid.ZERO);
        }
    }

    @Test
    void weReadOffsetsOfTheOldestKind() {
        var machine = new GroupRouter(GroupSettings.defaults());
        replay(
                machine,
                CoordinatorRecord.record(
                        new LegacyOffsetCommitKey().setGroup("g").setTopic("t").setPartition(1),
                        new ApiMessageAndVersion(
                                new LegacyOffsetCommitValue().setOffset(5).setMetadata("x"), (short) 0)));
        assertThat(machine.offsets().get("g", "t", 1).metadata()).isEqualTo("x");
    }

    @Test
    void recordsOfProtocolsWeDoNotKnowAreSkipped() {
        var machine = new GroupRouter(GroupSettings.defaults());
        replay(
                machine,
                CoordinatorRecord.record(
                        new ShareGroupMetadataKey().setGroupId("s"),
                        new ApiMessageAndVersion(new ShareGroupMetadataValue().setEpoch(1), (short) 0)));
        assertThat(machine.groups()).isEmpty();
    }

    private void replay(GroupRouter machine, CoordinatorRecord record) {
        var event =
                ours.decode(ByteBuffer.wrap(kafka.serializeKey(record)), ByteBuffer.wrap(kafka.serializeValue(record)));
        if (event != null) {
            machine.apply(event);
        }
    }
}
