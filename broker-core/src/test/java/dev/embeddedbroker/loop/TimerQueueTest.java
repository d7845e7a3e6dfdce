package dev.embeddedbroker.loop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embeddedbroker.time.ManualClock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TimerQueueTest {

    private final ManualClock clock = new ManualClock(0);
    private final TimerQueue queue = new TimerQueue(clock);
    private final List<Integer> ran = new ArrayList<>();

    @Test
    void timersRunByDeadlineThenInOrderOfArming() {
        queue.add(20, () -> ran.add(3));
        queue.add(10, () -> ran.add(1));
        queue.add(10, () -> ran.add(2));
        runDue();
        assertThat(ran).isEmpty();
        clock.advanceMs(20);
        runDue();
        assertThat(ran).containsExactly(1, 2, 3);
        assertThat(queue.nanosToNext()).isEqualTo(-1);
    }

    @Test
    void cancelledTimerLeavesNothingBehindAndNeverRuns() {
        Timer timer = queue.add(10, () -> ran.add(1));
        timer.cancel();
        timer.cancel();
        assertThat(queue.size()).isZero();
        clock.advanceMs(10);
        runDue();
        assertThat(ran).isEmpty();
    }

    @Test
    void cancellingATimerThatRanTouchesNoOther() {
        Timer first = queue.add(0, () -> ran.add(1));
        queue.add(10, () -> ran.add(2));
        runDue();
        first.cancel();
        assertThat(queue.size()).isOne();
    }

    @Test
    void endlessDelayIsLaterThanEveryOther() {
        queue.add(Long.MAX_VALUE, () -> ran.add(2));
        queue.add(1, () -> ran.add(1));
        clock.advanceMs(1);
        runDue();
        assertThat(ran).containsExactly(1);
    }

    @Test
    void orderHoldsForRandomArmingAndCancelling() {
        record Armed(long deadline, int id) {}
        for (int seed = 0; seed < 50; seed++) {
            var random = new Random(seed);
            var model = new ArrayList<Armed>();
            var timers = new ArrayList<Timer>();
            ran.clear();
            for (int i = 0; i < 300; i++) {
                int id = i;
                long delay = random.nextInt(40);
                timers.add(queue.add(delay, () -> ran.add(id)));
                model.add(new Armed(delay, id));
                if (random.nextInt(3) == 0) {
                    int victim = random.nextInt(timers.size());
                    timers.get(victim).cancel();
                    model.removeIf(armed -> armed.id == victim);
                }
            }
            clock.advanceMs(40);
            runDue();
            assertThat(ran)
                    .containsExactlyElementsOf(model.stream()
                            .sorted(Comparator.comparingLong(Armed::deadline).thenComparingInt(Armed::id))
                            .map(Armed::id)
                            .toList());
        }
    }

    private void runDue() {
        long now = clock.nanos();
        for (Runnable task = queue.takeDue(now); task != null; task = queue.takeDue(now)) {
            task.run();
        }
    }
}
