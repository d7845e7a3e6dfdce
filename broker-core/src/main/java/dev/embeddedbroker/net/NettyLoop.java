package dev.embeddedbroker.net;

import dev.embeddedbroker.loop.FailureSink;
import dev.embeddedbroker.loop.Loop;
import dev.embeddedbroker.loop.Threads;
import dev.embeddedbroker.loop.Timer;
import dev.embeddedbroker.loop.TimerQueue;
import dev.embeddedbroker.time.Clock;
import io.netty.channel.EventLoop;
import io.netty.channel.ManualIoEventLoop;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.FastThreadLocalThread;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A loop that waits for sockets: one daemon thread, one selector, one queue of tasks, one queue of timers.
 *
 * <p><b>Owner:</b> its thread, except for {@link #execute} and {@link #close}, which any thread may call.
 */
final class NettyLoop implements Loop, AutoCloseable {

    /*
     * One turn: sockets, then Netty's own tasks (few: flushes put off, closes), then ours, then timers. Netty's event
     * loop has a task queue too, but a task in it cannot be taken back, so a task handed in while the loop ends could
     * get lost without a word. With a queue of ours it is either run by the ending loop or refused to the caller:
     * execute() adds and then looks whether the end has begun; the loop lets the end begin and then drains. From then
     * on only the loop's own tasks may queue more, or a busy neighbour could keep it from ending.
     *
     * Nobody listens to the event loop's termination future, so its global executor never gets a thread.
     */
    private static final Logger log = LoggerFactory.getLogger(NettyLoop.class);

    /** How many tasks run before sockets get their turn again. */
    private static final int TASKS_PER_TURN = 256;

    /** A task that queues itself again must not keep the loop from ending. */
    private static final int TASKS_AT_THE_END = 1_000_000;

    private static final long NETTY_TASKS_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private final int index;
    private final Clock clock;
    private final FailureSink failures;
    private final Thread thread;
    private final Io io;
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final TimerQueue timers;
    private final BufferPool buffers = new BufferPool();
    private volatile boolean closing;
    private volatile boolean ended;

    /** Makes the loop and its selector; {@link #start} makes it go. */
    NettyLoop(String threadName, int index, Clock clock, FailureSink failures) {
        this.index = index;
        this.clock = clock;
        this.failures = failures;
        this.timers = new TimerQueue(clock);
        this.thread = new FastThreadLocalThread(this::runUntilClosed, threadName);
        this.thread.setDaemon(true);
        this.io = new Io(thread);
    }

    void start() {
        thread.start();
    }

    /** What Netty's channels register with. */
    EventLoop eventLoop() {
        return io;
    }

    /** The buffers of this loop's connections. Inside the loop only. */
    BufferPool buffers() {
        return buffers;
    }

    @Override
    public int index() {
        return index;
    }

    @Override
    public Clock clock() {
        return clock;
    }

    @Override
    public boolean isInside() {
        return Thread.currentThread() == thread;
    }

    @Override
    public void execute(Runnable task) {
        tasks.add(task);
        boolean inside = isInside();
        if ((inside ? ended : closing) && tasks.remove(task)) {
            throw new RejectedExecutionException("loop " + index + " has ended (expected: tasks before close)");
        }
        if (!inside) {
            io.wakeup();
        }
    }

    @Override
    public Timer schedule(long delayMs, Runnable task) {
        requireInside();
        return timers.add(delayMs, task);
    }

    /**
     * Runs the tasks that are queued and those they queue, closes what is still open, ends the thread and waits for
     * that, except when called inside. Timers do not run any more.
     */
    @Override
    public void close() {
        closing = true;
        if (thread.getState() == Thread.State.NEW) {
            thread.start();
        }
        io.wakeup();
        if (!isInside()) {
            Threads.joinUninterruptibly(thread);
        }
    }

    private void runUntilClosed() {
        while (!closing) {
            try {
                io.run(waitNanos(), NETTY_TASKS_NANOS);
            } catch (Throwable e) {
                report("sockets", e);
            }
            runTasks(TASKS_PER_TURN);
            runTimers();
        }
        runTasks(TASKS_AT_THE_END);
        var unused = io.shutdownGracefully(0, 0, TimeUnit.NANOSECONDS);
        while (!io.isTerminated()) {
            io.runNow();
            runTasks(TASKS_AT_THE_END);
        }
        ended = true;
        runTasks(TASKS_AT_THE_END);
        buffers.close();
    }

    /** How long to wait for sockets, in the event loop's terms: 0 is for ever, −1 not at all. */
    private long waitNanos() {
        long toNext = timers.nanosToNext();
        if (toNext == 0) {
            return -1;
        }
        return toNext < 0 || !clock.runsByItself() ? 0 : toNext;
    }

    private void runTasks(int limit) {
        for (int i = 0; i < limit; i++) {
            Runnable task = tasks.poll();
            if (task == null) {
                return;
            }
            runReporting("task", task);
        }
    }

    private void runTimers() {
        if (timers.size() == 0) {
            return;
        }
        long now = clock.nanos();
        for (Runnable task = timers.takeDue(now); task != null; task = timers.takeDue(now)) {
            runReporting("timer", task);
        }
    }

    private void runReporting(String what, Runnable task) {
        try {
            task.run();
        } catch (Throwable e) {
            report(what, e);
        }
    }

    /** Reports a bug that broke out of something this loop ran. */
    void report(String what, Throwable cause) {
        log.error("Loop {}: a {} failed", index, what, cause);
        failures.failed("loop " + index + ": " + what, cause);
    }

    @Override
    public String toString() {
        return "loop " + index;
    }

    /** The event loop, which must not wait for sockets while tasks of ours are queued or the end is near. */
    private final class Io extends ManualIoEventLoop {

        private Io(Thread owner) {
            super(owner, NioIoHandler.newFactory());
        }

        @Override
        protected boolean canBlock() {
            return tasks.isEmpty() && !closing;
        }
    }
}
