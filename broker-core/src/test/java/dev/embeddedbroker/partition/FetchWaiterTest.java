package dev.embeddedbroker.partition;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embeddedbroker.loop.Loop;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FetchWaiterTest {

    @TempDir
    Path directory;

    private OneBroker broker;

    @BeforeEach
    void start() {
        broker = new OneBroker(directory, 3).topic("t", 6);
    }

    @AfterEach
    void stop() {
        broker.close();
    }

    /** Reads all partitions, waits, and reads again when woken: like a fetch whose client never has enough. */
    private final class Reader {
        private final Loop home;
        private final List<Partition> partitions;
        private final long[] seen;
        private int reads;
        private FetchWaiter waiter;

        private final class Read implements OwnerCall.Item {
            private final Partition partition;
            private ReadOutcome outcome = ReadOutcome.NOTHING;

            private Read(Partition partition) {
                this.partition = partition;
            }

            @Override
            public Loop owner() {
                return partition.loop();
            }

            @Override
            public void work() {
                outcome = partition.read(new ReadSpec(0, 1, false, Isolation.HIGH_WATERMARK, -1, -1, true));
                if (outcome.slice() != null) outcome.slice().close();
            }

            @Override
            public void failed(Throwable cause) {
                throw new AssertionError(cause);
            }
        }

        private Reader(Loop home, List<Partition> partitions) {
            this.home = home;
            this.partitions = partitions;
            this.seen = new long[partitions.size()];
        }

        private void read() {
            reads++;
            var all = new ArrayList<Read>();
            for (var partition : partitions) all.add(new Read(partition));
            OwnerCall.run(home, all, () -> {
                waiter = new FetchWaiter(home, all.size(), this::read);
                for (int i = 0; i < all.size(); i++) {
                    var outcome = all.get(i).outcome;
                    seen[i] = outcome.bound();
                    waiter.watch(all.get(i).partition, Isolation.HIGH_WATERMARK, outcome.bound(), outcome.version());
                }
            });
        }
    }

    @Test
    void noWakeUpIsLostInAnyInterleaving() {
        for (int seed = 0; seed < 300; seed++) {
            var random = new Random(seed);
            var loops = broker.loops;
            var readers = new ArrayList<Reader>();
            for (int i = 0; i < 3; i++) {
                var partitions = new ArrayList<Partition>();
                for (int p = 0; p < 6; p++) {
                    if (random.nextBoolean()) partitions.add(broker.partition("t", p));
                }
                var reader = new Reader(loops.get(random.nextInt(3)), partitions);
                readers.add(reader);
                loops.inside(reader.home, reader::read);
            }
            for (int step = 0; step < 60; step++) {
                if (random.nextInt(6) == 0) {
                    broker.appendQuietly("t", random.nextInt(6), "v");
                } else {
                    loops.stepOne(random);
                }
            }
            while (loops.stepOne(random)) {}
            for (var reader : readers) {
                for (int i = 0; i < reader.seen.length; i++) {
                    assertThat(reader.seen[i])
                            .as("seed %d, bound seen of %s", seed, reader.partitions.get(i))
                            .isEqualTo(broker.on(reader.partitions.get(i), Partition::highWatermark));
                }
                if (reader.waiter != null) loops.inside(reader.home, reader.waiter::cancel);
            }
            loops.runAll();
            for (int p = 0; p < 6; p++) {
                assertThat(broker.partition("t", p).watches().isEmpty()).isTrue();
            }
        }
    }

    @Test
    void cancelledWaiterDoesNotFire() {
        var fired = new AtomicInteger();
        var waiter = new FetchWaiter(broker.loop(0), 1, fired::incrementAndGet);
        broker.loops.inside(
                broker.loop(0), () -> waiter.watch(broker.partition("t", 1), Isolation.LOG_END, 0, version(1)));
        broker.loops.runAll();
        broker.loops.inside(broker.loop(0), waiter::cancel);
        broker.append("t", 1, "v");
        assertThat(fired).hasValue(0);
    }

    @Test
    void firesOnceHoweverManyPartitionsMove() {
        var fired = new AtomicInteger();
        var waiter = new FetchWaiter(broker.loop(0), 6, fired::incrementAndGet);
        broker.loops.inside(broker.loop(0), () -> {
            for (int p = 0; p < 6; p++) waiter.watch(broker.partition("t", p), Isolation.HIGH_WATERMARK, 0, version(p));
        });
        broker.loops.runAll();
        for (int p = 0; p < 6; p++) broker.appendQuietly("t", p, "v");
        broker.loops.runAll();
        assertThat(fired).hasValue(1);
    }

    @Test
    void firesWhenThePartitionIsDeleted() {
        var fired = new AtomicInteger();
        var waiter = new FetchWaiter(broker.loop(0), 1, fired::incrementAndGet);
        broker.loops.inside(
                broker.loop(0), () -> waiter.watch(broker.partition("t", 2), Isolation.HIGH_WATERMARK, 0, version(2)));
        broker.loops.runAll();
        broker.delete("t");
        assertThat(fired).hasValue(1);
    }

    private int version(int partition) {
        return broker.on("t", partition, Partition::version);
    }
}
