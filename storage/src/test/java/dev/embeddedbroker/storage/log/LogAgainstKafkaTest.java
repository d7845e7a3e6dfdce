package dev.embeddedbroker.storage.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embeddedbroker.storage.batch.AppendOrigin;
import dev.embeddedbroker.storage.batch.Compression;
import dev.embeddedbroker.storage.batch.ControlRecord;
import dev.embeddedbroker.storage.batch.RecordBatchBuilder;
import dev.embeddedbroker.storage.batch.RecordsRefused;
import dev.embeddedbroker.storage.disk.MappedDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.kafka.common.record.internal.FileRecords;
import org.apache.kafka.storage.internals.log.ProducerStateManager;
import org.apache.kafka.storage.internals.log.VerificationGuard;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The same appends to Apache Kafka's log and to ours: the same answers, and the same bytes on disk. */
class LogAgainstKafkaTest {
    private static final long NOW = 1_700_000_000_000L;
    private static final LogOptions OPTIONS =
            LogOptions.builder().segmentBytes(4000).indexIntervalBytes(300).build();

    @TempDir
    Path root;

    private Path ours() {
        return root.resolve("ours").resolve("t-0");
    }

    private Path theirs() {
        return root.resolve("theirs").resolve("t-0");
    }

    private PartitionLog open(Path dir, boolean clean, long startOffset) {
        return PartitionLog.open(new MappedDisk(), dir, OPTIONS, new OpenState(clean, 0, startOffset), NOW);
    }

    private static String append(PartitionLog log, ByteBuffer records, AppendOptions how) {
        try {
            AppendResult result = log.append(records, how);
            return result.firstOffset() + "-" + result.lastOffset();
        } catch (RecordsRefused e) {
            return e.reason().name();
        }
    }

    private static ByteBuffer copy(ByteBuffer bytes) {
        return ByteBuffer.allocate(bytes.remaining()).put(bytes.duplicate()).flip();
    }

    // ---- random histories

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
    void sameHistoryGivesSameAnswersAndSameFiles(long seed) throws IOException {
        Random random = new Random(seed);
        List<String> answers = new ArrayList<>();
        try (PartitionLog our = open(ours(), false, 0);
                KafkaLog their = KafkaLog.open(theirs(), OPTIONS, NOW, false, 0, false)) {
            History history = new History(random);
            for (int step = 0; step < 400; step++) {
                String answer = history.step(our, their);
                answers.add(answer);
                compareState(random, our, their, "seed " + seed + " step " + step);
            }
        }
        assertThat(answers).as("a history that says something").contains("OUT_OF_ORDER_SEQUENCE_NUMBER");
        compareFiles("seed " + seed);
        readEachOthersFiles("seed " + seed);
    }

