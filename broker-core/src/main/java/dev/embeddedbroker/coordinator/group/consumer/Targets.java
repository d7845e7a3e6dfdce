package dev.embeddedbroker.coordinator.group.consumer;

import dev.embeddedbroker.coordinator.group.assign.Assignment;
import dev.embeddedbroker.coordinator.group.assign.AssignmentFailed;
import dev.embeddedbroker.coordinator.group.assign.Assignor;
import dev.embeddedbroker.coordinator.group.assign.Assignors;
import dev.embeddedbroker.coordinator.group.assign.MemberSpec;
import dev.embeddedbroker.coordinator.group.assign.TopicCatalog;
import dev.embeddedbroker.protocol.ErrorCode;
import dev.embeddedbroker.protocol.Uuid;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The making of a group's target assignment. */
final class Targets {

    private Targets() {}

    /** Makes the assignment of the group's epoch, unless there is one or the last one was made only just now (KIP-1263). */
    static void renew(Turn turn, ConsumerSettings settings) {
        var group = turn.group();
        boolean isTooSoon = group.assignedAtMs() != 0
                && turn.nowMs() < group.assignedAtMs() + Pace.assignmentIntervalMs(group, settings);
        if (group.targetEpoch() >= group.epoch() || isTooSoon) {
            return;
        }
        var assignors = settings.assignors();
        var assignor = assignors.find(elect(group, assignors));
        var assigned = assign(group, assignor == null ? assignors.first() : assignor, turn.topics());
        for (ConsumerMember member : List.copyOf(group.members())) {
            var target = assigned.getOrDefault(member.memberId(), Assignment.NONE);
            if (!group.hasTarget(member.memberId()) || !target.equals(group.target(member.memberId()))) {
                turn.keep(ConsumerRecords.target(turn.groupId(), member.memberId(), target));
            }
        }
        turn.keep(ConsumerRecords.target(turn.groupId(), group.epoch(), turn.nowMs()));
    }

    private static Map<String, Assignment> assign(ConsumerGroup group, Assignor assignor, TopicCatalog topics) {
        var specs = group.members().stream()
                .map(member -> new MemberSpec(
                        member.memberId(),
                        member.instanceId(),
                        member.rackId(),
                        topicIds(group, member, topics),
                        group.target(member.memberId())))
                .toList();
        try {
            return assignor.assign(specs, topics);
        } catch (AssignmentFailed e) {
            throw new Refused(
                    ErrorCode.UNKNOWN_SERVER_ERROR,
                    "Failed to compute a new target assignment for epoch " + group.epoch() + ": " + e.getMessage());
        }
    }

    /** The topics a member subscribes to, of those that exist. */
    static Set<Uuid> topicIds(ConsumerGroup group, ConsumerMember member, TopicCatalog topics) {
        var ids = new TreeSet<Uuid>();
        for (String name : group.topicNamesOf(member)) {
            var shape = topics.topic(name);
            if (shape != null) {
                ids.add(shape.id());
            }
        }
        return ids;
    }

    /** The assignor with the most votes; of equals, the one that comes first in the broker's list. */
    static String elect(ConsumerGroup group, Assignors assignors) {
        return mostVoted(group, assignors.names(), assignors.first().name());
    }

    static String mostVoted(ConsumerGroup group, List<String> order, String byDefault) {
        var votes = new HashMap<String, Integer>();
        for (ConsumerMember member : group.members()) {
            String vote = member.assignor();
            if (vote != null) {
                votes.merge(vote, 1, Integer::sum);
            }
        }
        String elected = null;
        for (String name : order) {
            elected = better(elected, name, votes);
        }
        for (String name : new TreeSet<>(votes.keySet())) {
            elected = better(elected, name, votes);
        }
        return elected == null ? byDefault : elected;
    }

    private static @Nullable String better(@Nullable String best, String candidate, Map<String, Integer> votes) {
        int bestVotes = best == null ? 0 : votes.getOrDefault(best, 0);
        return votes.getOrDefault(candidate, 0) > bestVotes ? candidate : best;
    }
}
