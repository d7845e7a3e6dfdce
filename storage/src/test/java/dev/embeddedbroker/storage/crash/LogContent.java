package dev.embeddedbroker.storage.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embeddedbroker.storage.batch.ControlRecord;
import dev.embeddedbroker.storage.batch.RecordBatchView;
import dev.embeddedbroker.storage.batch.RecordCursor;
import dev.embeddedbroker.storage.log.LogSlice;
import dev.embeddedbroker.storage.log.PartitionLog;
import dev.embeddedbroker.storage.producer.ProducerState;
import dev.embeddedbroker.storage.segment.AbortedTxn;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** All that is in a log, read batch by batch; and that everything else the log says of itself agrees with it. */
record LogContent(long startOffset, List<Batch> batches) {

    /** A batch and its records' values. */
    record Batch(
            long firstOffset,
            long lastOffset,
            int epoch,
            long maxTimestamp,
            long producer,
            int lastSequence,
            boolean transactional,
            List<Long> offsets,
            List<String> values,
            List<Long> timestamps) {}

    static LogContent of(PartitionLog log) {
        List<Batch> batches = new ArrayList<>();
        long next = log.startOffset();
        while (next < log.endOffset()) {
            try (LogSlice slice = log.read(next, log.endOffset(), 1000, true)) {
                if (slice.isEmpty() && log.options().compact()) {
                    break; // the last offsets may be of records that are compacted away
                }
                assertThat(slice.isEmpty()).as("nothing at offset " + next).isFalse();
                RecordBatchView view = RecordBatchView.of(slice.bytes());
                for (int at = view.position(); at < slice.bytes().limit(); at = view.nextBatchPosition()) {
                    view.at(at);
                    assertThat(view.isCompleteAt(slice.bytes().limit())).isTrue();
                    assertThat(view.crcMatches()).as("checksum of " + view).isTrue();
                    batches.add(read(view));
                }
                assertThat(slice.nextOffset()).isGreaterThan(next);
                next = slice.nextOffset();
            }
        }
        return new LogContent(log.startOffset(), batches);
    }

    private static Batch read(RecordBatchView view) {
        List<Long> offsets = new ArrayList<>();
        List<String> values = new ArrayList<>();
        List<Long> timestamps = new ArrayList<>();
        try (RecordCursor cursor = RecordCursor.over(view)) {
            while (cursor.next()) {
                if (view.isControl()) {
                    boolean commit = ControlRecord.read(cursor).type() == ControlRecord.Type.COMMIT;
                    values.add((commit ? "commit " : "abort ") + view.producerId());
                } else {
                    values.add(StandardCharsets.UTF_8
                            .decode(cursor.value().duplicate())
                            .toString());
                }
                offsets.add(cursor.offset());
                timestamps.add(cursor.timestampMs());
            }
        }
        return new Batch(
                view.baseOffset(),
                view.lastOffset(),
                view.partitionLeaderEpoch(),
                view.maxTimestamp(),
                view.producerId(),
                view.isControl() ? -2 : view.lastSequence(),
                view.isTransactional() && !view.isControl(),
                offsets,
                values,
                timestamps);
    }

    /** Offset by offset. */
    Map<Long, String> records() {
        Map<Long, String> records = new TreeMap<>();
        for (Batch batch : batches) {
            for (int i = 0; i < batch.values().size(); i++) {
                records.put(batch.offsets().get(i), batch.values().get(i));
            }
        }
        return records;
    }

    void agreesWith(PartitionLog log, long epochsKnownFrom) {
        offsetsFollowEachOther(log);
        indexesFindEveryBatch(log);
        for (Batch batch : batches) {
            if (batch.lastOffset() < epochsKnownFrom) {
                continue; // a crash may bring records back, but not their epoch
            }
            assertThat(log.epochOf(Math.max(batch.firstOffset(), Math.max(startOffset, epochsKnownFrom))))
                    .as("epoch at " + batch.firstOffset())
                    .isEqualTo(batch.epoch());
        }
        producersAreThoseOfAReplay(log);
        abortedTransactionsAreThoseOfAReplay(log);
    }

