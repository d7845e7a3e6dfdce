package dev.embeddedbroker.coordinator.group.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embeddedbroker.coordinator.group.MigrationPolicy;
import dev.embeddedbroker.coordinator.group.classic.EmbeddedProtocol;
import dev.embeddedbroker.protocol.ErrorCode;
import dev.embeddedbroker.protocol.Uuid;
import dev.embeddedbroker.protocol.request.ConsumerGroupHeartbeatRequest;
import dev.embeddedbroker.protocol.request.HeartbeatRequest;
import dev.embeddedbroker.protocol.request.JoinGroupRequest;
import dev.embeddedbroker.protocol.request.JoinGroupRequest.JoinGroupRequestProtocol;
import dev.embeddedbroker.protocol.request.LeaveGroupRequest;
import dev.embeddedbroker.protocol.request.OffsetCommitRequest;
import dev.embeddedbroker.protocol.request.SyncGroupRequest;
import dev.embeddedbroker.protocol.request.SyncGroupRequest.SyncGroupRequestAssignment;
import dev.embeddedbroker.protocol.response.JoinGroupResponse;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.Subscription;
import org.apache.kafka.clients.consumer.internals.ConsumerProtocol;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/**
 * Random histories of classic, consumer and mixed groups, lived through by our machine and by Apache Kafka's: classic and
 * modern members, static ones too, come, go, die, roll from one protocol to the other; topics grow; brokers restart.
 */
class PeerHistoriesTest {
    private static final int HISTORIES =
            Integer.getInteger("peer.histories", Boolean.getBoolean("long.tests") ? 6_000 : 200);
    private static final List<String> TOPICS = List.of("t", "u");

    /** One history. */
    private static final class History extends PeerHistory {
        private final TwinTransactions transactions;
        private final List<Old> olds = new ArrayList<>();
        private final List<Modern> moderns = new ArrayList<>();
        private int modernIds;

        History(long seed) {
            super(seed, History::twins);
            transactions = new TwinTransactions(twins);
            grow("t");
            grow("u");
            for (int i = 0; i < 3; i++) {
                olds.add(new Old(random.nextInt(3) == 0 ? "i" + i : null));
                moderns.add(new Modern(random.nextInt(3) == 0 ? "i" + i : null));
            }
        }

        private static Twins twins(Random random) {
            var policies = MigrationPolicy.values();
            return new Twins(
                    random.nextInt(3) == 0 ? policies[random.nextInt(policies.length)] : MigrationPolicy.BIDIRECTIONAL,
                    random.nextInt(4) == 0 ? 2 : Integer.MAX_VALUE,
                    random.nextInt(4) == 0 ? 2 : Integer.MAX_VALUE,
                    random.nextInt(6) == 0 ? 3_000 : 0);
        }

        @Override
        void step() {
            switch (random.nextInt(21)) {
                case 0, 1, 2, 3, 4, 5, 6 -> any(olds).act();
                case 7, 8, 9, 10, 11, 12 -> any(moderns).act();
                case 13, 14 -> twins.advance(random.nextInt(4_000));
                case 15 -> twins.advance(random.nextInt(6) == 0 ? random.nextInt(60_000) : random.nextInt(10_000));
                case 16 -> rare();
                case 17 -> any(olds).commit();
                case 19 -> transact();
                case 18 -> any(moderns).commit();
                default -> olds.forEach(Old::proceed);
            }
        }

        /** A transaction goes on, or ends; whoever commits in it is of the group, was, or says nothing of itself. */
        private void transact() {
            long producerId = 7 + random.nextInt(2);
            switch (random.nextInt(8)) {
                case 0, 1 -> transactions.end(producerId, random.nextInt(3) > 0);
                case 2 -> transactions.deleteOffsetsOf("t");
                case 3 -> transactions.commit(producerId, commitRequest("", null, -1), 3 + random.nextInt(4));
                case 4, 5 -> {
                    var old = any(olds);
                    transactions.commit(
                            producerId,
                            commitRequest(old.memberId, old.instanceId, old.generation),
                            3 + random.nextInt(4));
                }
                default -> {
                    var modern = any(moderns);
                    int epoch = random.nextInt(3) == 0 ? modern.epoch - 1 : modern.epoch;
                    transactions.commit(
                            producerId,
                            commitRequest(modern.memberId, modern.instanceId, epoch),
                            3 + random.nextInt(4));
                }
            }
        }

