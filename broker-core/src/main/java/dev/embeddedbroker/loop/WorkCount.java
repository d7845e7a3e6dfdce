package dev.embeddedbroker.loop;

import dev.embeddedbroker.time.Clock;
import java.util.Queue;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

/**
 * The pieces of work that the loops and threads of a broker were handed and have not done: when there are none, and nobody
 * hands in more, the broker has come to rest.
 *
 * <p>On demand they are done in the order they were handed in, one at a time, whichever threads they are for: then what a
 * piece of work comes to does not hang on which thread is faster.
 *
 * <p><b>Owner:</b> none; any thread. The fields are guarded by {@code this}, a leaf lock.
 */
public final class WorkCount {
    /*
     * A task with a number waits, on its thread, until those with smaller numbers are done. The smallest is always the first
     * of the numbered ones in its thread's queue, as numbers are given in the order of the queues: so somebody can go on.
     */
    private static final long LOOK_EVERY_MS = 1_000;
    private static final long NO_NUMBER = -1;

    private final ThreadLocal<Boolean> isWorking = new ThreadLocal<>();
    private final TreeSet<Long> numbered = new TreeSet<>();
    private final Clock machine;
    private volatile boolean isOrdered;
    private long nextNumber;
    private long open;
    private long done;

    /** @param machine runs by itself */
    public WorkCount(Clock machine) {
        this.machine = machine;
    }

    private final class Counted implements Runnable {
        private final Runnable task;
        private final long number;

        Counted(Runnable task, long number) {
            this.task = task;
            this.number = number;
        }

        @Override
        public void run() {
            awaitTurn(number);
            isWorking.set(true);
            try {
                task.run();
            } finally {
                isWorking.remove();
                finished(number);
            }
        }
    }

    /** A piece of work is under way that is no task of a queue. */
    public synchronized void begin() {
        open++;
    }

    /** It is done. */
    public synchronized void end() {
        done++;
        open--;
        notifyAll();
    }

    /** Adds a task to a thread's queue, under way from now until that thread has run it. */
    public synchronized Runnable addTo(Queue<Runnable> queue, Runnable task) {
        long number = NO_NUMBER;
        if (isOrdered) {
            number = nextNumber++;
            numbered.add(number);
        }
        begin();
        var counted = new Counted(task, number);
        queue.add(counted);
        return counted;
    }

    /** A task that {@link #addTo} added was taken back, and will not run. */
    public void takenBack(Runnable counted) {
        finished(((Counted) counted).number);
    }

    private synchronized void finished(long number) {
        numbered.remove(number);
        end();
    }

    /** From now on what is handed in is done in that order; or, if not, as the threads come to it. */
    public synchronized void inOrder(boolean ordered) {
        isOrdered = ordered;
        if (!ordered) {
            numbered.clear();
            notifyAll();
        }
    }

    /** Whether work is done in the order it is handed in. */
    public boolean isInOrder() {
        return isOrdered;
    }

    private synchronized void awaitTurn(long number) {
        boolean interrupted = false;
        while (numbered.contains(number) && numbered.first() != number) {
            try {
                wait();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Whether the calling thread is doing a piece of this work. */
    public boolean isInside() {
        return isWorking.get() != null;
    }

    /**
     * Waits until nothing is under way; an interrupt is kept for the caller to see afterwards.
     *
     * @param stuckAfterMs how long nothing may be finished before the wait is given up
     * @throws IllegalStateException when it was given up
     */
    public synchronized void awaitNone(long stuckAfterMs) {
        long patienceNanos = TimeUnit.MILLISECONDS.toNanos(stuckAfterMs);
        boolean interrupted = false;
        long seenDone = done;
        long deadlineNanos = machine.nanos() + patienceNanos;
        while (open > 0) {
            if (done != seenDone) {
                seenDone = done;
                deadlineNanos = machine.nanos() + patienceNanos;
            } else if (machine.nanos() - deadlineNanos > 0) {
                throw new IllegalStateException(open + " pieces of work are under way, and none was finished within "
                        + stuckAfterMs + " ms (expected: that the broker comes to rest)");
            }
            try {
                wait(LOOK_EVERY_MS);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
