package dev.embeddedbroker.coordinator.group.offsets;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The offsets the groups of one shard have committed: by group, topic and partition.
 *
 * <p><b>Owner:</b> the machine's loop.
 */
public final class Offsets {
    private final Map<String, Map<String, Map<Integer, CommittedOffset>>> byGroup = new LinkedHashMap<>();
    private final PendingOffsets pending = new PendingOffsets();

    /** Those of open transactions, which do not count yet. */
    PendingOffsets pending() {
        return pending;
    }

    public @Nullable CommittedOffset get(String groupId, String topic, int partition) {
        return ofTopic(groupId, topic).get(partition);
    }

    /** By topic and partition; empty for a group without offsets. */
    public Map<String, Map<Integer, CommittedOffset>> ofGroup(String groupId) {
        return Collections.unmodifiableMap(byGroup.getOrDefault(groupId, Map.of()));
    }

    Map<Integer, CommittedOffset> ofTopic(String groupId, String topic) {
        return byGroup.getOrDefault(groupId, Map.of()).getOrDefault(topic, Map.of());
    }

    /** The groups that have committed anything. */
    public Set<String> groupIds() {
        return Collections.unmodifiableSet(byGroup.keySet());
    }

    void put(String groupId, String topic, int partition, CommittedOffset offset) {
        byGroup.computeIfAbsent(groupId, g -> new LinkedHashMap<>())
                .computeIfAbsent(topic, t -> new LinkedHashMap<>())
                .put(partition, offset);
    }

    void remove(String groupId, String topic, int partition) {
        var topics = byGroup.get(groupId);
        var partitions = topics == null ? null : topics.get(topic);
        if (topics == null || partitions == null) {
            return;
        }
        partitions.remove(partition);
        if (partitions.isEmpty()) {
            topics.remove(topic);
        }
        if (topics.isEmpty()) {
            byGroup.remove(groupId);
        }
    }

    @Override
    public String toString() {
        return byGroup + " pending " + pending;
    }
}
