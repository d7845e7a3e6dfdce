package dev.embeddedbroker.coordinator.group.consumer;

import dev.embeddedbroker.coordinator.group.consumer.ConsumerCommand.Heartbeat;
import dev.embeddedbroker.protocol.ErrorCode;
import dev.embeddedbroker.protocol.Uuid;
import dev.embeddedbroker.protocol.request.ConsumerGroupHeartbeatRequest;
import dev.embeddedbroker.protocol.response.ConsumerGroupHeartbeatResponse;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What the heartbeat of a member that joins or stays comes to. */
final class HeartbeatRules {
    private static final int UNCHANGED = -1;

    private final Turn turn;
    private final Heartbeat heartbeat;
    private final ConsumerGroupHeartbeatRequest request;
    private final ConsumerSettings settings;
    private final @Nullable Map<Uuid, Set<Integer>> owned;

    HeartbeatRules(Turn turn, Heartbeat heartbeat) {
        this.turn = turn;
        this.heartbeat = heartbeat;
        this.request = heartbeat.request();
        this.settings = heartbeat.settings();
        this.owned = owned(request);
    }

    private static @Nullable Map<Uuid, Set<Integer>> owned(ConsumerGroupHeartbeatRequest request) {
        if (request.topicPartitions == null) {
            return null;
        }
        Map<Uuid, Set<Integer>> owned = new HashMap<>();
        request.topicPartitions.forEach(topic ->
                owned.computeIfAbsent(topic.topicId, t -> new TreeSet<>()).addAll(topic.partitions));
        return owned;
    }

    void decide() {
        requireRoom();
        String memberId = request.memberId.isEmpty() ? heartbeat.freshMemberId() : request.memberId;
        var before = new Membership(turn, request, owned).find(memberId);
        var member = told(before);
        boolean hasSubscriptionChanged = subscribe(before, member);
        Targets.renew(turn, settings);
        var after = reconcile(member, hasSubscriptionChanged);
        turn.watch(memberId, settings.sessionTimeoutMs());
        turn.reply(heartbeat.ticket(), answer(before, after));
    }

    private void requireRoom() {
        var group = turn.group();
        boolean isIn = group.member(request.memberId) != null || group.staticMember(request.instanceId) != null;
        if (!isIn && group.members().size() >= settings.maxSize()) {
            throw new Refused(
                    ErrorCode.GROUP_MAX_SIZE_REACHED,
                    "The consumer group has reached its maximum capacity of " + settings.maxSize() + " members.");
        }
    }

    /** The member with what it tells of itself; what it leaves out has not changed. */
    private ConsumerMember told(ConsumerMember member) {
        String rackId = request.rackId;
        String pattern = request.subscribedTopicRegex;
        String assignor = request.serverAssignor;
        return member.described(
                request.instanceId == null ? member.instanceId() : request.instanceId,
                rackId == null ? member.rackId() : rackId,
                request.rebalanceTimeoutMs == UNCHANGED ? member.rebalanceTimeoutMs() : request.rebalanceTimeoutMs,
                heartbeat.clientId(),
                heartbeat.clientHost(),
                request.subscribedTopicNames == null ? member.topicNames() : request.subscribedTopicNames,
                pattern == null ? member.pattern() : pattern,
                assignor == null ? member.assignor() : assignor,
                null);
    }

    /** Keeps what is new about the member, and bumps the epoch if the group needs another assignment for it. */
    private boolean subscribe(ConsumerMember before, ConsumerMember member) {
        boolean hasNewPattern = !member.pattern().equals(before.pattern());
        if (hasNewPattern && member.hasPattern()) {
            var unused = TopicPattern.compile(member.pattern()); // refused before anything is kept of it
        }
        if (!member.equals(before)) {
            turn.keep(ConsumerRecords.member(turn.groupId(), member));
        }
        Patterns.forgetUnused(turn);
        boolean havePatternsChanged = Patterns.resolve(turn);
        boolean mustBump = havePatternsChanged
                || hasNewPattern
                || !member.topicNames().equals(before.topicNames())
                || !electedBy(turn.before()).equals(electedBy(turn.group()));
        if (mustBump || turn.hasNewTopics()) {
            long metadataHash = turn.metadataHash();
            if (mustBump || metadataHash != turn.group().metadataHash()) {
                turn.bumpEpoch(metadataHash);
            }
            if (turn.group().hasOldTopicsRecord()) {
                turn.keep(ConsumerRecords.noOldTopics(turn.groupId()));
            }
        }
        turn.checked();
        return hasNewPattern || !member.topicNames().equals(before.topicNames());
    }

    private String electedBy(ConsumerGroup group) {
        return Targets.mostVoted(
                group, settings.assignors(), settings.assignors().get(0));
    }

    private ConsumerMember reconcile(ConsumerMember member, boolean hasSubscriptionChanged) {
        var group = turn.group();
        var subscribed = Targets.topicIds(group, member, turn.topics());
        var next = new Reconciliation(member, group, subscribed, owned).next(hasSubscriptionChanged);
        if (!next.equals(member)) {
            turn.keep(ConsumerRecords.current(turn.groupId(), next));
            if (next.state() == MemberState.UNREVOKED_PARTITIONS) {
                turn.watchRevocation(next);
            } else {
                turn.unwatchRevocation(next.memberId());
            }
        }
        return next;
    }

    /** The assignment is told when it has changed, and when the member cannot know or tells everything itself. */
    private ConsumerGroupHeartbeatResponse answer(ConsumerMember before, ConsumerMember after) {
        var response = new ConsumerGroupHeartbeatResponse()
                .setMemberId(after.memberId())
                .setMemberEpoch(after.epoch())
                .setHeartbeatIntervalMs(Pace.intervalMs(
                        after, turn.group(), turn.topics(), turn.nowMs(), settings.heartbeatIntervalMs()));
        boolean tellsEverything = request.rebalanceTimeoutMs != UNCHANGED
                && (request.subscribedTopicNames != null || request.subscribedTopicRegex != null)
                && request.topicPartitions != null;
        if (heartbeat.isJoin() || tellsEverything || !after.assigned().equals(before.assigned())) {
            response.setAssignment(assignment(after.assigned()));
        }
        return response;
    }

    private static ConsumerGroupHeartbeatResponse.Assignment assignment(OwnedPartitions partitions) {
        var assignment = new ConsumerGroupHeartbeatResponse.Assignment();
        partitions
                .byTopic()
                .forEach((topic, epochs) ->
                        assignment.topicPartitions.add(new ConsumerGroupHeartbeatResponse.TopicPartitions()
                                .setTopicId(topic)
                                .setPartitions(new ArrayList<>(epochs.keySet()))));
        return assignment;
    }
}
