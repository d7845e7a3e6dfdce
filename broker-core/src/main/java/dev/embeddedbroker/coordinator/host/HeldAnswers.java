package dev.embeddedbroker.coordinator.host;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/** Who wants to know when a group is no longer at rest. Any thread; what is released is run outside of any lock. */
final class HeldAnswers {
    private final Map<String, Set<Runnable>> byGroup = new ConcurrentHashMap<>();

    void hold(String groupId, Runnable release) {
        byGroup.compute(groupId, (id, present) -> {
            var held = present == null ? new LinkedHashSet<Runnable>() : present;
            held.add(release);
            return held;
        });
    }

    void forget(String groupId, Runnable release) {
        byGroup.computeIfPresent(groupId, (id, held) -> {
            held.remove(release);
            return held.isEmpty() ? null : held;
        });
    }

    void release(String groupId) {
        var held = byGroup.remove(groupId);
        if (held != null) {
            held.forEach(Runnable::run);
        }
    }

    void releaseAll(Predicate<String> ofGroups) {
        List.copyOf(byGroup.keySet()).stream().filter(ofGroups).forEach(this::release);
    }
}