        @Override
        void end() {
            transactions.endAll();
            super.end();
        }

        @Override
        void endParted() {
            transactions.endAllOfOurs();
            super.endParted();
        }

        private void rare() {
            switch (random.nextInt(6)) {
                case 0 -> grow(any(TOPICS));
                case 1 -> {
                    twins.restart();
                    olds.forEach(Old::forgetRequests);
                }
                case 2 -> twins.deleteGroup();
                case 3 -> twins.fetch(null, -1);
                case 4 -> twins.deleteOffsets(any(TOPICS), random.nextInt(3));
                default -> {}
            }
        }

        private Set<String> someTopics() {
            var some = new TreeSet<String>();
            some.add(any(TOPICS));
            some.add(any(TOPICS));
            return some;
        }

        /** A consumer of the classic protocol. */
        private final class Old {
            private final String instanceId;
            private Set<String> topics = someTopics();
            private final short version = (short) random.nextInt(4);
            private List<String> protocols = random.nextBoolean() ? List.of("range") : List.of("sticky", "range");
            private String memberId = "";
            private int generation = -1;
            private final Map<String, Set<Integer>> owned = new TreeMap<>();
            private JoinGroupResponse joined;
            private JoinGroupResponse joinedAtKafka;
            private boolean isJoining;
            private boolean isSyncing;

            Old(String instanceId) {
                this.instanceId = instanceId;
            }

            void forgetRequests() {
                isJoining = false;
                isSyncing = false;
            }

            void act() {
                switch (random.nextInt(12)) {
                    case 0, 1, 2 -> join();
                    case 3 -> leave();
                    case 4, 5, 6 -> proceed();
                    case 7 -> rare();
                    default -> heartbeat();
                }
            }

            private void rare() {
                switch (random.nextInt(4)) {
                    case 0 -> {
                        memberId = ""; // it starts anew
                        forgetRequests();
                    }
                    case 1 -> topics = someTopics();
                    case 2 -> protocols = random.nextBoolean() ? List.of("range") : List.of("sticky", "range");
                    default -> generation--;
                }
            }

            /** Does what a consumer does next. */
            void proceed() {
                if (isJoining || isSyncing) {
                    return;
                }
                if (joined != null) {
                    sync();
                } else if (generation < 0) {
                    join();
                } else {
                    heartbeat();
                }
            }

            private byte[] subscription() {
                List<TopicPartition> has = new ArrayList<>();
                owned.forEach((topic, all) -> all.forEach(index -> has.add(new TopicPartition(topic, index))));
                ByteBuffer bytes = ConsumerProtocol.serializeSubscription(
                        new Subscription(List.copyOf(topics), null, has), version);
                byte[] array = new byte[bytes.remaining()];
                bytes.get(array);
                return array;
            }

            private void join() {
                if (isJoining) {
                    return; // Kafka would never answer the first request
                }
                var group = twins.lab.anyGroup();
                if (group instanceof ConsumerGroup && group.isEmpty()) {
                    memberId = ""; // Kafka forgets the group, until it is restarted, when it refuses a known id
                }
                joined = null;
                isJoining = true;
                var request = new JoinGroupRequest()
                        .setGroupId(ConsumerLab.GROUP)
                        .setMemberId(memberId)
                        .setGroupInstanceId(instanceId)
                        .setSessionTimeoutMs(10_000)
                        .setRebalanceTimeoutMs(20_000)
                        .setProtocolType(random.nextInt(60) == 0 ? "connect" : "consumer");
                protocols.forEach(name -> request.protocols.add(
                        new JoinGroupRequestProtocol().setName(name).setMetadata(subscription())));
                int requestVersion = random.nextInt(6) == 0 && instanceId == null ? 3 : random.nextBoolean() ? 5 : 9;
                twins.join(request, requestVersion, this::joined);
            }

