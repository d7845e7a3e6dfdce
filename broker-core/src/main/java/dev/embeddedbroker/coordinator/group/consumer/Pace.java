package dev.embeddedbroker.coordinator.group.consumer;

/**
 * How soon a member is to heartbeat again. Members learn of the group's changes from their heartbeats alone, and a group
 * that changed is likely to change again: so the interval is short while the last assignment is new and grows with its age,
 * up to what the settings say. A group at rest soon costs what they say, and one that forms settles in a few short
 * intervals.
 *
 * <p>{@link #QUICK_MS} is half of {@code retry.backoff.ms}. Java's client does not heartbeat within that time of the last
 * answer, unless it has something to tell, and its {@code poll} sleeps for the rest of the interval: with half of it, it is
 * awake when the next answer comes. Of 30 to 110 ms, 50 made a group of ten settle soonest. In a large
 * group it would be slower: that client spins while a heartbeat is answered later than its interval, so members that
 * heartbeat faster than all of them are served take the time from one another.
 *
 * <p>For the same reason assignments follow one another at a distance that grows with the group: while many join, most of
 * what is shared out for one of them is taken back for the next.
 */
final class Pace {
    private static final int QUICK_MS = 50;
    private static final int MANY = 10;
    private static final int MS_OF_ONE_OF_MANY = 20;
    private static final int BACKOFF = 10;

    /** So small a group has nothing to gain by waiting. */
    private static final int FEW = 2;

    private static final int MS_OF_ONE_OF_FEW = 8;
    private static final int AT_MOST_MS = 1_000;

    private Pace() {}

    static int intervalMs(ConsumerGroup group, long nowMs, int restMs) {
        long sinceMs = group.assignedAtMs() == 0 ? 0 : Math.max(0, nowMs - group.assignedAtMs());
        int members = group.members().size();
        int quickMs = members <= MANY ? QUICK_MS : Math.min(MS_OF_ONE_OF_MANY * members, AT_MOST_MS);
        return (int) Math.min(Math.max(quickMs, sinceMs / BACKOFF), restMs);
    }

    /** How long after an assignment the next one may be made, in ms. */
    static int assignmentIntervalMs(ConsumerGroup group, ConsumerSettings settings) {
        if (settings.assignmentIntervalMs() != ConsumerSettings.AS_THE_GROUP_IS_LARGE) {
            return settings.assignmentIntervalMs();
        }
        int members = group.members().size();
        if (members <= FEW) {
            return 0;
        }
        return Math.min((members <= MANY ? MS_OF_ONE_OF_FEW : MS_OF_ONE_OF_MANY) * members, AT_MOST_MS);
    }
}
