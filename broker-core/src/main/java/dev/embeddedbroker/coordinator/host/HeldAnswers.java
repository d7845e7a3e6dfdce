package dev.embeddedbroker.coordinator.host;

import dev.embeddedbroker.protocol.ErrorCode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The heartbeats whose answers wait until there is something to tell. Any thread; they are told outside of the lock. */
final class HeldAnswers {
    private final Map<String, Map<HeldAnswer, Integer>> partitionsByGroup = new HashMap<>();

    /** @param partition the one of {@code __consumer_offsets} that the group is in */
    synchronized void hold(String groupId, int partition, HeldAnswer answer) {
        partitionsByGroup.computeIfAbsent(groupId, id -> new LinkedHashMap<>()).put(answer, partition);
    }

    synchronized void forget(String groupId, HeldAnswer answer) {
        partitionsByGroup.computeIfPresent(groupId, (id, held) -> {
            held.remove(answer);
            return held.isEmpty() ? null : held;
        });
    }

    /** There is something to tell to the members of a group. */
    void release(String groupId) {
        takeAll(groupId).forEach(HeldAnswer::lookAgain);
    }

    /** The groups of a partition are served here no more. */
    void resign(int partition, ErrorCode error) {
        takeAll(partition).forEach(answer -> answer.resigned(error));
    }

    private synchronized List<HeldAnswer> takeAll(String groupId) {
        var held = partitionsByGroup.remove(groupId);
        return held == null ? List.of() : List.copyOf(held.keySet());
    }

    private synchronized List<HeldAnswer> takeAll(int partition) {
        var taken = new ArrayList<HeldAnswer>();
        partitionsByGroup.values().forEach(held -> held.entrySet().removeIf(entry -> {
            boolean isOfIt = entry.getValue() == partition;
            if (isOfIt) {
                taken.add(entry.getKey());
            }
            return isOfIt;
        }));
        partitionsByGroup.values().removeIf(Map::isEmpty);
        return taken;
    }
}
