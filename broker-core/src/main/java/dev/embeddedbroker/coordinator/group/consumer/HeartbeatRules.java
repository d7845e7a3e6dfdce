package dev.embeddedbroker.coordinator.group.consumer;

import dev.embeddedbroker.coordinator.group.consumer.ConsumerCommand.Heartbeat;
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
        Membership.requireRoom(turn.group(), request.memberId, request.instanceId, settings.maxSize());
        String memberId = request.memberId.isEmpty() ? heartbeat.freshMemberId() : request.memberId;
        var before = new Membership(turn, request, owned).find(memberId);
        var member = told(before);
        var update = new MemberUpdate(turn, settings, owned);
        boolean hasSubscriptionChanged = update.keep(before, member);
        if (!isGathering()) {
            Targets.renew(turn, settings);
        }
        var after = update.reconcile(member, hasSubscriptionChanged);
        turn.watch(memberId, settings.sessionTimeoutMs());
        if (before.speaksClassic()) {
            turn.unwatchClassic(memberId);
        }
        turn.reply(heartbeat.ticket(), answer(before, after));
    }

    /** A group that forms is not assigned to while more members are coming: what the first got it would have to give up. */
    private boolean isGathering() {
        return heartbeat.isJoin() && heartbeat.areOthersComing() && turn.group().assignedAtMs() == 0;
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

    /**
     * The assignment is told when it has changed, and when the member cannot know or tells everything itself. After a reset
     * a member may say that it has what it shall get: it has the topics by their names already.
     */
    private ConsumerGroupHeartbeatResponse answer(ConsumerMember before, ConsumerMember after) {
        var response = new ConsumerGroupHeartbeatResponse()
                .setMemberId(after.memberId())
                .setMemberEpoch(after.epoch())
                .setHeartbeatIntervalMs(Pace.intervalMs(turn.group(), turn.nowMs(), settings.heartbeatIntervalMs()));
        boolean tellsEverything = request.rebalanceTimeoutMs != UNCHANGED
                && (request.subscribedTopicNames != null || request.subscribedTopicRegex != null)
                && request.topicPartitions != null;
        boolean hasIt = owned != null && after.assigned().arePartitions(owned);
        boolean hasToKnow = !after.assigned().equals(before.assigned()) && !(hasIt && heartbeat.isRenewed());
        if (heartbeat.isJoin() || tellsEverything || hasToKnow) {
            response.setAssignment(assignment(after.assigned()));
        }
        note(after.memberId(), hasIt, response.assignment != null);
        return response;
    }

    private void note(String memberId, boolean hasIt, boolean isTold) {
        boolean isHesitant = turn.group().isHesitant(memberId);
        if (hasIt && isHesitant) {
            turn.out().event(new ConsumerEvent.Took(turn.groupId(), memberId));
        } else if (!hasIt && isTold && !isHesitant) {
            turn.out().event(new ConsumerEvent.Told(turn.groupId(), memberId));
        }
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
