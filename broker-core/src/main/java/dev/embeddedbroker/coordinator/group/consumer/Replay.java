package dev.embeddedbroker.coordinator.group.consumer;

import dev.embeddedbroker.coordinator.group.GroupEvent.Kept;
import dev.embeddedbroker.coordinator.group.assign.Assignment;
import dev.embeddedbroker.coordinator.group.classic.SpokenProtocol;
import dev.embeddedbroker.protocol.Message;
import dev.embeddedbroker.protocol.Uuid;
import dev.embeddedbroker.protocol.record.group.ConsumerGroupCurrentMemberAssignmentKey;
import dev.embeddedbroker.protocol.record.group.ConsumerGroupCurrentMemberAssignmentValue;
import dev.embeddedbroker.protocol.record.group.ConsumerGroupMemberMetadataKey;
import dev.embeddedbroker.protocol.record.group.ConsumerGroupMemberMetadataValue;
import dev.embeddedbroker.protocol.record.group.ConsumerGroupMemberMetadataValue.ClassicMemberMetadata;
import dev.embeddedbroker.protocol.record.group.ConsumerGroupMetadataKey;
import dev.embeddedbroker.protocol.record.group.ConsumerGroupMetadataValue;
import dev.embeddedbroker.protocol.record.group.ConsumerGroupPartitionMetadataKey;
import dev.embeddedbroker.protocol.record.group.ConsumerGroupRegularExpressionKey;
import dev.embeddedbroker.protocol.record.group.ConsumerGroupRegularExpressionValue;
import dev.embeddedbroker.protocol.record.group.ConsumerGroupTargetAssignmentMemberKey;
import dev.embeddedbroker.protocol.record.group.ConsumerGroupTargetAssignmentMemberValue;
import dev.embeddedbroker.protocol.record.group.ConsumerGroupTargetAssignmentMetadataKey;
import dev.embeddedbroker.protocol.record.group.ConsumerGroupTargetAssignmentMetadataValue;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The application of records to consumer groups: live, ahead on a decision's copy, and when the log is loaded. */
final class Replay {
    private static final int NO_TARGET_EPOCH = -1;

    private Replay() {}

    /** The group a record is about; null when it is not about a consumer group. */
    static @Nullable String groupIdOf(Message key) {
        if (key instanceof ConsumerGroupMetadataKey k) {
            return k.groupId;
        } else if (key instanceof ConsumerGroupMemberMetadataKey k) {
            return k.groupId;
        } else if (key instanceof ConsumerGroupPartitionMetadataKey k) {
            return k.groupId;
        } else if (key instanceof ConsumerGroupTargetAssignmentMetadataKey k) {
            return k.groupId;
        } else if (key instanceof ConsumerGroupTargetAssignmentMemberKey k) {
            return k.groupId;
        } else if (key instanceof ConsumerGroupCurrentMemberAssignmentKey k) {
            return k.groupId;
        } else if (key instanceof ConsumerGroupRegularExpressionKey k) {
            return k.groupId;
        }
        return null;
    }

    /** Whether a record says that there is no such group any more. */
    static boolean endsGroup(Kept record) {
        return record.value() == null && record.key() instanceof ConsumerGroupMetadataKey;
    }

    static void apply(ConsumerGroup group, Kept record) {
        if (record.key() instanceof ConsumerGroupMetadataKey) {
            if (record.value() instanceof ConsumerGroupMetadataValue value) {
                group.setEpoch(value.epoch, value.metadataHash);
            }
        } else if (record.key() instanceof ConsumerGroupMemberMetadataKey key) {
            applyMember(group, key.memberId, (ConsumerGroupMemberMetadataValue) record.value());
        } else if (record.key() instanceof ConsumerGroupPartitionMetadataKey) {
            group.setHasOldTopicsRecord(record.value() != null);
        } else if (record.key() instanceof ConsumerGroupTargetAssignmentMetadataKey) {
            applyTarget(group, (ConsumerGroupTargetAssignmentMetadataValue) record.value());
        } else if (record.key() instanceof ConsumerGroupTargetAssignmentMemberKey key) {
            applyTarget(group, key.memberId, (ConsumerGroupTargetAssignmentMemberValue) record.value());
        } else if (record.key() instanceof ConsumerGroupCurrentMemberAssignmentKey key) {
            applyCurrent(group, key.memberId, (ConsumerGroupCurrentMemberAssignmentValue) record.value());
        } else if (record.key() instanceof ConsumerGroupRegularExpressionKey key) {
            applyPattern(group, key.regularExpression, (ConsumerGroupRegularExpressionValue) record.value());
        }
    }

