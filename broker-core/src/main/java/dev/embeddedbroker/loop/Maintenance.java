package dev.embeddedbroker.loop;

import java.util.concurrent.Callable;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where work that blocks is done, so that no loop ever waits: fsync, compaction, deletion and unmapping of sealed files.
 * It owns nothing; results come back to a loop as tasks.
 *
 * <p><b>Owner:</b> none; any thread. Work is done one piece at a time, in the order it was handed in.
 */
public final class Maintenance implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Maintenance.class);

    private final Executor worker;
    private final FailureSink failures;

    /** Does the work on {@code worker}, which must keep its order; a simulation gives a loop here and has no thread. */
    public Maintenance(Executor worker, FailureSink failures) {
        this.worker = worker;
        this.failures = failures;
    }

    /** Does the work on one daemon thread of its own, which starts with the first work handed in. */
    public static Maintenance onThread(String threadName, FailureSink failures) {
        return onThread(threadName, failures, null);
    }

    /** The same, and has its work counted. */
    public static Maintenance onThread(String threadName, FailureSink failures, @Nullable WorkCount work) {
        return new Maintenance(new WorkerThread(threadName, work), failures);
    }

    /**
     * Does {@code work} here, then runs {@code then} on a loop with either its result or what it threw. If that loop has
     * ended meanwhile, nobody is left to care about the result, and {@code then} does not run.
     *
     * @throws RejectedExecutionException when closed
     */
    public <T extends @Nullable Object> void run(
            Callable<T> work, Loop replyOn, BiConsumer<@Nullable T, @Nullable Throwable> then) {
        worker.execute(() -> {
            @Nullable T result = null;
            Throwable thrown = null;
            try {
                result = work.call();
            } catch (Throwable e) {
                thrown = e;
            }
            answer(replyOn, then, result, thrown);
        });
    }

    private static <T extends @Nullable Object> void answer(
            Loop replyOn,
            BiConsumer<@Nullable T, @Nullable Throwable> then,
            @Nullable T result,
            @Nullable Throwable thrown) {
        try {
            replyOn.execute(() -> then.accept(result, thrown));
        } catch (RejectedExecutionException e) {
            log.debug("Loop {} ended before a result of maintenance reached it", replyOn.index(), thrown);
        }
    }

    /**
     * Does {@code work} whose result nobody waits for; if it throws, that is a bug.
     *
     * @throws RejectedExecutionException when closed
     */
    public void submit(Runnable work) {
        worker.execute(() -> {
            try {
                work.run();
            } catch (Throwable e) {
                log.error("Maintenance work failed", e);
                failures.failed("maintenance", e);
            }
        });
    }

    /** Does all work that was handed in, then ends the thread, if there is one of its own. */
    @Override
    public void close() {
        if (worker instanceof WorkerThread thread) {
            thread.close();
        }
    }

    /** A daemon thread with a queue. <b>Owner:</b> the fields are guarded by {@code this}, a leaf lock. */
    private static final class WorkerThread implements Executor {

        private final LinkedBlockingQueue<Runnable> queue = new LinkedBlockingQueue<>();
        private final Runnable end = this::markEnded;
        private final String name;
        private final @Nullable WorkCount work;
        private @Nullable Thread thread;
        private boolean closed;
        private boolean ended; // owned by the thread

        private WorkerThread(String name, @Nullable WorkCount work) {
            this.name = name;
            this.work = work;
        }

        @Override
        public synchronized void execute(Runnable task) {
            if (closed) {
                throw new RejectedExecutionException("maintenance is closed (expected: work before close)");
            }
            if (work == null) {
                queue.add(task);
            } else {
                var unused = work.addTo(queue, task);
            }
            if (thread == null) {
                thread = new Thread(this::loop, name);
                thread.setDaemon(true);
                thread.start();
            }
        }

        private void loop() {
            while (!ended) {
                try {
                    queue.take().run();
                } catch (InterruptedException e) {
                    // nobody has a reason to interrupt this thread; close() ends it
                    log.debug("Maintenance was interrupted and goes on", e);
                }
            }
        }

        private void markEnded() {
            ended = true;
        }

        private void close() {
            Thread ending;
            synchronized (this) {
                if (!closed) {
                    closed = true;
                    queue.add(end);
                }
                ending = thread;
            }
            if (ending != null && ending != Thread.currentThread()) {
                Threads.joinUninterruptibly(ending);
            }
        }
    }
}
