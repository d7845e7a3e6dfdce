package dev.embeddedbroker.coordinator.group.consumer;

import dev.embeddedbroker.coordinator.group.assign.TopicCatalog;

/**
 * How soon a member is to heartbeat again. In a group at rest that is what the settings say. While something is going on
 * it is sooner, since members learn of the group's changes from their heartbeats alone: in the first moments after an
 * assignment all of them come often, so a group that forms settles in a few of these short intervals; later, those who
 * still wait for something come the less often the longer it takes.
 */
final class Pace {
    private static final int QUICK_MS = 25;
    private static final int FRESH_MS = 400;
    private static final int BACKOFF = 10;

    private Pace() {}

    static int intervalMs(ConsumerMember member, ConsumerGroup group, TopicCatalog topics, long nowMs, int restMs) {
        long sinceMs = group.assignedAtMs() == 0 ? 0 : Math.max(0, nowMs - group.assignedAtMs());
        if (sinceMs < FRESH_MS) {
            return Math.min(QUICK_MS, restMs);
        }
        return isAtRest(member, group, topics) ? restMs : (int) Math.min(sinceMs / BACKOFF, restMs);
    }

    private static boolean isAtRest(ConsumerMember member, ConsumerGroup group, TopicCatalog topics) {
        return member.isReconciledTo(group.epoch())
                && group.isReconciled()
                && member.topicNames().stream().allMatch(name -> topics.topic(name) != null);
    }
}