    /** The same of a log with gaps. */
    void agreesWithCompacted(PartitionLog log) {
        long next = Long.MIN_VALUE;
        for (Batch batch : batches) {
            assertThat(batch.firstOffset()).isGreaterThanOrEqualTo(next);
            next = batch.lastOffset() + 1;
            if (batch.lastOffset() >= startOffset) {
                try (LogSlice slice = log.read(Math.max(batch.lastOffset(), startOffset), log.endOffset(), 1, true)) {
                    assertThat(RecordBatchView.of(slice.bytes()).baseOffset()).isEqualTo(batch.firstOffset());
                }
            }
        }
        assertThat(log.endOffset()).isGreaterThanOrEqualTo(next);
        producersAreThoseOfAReplay(log);
    }

    private void offsetsFollowEachOther(PartitionLog log) {
        long next = batches.isEmpty() ? log.endOffset() : batches.get(0).firstOffset();
        assertThat(next).isLessThanOrEqualTo(Math.max(startOffset, log.startOffset()));
        for (Batch batch : batches) {
            assertThat(batch.firstOffset()).isEqualTo(next);
            next = batch.lastOffset() + 1;
        }
        assertThat(log.endOffset()).isEqualTo(next);
    }

    private void indexesFindEveryBatch(PartitionLog log) {
        for (Batch batch : batches) {
            long asked = Math.max(batch.lastOffset(), startOffset);
            try (LogSlice slice = log.read(asked, log.endOffset(), 1, true)) {
                assertThat(RecordBatchView.of(slice.bytes()).baseOffset()).isEqualTo(batch.firstOffset());
            }
            var found = log.offsetForTimestamp(batch.maxTimestamp(), log.endOffset());
            assertThat(found == null ? -1 : found.offset())
                    .as("first offset of timestamp " + batch.maxTimestamp())
                    .isEqualTo(firstAtOrAfter(batch.maxTimestamp()));
        }
    }

    private long firstAtOrAfter(long timestamp) {
        for (Batch batch : batches) {
            for (int i = 0; i < batch.timestamps().size(); i++) {
                if (batch.offsets().get(i) >= startOffset && batch.timestamps().get(i) >= timestamp) {
                    return batch.offsets().get(i);
                }
            }
        }
        return -1;
    }

    private void producersAreThoseOfAReplay(PartitionLog log) {
        Map<Long, Integer> sequences = new HashMap<>();
        Map<Long, Long> open = new HashMap<>();
        for (Batch batch : batches) {
            if (batch.producer() < 0) {
                continue;
            }
            if (batch.lastSequence() == -2) {
                open.remove(batch.producer());
            } else {
                sequences.put(batch.producer(), batch.lastSequence());
                if (batch.transactional()) {
                    open.putIfAbsent(batch.producer(), batch.firstOffset());
                }
            }
        }
        Map<Long, ProducerState> known = new HashMap<>();
        log.producers().forEach(state -> known.put(state.producerId(), state));
        sequences.forEach((producer, sequence) -> {
            assertThat(known).as("producers").containsKey(producer);
            assertThat(known.get(producer).lastSequence())
                    .as("producer " + producer)
                    .isEqualTo(sequence);
            long began = known.get(producer).currentTxnFirstOffset();
            if (open.containsKey(producer)) {
                assertThat(began).isLessThanOrEqualTo(open.get(producer)).isGreaterThanOrEqualTo(0);
            } else {
                assertThat(began).isEqualTo(-1);
            }
        });
    }

    private void abortedTransactionsAreThoseOfAReplay(PartitionLog log) {
        Map<Long, Long> open = new HashMap<>();
        List<String> expected = new ArrayList<>();
        for (Batch batch : batches) {
            if (batch.transactional()) {
                open.putIfAbsent(batch.producer(), batch.firstOffset());
            } else if (batch.lastSequence() == -2) {
                Long first = open.remove(batch.producer());
                if (first != null && batch.values().get(0).startsWith("abort")) {
                    expected.add(batch.producer() + " to " + batch.lastOffset());
                }
            }
        }
        List<String> found = new ArrayList<>();
        for (AbortedTxn txn : log.abortedTransactions(log.startOffset(), log.endOffset())) {
            found.add(txn.producerId() + " to " + txn.lastOffset());
        }
        assertThat(found).containsAll(expected).doesNotHaveDuplicates();
    }
}
