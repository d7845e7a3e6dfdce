package dev.embeddedbroker.coordinator.txn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embeddedbroker.coordinator.txn.TxnCommand.ProducerIdentity;
import dev.embeddedbroker.coordinator.txn.TxnEffect.WriteMarkers;
import dev.embeddedbroker.protocol.ErrorCode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Producers, zombies among them, doing anything at any time to a few transactional ids, while markers get lost and the
 * process dies, also between a transaction's markers. Whatever happens, a transaction is whole or not at all, and one that
 * a producer was told is committed is committed.
 */
class TxnRandomHistoriesTest {
    private static final int PRODUCERS = 6;
    private static final int IDS = 3;
    private static final int PARTITIONS = 4;
    private static final int STEPS = 600;

    private Random random;
    private TxnLab lab;
    private long lastTransaction;
    private final Map<TxnPartition, List<Entry>> logs = new HashMap<>();
    private final List<Long> toldCommitted = new ArrayList<>();
    private final List<Long> toldAborted = new ArrayList<>();

    /** Data of a transaction, or a marker, for which the transaction is 0. */
    private record Entry(long producerId, short epoch, long transaction, boolean commit) {}

    private static final class Producer {
        private final String id;
        private final int version;
        private ProducerIdentity who;
        private long transaction;
        private boolean wrote;

        Producer(String id, int version) {
            this.id = id;
            this.version = version;
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
    void transactionsAreWholeOrNotAtAll(long seed) {
        random = new Random(seed);
        lab = new TxnLab();
        lab.markers = this::write;
        var producers = new ArrayList<Producer>();
        for (int i = 0; i < PRODUCERS; i++) {
            producers.add(new Producer("id-" + i % IDS, random.nextBoolean() ? 2 : 0));
        }
        for (int step = 0; step < STEPS; step++) {
            step(producers.get(random.nextInt(PRODUCERS)));
        }
        lab.markers = markers -> write(markers, PARTITIONS + 1);
        lab.advance(10 * 60_000);
        lab.advance(10 * 60_000);
        lab.restart();
        assertThat(lab.machine.txns().values())
                .allSatisfy(txn -> assertThat(txn.state().isAtRest()).isTrue());
        check();
    }

    private void step(Producer producer) {
        switch (random.nextInt(12)) {
            case 0 -> begin(producer);
            case 1, 2, 3, 4, 5 -> produce(producer);
            case 6, 7, 8 -> end(producer);
            case 9 -> lab.advance(random.nextInt(5) == 0 ? 70_000 : 100);
            case 10 -> {
                if (random.nextInt(3) == 0) {
                    lab.restart();
                }
            }
            default -> lab.advance(1);
        }
    }

    private void begin(Producer producer) {
        var answer = lab.init(producer.id, -1, -1).identity();
        if (answer != null && answer.error() == ErrorCode.NONE) {
            producer.who = answer;
            producer.wrote = false;
        }
    }

    private void produce(Producer producer) {
        if (producer.who == null) {
            return;
        }
        var partition = new TxnPartition("t", random.nextInt(PARTITIONS));
        if (lab.add(producer.id, producer.who, producer.version, partition) != ErrorCode.NONE) {
            return;
        }
        if (!producer.wrote) {
            producer.wrote = true;
            producer.transaction = ++lastTransaction;
        }
        log(partition).add(new Entry(producer.who.producerId(), producer.who.epoch(), producer.transaction, false));
    }

    private void end(Producer producer) {
        if (producer.who == null) {
            return;
        }
        boolean commit = random.nextBoolean();
        var answer =
                lab.end(producer.id, producer.who, commit, producer.version).identity();
        if (answer == null || answer.error() != ErrorCode.NONE) {
            return;
        }
        if (producer.wrote) {
            (commit ? toldCommitted : toldAborted).add(producer.transaction);
        }
        producer.wrote = false;
        if (producer.version == 2) {
            producer.who = answer;
        }
    }

    private List<Entry> log(TxnPartition partition) {
        return logs.computeIfAbsent(partition, p -> new ArrayList<>());
    }

    private boolean write(WriteMarkers markers) {
        return write(markers, random.nextInt(4) == 0 ? random.nextInt(PARTITIONS) : PARTITIONS + 1);
    }

    /** Markers reach some of the partitions. */
    private boolean write(WriteMarkers markers, int atMost) {
        int done = 0;
        for (var partition : markers.partitions()) {
            if (done++ >= atMost) {
                return false;
            }
            var marker = markers.marker();
            var mine = log(partition).stream()
                    .filter(entry -> entry.producerId == marker.producerId())
                    .toList();
            if (!mine.isEmpty()) {
                var last = mine.get(mine.size() - 1);
                boolean isThere = last.transaction == 0 && last.epoch >= marker.epoch();
                if (markers.isRepeated() && isThere) {
                    continue;
                }
                assertThat(marker.epoch()).isGreaterThanOrEqualTo(last.epoch);
            }
            log(partition).add(new Entry(marker.producerId(), marker.epoch(), 0, marker.commit()));
        }
        return true;
    }

    /** The outcome of a transaction in a partition is what the producer's next marker there says. */
    private void check() {
        var outcomes = new HashMap<Long, Boolean>();
        for (var log : logs.values()) {
            for (int i = 0; i < log.size(); i++) {
                var data = log.get(i);
                if (data.transaction == 0) {
                    continue;
                }
                var marker = log.subList(i + 1, log.size()).stream()
                        .filter(entry -> entry.transaction == 0 && entry.producerId == data.producerId)
                        .findFirst();
                assertThat(marker).as("the marker of %s", data).isPresent();
                var before = outcomes.put(data.transaction, marker.get().commit);
                assertThat(before == null || before == marker.get().commit)
                        .as("transaction %s is whole", data.transaction)
                        .isTrue();
            }
        }
        toldCommitted.forEach(txn -> assertThat(outcomes.get(txn)).isTrue());
        toldAborted.forEach(txn -> assertThat(outcomes.get(txn)).isFalse());
        assertThat(outcomes).isNotEmpty();
    }
}