            private void joined(JoinGroupResponse ours, JoinGroupResponse kafkas) {
                isJoining = false;
                switch (ErrorCode.forId(ours.errorCode)) {
                    case NONE -> {
                        if (ours.members.isEmpty() != kafkas.members.isEmpty()) {
                            throw new Twins.Parted();
                        }
                        memberId = ours.memberId;
                        generation = ours.generationId;
                        joined = ours;
                        joinedAtKafka = kafkas;
                    }
                    case MEMBER_ID_REQUIRED -> memberId = ours.memberId;
                    case UNKNOWN_MEMBER_ID, FENCED_INSTANCE_ID -> lose();
                    default -> {}
                }
            }

            private void lose() {
                memberId = "";
                generation = -1;
                owned.clear();
                joined = null;
            }

            private void sync() {
                isSyncing = true;
                var request = new SyncGroupRequest()
                        .setGroupId(ConsumerLab.GROUP)
                        .setMemberId(memberId)
                        .setGroupInstanceId(instanceId)
                        .setGenerationId(generation)
                        .setProtocolType(joined.protocolType)
                        .setProtocolName(joined.protocolName);
                var members = new TreeSet<String>();
                joined.members.forEach(member -> members.add(member.memberId));
                assertThat(joinedAtKafka.members).hasSameSizeAs(members);
                assign(members)
                        .forEach((id, assignment) -> request.assignments.add(
                                new SyncGroupRequestAssignment().setMemberId(id).setAssignment(assignment)));
                joined = null;
                twins.sync(request, (ours, kafkas) -> {
                    isSyncing = false;
                    switch (ErrorCode.forId(ours.errorCode)) {
                        case NONE -> take(ours.assignment);
                        case UNKNOWN_MEMBER_ID, ILLEGAL_GENERATION, FENCED_INSTANCE_ID -> lose();
                        default -> generation = -1;
                    }
                });
            }

            private Map<String, byte[]> assign(Set<String> members) {
                Map<String, Map<String, Set<Integer>>> all = new TreeMap<>();
                members.forEach(member -> all.put(member, new TreeMap<>()));
                var ids = List.copyOf(members);
                int turn = 0;
                for (String topic : TOPICS) {
                    for (int index = 0; index < sizes.get(topic) && !ids.isEmpty(); index++) {
                        all.get(ids.get(turn++ % ids.size()))
                                .computeIfAbsent(topic, t -> new TreeSet<>())
                                .add(index);
                    }
                }
                Map<String, byte[]> bytes = new TreeMap<>();
                all.forEach((id, partitions) -> bytes.put(id, EmbeddedProtocol.assignment(partitions, version)));
                return bytes;
            }

            private void take(byte[] assignment) {
                owned.clear();
                if (assignment.length > 0) {
                    ConsumerProtocol.deserializeAssignment(ByteBuffer.wrap(assignment))
                            .partitions()
                            .forEach(p -> owned.computeIfAbsent(p.topic(), t -> new TreeSet<>())
                                    .add(p.partition()));
                }
            }

            private void heartbeat() {
                twins.heartbeat(
                        new HeartbeatRequest()
                                .setGroupId(ConsumerLab.GROUP)
                                .setMemberId(memberId)
                                .setGroupInstanceId(instanceId)
                                .setGenerationId(generation),
                        (ours, kafkas) -> {
                            switch (ErrorCode.forId(ours.errorCode)) {
                                case REBALANCE_IN_PROGRESS -> {
                                    if (random.nextInt(3) > 0) {
                                        generation = -1; // it rejoins next
                                    }
                                }
                                case UNKNOWN_MEMBER_ID, ILLEGAL_GENERATION, FENCED_INSTANCE_ID -> lose();
                                default -> {}
                            }
                        });
            }

            private void leave() {
                if (twins.isAnybodySyncing()) {
                    return;
                }
                var leaving = new ArrayList<LeaveGroupRequest.MemberIdentity>();
                leaving.add(identity());
                if (random.nextInt(4) == 0) {
                    var other = any(olds);
                    leaving.add(other.identity());
                    other.lose();
                }
                twins.leave(
                        new LeaveGroupRequest().setGroupId(ConsumerLab.GROUP).setMembers(leaving));
                lose();
            }