    private void compareState(Random random, PartitionLog our, KafkaLog their, String when) throws IOException {
        assertThat(our.endOffset()).as(when).isEqualTo(their.log.logEndOffset());
        assertThat(our.startOffset()).as(when).isEqualTo(their.log.logStartOffset());
        long highWatermark = their.log.highWatermark();
        assertThat(our.lastStableOffset(highWatermark)).as(when).isEqualTo(their.log.lastStableOffset());
        assertThat(our.firstUnstableOffset())
                .as(when)
                .isEqualTo(their.log.firstUnstableOffset().orElse(-1L));
        int epoch = random.nextInt(12);
        EpochEnd end = our.epochEnd(epoch);
        var theirEnd = their.log.endOffsetForEpoch(epoch);
        assertThat(end.endOffset())
                .as(when)
                .isEqualTo(theirEnd.map(e -> e.offset()).orElse(-1L));
        assertThat(end.epoch()).as(when).isEqualTo(theirEnd.map(e -> e.epoch()).orElse(-1));
        if (our.endOffset() > our.startOffset()) {
            long from = our.startOffset() + random.nextInt((int) (our.endOffset() - our.startOffset()));
            long to = from + random.nextInt(50);
            String range = when + " range " + from + " to " + to + " " + our.abortedTransactions(0, Long.MAX_VALUE);
            assertThat(our.abortedTransactions(from, to).stream()
                            .map(a -> a.producerId() + "@" + a.firstOffset())
                            .toList())
                    .as(range)
                    .isEqualTo(their.log.collectAbortedTransactions(from, to).stream()
                            .filter(a -> a.lastOffset() >= from) // this method begins at the log's start
                            .map(a -> a.producerId() + "@" + a.firstOffset())
                            .toList());
        }
        long timestamp = NOW - 1000 + random.nextInt(1100);
        var found = our.offsetForTimestamp(timestamp, Long.MAX_VALUE);
        var theirFound =
                their.log.fetchOffsetByTimestamp(timestamp, Optional.empty()).timestampAndOffsetOpt();
        assertThat(found == null ? "none" : found.timestampMs() + "@" + found.offset())
                .as(when + " timestamp " + timestamp)
                .isEqualTo(theirFound.map(t -> t.timestamp + "@" + t.offset).orElse("none"));
        var max = our.maxTimestamp();
        var theirMax = their.log.fetchOffsetByTimestamp(-3, Optional.empty()).timestampAndOffsetOpt();
        assertThat(max == null ? "none" : max.timestampMs() + "@" + max.offset())
                .as(when)
                .isEqualTo(theirMax.map(t -> t.timestamp + "@" + t.offset).orElse("none"));
    }

    private void compareFiles(String when) throws IOException {
        List<String> names = names(ours());
        assertThat(names).as(when).isEqualTo(names(theirs()));
        for (String name : names) {
            if (name.endsWith(".snapshot")) {
                assertThat(snapshot(ours().resolve(name)))
                        .as(when + " " + name)
                        .isEqualTo(snapshot(theirs().resolve(name)));
            } else {
                assertThat(Files.readAllBytes(ours().resolve(name)))
                        .as(when + " " + name)
                        .isEqualTo(Files.readAllBytes(theirs().resolve(name)));
            }
        }
    }

    private static List<String> snapshot(Path path) throws IOException {
        return ProducerStateManager.readSnapshot(path.toFile()).stream()
                .map(Object::toString)
                .sorted()
                .toList();
    }

