package dev.embeddedbroker.coordinator.group.consumer;

import dev.embeddedbroker.coordinator.group.GroupEvent.Kept;
import dev.embeddedbroker.coordinator.group.assign.Assignment;
import dev.embeddedbroker.protocol.Message;
import dev.embeddedbroker.protocol.Uuid;
import dev.embeddedbroker.protocol.record.group.ConsumerGroupCurrentMemberAssignmentKey;
import dev.embeddedbroker.protocol.record.group.ConsumerGroupCurrentMemberAssignmentValue;
import dev.embeddedbroker.protocol.record.group.ConsumerGroupMemberMetadataKey;
import dev.embeddedbroker.protocol.record.group.ConsumerGroupMemberMetadataValue;
import dev.embeddedbroker.protocol.record.group.ConsumerGroupMemberMetadataValue.ClassicMemberMetadata;
import dev.embeddedbroker.protocol.record.group.ConsumerGroupMemberMetadataValue.ClassicProtocol;
import dev.embeddedbroker.protocol.record.group.ConsumerGroupMetadataKey;
import dev.embeddedbroker.protocol.record.group.ConsumerGroupMetadataValue;
import dev.embeddedbroker.protocol.record.group.ConsumerGroupPartitionMetadataKey;
import dev.embeddedbroker.protocol.record.group.ConsumerGroupRegularExpressionKey;
import dev.embeddedbroker.protocol.record.group.ConsumerGroupRegularExpressionValue;
import dev.embeddedbroker.protocol.record.group.ConsumerGroupTargetAssignmentMemberKey;
import dev.embeddedbroker.protocol.record.group.ConsumerGroupTargetAssignmentMemberValue;
import dev.embeddedbroker.protocol.record.group.ConsumerGroupTargetAssignmentMetadataKey;
import dev.embeddedbroker.protocol.record.group.ConsumerGroupTargetAssignmentMetadataValue;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** What happens to a consumer group, as records of {@code __consumer_offsets} in the versions Kafka 4.4 writes. */
final class ConsumerRecords {
    private static final short VERSION = 0;

    private ConsumerRecords() {}

    static Kept member(String groupId, ConsumerMember member) {
        return kept(
                new ConsumerGroupMemberMetadataKey().setGroupId(groupId).setMemberId(member.memberId()),
                new ConsumerGroupMemberMetadataValue()
                        .setInstanceId(member.instanceId())
                        .setRackId(member.rackId())
                        .setClientId(member.clientId())
                        .setClientHost(member.clientHost())
                        .setSubscribedTopicNames(new ArrayList<>(member.topicNames()))
                        .setSubscribedTopicRegex(member.pattern())
                        .setRebalanceTimeoutMs(member.rebalanceTimeoutMs())
                        .setServerAssignor(member.assignor())
                        .setClassicMemberMetadata(classic(member.classic())));
    }

    private static @Nullable ClassicMemberMetadata classic(@Nullable ClassicTraits traits) {
        if (traits == null) {
            return null;
        }
        var protocols = new ArrayList<ClassicProtocol>();
        traits.protocols()
                .forEach(spoken -> protocols.add(
                        new ClassicProtocol().setName(spoken.name()).setMetadata(spoken.metadata())));
        return new ClassicMemberMetadata()
                .setSessionTimeoutMs(traits.sessionTimeoutMs())
                .setSupportedProtocols(protocols);
    }

    static Kept noMember(String groupId, String memberId) {
        return Kept.tombstone(
                new ConsumerGroupMemberMetadataKey().setGroupId(groupId).setMemberId(memberId));
    }

    static Kept epoch(String groupId, int epoch, long metadataHash) {
        return kept(
                new ConsumerGroupMetadataKey().setGroupId(groupId),
                new ConsumerGroupMetadataValue().setEpoch(epoch).setMetadataHash(metadataHash));
    }

    static Kept noGroup(String groupId) {
        return Kept.tombstone(new ConsumerGroupMetadataKey().setGroupId(groupId));
    }

    static Kept noOldTopics(String groupId) {
        return Kept.tombstone(new ConsumerGroupPartitionMetadataKey().setGroupId(groupId));
    }

    static Kept target(String groupId, int epoch, long assignedAtMs) {
        return kept(
                new ConsumerGroupTargetAssignmentMetadataKey().setGroupId(groupId),
                new ConsumerGroupTargetAssignmentMetadataValue()
                        .setAssignmentEpoch(epoch)
                        .setAssignmentTimestamp(assignedAtMs));
    }

    static Kept noTarget(String groupId) {
        return Kept.tombstone(new ConsumerGroupTargetAssignmentMetadataKey().setGroupId(groupId));
    }

