package dev.embeddedbroker.partition;

import dev.embeddedbroker.loop.Loop;
import dev.embeddedbroker.loop.LoopGroup;
import dev.embeddedbroker.loop.Timer;
import dev.embeddedbroker.time.ManualClock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;

/**
 * Several loops on one thread, a task at a time: which loop goes next is the test's choice, and a task is inside its own
 * loop only, so touching what another loop owns fails.
 */
public final class SteppedLoops {

    private final ManualClock clock = new ManualClock(1_700_000_000_000L);
    private final List<SteppedLoop> loops = new ArrayList<>();
    private final LoopGroup group;
    private SteppedLoop current;
    private long timerCount;

    public SteppedLoops(int count) {
        for (int i = 0; i < count; i++) {
            loops.add(new SteppedLoop(i));
        }
        group = new LoopGroup(loops);
    }

    public LoopGroup group() {
        return group;
    }

    public Loop get(int index) {
        return loops.get(index);
    }

    public ManualClock clock() {
        return clock;
    }

    /** Runs {@code task} inside a loop, now. */
    public void inside(Loop loop, Runnable task) {
        var before = current;
        current = (SteppedLoop) loop;
        try {
            task.run();
        } finally {
            current = before;
        }
    }

    /** Runs tasks and due timers until there is none. */
    public void runAll() {
        boolean ran = true;
        while (ran) {
            ran = false;
            for (var loop : loops) {
                ran |= loop.step();
            }
        }
    }

    /** Runs one task of a loop chosen by {@code random}; says whether any loop had one. */
    public boolean stepOne(Random random) {
        int first = random.nextInt(loops.size());
        for (int i = 0; i < loops.size(); i++) {
            if (loops.get((first + i) % loops.size()).step()) return true;
        }
        return false;
    }

    public void advanceMs(long ms) {
        runAll();
        for (long i = 0; i < ms; i++) {
            clock.advanceMs(1);
            runAll();
        }
    }

    private record ArmedTimer(long dueNanos, long number, Runnable task) {}

    private final class SteppedLoop implements Loop {

        private final int index;
        private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
        private final PriorityQueue<ArmedTimer> timers = new PriorityQueue<>(
                Comparator.comparingLong(ArmedTimer::dueNanos).thenComparingLong(ArmedTimer::number));

        private SteppedLoop(int index) {
            this.index = index;
        }

        private boolean step() {
            Runnable next = tasks.poll();
            if (next == null && !timers.isEmpty() && timers.peek().dueNanos <= clock.nanos()) {
                next = timers.remove().task;
            }
            if (next == null) return false;
            inside(this, next);
            return true;
        }

        @Override
        public int index() {
            return index;
        }

        @Override
        public boolean isInside() {
            return current == this;
        }

        @Override
        public void execute(Runnable task) {
            tasks.add(task);
        }

        @Override
        public Timer schedule(long delayMs, Runnable task) {
            requireInside();
            var timer = new ArmedTimer(clock.nanos() + delayMs * 1_000_000, timerCount++, task);
            timers.add(timer);
            return () -> timers.remove(timer);
        }

        @Override
        public ManualClock clock() {
            return clock;
        }
    }
}
