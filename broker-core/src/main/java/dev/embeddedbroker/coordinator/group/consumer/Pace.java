package dev.embeddedbroker.coordinator.group.consumer;

/**
 * How soon a member is to heartbeat again. Members learn of the group's changes from their heartbeats alone, and a group
 * that changed is likely to change again: so the interval is short while the last assignment is new and grows with its age,
 * up to what the settings say. A group at rest soon costs what they say, and one that forms settles in a few short
 * intervals.
 *
 * <p>Shorter than {@link #QUICK_MS} would not be quicker: Java's client does not heartbeat within {@code retry.backoff.ms}
 * of the last answer, unless it has something to tell, and its {@code poll} sleeps for the rest of the interval.
 */
final class Pace {
    private static final int QUICK_MS = 70;
    private static final int BACKOFF = 10;

    private Pace() {}

    static int intervalMs(ConsumerGroup group, long nowMs, int restMs) {
        long sinceMs = group.assignedAtMs() == 0 ? 0 : Math.max(0, nowMs - group.assignedAtMs());
        return (int) Math.min(Math.max(QUICK_MS, sinceMs / BACKOFF), restMs);
    }
}
