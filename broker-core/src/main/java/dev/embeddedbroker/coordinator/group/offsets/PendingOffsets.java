package dev.embeddedbroker.coordinator.group.offsets;

import dev.embeddedbroker.protocol.Uuid;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Offsets committed in transactions that are not ended yet.
 *
 * <p><b>Owner:</b> the machine's loop.
 */
final class PendingOffsets {
    /*
     * Of an offset's commits the latest in the log wins, whatever the order in which transactions end. So each pending
     * commit knows its place in that order; a later one that counts first makes it void, though it stays unstable until
     * its own transaction ends.
     */

    /** Whose offset. */
    record Place(String groupId, String topic, int partition) {}

    private record Pending(CommittedOffset offset, long order, boolean isVoid) {}

    /** Takes offsets that count from now on. */
    interface Committed {
        void put(Place place, CommittedOffset offset);
    }

    private final Map<Place, Map<Long, Pending>> byPlace = new LinkedHashMap<>();
    private final Map<Long, Set<Place>> byProducer = new HashMap<>();
    private long lastOrder;

    void add(long producerId, Place place, CommittedOffset offset) {
        byPlace.computeIfAbsent(place, p -> new LinkedHashMap<>())
                .put(producerId, new Pending(offset, ++lastOrder, false));
        byProducer.computeIfAbsent(producerId, p -> new LinkedHashSet<>()).add(place);
    }

    /** An offset was committed outside of transactions: what was pending for it is void. */
    void overtake(Place place) {
        makeVoid(place, Long.MAX_VALUE);
    }

    private void makeVoid(Place place, long before) {
        var all = byPlace.get(place);
        if (all != null) {
            all.replaceAll((producer, pending) ->
                    pending.order < before ? new Pending(pending.offset, pending.order, true) : pending);
        }
    }

    /** An offset was deleted, and what was pending for it with it. */
    void forget(Place place) {
        var all = byPlace.remove(place);
        if (all != null) {
            all.keySet().forEach(producerId -> leave(producerId, place));
        }
    }

    private void leave(long producerId, Place place) {
        var places = byProducer.get(producerId);
        if (places != null && places.remove(place) && places.isEmpty()) {
            byProducer.remove(producerId);
        }
    }

    /** A producer's transaction is ended. */
    void end(long producerId, boolean commit, Committed committed) {
        var places = byProducer.remove(producerId);
        if (places == null) {
            return;
        }
        for (Place place : places) {
            var all = byPlace.getOrDefault(place, Map.of());
            var pending = all.remove(producerId);
            if (all.isEmpty()) {
                byPlace.remove(place);
            }
            if (commit && pending != null && !pending.isVoid) {
                makeVoid(place, pending.order);
                committed.put(place, pending.offset);
            }
        }
    }

    boolean has(String groupId, String topic, int partition) {
        return !byPlace.isEmpty() && byPlace.containsKey(new Place(groupId, topic, partition));
    }

    boolean hasAnyOf(String groupId) {
        return byPlace.keySet().stream().anyMatch(place -> place.groupId.equals(groupId));
    }

    /** Where anything is pending that was committed for a topic of this name and id. */
    Set<Place> places(String topic, Uuid topicId) {
        return byPlace.entrySet().stream()
                .filter(all -> all.getKey().topic.equals(topic)
                        && all.getValue().values().stream().anyMatch(pending -> !pending.offset.isOfAnother(topicId)))
                .map(Map.Entry::getKey)
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    /** Where anything is pending. */
    Set<Place> places() {
        return Set.copyOf(byPlace.keySet());
    }

    @Override
    public String toString() {
        return byPlace.toString();
    }
}
