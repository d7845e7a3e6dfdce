package dev.embeddedbroker.coordinator.group.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.LongFunction;

/** A random history of one group, lived through by our machine and by Apache Kafka's. */
abstract class PeerHistory {
    private static final int STEPS = 60;

    final Random random;
    final Twins twins;
    final Map<String, Integer> sizes = new TreeMap<>();

    PeerHistory(long seed, Function<Random, Twins> twins) {
        this.random = new Random(seed);
        this.twins = twins.apply(random);
    }

    /** What happens next. */
    abstract void step();

    /** Nothing happens any more, and the two are compared a last time. */
    void end() {
        twins.end();
    }

    /** As {@link #end}, when the two need not be the same any more. */
    void endParted() {
        twins.end();
    }

    /** A topic is made, or gets more partitions. */
    void grow(String topic) {
        sizes.merge(topic, 1 + random.nextInt(4), Integer::sum);
        twins.topic(topic, sizes.get(topic));
    }

    final <T> T any(List<T> all) {
        return all.get(random.nextInt(all.size()));
    }

    /** Lives through as many histories, of the seeds from 0 on; what fails tells its seed and its story. */
    static void live(String name, int histories, LongFunction<PeerHistory> begin) {
        int steps = 0;
        int parted = 0;
        for (int seed = 0; seed < histories; seed++) {
            var history = begin.apply(seed);
            int step = 0;
            try {
                for (; step < STEPS; step++) {
                    history.step();
                    steps++;
                }
                history.end();
            } catch (Twins.Parted leadersOrTimersDiffer) {
                parted++;
                history.endParted();
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("seed " + seed + " step " + step + "\n" + history.twins.story() + "\n" + e, e);
            }
        }
        System.out.println(name + ": " + histories + ", steps: " + steps + ", parted in " + parted);
        assertThat(steps).isGreaterThan(10 * histories);
    }
}
