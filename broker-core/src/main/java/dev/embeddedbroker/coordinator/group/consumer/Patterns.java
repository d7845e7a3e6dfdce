package dev.embeddedbroker.coordinator.group.consumer;

import java.util.List;
import java.util.TreeSet;

/** The regular expressions members of a group subscribe with, and the topics they stand for. */
final class Patterns {

    private Patterns() {}

    /**
     * Matches those patterns that were not matched yet, and all of them when there are new topics; true if any stands for
     * other topics than before, where one that was not matched yet stood for none.
     */
    static boolean resolve(Turn turn) {
        var subscribed = new TreeSet<String>();
        turn.group().members().stream().filter(ConsumerMember::hasPattern).forEach(m -> subscribed.add(m.pattern()));
        boolean hasChanged = false;
        for (String pattern : subscribed) {
            var known = turn.group().patterns().get(pattern);
            if (known == null || turn.hasNewTopics()) {
                var matching = new TreeSet<>(
                        TopicPattern.compile(pattern).matching(turn.topics().names()));
                if (known == null || !known.topics().equals(matching)) {
                    var resolved = ResolvedPattern.of(matching, turn.topics().version(), turn.nowMs());
                    turn.keep(ConsumerRecords.pattern(turn.groupId(), pattern, resolved));
                    hasChanged |= known != null || !matching.isEmpty();
                }
            }
        }
        return hasChanged;
    }

    /** Forgets patterns nobody subscribes with any more. */
    static void forgetUnused(Turn turn) {
        for (String pattern : List.copyOf(turn.group().patterns().keySet())) {
            if (turn.group().subscribersOf(pattern) == 0) {
                turn.keep(ConsumerRecords.noPattern(turn.groupId(), pattern));
            }
        }
    }
}
