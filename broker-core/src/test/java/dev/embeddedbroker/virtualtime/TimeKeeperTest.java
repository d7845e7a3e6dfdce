package dev.embeddedbroker.virtualtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.embeddedbroker.loop.Loop;
import dev.embeddedbroker.loop.Maintenance;
import dev.embeddedbroker.net.NettyLoops;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is due happens in the order of its time, with all that comes of it, on real loops and threads. */
class TimeKeeperTest {
    private static final Instant START = Instant.parse("2020-01-01T00:00:00Z");

    private final TimeKeeper keeper = new TimeKeeper(START);
    private final List<String> happened = Collections.synchronizedList(new ArrayList<>());
    private final List<Throwable> failures = Collections.synchronizedList(new ArrayList<>());
    private final NettyLoops loops =
            NettyLoops.start(3, "time-", keeper.clock(), (where, e) -> failures.add(e), keeper.work());
    private final Maintenance maintenance =
            Maintenance.onThread("time-maintenance", (where, e) -> failures.add(e), keeper.work());

    TimeKeeperTest() {
        keeper.conduct(loops.stepped());
    }

    @AfterEach
    void end() {
        keeper.dismiss();
        maintenance.close();
        loops.close();
        assertThat(failures).isEmpty();
    }

    private Loop loop(int index) {
        return loops.group().get(index);
    }

    private void schedule(int loop, long delayMs, Runnable task) {
        CompletableFuture.runAsync(() -> loop(loop).schedule(delayMs, task), loop(loop))
                .join();
    }

    private void note(String what) {
        happened.add(Duration.between(START, keeper.now()).toMillis() + " " + what);
    }

    private void advance(long ms) {
        keeper.time().advance(Duration.ofMillis(ms));
    }

    @Test
    void nothingHappensUntilTimeIsAdvanced() {
        schedule(0, 1, () -> note("due"));
        advance(0);
        assertThat(happened).isEmpty();
        advance(1);
        assertThat(happened).containsExactly("1 due");
    }

    @Test
    void timersOfAllLoopsFireInTheOrderOfTheirTimes() {
        schedule(2, 10, () -> note("c"));
        schedule(0, 30, () -> note("e"));
        schedule(1, 5, () -> note("a"));
        schedule(0, 10, () -> note("b"));
        schedule(1, 20, () -> note("d"));
        advance(40);
        assertThat(happened).containsExactly("5 a", "10 b", "10 c", "20 d", "30 e");
        assertThat(keeper.now()).isEqualTo(START.plusMillis(40));
    }

    @Test
    void whatAnEventComesToHasHappenedBeforeTheNextIsDue() {
        schedule(0, 10, () -> {
            note("timer");
            loop(1).execute(() -> maintenance.run(() -> "work", loop(2), (done, failure) -> {
                note(done + " done");
                loop(2).schedule(0, () -> note("at once"));
                loop(2).schedule(5, () -> note("later"));
            }));
        });
        schedule(1, 11, () -> note("next"));
        advance(11);
        assertThat(happened).containsExactly("10 timer", "10 work done", "10 at once", "11 next");
        advance(100);
        assertThat(happened).endsWith("15 later");
    }

    @Test
    void timerThatArmsItselfFiresAtEachOfItsTimes() {
        schedule(1, 1_000, new Runnable() {
            @Override
            public void run() {
                note("tick");
                loop(1).schedule(1_000, this);
            }
        });
        advance(3_500);
        assertThat(happened).containsExactly("1000 tick", "2000 tick", "3000 tick");
        advance(500);
        assertThat(happened).hasSize(4);
    }

    @Test
    void timerThatArmsItselfForTheSameMomentForEverIsReported() {
        schedule(0, 1, new Runnable() {
            @Override
            public void run() {
                if (happened.isEmpty()) loop(0).schedule(0, this);
            }
        });
        assertThatThrownBy(() -> advance(1)).hasMessageContaining("timers were due 10000 times");
        happened.add("enough");
    }

