package dev.embeddedbroker.partition;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What a leader knows of the replicas of its partition, and the offsets that follow from it.
 *
 * <p><b>Owner:</b> the partition's loop.
 */
final class InSyncReplicas {

    private record FollowerOffsets(long endOffset, long startOffset) {
        private static final FollowerOffsets UNKNOWN = new FollowerOffsets(-1, -1);
    }

    private final int self;
    private final Map<Integer, FollowerOffsets> followers = new HashMap<>();
    private List<Integer> replicas;
    private List<Integer> isr;
    private boolean alone;

    InSyncReplicas(int self) {
        this.self = self;
        this.replicas = List.of(self);
        this.isr = List.of(self);
        this.alone = true;
    }

    /** Takes over what the controller decided; a new leader knows nothing of its followers yet. */
    void decide(List<Integer> newReplicas, List<Integer> newIsr, boolean newLeadership) {
        replicas = newReplicas;
        isr = newIsr;
        alone = newIsr.size() == 1 && newIsr.get(0) == self;
        if (newLeadership) followers.clear();
        followers.keySet().retainAll(newReplicas);
    }

    /** A follower fetches from {@code endOffset}, so it has everything before. */
    void followerFetched(int broker, long endOffset, long startOffset) {
        if (broker != self && replicas.contains(broker)) {
            followers.put(broker, new FollowerOffsets(endOffset, startOffset));
        }
    }

    boolean isReplica(int broker) {
        return replicas.contains(broker);
    }

    List<Integer> isr() {
        return isr;
    }

    int isrSize() {
        return isr.size();
    }

    int replicaCount() {
        return replicas.size();
    }

    /** The offset every in-sync replica has reached; {@code none} if one of them has not said yet. */
    long commonEnd(long leaderEnd, long none) {
        if (alone) return leaderEnd;
        long common = leaderEnd;
        for (int broker : isr) {
            if (broker == self) continue;
            var known = followers.getOrDefault(broker, FollowerOffsets.UNKNOWN);
            if (known.endOffset < 0) return none;
            common = Math.min(common, known.endOffset);
        }
        return common;
    }

    /** The smallest start of any replica's log: what is before it is gone everywhere. */
    long lowWatermark(long leaderStart) {
        if (replicas.size() <= 1) return leaderStart;
        long low = leaderStart;
        for (int broker : replicas) {
            if (broker != self) {
                low = Math.min(low, followers.getOrDefault(broker, FollowerOffsets.UNKNOWN).startOffset);
            }
        }
        return low;
    }
}
