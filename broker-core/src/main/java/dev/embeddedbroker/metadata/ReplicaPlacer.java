package dev.embeddedbroker.metadata;

import static dev.embeddedbroker.protocol.ErrorCode.INVALID_REPLICATION_FACTOR;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;

/**
 * Chooses the brokers of new partitions: leaders go round, neighbours in the ring are on different racks where there are
 * several, and the followers of one leader differ from round to round.
 */
final class ReplicaPlacer {

    /** The brokers so that racks alternate. */
    private final List<BrokerImage> ring;

    private final int start;

    ReplicaPlacer(Collection<BrokerImage> brokers, long seed) {
        this.ring = alternatingRacks(brokers);
        this.start = ring.isEmpty() ? 0 : Math.floorMod(seed, ring.size());
    }

    /** The brokers of partitions {@code first} to {@code first + count - 1}, leader first. */
    List<List<Integer>> place(int first, int count, int replicationFactor) throws Refusal {
        if (ring.stream().noneMatch(broker -> !broker.fenced())) {
            throw new Refusal(
                    INVALID_REPLICATION_FACTOR,
                    "All brokers are currently fenced, or have all their log directories cordoned.");
        }
        if (replicationFactor > ring.size()) {
            throw new Refusal(
                    INVALID_REPLICATION_FACTOR,
                    "The target replication factor of " + replicationFactor + " cannot be reached because only "
                            + ring.size()
                            + " broker(s) are registered or some brokers have all their log directories cordoned.");
        }
        var placed = new ArrayList<List<Integer>>(count);
        for (int partition = first; partition < first + count; partition++) {
            placed.add(replicas(partition, replicationFactor));
        }
        return placed;
    }

    private List<Integer> replicas(int partition, int replicationFactor) {
        int size = ring.size();
        int leaderAt = Math.floorMod(start + partition, size);
        while (ring.get(leaderAt).fenced()) leaderAt = (leaderAt + 1) % size;
        var replicas = new ArrayList<Integer>(replicationFactor);
        replicas.add(ring.get(leaderAt).id());
        int round = size > 1 ? (partition / size) % (size - 1) : 0;
        for (int i = 0; replicas.size() < replicationFactor; i++) {
            replicas.add(
                    ring.get((leaderAt + 1 + (round + i) % (size - 1)) % size).id());
        }
        return replicas;
    }

    private static List<BrokerImage> alternatingRacks(Collection<BrokerImage> brokers) {
        var racks = new TreeMap<String, List<BrokerImage>>();
        for (var broker : brokers) {
            var rack = broker.rack();
            racks.computeIfAbsent(rack == null ? "" : rack, name -> new ArrayList<>())
                    .add(broker);
        }
        racks.values().forEach(rack -> rack.sort(Comparator.comparingInt(BrokerImage::id)));
        var ring = new ArrayList<BrokerImage>(brokers.size());
        for (int i = 0; ring.size() < brokers.size(); i++) {
            for (var rack : racks.values()) {
                if (i < rack.size()) ring.add(rack.get(i));
            }
        }
        return ring;
    }
}