    static Kept target(String groupId, String memberId, Assignment target) {
        var topics = new ArrayList<ConsumerGroupTargetAssignmentMemberValue.TopicPartition>();
        target.partitions()
                .forEach((topic, indexes) -> topics.add(new ConsumerGroupTargetAssignmentMemberValue.TopicPartition()
                        .setTopicId(topic)
                        .setPartitions(new ArrayList<>(indexes))));
        return kept(
                new ConsumerGroupTargetAssignmentMemberKey().setGroupId(groupId).setMemberId(memberId),
                new ConsumerGroupTargetAssignmentMemberValue().setTopicPartitions(topics));
    }

    static Kept noTarget(String groupId, String memberId) {
        return Kept.tombstone(
                new ConsumerGroupTargetAssignmentMemberKey().setGroupId(groupId).setMemberId(memberId));
    }

    static Kept current(String groupId, ConsumerMember member) {
        return kept(
                new ConsumerGroupCurrentMemberAssignmentKey()
                        .setGroupId(groupId)
                        .setMemberId(member.memberId()),
                new ConsumerGroupCurrentMemberAssignmentValue()
                        .setMemberEpoch(member.epoch())
                        .setPreviousMemberEpoch(member.previousEpoch())
                        .setState(member.state().id())
                        .setAssignedPartitions(topicPartitions(member.assigned()))
                        .setPartitionsPendingRevocation(topicPartitions(member.revoking())));
    }

    static Kept noCurrent(String groupId, String memberId) {
        return Kept.tombstone(new ConsumerGroupCurrentMemberAssignmentKey()
                .setGroupId(groupId)
                .setMemberId(memberId));
    }

    static Kept pattern(String groupId, String pattern, ResolvedPattern resolved) {
        return kept(
                new ConsumerGroupRegularExpressionKey().setGroupId(groupId).setRegularExpression(pattern),
                new ConsumerGroupRegularExpressionValue()
                        .setTopics(new ArrayList<>(resolved.topics()))
                        .setVersion(resolved.version())
                        .setTimestamp(resolved.wallMs()));
    }

    static Kept noPattern(String groupId, String pattern) {
        return Kept.tombstone(
                new ConsumerGroupRegularExpressionKey().setGroupId(groupId).setRegularExpression(pattern));
    }

    /** Tombstones of everything that is kept of a group. */
    static List<Kept> noneOf(ConsumerGroup group) {
        String groupId = group.groupId();
        var records = new ArrayList<Kept>();
        group.members().forEach(member -> records.add(noCurrent(groupId, member.memberId())));
        group.targetMemberIds().forEach(memberId -> records.add(noTarget(groupId, memberId)));
        records.add(noTarget(groupId));
        group.members().forEach(member -> records.add(noMember(groupId, member.memberId())));
        group.patterns().keySet().forEach(pattern -> records.add(noPattern(groupId, pattern)));
        records.add(noOldTopics(groupId));
        records.add(noGroup(groupId));
        return records;
    }

    /** Puts topics that were made anew in the place of those before them, in a record that says who has what. */
    static void replaceTopics(Kept record, UnaryOperator<Uuid> successors) {
        if (record.value() instanceof ConsumerGroupTargetAssignmentMemberValue target) {
            target.topicPartitions.forEach(topic -> topic.topicId = successors.apply(topic.topicId));
        } else if (record.value() instanceof ConsumerGroupCurrentMemberAssignmentValue current) {
            current.assignedPartitions.forEach(topic -> topic.topicId = successors.apply(topic.topicId));
            current.partitionsPendingRevocation.forEach(topic -> topic.topicId = successors.apply(topic.topicId));
        }
    }

    static void takeBackUntaken(Kept record, ConsumerGroup group) {
        if (record.key() instanceof ConsumerGroupCurrentMemberAssignmentKey key
                && record.value() instanceof ConsumerGroupCurrentMemberAssignmentValue current
                && group.isHesitant(key.memberId)) {
            current.assignedPartitions.clear();
        }
    }

    private static Kept kept(Message key, Message value) {
        return new Kept(key, value, VERSION);
    }

    private static List<ConsumerGroupCurrentMemberAssignmentValue.TopicPartitions> topicPartitions(
            OwnedPartitions partitions) {
        var topics = new ArrayList<ConsumerGroupCurrentMemberAssignmentValue.TopicPartitions>();
        partitions.byTopic().forEach((topic, epochs) -> topics.add(topicPartitions(topic, epochs)));
        return topics;
    }

    private static ConsumerGroupCurrentMemberAssignmentValue.TopicPartitions topicPartitions(
            Uuid topic, SortedMap<Integer, Integer> epochs) {
        return new ConsumerGroupCurrentMemberAssignmentValue.TopicPartitions()
                .setTopicId(topic)
                .setPartitions(new ArrayList<>(epochs.keySet()))
                .setAssignmentEpochs(new ArrayList<>(epochs.values()));
    }
}
