package dev.embeddedbroker.net;

import dev.embeddedbroker.loop.FailureSink;
import dev.embeddedbroker.loop.SteppedLoop;
import dev.embeddedbroker.loop.Threads;
import dev.embeddedbroker.loop.Timer;
import dev.embeddedbroker.loop.TimerQueue;
import dev.embeddedbroker.loop.WorkCount;
import dev.embeddedbroker.time.Clock;
import io.netty.channel.EventLoop;
import io.netty.channel.IoHandle;
import io.netty.channel.IoRegistration;
import io.netty.channel.ManualIoEventLoop;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.FastThreadLocalThread;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A loop that waits for sockets: one daemon thread, one selector, one queue of tasks, one queue of timers.
 *
 * <p><b>Owner:</b> its thread, except for {@link #execute} and {@link #close}, which any thread may call.
 */
final class NettyLoop implements SteppedLoop, AutoCloseable {

    /*
     * One turn: sockets, then Netty's own tasks (few: flushes put off, closes), then ours, then timers. Netty's event
     * loop has a task queue too, but a task in it cannot be taken back, so a task handed in while the loop ends could
     * get lost without a word. With a queue of ours it is either run by the ending loop or refused to the caller:
     * execute() adds and then looks whether the end has begun; the loop lets the end begin and then drains. From then
     * on only the loop's own tasks may queue more, or a busy neighbour could keep it from ending.
     *
     * With a clock that does not run by itself there are two queues of timers: that of the clock, which a conductor has
     * fired up to one moment after the other, and that of what paces clients, which is waited for as ever. On a clock that
     * runs by itself both are the same queue, and nothing is counted.
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
    private final TimerQueue paces;
    private final @Nullable WorkCount work;
    private final BufferPool buffers = new BufferPool();
    private volatile boolean closing;
    private volatile boolean ended;
    private volatile long nextDueNanos = Long.MAX_VALUE; // written by the loop, where there is a conductor
    private volatile long firesUpToNanos; // written by the conductor

    /** Makes the loop and its selector; {@link #start} makes it go. */
    NettyLoop(String threadName, int index, Clock clock, FailureSink failures) {
        this(threadName, index, clock, failures, null);
    }

    /** The same, conducted. */
    NettyLoop(String threadName, int index, Clock clock, FailureSink failures, @Nullable WorkCount work) {
        this.index = index;
        this.clock = clock;
        this.failures = failures;
        this.timers = new TimerQueue(clock);
        this.paces = clock.pacing() == clock ? timers : new TimerQueue(clock.pacing());
        this.work = work;
        this.firesUpToNanos = work == null ? 0 : clock.nanos();
        this.thread = new FastThreadLocalThread(this::runUntilClosed, threadName);
        this.thread.setDaemon(true);
        this.io = new Io(thread);
    }

    void start() {
        thread.start();
    }

    /** Puts something into the selector; null when the loop is ending. Inside the loop only. */
    @Nullable
    IoRegistration register(IoHandle handle) {
        requireInside();
        return io.register(handle).getNow();
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
        Runnable queued = task;
        if (work == null) {
            tasks.add(task);
        } else {
            queued = work.addTo(tasks, task);
        }
        boolean inside = isInside();
        if ((inside ? ended : closing) && tasks.remove(queued)) {
            if (work != null) {
                work.takenBack(queued);
            }
            throw new RejectedExecutionException("loop " + index + " has ended (expected: tasks before close)");
        }
        if (!inside) {
            io.wakeup();
        }
    }

    @Override
    public Timer schedule(long delayMs, Runnable task) {
        requireInside();
        Timer timer = timers.add(delayMs, task);
        if (work != null) {
            nextDueNanos = timers.nextDueNanos();
        }
        return timer;
    }

    @Override
    public Timer pace(long delayMs, Runnable task) {
        requireInside();
        return paces.add(delayMs, task);
    }

    @Override
    public long nextDueNanos() {
        return nextDueNanos;
    }

    @Override
    public void fireUpTo(long nanos) {
        firesUpToNanos = nanos;
        if (nextDueNanos <= nanos) {
            turn();
        }
    }

    @Override
    public void turn() {
        execute(() -> {
            runTimers();
            afterNettysTasks();
        });
    }

    /** What was closed is told so by a task of Netty's, which belongs to the work that closed it. */
    private void afterNettysTasks() {
        var counting = work;
        if (counting == null) {
            return;
        }
        counting.begin();
        try {
            io.execute(counting::end);
        } catch (RejectedExecutionException e) {
            counting.end();
            log.debug("Loop {} is ending, and its sockets with it", index, e);
        }
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
            if (!isFiredFromOutside()) {
                runTimers();
            }
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
        if (paces != timers) {
            if (isFiredFromOutside()) {
                return 0; // it is woken for its turn
            }
            long toPace = paces.nanosToNext();
            return toPace == 0 || timers.nextDueNanos() <= timersNow() ? -1 : Math.max(0, toPace);
        }
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

    /** Whether time is being moved: then timers fire when it is their loop's turn. */
    private boolean isFiredFromOutside() {
        return work != null && work.isInOrder();
    }

    private long timersNow() {
        return work == null ? clock.nanos() : firesUpToNanos;
    }

    private void runTimers() {
        if (timers.size() > 0) {
            runDue(timers, timersNow());
        }
        if (paces != timers && paces.size() > 0) {
            runDue(paces, clock.pacing().nanos());
        }
        if (work != null) {
            nextDueNanos = timers.nextDueNanos();
        }
    }

    private void runDue(TimerQueue queue, long now) {
        // where time stands still, one that arms itself again without delay is due at the same moment
        int atMost = clock.runsByItself() ? Integer.MAX_VALUE : queue.size();
        for (int i = 0; i < atMost; i++) {
            Runnable task = queue.takeDue(now);
            if (task == null) {
                return;
            }
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
