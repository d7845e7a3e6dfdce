package dev.embeddedbroker.coordinator.group.consumer;

import dev.embeddedbroker.coordinator.group.assign.TopicCatalog;
import dev.embeddedbroker.protocol.Uuid;
import dev.embeddedbroker.protocol.response.ConsumerGroupDescribeResponse.Assignment;
import dev.embeddedbroker.protocol.response.ConsumerGroupDescribeResponse.DescribedGroup;
import dev.embeddedbroker.protocol.response.ConsumerGroupDescribeResponse.Member;
import dev.embeddedbroker.protocol.response.ConsumerGroupDescribeResponse.TopicPartitions;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;

/** A consumer group as ConsumerGroupDescribe tells it; topics that are gone are left out. */
final class Description {
    private static final byte CLASSIC_MEMBER = 0;
    private static final byte CONSUMER_MEMBER = 1;

    private final ConsumerGroup group;
    private final TopicCatalog topics;

    Description(ConsumerGroup group, TopicCatalog topics) {
        this.group = group;
        this.topics = topics;
    }

    DescribedGroup describe(String defaultAssignor) {
        var described = new DescribedGroup()
                .setGroupId(group.groupId())
                .setGroupState(group.stateName())
                .setGroupEpoch(group.epoch())
                .setAssignmentEpoch(group.targetEpoch())
                .setAssignorName(Targets.mostVoted(group, List.of(), defaultAssignor));
        group.members().forEach(member -> described.members.add(describe(member)));
        return described;
    }

    private Member describe(ConsumerMember member) {
        return new Member()
                .setMemberId(member.memberId())
                .setInstanceId(member.instanceId())
                .setRackId(member.rackId())
                .setMemberEpoch(member.epoch())
                .setClientId(member.clientId())
                .setClientHost(member.clientHost())
                .setSubscribedTopicNames(new ArrayList<>(member.topicNames()))
                .setSubscribedTopicRegex(member.pattern())
                .setAssignment(assignment(
                        member.assigned().plus(member.revoking()).toAssignment().partitions()))
                .setTargetAssignment(assignment(group.target(member.memberId()).partitions()))
                .setMemberType(member.speaksClassic() ? CLASSIC_MEMBER : CONSUMER_MEMBER);
    }

    private Assignment assignment(SortedMap<Uuid, SortedSet<Integer>> partitions) {
        var assignment = new Assignment();
        partitions.forEach((id, indexes) -> {
            var topic = topics.topic(id);
            if (topic != null) {
                assignment.topicPartitions.add(new TopicPartitions()
                        .setTopicId(id)
                        .setTopicName(topic.name())
                        .setPartitions(new ArrayList<>(indexes)));
            }
        });
        return assignment;
    }
}
