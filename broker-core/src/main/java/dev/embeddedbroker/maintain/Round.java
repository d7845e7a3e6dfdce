package dev.embeddedbroker.maintain;

import dev.embeddedbroker.loop.Loop;
import dev.embeddedbroker.loop.Timer;
import dev.embeddedbroker.partition.Partition;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The partitions that one kind of work has to look at again, and the timer for it, which runs only while there are any.
 *
 * <p><b>Owner:</b> a loop.
 */
final class Round {
    /** The kinds of work that rounds are made for. */
    enum Chore {
        HIGH_WATERMARKS,
        OFFSETS,
        FLUSHES,
        RETENTION,
        CLEANING,
        PRODUCERS
    }

    /** Who does the chores: one object for all, since a lambda for each part of each would slow a broker's start. */
    interface Worker {
        /** The least time between two rounds. */
        long intervalMs(Chore chore);

        /** Does the work, and says in how many ms the partition is to be visited again, or {@link #NEVER}. */
        long visit(Chore chore, Partition partition);

        /** Comes at the end of a round. */
        void afterRound(Chore chore);
    }

    /** What a visit answers when the partition needs no other until something changes in it. */
    static final long NEVER = Long.MAX_VALUE;

    private static final long LONGEST_DELAY_MS = 365L * 24 * 3600 * 1000;

    private final Loop loop;
    private final Chore chore;
    private final Worker worker;
    private final Set<Partition> waiting = new LinkedHashSet<>();
    private @Nullable Timer timer;
    private long dueMs = NEVER;
    private boolean closed;

    Round(Loop loop, Chore chore, Worker worker) {
        this.loop = loop;
        this.chore = chore;
        this.worker = worker;
    }

    /** Something changed in the partition: it is visited one interval from now at the latest. */
    void add(Partition partition) {
        add(partition, worker.intervalMs(chore));
    }

    void add(Partition partition, long withinMs) {
        if (!closed && withinMs < NEVER) {
            waiting.add(partition);
            arm(withinMs);
        }
    }

    private void arm(long delayMs) {
        long delay = Math.min(Math.max(0, delayMs), LONGEST_DELAY_MS);
        long due = loop.clock().nanos() / 1_000_000 + delay;
        if (timer != null && dueMs <= due) {
            return;
        }
        if (timer != null) {
            timer.cancel();
        }
        dueMs = due;
        timer = loop.schedule(delay, this::run);
    }

    private void run() {
        timer = null;
        List<Partition> visited = new ArrayList<>(waiting);
        waiting.clear();
        long soonest = NEVER;
        for (Partition partition : visited) {
            if (partition.isGone() || partition.isOffline()) {
                continue;
            }
            partition.tellActivityAgain();
            long againMs = worker.visit(chore, partition);
            if (againMs < NEVER) {
                waiting.add(partition);
                soonest = Math.min(soonest, againMs);
            }
        }
        worker.afterRound(chore);
        if (soonest < NEVER && !closed) {
            arm(Math.max(worker.intervalMs(chore), soonest));
        }
    }

    void close() {
        closed = true;
        waiting.clear();
        if (timer != null) {
            timer.cancel();
            timer = null;
        }
    }
}