    private static void applyMember(
            ConsumerGroup group, String memberId, @Nullable ConsumerGroupMemberMetadataValue value) {
        if (value == null) {
            group.remove(memberId);
            return;
        }
        var old = Objects.requireNonNullElseGet(group.member(memberId), () -> ConsumerMember.fresh(memberId));
        group.put(old.described(
                value.instanceId,
                value.rackId,
                value.rebalanceTimeoutMs,
                value.clientId,
                value.clientHost,
                value.subscribedTopicNames,
                Objects.requireNonNullElse(value.subscribedTopicRegex, ""),
                value.serverAssignor,
                classic(value.classicMemberMetadata)));
    }

    private static @Nullable ClassicTraits classic(@Nullable ClassicMemberMetadata metadata) {
        return metadata == null
                ? null
                : new ClassicTraits(
                        metadata.sessionTimeoutMs,
                        metadata.supportedProtocols.stream()
                                .map(protocol -> new SpokenProtocol(protocol.name, protocol.metadata))
                                .toList());
    }

    private static void applyTarget(ConsumerGroup group, @Nullable ConsumerGroupTargetAssignmentMetadataValue value) {
        if (value == null) {
            group.setTarget(NO_TARGET_EPOCH, 0);
        } else {
            group.setTarget(value.assignmentEpoch, value.assignmentTimestamp);
        }
    }

    private static void applyTarget(
            ConsumerGroup group, String memberId, @Nullable ConsumerGroupTargetAssignmentMemberValue value) {
        if (value == null) {
            group.setTarget(memberId, null);
            return;
        }
        Map<Uuid, Set<Integer>> partitions = new HashMap<>();
        value.topicPartitions.forEach(topic -> partitions.put(topic.topicId, new TreeSet<>(topic.partitions)));
        group.setTarget(memberId, Assignment.of(partitions));
    }

    private static void applyCurrent(
            ConsumerGroup group, String memberId, @Nullable ConsumerGroupCurrentMemberAssignmentValue value) {
        var old = group.member(memberId);
        if (value != null) {
            group.put(Objects.requireNonNullElseGet(old, () -> ConsumerMember.fresh(memberId))
                    .at(
                            value.memberEpoch,
                            value.previousMemberEpoch,
                            MemberState.forId(value.state),
                            owned(value.assignedPartitions, value.memberEpoch),
                            owned(value.partitionsPendingRevocation, value.memberEpoch)));
        } else if (old != null) {
            group.put(old.at(
                    ConsumerMember.LEFT, ConsumerMember.LEFT, old.state(), OwnedPartitions.NONE, OwnedPartitions.NONE));
        }
    }

    /** Before KIP-1251 the epochs of partitions were not kept; the member's then stands for them. */
    private static OwnedPartitions owned(
            List<ConsumerGroupCurrentMemberAssignmentValue.TopicPartitions> topics, int memberEpoch) {
        var owned = new OwnedPartitions.Builder();
        for (var topic : topics) {
            var epochs = topic.assignmentEpochs;
            boolean hasEpochs = epochs != null && epochs.size() == topic.partitions.size();
            for (int i = 0; i < topic.partitions.size(); i++) {
                owned.add(topic.topicId, topic.partitions.get(i), hasEpochs ? epochs.get(i) : Math.max(memberEpoch, 0));
            }
        }
        return owned.build();
    }

    private static void applyPattern(
            ConsumerGroup group, String pattern, @Nullable ConsumerGroupRegularExpressionValue value) {
        group.setPattern(
                pattern, value == null ? null : ResolvedPattern.of(value.topics, value.version, value.timestamp));
    }
}
