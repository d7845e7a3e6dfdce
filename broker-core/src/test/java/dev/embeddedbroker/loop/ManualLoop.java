package dev.embeddedbroker.loop;

import dev.embeddedbroker.time.ManualClock;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * A loop without a thread: tasks and timers run when the test says so, on the test's thread, and what they throw reaches
 * the test. The thread that made it is inside.
 */
public final class ManualLoop implements Loop {

    private final int index;
    private final ManualClock clock;
    private final TimerQueue timers;
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final Thread owner = Thread.currentThread();

    public ManualLoop() {
        this(0, new ManualClock(1_700_000_000_000L));
    }

    public ManualLoop(int index, ManualClock clock) {
        this.index = index;
        this.clock = clock;
        this.timers = new TimerQueue(clock);
    }

    @Override
    public int index() {
        return index;
    }

    @Override
    public boolean isInside() {
        return Thread.currentThread() == owner;
    }

    @Override
    public void execute(Runnable task) {
        tasks.add(task);
    }

    @Override
    public Timer schedule(long delayMs, Runnable task) {
        requireInside();
        return timers.add(delayMs, task);
    }

    @Override
    public ManualClock clock() {
        return clock;
    }

    /** Runs queued tasks and due timers until there is none; returns how many ran. */
    public int runAll() {
        requireInside();
        int ran = 0;
        while (true) {
            Runnable next = tasks.poll();
            if (next == null) {
                next = timers.takeDue(clock.nanos());
            }
            if (next == null) {
                return ran;
            }
            next.run();
            ran++;
        }
    }

    /** Moves the clock on from timer to timer, running what comes due, as if so much time had passed. */
    public void advanceMs(long ms) {
        runAll();
        long remaining = ms * 1_000_000L;
        while (remaining > 0) {
            long toNext = timers.nanosToNext();
            long step = toNext < 0 ? remaining : Math.min(toNext, remaining);
            clock.advanceNanos(step);
            remaining -= step;
            runAll();
        }
    }

    public int queuedTasks() {
        return new ArrayDeque<>(tasks).size();
    }

    public int armedTimers() {
        return timers.size();
    }
}
