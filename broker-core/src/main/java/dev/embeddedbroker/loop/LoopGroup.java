package dev.embeddedbroker.loop;

import java.util.List;

/** The loops of one broker, and which of them owns a partition. Immutable; any thread. */
public final class LoopGroup {

    private final List<Loop> loops;

    public LoopGroup(List<? extends Loop> loops) {
        if (loops.isEmpty()) {
            throw new IllegalArgumentException("a group has 0 loops (expected: at least 1)");
        }
        this.loops = List.copyOf(loops);
        for (int i = 0; i < loops.size(); i++) {
            if (loops.get(i).index() != i) {
                throw new IllegalArgumentException(
                        "the loop at place " + i + " has index " + loops.get(i).index() + " (expected: " + i + ")");
            }
        }
    }

    public int size() {
        return loops.size();
    }

    public Loop get(int index) {
        return loops.get(index);
    }

    /** All loops, by index. */
    public List<Loop> all() {
        return loops;
    }

    /** The loop that owns a partition: neighbouring partitions of a topic are on neighbouring loops. */
    public Loop ownerOf(String topic, int partition) {
        int hash = topic.hashCode();
        return loops.get(Math.floorMod((hash ^ (hash >>> 16)) + partition, loops.size()));
    }
}
