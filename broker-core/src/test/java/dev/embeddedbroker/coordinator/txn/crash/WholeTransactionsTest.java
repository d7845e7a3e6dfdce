package dev.embeddedbroker.coordinator.txn.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embeddedbroker.api.RecordedRequest;
import dev.embeddedbroker.coordinator.txn.crash.Actor.Fate;
import dev.embeddedbroker.coordinator.txn.crash.Actor.Transaction;
import dev.embeddedbroker.outgrow.Directories;
import dev.embeddedbroker.partition.Isolation;
import dev.embeddedbroker.partition.Partition;
import dev.embeddedbroker.partition.ReadSpec;
import dev.embeddedbroker.protocol.ApiKey;
import dev.embeddedbroker.protocol.request.OffsetFetchRequest;
import dev.embeddedbroker.storage.segment.AbortedTxn;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.message.OffsetFetchResponseData;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Producers of both transaction protocols, two of them with one transactional id, over handlers, coordinators, partitions
 * and group offsets, one task at a time in an order from a seed, with crashes between any two tasks. Whatever happens: a
 * reader of committed records sees each committed transaction whole, once and in order, and nothing of an aborted one;
 * offsets count with their transaction or not at all; the last stable offset never goes back and reaches the end; and no
 * transaction has two markers in a partition.
 */
class WholeTransactionsTest {
    private static final long EXPIRY_MS = 75_000;

    @TempDir
    Path root;

    private Random random;
    private World world;
    private Path directory;
    private int lives;
    private long elapsedMs;
    private String what = "";
    private final AtomicLong producerIdBlocks = new AtomicLong();
    private final List<Actor> actors = new ArrayList<>();
    private final List<Transaction> transactions = new ArrayList<>();
    private final Map<Integer, Reader> readers = new TreeMap<>();

    /** One who reads a partition as it grows. */
    private static final class Reader {
        final List<String> values = new ArrayList<>();
        long position;
        long stable;
    }

    // ---- histories ----

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void transactionsAreWholeOrNotAtAllAcrossCrashes(long seed) throws IOException {
        begin(seed);
        for (int step = 0; step < 3_000; step++) {
            step();
            if (random.nextInt(250) == 0) {
                crash();
            }
        }
        assertThat(lives).isGreaterThan(1);
        end();
        assertThat(transactions).anyMatch(transaction -> transaction.fate == Fate.COMMITTED);
        assertThat(transactions).anyMatch(transaction -> transaction.fate == Fate.ABORTED);
    }

    @Test
    void aCrashAtAnyStepLeavesTransactionsWhole() throws IOException {
        int crashAt = 0;
        boolean goesOn = true;
        while (goesOn) {
            begin(7);
            int step = 0;
            while (step < crashAt && transactions.size() < 6) {
                step();
                step++;
            }
            goesOn = step == crashAt;
            what = "seed 7, crash at step " + crashAt;
            crash();
            for (int i = 0; i < 100; i++) {
                step();
            }
            end();
            crashAt += 4;
        }
        assertThat(crashAt).isGreaterThan(60);
    }

    @Test
    void manyMoreHistories() throws IOException {
        int seeds = Boolean.getBoolean("long.tests") ? 500 : 0;
        for (long seed = 1_000; seed < 1_000 + seeds; seed++) {
            transactionsAreWholeOrNotAtAllAcrossCrashes(seed);
        }
    }

    private void begin(long seed) {
        what = "seed " + seed;
        random = new Random(seed);
        producerIdBlocks.set(0);
        elapsedMs = 0;
        actors.clear();
        transactions.clear();
        readers.clear();
        for (int i = 0; i < World.PARTITIONS; i++) {
            readers.put(i, new Reader());
        }
        actors.add(new Actor("new", true, random, transactions));
        actors.add(new Actor("new", true, random, transactions));
        actors.add(new Actor("old", false, random, transactions));
        actors.add(new Actor("alone", true, random, transactions));
        actors.add(new Actor("old-alone", false, random, transactions));
        live(root.resolve("life-" + lives++));
    }

