package dev.embeddedbroker.loop;

import dev.embeddedbroker.time.Clock;
import java.util.concurrent.Executor;

/**
 * One thread that owns things: connections, partitions, coordinators and their timers. What a loop owns is touched inside
 * that loop only, so it needs no lock.
 *
 * <p>A task or timer that throws is a bug: the loop reports it to its {@link FailureSink} and goes on with the next task.
 */
public interface Loop extends Executor {

    /** This loop's place in its group, from 0. */
    int index();

    /** Whether the calling thread is this loop's. */
    boolean isInside();

    /** Throws {@link IllegalStateException} unless {@link #isInside()}: the first line of every entry to owned state. */
    default void requireInside() {
        if (!isInside()) {
            throw new IllegalStateException("called on thread \""
                    + Thread.currentThread().getName() + "\" (expected: the thread of loop " + index() + ")");
        }
    }

    /**
     * Queues a task, from any thread. Tasks run in the order they were queued, never inside this call.
     *
     * @throws java.util.concurrent.RejectedExecutionException when the loop has ended
     */
    @Override
    void execute(Runnable task);

    /** Runs a task at once when called inside the loop, and queues it otherwise. */
    default void run(Runnable task) {
        if (isInside()) {
            task.run();
        } else {
            execute(task);
        }
    }

    /**
     * Runs a task once, {@code delayMs} from now; a delay of 0 or less means after the tasks that are queued already.
     * Timers due at the same time run in the order they were scheduled. Inside the loop only.
     */
    Timer schedule(long delayMs, Runnable task);

    /**
     * Runs a task once, {@code delayMs} of {@link Clock#pacing} time from now: for waits that only pace a client's requests.
     * The same as {@link #schedule} on a clock that runs by itself. Inside the loop only.
     */
    default Timer pace(long delayMs, Runnable task) {
        return schedule(delayMs, task);
    }

    /** The clock this loop's timers go by. */
    Clock clock();
}
