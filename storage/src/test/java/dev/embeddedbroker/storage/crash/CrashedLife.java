package dev.embeddedbroker.storage.crash;

import dev.embeddedbroker.storage.batch.ControlRecord;
import dev.embeddedbroker.storage.batch.RecordBatchBuilder;
import dev.embeddedbroker.storage.clean.Cleanable;
import dev.embeddedbroker.storage.clean.CompactionPlan;
import dev.embeddedbroker.storage.clean.CompactionSettings;
import dev.embeddedbroker.storage.clean.Compactor;
import dev.embeddedbroker.storage.disk.Disk;
import dev.embeddedbroker.storage.log.AppendOptions;
import dev.embeddedbroker.storage.log.LogDirectory;
import dev.embeddedbroker.storage.log.LogId;
import dev.embeddedbroker.storage.log.LogOptions;
import dev.embeddedbroker.storage.log.MetaProperties;
import dev.embeddedbroker.storage.log.PartitionLog;
import dev.embeddedbroker.storage.producer.ProducerState;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;

/** One log lived through at random, and what is known of it: what was ever written, what is acknowledged, what is durable. */
final class CrashedLife {
    static final Path ROOT = Path.of("/data");
    static final LogId ID = new LogId("t", 0);
    static final long NOW = 1_000_000;
    private static final MetaProperties META =
            new MetaProperties("AAAAAAAAAAAAAAAAAAAAAA", 0, "AAAAAAAAAAAAAAAAAAAAAQ");
    private static final String TOPIC_ID = "AAAAAAAAAAAAAAAAAAAAAg";

    final Random random;
    final LogOptions options;
    /** The values of the current history by offset; a control batch has one too. */
    final List<String> acknowledged = new ArrayList<>();

    final Map<Long, Set<String>> everWritten = new HashMap<>();
    long startOffset;
    long durableEnd;

    private final TreeSet<Long> batchStarts = new TreeSet<>();
    private int epoch;
    private int values;
    private final Set<Long> openTransactions = new HashSet<>();
    private LogDirectory directory;
    private PartitionLog log;

    private final boolean compacts;
    private long cleanedUpTo = -1;

    /** What kinds of things happen. */
    enum Kind {
        /** Everything but compaction. */
        APPENDED,
        /** Records with keys, and compactions; nobody cuts off what may be compacted already. */
        COMPACTED
    }

    CrashedLife(Random random) {
        this(random, Kind.APPENDED);
    }

    CrashedLife(Random random, Kind kind) {
        this.random = random;
        this.compacts = kind == Kind.COMPACTED;
        long[] flushEvery = {1, 3, Long.MAX_VALUE};
        this.options = LogOptions.builder()
                .segmentBytes(400 + random.nextInt(4000))
                .indexIntervalBytes(random.nextInt(400))
                .flushMessages(flushEvery[random.nextInt(3)])
                .cleanupPolicy(!compacts, compacts)
                .build();
    }

    static LogDirectory openDirectory(Disk disk) {
        return LogDirectory.open(disk, ROOT, META);
    }

    static PartitionLog openLog(LogDirectory directory, LogOptions options) {
        return directory.open(ID, TOPIC_ID, options, NOW);
    }

    void live(Disk disk, int steps) {
        directory = openDirectory(disk);
        log = openLog(directory, options);
        log.beginEpoch(++epoch);
        for (int i = 0; i < steps; i++) {
            step(disk);
        }
        directory.close(1, true);
        durableEnd = acknowledged.size();
    }

    private void step(Disk disk) {
        int kind = random.nextInt(100);
        if (kind < 60) {
            appendSomething();
        } else if (kind < 66) {
            log.roll(NOW);
        } else if (kind < 76) {
            log.flush();
            durable();
        } else if (kind < 82) {
            directory.checkpoint(true);
        } else if (kind < 86) {
            if (compacts) {
                compact(disk);
            } else {
                truncate();
            }
        } else if (kind < 92) {
            deleteRecords();
        } else if (kind < 96) {
            log.beginEpoch(++epoch);
        } else {
            reopen(disk);
        }
    }

    private void durable() {
        durableEnd = Math.max(durableEnd, log.recoveryPoint());
    }

    private void appendSomething() {
        int kind = random.nextInt(10);
        long producer = random.nextInt(3);
        if (kind < 3 || compacts && openTransactions.contains(producer)) {
            append(-1, false, 1 + random.nextInt(4));
        } else if (compacts || kind < 7 && !openTransactions.contains(producer)) {
            append(producer, false, 1 + random.nextInt(3));
        } else if (kind < 9 || !openTransactions.contains(10 + producer)) {
            append(10 + producer, true, 1 + random.nextInt(3));
            openTransactions.add(10 + producer);
        } else {
            endTransaction(10 + producer, random.nextBoolean());
        }
        if (log.isFlushDue()) {
            log.flush();
        }
        durable();
    }

