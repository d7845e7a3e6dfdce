package dev.embeddedbroker.coordinator.group.consumer;

import java.util.Collection;
import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The topics a regular expression stood for when it was last matched.
 *
 * @param version of the topics it was matched against
 */
record ResolvedPattern(SortedSet<String> topics, long version, long wallMs) {

    ResolvedPattern {
        topics = Collections.unmodifiableSortedSet(new TreeSet<>(topics));
    }

    static ResolvedPattern of(Collection<String> topics, long version, long wallMs) {
        return new ResolvedPattern(new TreeSet<>(topics), version, wallMs);
    }
}
