package dev.embeddedbroker.virtualtime;

import dev.embeddedbroker.api.RequestFilter;
import dev.embeddedbroker.loop.Conductor;
import dev.embeddedbroker.loop.SteppedLoop;
import dev.embeddedbroker.loop.WorkCount;
import dev.embeddedbroker.time.Clock;
import dev.embeddedbroker.time.SteppedClock;
import dev.embeddedbroker.time.SystemClock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Moves a broker's clock, from one due time to the next, and waits at each until the broker has come to rest.
 *
 * <p><b>Owner:</b> none; any thread but the broker's own. Who holds {@code moving} moves the clock, and nobody starts or ends
 * the loops meanwhile.
 */
public final class TimeKeeper implements Conductor {
    /*
     * One step: the clock stands at the next due time; each loop in turn is told to fire up to there, and nothing else
     * happens until what that came to is done. So what is due at one moment on several loops has an order, and what it comes
     * to has happened before the next is due. "Done" is a count of tasks: whatever a timer causes is either done by it, or is
     * a task for a loop, for Netty, or for a thread of the broker's, and a task is counted from when it is handed in. Work
     * that joins a queue is done by a task that is counted as well. Tasks are done one at a time, in the order they were
     * handed in, so no outcome hangs on which thread is faster.
     *
     * Loops publish when their next timer is due, so a step costs one hand-over for each loop that has one. How many steps
     * there are depends on what is there to be looked at, not on how long it is advanced: no timer of the broker's runs
     * while there is nothing it could find.
     *
     * Requests wait at the gate. Before the first step each loop is given a task: when that has run, so has every request
     * that came in before the gate was shut, and what it hands on is counted.
     */
    private static final Duration LONGEST = Duration.ofDays(36_500);
    private static final long STUCK_AFTER_MS = 60_000;

    /** How often timers may fire at one moment, each time because the last time armed some for the same moment. */
    private static final int ROUNDS_AT_MOST = 10_000;

    private final ReentrantLock moving = new ReentrantLock(true);
    private final SteppedClock clock;
    private final Instant start;
    private final WorkCount work = new WorkCount(new SystemClock());
    private final Gate gate = new Gate();
    private final VirtualTime time = new VirtualTime(this);
    private List<? extends SteppedLoop> loops = List.of(); // guarded by moving
    private boolean closed; // guarded by moving

    /** A time that begins at a moment. */
    public TimeKeeper(Instant start) {
        this.start = start.truncatedTo(ChronoUnit.MILLIS);
        this.clock = new SteppedClock(start.toEpochMilli(), new SystemClock());
    }

    /** What the user has of it. */
    public VirtualTime time() {
        return time;
    }

    /** What the broker goes by. */
    public Clock clock() {
        return clock;
    }

    /** What every request passes. */
    public RequestFilter gate() {
        return gate;
    }

    @Override
    public WorkCount work() {
        return work;
    }

    Instant now() {
        return start.plusNanos(clock.nanos());
    }

    // ---- coming and going of the broker

    @Override
    public void conduct(List<? extends SteppedLoop> running) {
        moving.lock();
        try {
            loops = running;
            running.forEach(loop -> loop.fireUpTo(clock.nanos()));
        } finally {
            moving.unlock();
        }
    }

    @Override
    public void dismiss() {
        moving.lock();
        try {
            loops = List.of();
        } finally {
            moving.unlock();
        }
    }

    /** Time is advanced no more. */
    public void close() {
        moving.lock();
        try {
            closed = true;
        } finally {
            moving.unlock();
        }
    }

    // ---- advancing

    void advance(Duration duration) {
        if (duration.isNegative()) {
            throw new IllegalArgumentException("advance by " + duration + " (expected: zero or more)");
        }
        move(duration);
    }

    void advanceTo(Instant moment) {
        requireOutside();
        moving.lock();
        try {
            var now = now();
            if (moment.isBefore(now)) {
                throw new IllegalArgumentException("advance to " + moment + " (expected: " + now + " or later)");
            }
            move(Duration.between(now, moment));
        } finally {
            moving.unlock();
        }
    }

    private void requireOutside() {
        if (work.isInside()) {
            throw new IllegalStateException("time is advanced on thread \""
                    + Thread.currentThread().getName() + "\" of the broker (expected: a thread of the caller's own)");
        }
    }

    private void move(Duration duration) {
        requireOutside();
        moving.lock();
        try {
            if (closed) {
                throw new IllegalStateException("this broker was closed (expected: time is advanced before that)");
            }
            if (loops.stream().anyMatch(SteppedLoop::isInside)) {
                throw new IllegalStateException("time is advanced on a loop of the broker (expected: another thread)");
            }
            var passed = Duration.ofNanos(clock.nanos());
            if (duration.compareTo(LONGEST.minus(passed)) > 0) {
                throw new IllegalArgumentException("advance by " + duration + " after " + passed
                        + " (expected: at most " + LONGEST.toDays() + " days in all)");
            }
            gate.shut();
            try {
                pass(duration.toNanos());
            } finally {
                work.inOrder(false);
                loops.forEach(SteppedLoop::turn);
                gate.open();
            }
        } finally {
            moving.unlock();
        }
    }

    private void pass(long nanos) {
        long target = clock.nanos() + nanos;
        turnAll();
        work.inOrder(true);
        fireAll();
        for (long next = nextDueNanos(); next <= target; next = nextDueNanos()) {
            clock.moveTo(Math.max(next, clock.nanos()));
            fireAll();
        }
        clock.moveTo(target);
        clock.push(nanos);
        turnAll();
        fireAll();
    }

    private long nextDueNanos() {
        long next = Long.MAX_VALUE;
        for (var loop : loops) {
            next = Math.min(next, loop.nextDueNanos());
        }
        return next;
    }

    private void turnAll() {
        for (var loop : loops) {
            loop.turn();
            settle();
        }
    }

    /** Has everything happen that is due at this moment, loop by loop, until nothing is. */
    private void fireAll() {
        long now = clock.nanos();
        for (int round = 0; round < ROUNDS_AT_MOST; round++) {
            for (var loop : loops) {
                loop.fireUpTo(now);
                settle();
            }
            if (nextDueNanos() > now) {
                return;
            }
        }
        throw new IllegalStateException("timers were due " + ROUNDS_AT_MOST + " times at " + now()
                + " (expected: that each is armed for later)");
    }

    private void settle() {
        work.awaitNone(STUCK_AFTER_MS);
    }
}
