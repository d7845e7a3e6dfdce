package dev.embeddedbroker.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.embeddedbroker.loop.Timer;
import dev.embeddedbroker.time.ManualClock;
import dev.embeddedbroker.time.SystemClock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class NettyLoopTest {

    private final List<Throwable> failures = new CopyOnWriteArrayList<>();

    @Test
    void tasksOfOneThreadRunInOrderInsideTheLoop() throws Exception {
        var ran = new ArrayList<Integer>();
        var last = new CompletableFuture<Boolean>();
        try (var loop = started()) {
            for (int i = 0; i < 10_000; i++) {
                int n = i;
                loop.execute(() -> ran.add(n));
            }
            loop.execute(() -> last.complete(loop.isInside()));
            assertThat(last.get()).isTrue();
            assertThat(loop.isInside()).isFalse();
            assertThatThrownBy(loop::requireInside).isInstanceOf(IllegalStateException.class);
        }
        assertThat(ran).hasSize(10_000).isSorted();
    }

    @Test
    void runIsInlineInsideAndQueuedOutside() throws Exception {
        var order = new CopyOnWriteArrayList<String>();
        var done = new CompletableFuture<Void>();
        try (var loop = started()) {
            loop.run(() -> {
                loop.execute(() -> {
                    order.add("queued");
                    done.complete(null);
                });
                loop.run(() -> order.add("inline"));
            });
            done.get();
        }
        assertThat(order).containsExactly("inline", "queued");
    }

    @Test
    void timersRunInOrderAndNotBeforeTheirTime() throws Exception {
        var ran = new CopyOnWriteArrayList<Integer>();
        var done = new CompletableFuture<Long>();
        try (var loop = started()) {
            loop.execute(() -> {
                long start = System.nanoTime();
                loop.schedule(20, () -> done.complete(System.nanoTime() - start));
                loop.schedule(10, () -> ran.add(2));
                loop.schedule(0, () -> ran.add(1));
                Timer cancelled = loop.schedule(5, () -> ran.add(99));
                cancelled.cancel();
            });
            assertThat(done.get()).isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(20));
        }
        assertThat(ran).containsExactly(1, 2);
    }

    @Test
    void timersFollowAClockMovedByHandOnceTheLoopIsWoken() throws Exception {
        var clock = new ManualClock(0);
        var armed = new CompletableFuture<Void>();
        var fired = new CompletableFuture<Void>();
        var loop = new NettyLoop("loop-test", 0, clock, (where, e) -> failures.add(e));
        try (loop) {
            loop.start();
            loop.execute(() -> {
                loop.schedule(3_600_000, () -> fired.complete(null));
                armed.complete(null);
            });
            armed.get();
            clock.advanceMs(3_600_000);
            loop.execute(() -> {});
            fired.get();
        }
    }

    @Test
    void aTaskThatThrowsIsReportedAndTheLoopGoesOn() throws Exception {
        var after = new CompletableFuture<Void>();
        try (var loop = started()) {
            loop.execute(() -> {
                throw new AssertionError("a bug");
            });
            loop.execute(() -> loop.schedule(0, () -> {
                throw new IllegalStateException("another");
            }));
            loop.execute(() -> loop.schedule(1, () -> after.complete(null)));
            after.get();
        }
        assertThat(failures).extracting(Throwable::getMessage).containsExactly("a bug", "another");
    }

    @Test
    void closeRunsWhatIsQueuedAndWhatThatQueues() {
        var ran = new ConcurrentLinkedQueue<Integer>();
        var loop = started();
        var gate = new CountDownLatch(1);
        loop.execute(() -> await(gate));
        loop.execute(() -> loop.execute(() -> loop.execute(() -> ran.add(1))));
        gate.countDown();
        loop.close();
        assertThat(ran).containsExactly(1);
        assertThatThrownBy(() -> loop.execute(() -> ran.add(2))).isInstanceOf(RejectedExecutionException.class);
        assertThat(ran).containsExactly(1);
    }

    @Test
    void everyTaskHandedInDuringCloseRunsOrIsRefused() throws Exception {
        var pool = Executors.newSingleThreadExecutor();
        try {
            for (int round = 0; round < 200; round++) {
                var loop = started();
                var ran = new AtomicInteger();
                var accepted = pool.submit(() -> {
                    int count = 0;
                    try {
                        while (true) {
                            loop.execute(ran::incrementAndGet);
                            count++;
                        }
                    } catch (RejectedExecutionException e) {
                        return count;
                    }
                });
                loop.close();
                assertThat(ran.get()).isEqualTo(accepted.get());
            }
        } finally {
            pool.shutdownNow();
        }
    }

    @Test
    void aLoopThatNeverStartedClosesToo() {
        var loop = new NettyLoop("loop-test", 0, new SystemClock(), (where, e) -> failures.add(e));
        loop.close();
        assertThat(Leaks.threadsNamed("loop-test")).isEmpty();
    }

    @Test
    void closeLeavesNothing() {
        started().close();
        int before = Leaks.openFiles();
        for (int i = 0; i < 1_000; i++) {
            started().close();
        }
        assertThat(Leaks.openFiles()).isLessThanOrEqualTo(before + 2);
        assertThat(Leaks.threadsNamed("loop-test")).isEmpty();
        assertThat(Leaks.threadsNamed("globalEventExecutor")).isEmpty();
        assertThat(Leaks.threadsNamed("threadDeathWatcher")).isEmpty();
        assertThat(failures).isEmpty();
    }

    private NettyLoop started() {
        var loop = new NettyLoop("loop-test", 0, new SystemClock(), (where, e) -> failures.add(e));
        loop.start();
        return loop;
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