    private void live(Path in) {
        directory = in;
        world = new World(in, elapsedMs, producerIdBlocks);
    }

    private void step() {
        int dice = random.nextInt(100);
        if (dice < 25) {
            actors.get(random.nextInt(actors.size())).step(world);
        } else if (dice < 97) {
            world.broker.loops.stepOne(random);
        } else if (dice < 99) {
            readers.forEach(this::read);
        } else if (random.nextInt(20) == 0) {
            advance(EXPIRY_MS);
        }
    }

    private void advance(long ms) {
        elapsedMs += ms;
        world.broker.loops.clock().advanceMs(ms);
    }

    /** The process is gone between two tasks; what it wrote is there. */
    private void crash() throws IOException {
        var copy = Directories.copy(directory, root.resolve("life-" + lives++));
        world.close();
        actors.forEach(Actor::loseAnswer);
        live(copy);
    }

    // ---- looking ----

    private void read(int index, Reader reader) {
        world.broker.on(World.TOPIC, index, partition -> {
            long stable = partition.lastStableOffset();
            assertThat(stable).as("last stable offset of t-%s; %s", index, what).isGreaterThanOrEqualTo(reader.stable);
            reader.stable = stable;
            readCommitted(partition, reader);
            return null;
        });
    }

    /** As a consumer does it: by the list of aborted transactions that comes with the records. */
    private void readCommitted(Partition partition, Reader reader) {
        while (reader.position < reader.stable) {
            var read =
                    partition.read(new ReadSpec(reader.position, 1 << 20, true, Isolation.LAST_STABLE, -1, -1, true));
            try (var slice = read.slice()) {
                if (slice == null) {
                    return;
                }
                var starts = new PriorityQueue<>(
                        (AbortedTxn a, AbortedTxn b) -> Long.compare(a.firstOffset(), b.firstOffset()));
                starts.addAll(read.aborted());
                consume(slice.bytes(), starts, reader);
            }
        }
    }

    private static void consume(ByteBuffer bytes, PriorityQueue<AbortedTxn> starts, Reader reader) {
        Set<Long> aborted = new HashSet<>();
        for (var batch : records(bytes).batches()) {
            while (!starts.isEmpty() && starts.peek().firstOffset() <= batch.lastOffset()) {
                aborted.add(starts.remove().producerId());
            }
            if (batch.isControlBatch()) {
                aborted.remove(batch.producerId());
            } else if (!aborted.contains(batch.producerId()) && batch.baseOffset() >= reader.position) {
                batch.forEach(record -> reader.values.add(
                        StandardCharsets.UTF_8.decode(record.value()).toString()));
            }
            reader.position = Math.max(reader.position, batch.nextOffset());
        }
    }

    private static MemoryRecords records(ByteBuffer bytes) {
        var copy = ByteBuffer.allocate(bytes.remaining());
        copy.put(bytes.duplicate()).flip();
        return MemoryRecords.readableRecords(copy);
    }

    // ---- the end ----

    private void end() {
        settle();
        readers.forEach(this::read);
        var seen = new HashMap<Long, Integer>();
        readers.forEach((index, reader) -> {
            long end = world.broker.on(World.TOPIC, index, Partition::endOffset);
            assertThat(reader.position)
                    .as("stable end of t-%s; %s", index, what)
                    .isEqualTo(end);
            var again = new Reader();
            read(index, again);
            assertThat(again.values)
                    .as("all of t-%s, read later; %s", index, what)
                    .isEqualTo(reader.values);
            checkOrder(index, reader.values);
            reader.values.forEach(value -> seen.merge(Long.parseLong(value.split("/")[1]), 1, Integer::sum));
            checkMarkers(index);
        });
        for (var transaction : transactions) {
            boolean isSeen = seen.containsKey(transaction.number);
            String which = "transaction " + transaction.number + " of " + transaction.id + "; " + what;
            if (transaction.fate == Fate.ABORTED) {
                assertThat(isSeen).as(which).isFalse();
            } else if (transaction.fate == Fate.COMMITTED) {
                assertThat(isSeen).as(which).isTrue();
            }
            if (isSeen) {
                transaction.told.forEach((index, values) ->
                        assertThat(readers.get(index).values).as(which).containsAll(values));
            }
        }
        for (String id : List.of("new", "old", "alone", "old-alone")) {
            checkOffset(id, seen.keySet());
        }
        world.close();
    }