    @Test
    void cancelledTimersDoNotFire() {
        CompletableFuture.runAsync(
                        () -> loop(0).schedule(5, () -> note("never")).cancel(), loop(0))
                .join();
        advance(10);
        assertThat(happened).isEmpty();
    }

    @Test
    void waitsThatPaceClientsEndByThemselvesAndWithAnAdvance() {
        var byItself = new CompletableFuture<Void>();
        loop(0).execute(() -> loop(0).pace(1, () -> byItself.complete(null)));
        byItself.join();
        loop(0).execute(() -> loop(0).pace(3_600_000, () -> note("an hour")));
        advance(3_600_000);
        assertThat(happened).containsExactly("3600000 an hour");
    }

    @Test
    void advancesOfSeveralThreadsAddUp() {
        var advances = new ArrayList<CompletableFuture<Void>>();
        for (int i = 0; i < 8; i++) {
            schedule(i % 3, 10L * i, () -> note("due"));
            advances.add(CompletableFuture.runAsync(() -> advance(10)));
        }
        advances.forEach(CompletableFuture::join);
        assertThat(keeper.now()).isEqualTo(START.plusMillis(80));
        advance(70);
        assertThat(happened).hasSize(8);
    }

    @Test
    void whoIsPartOfTheBrokerCannotWaitForItToComeToRest() {
        var refused = new CompletableFuture<Void>();
        loop(0).execute(() -> {
            try {
                advance(1);
                refused.complete(null);
            } catch (RuntimeException e) {
                refused.completeExceptionally(e);
            }
        });
        assertThatThrownBy(refused::join)
                .hasMessageContaining("of the broker (expected: a thread of the caller's own)");
    }

    @Test
    void durationsThatMakeNoSenseAreRefused() {
        assertThatThrownBy(() -> advance(-1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("PT-0.001S (expected: zero or more)");
        assertThatThrownBy(() -> keeper.time().advance(Duration.ofDays(40_000)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected: at most 36500 days in all");
        assertThatThrownBy(() -> keeper.time().advanceTo(START.minusMillis(1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("or later");
        assertThat(keeper.now()).isEqualTo(START);
        keeper.time().advanceTo(START.plusSeconds(5));
        assertThat(keeper.now()).isEqualTo(START.plusSeconds(5));
    }

    /** Timers that do anything a broker's do, on any loop. One seed gives one history, whichever thread is faster. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void sameSeedGivesTheSameHistory(long seed) {
        var first = history(seed);
        end();
        var again = new TimeKeeperTest();
        try {
            assertThat(again.history(seed)).isEqualTo(first).hasSizeGreaterThan(100);
        } finally {
            again.end();
        }
    }

    private List<String> history(long seed) {
        var random = new Random(seed);
        for (int i = 0; i < 20; i++) {
            int loop = random.nextInt(3);
            var timer = new RandomTimer("t" + i, loop, random.nextLong(), 3);
            schedule(loop, random.nextInt(1_000), timer);
        }
        for (int i = 0; i < 10; i++) {
            advance(random.nextInt(400));
            note("advanced");
        }
        return List.copyOf(happened);
    }

    private final class RandomTimer implements Runnable {
        private final String name;
        private final int loop;
        private final Random random;
        private final int generations;

        RandomTimer(String name, int loop, long seed, int generations) {
            this.name = name;
            this.loop = loop;
            this.random = new Random(seed);
            this.generations = generations;
        }

        @Override
        public void run() {
            note(name + " on " + loop);
            for (int i = 0; generations > 0 && i < 3; i++) {
                int there = random.nextInt(3);
                var child = new RandomTimer(name + "." + i, there, random.nextLong(), generations - 1);
                long delayMs = random.nextInt(5) * 20L;
                switch (random.nextInt(4)) {
                    case 0 -> loop(loop).schedule(delayMs, () -> loop(there).execute(child));
                    case 1 -> loop(there).execute(() -> loop(there).schedule(delayMs, child));
                    case 2 -> maintenance.run(() -> name, loop(there), (done, failure) -> child.run());
                    default -> loop(there).execute(child);
                }
            }
        }
    }
}
