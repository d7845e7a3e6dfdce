package dev.embeddedbroker.clients;

import java.util.BitSet;

/**
 * What the members of a group together have seen of a topic, record by record, and whether one of them was ever led past a
 * record nobody had seen. Thread-safe.
 */
final class Ledger {
    private final BitSet[] seen;
    private final boolean isPrompt;
    private String complaint = "";

    Ledger(int partitions) {
        this(partitions, true);
    }

    /** @param isPrompt whether members tell what they saw before they commit it: only then can a gap be told at once */
    Ledger(int partitions, boolean isPrompt) {
        this.isPrompt = isPrompt;
        seen = new BitSet[partitions];
        for (int i = 0; i < partitions; i++) {
            seen[i] = new BitSet();
        }
    }

    /** A member saw a record, after the one before it; {@code before} is negative for the first since it got the partition. */
    synchronized void saw(String member, int partition, long before, long offset) {
        var records = seen[partition];
        boolean isInOrder = before < 0 || offset == before + 1;
        boolean isComplete = !isPrompt || before >= 0 || records.nextClearBit(0) >= offset;
        if (complaint.isEmpty() && !(isInOrder && isComplete)) {
            complaint = member + " saw " + partition + "@" + offset + " after " + before
                    + "; first not seen by anybody is " + records.nextClearBit(0);
        }
        records.set((int) offset);
        notifyAll();
    }

    synchronized long count() {
        long sum = 0;
        for (var records : seen) {
            sum += records.cardinality();
        }
        return sum;
    }

    synchronized String complaint() {
        return complaint;
    }

    /** Waits until so many different records were seen, or something is wrong; false when the time is over first. */
    synchronized boolean awaitCount(long wanted, long patienceMs) throws InterruptedException {
        long deadlineNanos = System.nanoTime() + patienceMs * 1_000_000;
        while (count() < wanted && complaint.isEmpty()) {
            long restMs = (deadlineNanos - System.nanoTime()) / 1_000_000;
            if (restMs <= 0) {
                return false;
            }
            wait(restMs);
        }
        return true;
    }
}