    /** Nobody asks any more; what is open times out. */
    private void settle() {
        for (int i = 0; i < 3; i++) {
            world.broker.loops.runAll();
            advance(EXPIRY_MS);
        }
        world.broker.loops.runAll();
    }

    private void checkOrder(int index, List<String> values) {
        assertThat(values).as("t-%s; %s", index, what).doesNotHaveDuplicates();
        var last = new HashMap<String, Integer>();
        for (String value : values) {
            int slash = value.lastIndexOf('/');
            int number = Integer.parseInt(value.substring(slash + 1));
            assertThat(number)
                    .as("order of %s in t-%s; %s", value, index, what)
                    .isEqualTo(last.merge(value.substring(0, slash), 1, Integer::sum) - 1);
        }
    }

    /** A transaction of version 2 has an epoch of its own, and so has each of its markers. */
    private void checkMarkers(int index) {
        world.broker.on(World.TOPIC, index, partition -> {
            var markers = new HashSet<String>();
            long position = 0;
            while (position < partition.endOffset()) {
                try (var slice =
                        partition.read(ReadSpec.replay(position, 1 << 20)).slice()) {
                    for (var batch : records(slice.bytes()).batches()) {
                        if (batch.isControlBatch() && isOfVersionTwo(batch.producerId())) {
                            assertThat(markers.add(batch.producerId() + "/" + batch.producerEpoch()))
                                    .as("second marker at %s of t-%s; %s", batch.baseOffset(), index, what)
                                    .isTrue();
                        }
                        position = batch.nextOffset();
                    }
                }
            }
            return null;
        });
    }

    private boolean isOfVersionTwo(long producerId) {
        return actors.stream().noneMatch(actor -> actor.id.startsWith("old") && actor.hadProducerId(producerId));
    }

    /** The group's offset is that of the last committed transaction that had one. */
    private void checkOffset(String id, Set<Long> seen) {
        long wanted = transactions.stream()
                .filter(transaction -> transaction.id.equals(id) && transaction.hasOffset)
                .filter(transaction -> seen.contains(transaction.number))
                .mapToLong(transaction -> transaction.number)
                .max()
                .orElse(-1);
        var maybe = transactions.stream()
                .filter(transaction -> transaction.id.equals(id) && transaction.triedOffset)
                .filter(transaction -> seen.contains(transaction.number) && transaction.number > wanted)
                .map(transaction -> transaction.number)
                .toList();
        var request = new OffsetFetchRequest().setRequireStable(true);
        var group = new OffsetFetchRequest.OffsetFetchRequestGroup().setGroupId("g-" + id);
        var topic = new OffsetFetchRequest.OffsetFetchRequestTopics().setName(World.TOPIC);
        topic.partitionIndexes.add(0);
        group.topics = new ArrayList<>(List.of(topic));
        request.groups.add(group);
        RecordedRequest asked = world.send(ApiKey.OFFSET_FETCH, 9, request, random);
        world.broker.loops.runAll();
        var answer = asked.answer(new OffsetFetchResponseData()).groups().get(0);
        var offset = answer.topics().get(0).partitions().get(0);
        assertThat(offset.errorCode()).as("offset of %s; %s", id, what).isZero();
        if (maybe.isEmpty()) {
            assertThat(offset.committedOffset())
                    .as("offset of %s; %s", id, what)
                    .isEqualTo(wanted);
        } else {
            var possible = new ArrayList<>(maybe);
            possible.add(wanted);
            assertThat(possible).as("offset of %s; %s", id, what).contains(offset.committedOffset());
        }
    }
}