            private LeaveGroupRequest.MemberIdentity identity() {
                return new LeaveGroupRequest.MemberIdentity()
                        .setMemberId(instanceId != null && random.nextBoolean() ? "" : memberId)
                        .setGroupInstanceId(instanceId);
            }

            void commit() {
                History.this.commit(memberId, instanceId, generation, random.nextBoolean() ? 8 : 9);
            }
        }

        private void commit(String memberId, String instanceId, int generation, int version) {
            twins.commit(commitRequest(memberId, instanceId, generation), version);
        }

        private OffsetCommitRequest commitRequest(String memberId, String instanceId, int generation) {
            var topic = new OffsetCommitRequest.OffsetCommitRequestTopic()
                    .setName("t")
                    .setTopicId(twins.lab.id("t"));
            topic.partitions.add(new OffsetCommitRequest.OffsetCommitRequestPartition()
                    .setPartitionIndex(random.nextInt(3))
                    .setCommittedOffset(random.nextInt(100))
                    .setCommittedMetadata("m"));
            var request = new OffsetCommitRequest()
                    .setGroupId(ConsumerLab.GROUP)
                    .setMemberId(memberId)
                    .setGroupInstanceId(instanceId)
                    .setGenerationIdOrMemberEpoch(generation);
            request.topics.add(topic);
            return request;
        }

        /** A consumer of the consumer protocol. */
        private final class Modern {
            private final String instanceId;
            private String memberId;
            private int epoch;
            private final Map<Uuid, Set<Integer>> owned = new TreeMap<>();

            Modern(String instanceId) {
                this.instanceId = instanceId;
                this.memberId = "modern" + modernIds++;
            }

            void act() {
                switch (random.nextInt(14)) {
                    case 0 -> join();
                    case 1 -> leave();
                    case 2 -> rare();
                    default -> {
                        if (epoch > 0) {
                            beat();
                        } else {
                            join();
                        }
                    }
                }
            }

            private void rare() {
                switch (random.nextInt(4)) {
                    case 0 -> {
                        memberId = "modern" + modernIds++; // it died, and another comes
                        epoch = 0;
                    }
                    case 1 -> epoch = Math.max(0, epoch - 1);
                    case 2 -> epoch++;
                    default -> owned.clear();
                }
            }

            private void join() {
                owned.clear();
                send(new ConsumerGroupHeartbeatRequest()
                        .setMemberEpoch(0)
                        .setRebalanceTimeoutMs(15_000)
                        .setSubscribedTopicNames(new ArrayList<>(someTopics()))
                        .setTopicPartitions(new ArrayList<>()));
            }

            private void beat() {
                var request = new ConsumerGroupHeartbeatRequest().setMemberEpoch(epoch);
                if (random.nextInt(4) > 0) {
                    request.setTopicPartitions(Owned.reported(owned));
                }
                if (random.nextInt(8) == 0) {
                    request.setSubscribedTopicNames(new ArrayList<>(someTopics()));
                }
                send(request);
            }

            private void leave() {
                send(new ConsumerGroupHeartbeatRequest()
                        .setMemberEpoch(instanceId != null && random.nextInt(3) > 0 ? -2 : -1));
                epoch = 0;
            }

            private void send(ConsumerGroupHeartbeatRequest request) {
                twins.modern(request.setMemberId(memberId).setInstanceId(instanceId), (ours, kafkas) -> {
                    if (ours.errorCode != 0) {
                        if (random.nextInt(4) > 0) {
                            epoch = 0;
                            owned.clear();
                        }
                        return;
                    }
                    epoch = Math.max(0, ours.memberEpoch);
                    Owned.take(ours, owned);
                });
            }

            void commit() {
                History.this.commit(memberId, instanceId, epoch, 9);
                if (random.nextBoolean()) {
                    twins.fetch(memberId, epoch);
                }
            }
        }
    }

    @Test
    void kafkaAnswersAndKeepsTheSame() {
        PeerHistory.live("peer histories", HISTORIES, History::new);
    }
}
