package dev.embeddedbroker.coordinator.group.assign;

import dev.embeddedbroker.protocol.Uuid;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Levels shares when partitions may only go to those who subscribe to their topic. Free partitions go to the subscriber
 * with the fewest; then partitions move, one by one, from the fuller to the emptier, as long as that evens anything out.
 * Each move makes the sum of the squares smaller, so this ends.
 */
final class SubscribedShares {
    private final List<Share> shares;
    private final Map<Uuid, List<Share>> subscribers = new HashMap<>();

    private SubscribedShares(List<Share> shares) {
        this.shares = shares;
        shares.forEach(share -> share.topics().forEach(topic -> subscribers
                .computeIfAbsent(topic, t -> new ArrayList<>())
                .add(share)));
    }

    static void level(List<Share> shares, List<Partition> free) {
        var work = new SubscribedShares(shares);
        work.handOut(free);
        work.even();
    }

    /** Topics with the least choice first: many partitions for few subscribers. */
    private void handOut(List<Partition> free) {
        var counts = new HashMap<Uuid, Integer>();
        free.forEach(partition -> counts.merge(partition.topic(), 1, Integer::sum));
        var ordered = new ArrayList<>(free);
        ordered.sort(
                Comparator.<Partition>comparingInt(p -> subscribersOf(p.topic()).size())
                        .thenComparing(p -> -counts.getOrDefault(p.topic(), 0))
                        .thenComparing(Comparator.naturalOrder()));
        ordered.forEach(partition -> emptiestOf(partition.topic()).add(partition));
    }

    private void even() {
        boolean hasMoved = true;
        while (hasMoved) {
            hasMoved = false;
            var fullestFirst = new ArrayList<>(shares);
            fullestFirst.sort(Comparator.comparingInt(Share::size).reversed());
            for (Share from : fullestFirst) {
                hasMoved |= relieve(from);
            }
        }
    }

    /** Moves partitions away from one that has too many, always to the emptiest there is; true if any moved. */
    private boolean relieve(Share from) {
        boolean hasMoved = false;
        for (var topic = relievedBy(from); topic != null; topic = relievedBy(from)) {
            emptiestOf(topic).add(from.takeLastOf(topic));
            hasMoved = true;
        }
        return hasMoved;
    }

    private @Nullable Uuid relievedBy(Share from) {
        Uuid best = null;
        int fewest = from.size() - 1; // a subscriber must have two fewer
        for (Uuid topic : from.heldTopics()) {
            int size = emptiestOf(topic).size();
            if (size < fewest) {
                fewest = size;
                best = topic;
            }
        }
        return best;
    }

    private Share emptiestOf(Uuid topic) {
        Share emptiest = null;
        for (Share share : subscribersOf(topic)) {
            if (emptiest == null || share.size() < emptiest.size()) {
                emptiest = share;
            }
        }
        if (emptiest == null) {
            throw new IllegalStateException("nobody subscribes to " + topic);
        }
        return emptiest;
    }

    private List<Share> subscribersOf(Uuid topic) {
        return subscribers.getOrDefault(topic, List.of());
    }
}