    private void append(long producer, boolean transactional, int count) {
        var builder = new RecordBatchBuilder();
        if (producer >= 0) {
            builder.producer(producer, (short) 0, nextSequence(producer)).transactional(transactional);
        }
        List<String> records = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String value =
                    "v" + values++ + "x".repeat(random.nextInt(5) == 0 ? random.nextInt(900) : random.nextInt(40));
            String key = "k" + random.nextInt(6);
            if (compacts) {
                value = key + " " + value;
            }
            builder.append(
                    NOW - 500 + random.nextInt(1000),
                    key.getBytes(StandardCharsets.UTF_8),
                    value.getBytes(StandardCharsets.UTF_8));
            records.add(value);
        }
        ByteBuffer batch = builder.build();
        if (batch.remaining() > options.segmentBytes()) {
            return;
        }
        intend(records);
        log.append(batch, AppendOptions.client(epoch, NOW));
        acknowledged.addAll(records);
    }

    private int nextSequence(long producer) {
        for (ProducerState state : log.producers()) {
            if (state.producerId() == producer) {
                return state.lastSequence() + 1;
            }
        }
        return 0;
    }

    private void endTransaction(long producer, boolean commit) {
        String marker = (commit ? "commit " : "abort ") + producer;
        intend(List.of(marker));
        log.append(
                ControlRecord.endTransactionBatch(producer, (short) 0, commit, 0, NOW),
                AppendOptions.coordinator(epoch, NOW));
        acknowledged.add(marker);
        openTransactions.remove(producer);
    }

    private void intend(List<String> records) {
        batchStarts.add((long) acknowledged.size());
        for (int i = 0; i < records.size(); i++) {
            everWritten
                    .computeIfAbsent((long) acknowledged.size() + i, offset -> new HashSet<>())
                    .add(records.get(i));
        }
    }

    /** As a follower does it: the recovery point on disk is lowered before anything new is written. */
    private void truncate() {
        long wanted = log.startOffset() + random.nextInt((int) (log.endOffset() - log.startOffset()) + 1);
        Long boundary = batchStarts.ceiling(wanted); // a follower truncates to where a leader's batch ends
        long to = boundary == null ? log.endOffset() : Math.min(boundary, log.endOffset());
        durableEnd = Math.min(durableEnd, to);
        keep(Math.min(acknowledged.size(), to));
        log.truncateTo(to, NOW);
        keep(log.endOffset());
        batchStarts.tailSet(log.endOffset(), false).clear();
        openTransactions.clear();
        for (ProducerState state : log.producers()) {
            if (state.currentTxnFirstOffset() >= 0) {
                openTransactions.add(state.producerId());
            }
        }
        directory.checkpoint(true);
    }

    private void compact(Disk disk) {
        Cleanable cleanable = Cleanable.of(log, cleanedUpTo, log.endOffset(), NOW);
        if (cleanable.isNothing()) {
            return;
        }
        var settings = new CompactionSettings(1 << 16, 0.9, 1024);
        try (var compactor =
                new Compactor(disk, CompactionPlan.take(log, cleanable, log.endOffset(), NOW), settings, () -> false)) {
            compactor.index();
            while (compactor.hasNext()) {
                compactor.cleanNext();
                compactor.swapIn(log);
            }
            cleanedUpTo = compactor.endOffset();
        }
    }

    /** The last acknowledged record of each key below {@code end}, by offset. */
    Map<String, Long> lastOfEachKey(long end) {
        Map<String, Long> last = new HashMap<>();
        for (int offset = 0; offset < end; offset++) {
            last.put(keyOf(acknowledged.get(offset)), (long) offset);
        }
        return last;
    }

    static String keyOf(String value) {
        return value.substring(0, value.indexOf(' '));
    }

    private void keep(long count) {
        acknowledged.subList((int) count, acknowledged.size()).clear();
    }

    private void deleteRecords() {
        long to = log.startOffset() + random.nextInt((int) (log.endOffset() - log.startOffset()) + 1);
        startOffset = Math.max(startOffset, to);
        log.deleteRecordsBefore(to, NOW);
    }

    private void reopen(Disk disk) {
        directory.close(1, true);
        durableEnd = acknowledged.size();
        directory = openDirectory(disk);
        log = openLog(directory, options);
        log.beginEpoch(++epoch);
    }

    void abandon() {
        if (directory != null) {
            directory.abandon();
        }
    }
}
