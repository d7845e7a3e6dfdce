package dev.embeddedbroker.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

class MaintenanceTest {

    private final List<Throwable> failures = new CopyOnWriteArrayList<>();

    @Test
    void resultsAndExceptionsComeBackOnTheLoop() {
        var loop = new ManualLoop();
        var answers = new ArrayList<Object>();
        var oops = new IllegalArgumentException("oops");
        try (var maintenance = Maintenance.onThread("maintenance-test", (where, e) -> failures.add(e))) {
            maintenance.<Integer>run(() -> 42, loop, (result, thrown) -> answers.add(result));
            maintenance.<Integer>run(
                    () -> {
                        throw oops;
                    },
                    loop,
                    (result, thrown) -> answers.add(thrown));
        }
        assertThat(answers).isEmpty();
        loop.runAll();
        assertThat(answers).containsExactly(42, oops);
        assertThat(failures).isEmpty();
    }

    @Test
    void closeFinishesWhatWasHandedInAndRefusesMore() {
        var done = new CopyOnWriteArrayList<Integer>();
        var maintenance = Maintenance.onThread("maintenance-test", (where, e) -> failures.add(e));
        for (int i = 0; i < 100; i++) {
            int n = i;
            maintenance.submit(() -> done.add(n));
        }
        maintenance.close();
        assertThat(done).hasSize(100).isSorted();
        assertThatThrownBy(() -> maintenance.submit(() -> {})).isInstanceOf(RejectedExecutionException.class);
    }

    @Test
    void workThatThrowsIsReportedAndTheNextIsDone() {
        var done = new ArrayList<Integer>();
        var loop = new ManualLoop();
        var maintenance = new Maintenance(loop, (where, e) -> failures.add(e));
        maintenance.submit(() -> {
            throw new IllegalStateException("bug");
        });
        maintenance.submit(() -> done.add(1));
        loop.runAll();
        assertThat(failures).hasSize(1);
        assertThat(done).containsExactly(1);
    }
}
