package dev.embeddedbroker.coordinator.group.consumer;

import dev.embeddedbroker.protocol.ErrorCode;
import dev.embeddedbroker.protocol.request.ConsumerGroupHeartbeatRequest;
import org.jspecify.annotations.Nullable;

/** What a ConsumerGroupHeartbeat must fulfil whatever the group is like. The messages are Kafka's: clients show them. */
final class RequestCheck {

    private RequestCheck() {}

    static void require(ConsumerGroupHeartbeatRequest request, short version, ConsumerSettings settings) {
        if (version >= 1 || request.memberEpoch > 0 || request.memberEpoch == ConsumerMember.LEFT) {
            requireText("MemberId", request.memberId);
        }
        requireText("GroupId", request.groupId);
        requireText("InstanceId", request.instanceId);
        requireText("RackId", request.rackId);
        if (request.memberEpoch == ConsumerMember.JOINING) {
            requireJoin(request);
        } else if (request.memberEpoch == ConsumerMember.LEFT_FOR_A_WHILE) {
            require(request.instanceId != null, "InstanceId can't be null.");
        } else {
            require(request.memberEpoch >= ConsumerMember.LEFT, "MemberEpoch is invalid.");
        }
        String assignor = request.serverAssignor;
        if (assignor != null && settings.assignors().find(assignor) == null) {
            throw new Refused(
                    ErrorCode.UNSUPPORTED_ASSIGNOR,
                    "ServerAssignor " + assignor + " is not supported. Supported assignors: "
                            + String.join(", ", settings.assignors().names()) + ".");
        }
    }

    private static void requireJoin(ConsumerGroupHeartbeatRequest request) {
        require(request.rebalanceTimeoutMs != -1, "RebalanceTimeoutMs must be provided in first request.");
        require(
                request.topicPartitions != null && request.topicPartitions.isEmpty(),
                "TopicPartitions must be empty when (re-)joining.");
        require(
                request.subscribedTopicNames != null || request.subscribedTopicRegex != null,
                "Either SubscribedTopicNames or SubscribedTopicRegex must be non-null when (re-)joining.");
    }

    private static void requireText(String name, @Nullable String value) {
        require(value == null || !value.trim().isEmpty(), name + " can't be empty.");
    }

    private static void require(boolean isSo, String message) {
        if (!isSo) {
            throw new Refused(ErrorCode.INVALID_REQUEST, message);
        }
    }
}