    private static List<String> names(Path dir) throws IOException {
        try (Stream<Path> files = Files.list(dir)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> !name.equals("partition.metadata"))
                    .sorted()
                    .toList();
        }
    }

    /** Each opens the other's directory, cleanly and as after a crash, and finds the same log. */
    private void readEachOthersFiles(String when) throws IOException {
        for (boolean clean : new boolean[] {true, false}) {
            long start;
            try (PartitionLog our = open(theirs(), clean, 0);
                    KafkaLog their = KafkaLog.open(ours(), OPTIONS, NOW, clean, 0, false)) {
                String what = when + (clean ? " clean" : " crashed");
                assertThat(our.endOffset()).as(what).isEqualTo(their.log.logEndOffset());
                assertThat(our.startOffset()).as(what).isEqualTo(their.log.logStartOffset());
                assertThat(our.latestEpoch())
                        .as(what)
                        .isEqualTo(their.log.latestEpoch().orElse(-1));
                their.log.updateHighWatermark(their.log.logEndOffset());
                assertThat(our.lastStableOffset(our.endOffset())).as(what).isEqualTo(their.log.lastStableOffset());
                assertThat(our.producers().stream()
                                .map(p -> p.producerId() + "/" + p.producerEpoch() + "/" + p.lastSequence() + "/"
                                        + p.currentTxnFirstOffset())
                                .sorted()
                                .toList())
                        .as(what)
                        .isEqualTo(their.log.activeProducers().stream()
                                .map(p -> p.producerId() + "/" + p.producerEpoch() + "/" + p.lastSequence() + "/"
                                        + p.currentTxnStartOffset())
                                .sorted()
                                .toList());
                start = our.startOffset();
                assertThat(start).isZero();
            }
            compareFiles(when + " after reopening, clean " + clean);
        }
    }

    /** Random appends by a few producers, most of them in order. */
    private static final class History {
        private final Random random;
        private final int[] sequences = {0, 0, 0, Integer.MAX_VALUE - 20};
        private final short[] epochs = new short[4];
        private final boolean[] inTransaction = new boolean[4];
        private int leaderEpoch;
        private int coordinatorEpoch;

        History(Random random) {
            this.random = random;
        }

        String step(PartitionLog our, KafkaLog their) throws IOException {
            int kind = random.nextInt(100);
            if (kind < 3) {
                leaderEpoch += 1 + random.nextInt(2);
            }
            if (kind < 6) {
                long hw = their.log.highWatermark() + random.nextInt(40);
                their.log.updateHighWatermark(Math.min(hw, their.log.logEndOffset()));
                return "hw";
            }
            if (kind < 25) {
                return both(our, their, plain(), AppendOptions.client(leaderEpoch, NOW), 0);
            }
            if (kind < 45) {
                return marker(our, their);
            }
            return data(our, their);
        }

        private ByteBuffer plain() {
            var builder = new RecordBatchBuilder().compression(compression());
            fill(builder);
            return builder.build();
        }

        private Compression compression() {
            return random.nextInt(4) == 0 ? Compression.values()[random.nextInt(5)] : Compression.NONE;
        }

        private int fill(RecordBatchBuilder builder) {
            int records = 1 + random.nextInt(4);
            for (int i = 0; i < records; i++) {
                byte[] value = new byte[random.nextInt(60)];
                random.nextBytes(value);
                builder.append(NOW - random.nextInt(1000), value.length % 2 == 0 ? null : value, value);
            }
            return records;
        }

        private String data(PartitionLog our, KafkaLog their) {
            int p = random.nextInt(4);
            if (random.nextInt(30) == 0) {
                epochs[p]++;
                sequences[p] = random.nextInt(4) == 0 ? 5 : 0;
            }
            int sequence = sequences[p];
            int disturbance = random.nextInt(20);
            if (disturbance == 0) {
                sequence = Math.max(0, sequence - random.nextInt(6));
            } else if (disturbance == 1) {
                sequence = (sequence + 1 + random.nextInt(3)) & Integer.MAX_VALUE;
            }
            short epoch = disturbance == 2 ? (short) Math.max(0, epochs[p] - 1) : epochs[p];
            boolean transactional = p < 2 && (inTransaction[p] ? disturbance != 3 : random.nextInt(3) > 0);
            var builder = new RecordBatchBuilder()
                    .compression(compression())
                    .producer(100 + p, epoch, sequence)
                    .transactional(transactional);
            int records = fill(builder);
            ByteBuffer batch = builder.build();
            String answer = both(our, their, batch, AppendOptions.client(leaderEpoch, NOW), 0);
            if (answer.contains("-")) {
                sequences[p] = (sequence + records) & Integer.MAX_VALUE;
                inTransaction[p] |= transactional;
                if (random.nextInt(4) == 0) {
                    both(our, their, copyAsSent(builder, batch), AppendOptions.client(leaderEpoch, NOW), 0);
                }
            }
            return answer;
        }

        /** The batch as its producer would send it again. */
        private static ByteBuffer copyAsSent(RecordBatchBuilder builder, ByteBuffer sent) {
            return copy(sent);
        }

        private String marker(PartitionLog our, KafkaLog their) {
            int p = random.nextInt(2);
            int version = random.nextInt(3);
            short epoch = epochs[p];
            if (version == 2 && random.nextInt(3) > 0) {
                epoch++;
            } else if (random.nextInt(8) == 0) {
                epoch--;
            }
            if (random.nextInt(10) == 0) {
                coordinatorEpoch++;
            }
            int coordinator = random.nextInt(8) == 0 ? Math.max(0, coordinatorEpoch - 1) : coordinatorEpoch;
            ByteBuffer batch = ControlRecord.endTransactionBatch(
                    100 + p, (short) Math.max(0, epoch), random.nextBoolean(), coordinator, NOW - random.nextInt(100));
            String answer = both(
                    our,
                    their,
                    batch,
                    AppendOptions.coordinator(leaderEpoch, NOW).withTransactionVersion(version),
                    version);
            if (answer.contains("-")) {
                inTransaction[p] = false;
                if (epoch > epochs[p]) {
                    epochs[p] = epoch;
                    sequences[p] = 0;
                }
            }
            return answer;
        }

        private static String both(
                PartitionLog our, KafkaLog their, ByteBuffer batch, AppendOptions how, int transactionVersion) {
            String answer = append(our, copy(batch), how);
            String theirAnswer = their.append(
                    copy(batch),
                    how.leaderEpoch(),
                    how.origin() == AppendOrigin.CLIENT
                            ? org.apache.kafka.storage.internals.log.AppendOrigin.CLIENT
                            : org.apache.kafka.storage.internals.log.AppendOrigin.COORDINATOR,
                    VerificationGuard.SENTINEL,
                    transactionVersion);
            assertThat(answer).isEqualTo(theirAnswer);
            return answer;
        }
    }

    // ---- verification

    @Test
    void unverifiedTransactionIsRefusedAsKafkaRefusesIt() {
        try (PartitionLog our = open(ours(), false, 0);
                KafkaLog their = KafkaLog.open(theirs(), OPTIONS, NOW, false, 0, true)) {
            Random random = new Random(42);
            for (int step = 0; step < 300; step++) {
                long producer = random.nextInt(3);
                short epoch = (short) random.nextInt(3);
                int sequence = random.nextInt(3);
                boolean bump = random.nextBoolean();
                long guard = 0;
                VerificationGuard theirGuard = VerificationGuard.SENTINEL;
                String refused = null;
                if (random.nextInt(4) > 0) {
                    try {
                        guard = our.beginVerification(producer, sequence, epoch, bump, NOW);
                    } catch (RecordsRefused e) {
                        refused = e.reason().name();
                    }
                    try {
                        theirGuard = their.log.maybeStartTransactionVerification(producer, sequence, epoch, bump);
                        assertThat(refused).isNull();
                    } catch (org.apache.kafka.common.errors.InvalidProducerEpochException e) {
                        assertThat(refused).isEqualTo("INVALID_PRODUCER_EPOCH");
                    }
                    assertThat(guard == 0).isEqualTo(theirGuard == VerificationGuard.SENTINEL);
                }
                ByteBuffer batch = Batches.from(producer, epoch, sequence, true, "v");
                String answer =
                        append(our, copy(batch), AppendOptions.client(0, NOW).verified(guard));
                assertThat(answer)
                        .as("step " + step)
                        .isEqualTo(their.append(
                                copy(batch),
                                0,
                                org.apache.kafka.storage.internals.log.AppendOrigin.CLIENT,
                                theirGuard,
                                0));
                if (random.nextInt(3) == 0) {
                    ByteBuffer marker = ControlRecord.endTransactionBatch(producer, epoch, true, 0, NOW);
                    assertThat(append(our, copy(marker), AppendOptions.coordinator(0, NOW)))
                            .isEqualTo(their.append(
                                    copy(marker),
                                    0,
                                    org.apache.kafka.storage.internals.log.AppendOrigin.COORDINATOR,
                                    VerificationGuard.SENTINEL,
                                    0));
                }
            }
        }
    }

    // ---- plain files

    @Test
    void kafkasFileRecordsReadOurSegments() throws IOException {
        try (PartitionLog our = open(ours(), false, 0)) {
            for (int i = 0; i < 40; i++) {
                our.append(Batches.of(NOW, "value " + i), AppendOptions.client(0, NOW));
            }
        }
        int records = 0;
        for (String name : names(ours())) {
            if (name.endsWith(".log")) {
                try (FileRecords file = FileRecords.open(ours().resolve(name).toFile())) {
                    for (var batch : file.batches()) {
                        batch.ensureValid();
                        records += batch.countOrNull();
                    }
                }
            }
        }
        assertThat(records).isEqualTo(40);
    }
}
