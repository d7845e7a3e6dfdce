package dev.embeddedbroker.inspect;

import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A transactional id, or an open transaction, at one moment. Immutable.
 *
 * @param transactionalId null for records in a partition that belong to no transaction any coordinator knows
 * @param state under Kafka's name: Empty, Ongoing, PrepareCommit, PrepareAbort, CompleteCommit, CompleteAbort
 * @param startedAtMs when the transaction began, in the broker's wall time; −1 if there is none
 * @param partitions those that take part; offsets committed in it show as a partition of {@code __consumer_offsets}
 * @param firstOffsets where it began, in the partitions that have records of it and no end of it yet
 */
public record TransactionView(
        @Nullable String transactionalId,
        long producerId,
        int producerEpoch,
        String state,
        int timeoutMs,
        long startedAtMs,
        SortedSet<TopicAndPartition> partitions,
        SortedMap<TopicAndPartition, Long> firstOffsets) {
    public TransactionView {
        partitions = Collections.unmodifiableSortedSet(new TreeSet<>(partitions));
        firstOffsets = Collections.unmodifiableSortedMap(new TreeMap<>(firstOffsets));
    }

    TransactionView withFirstOffsets(Map<TopicAndPartition, Long> found) {
        return new TransactionView(
                transactionalId,
                producerId,
                producerEpoch,
                state,
                timeoutMs,
                startedAtMs,
                partitions,
                new TreeMap<>(found));
    }

    /** Whether it has begun and is not ended in every partition yet. */
    public boolean isOpen() {
        return !firstOffsets.isEmpty() || state.equals("Ongoing") || state.startsWith("Prepare");
    }

    @Override
    public String toString() {
        return (transactionalId == null ? "no transactional id" : transactionalId) + ": " + state + ", producer "
                + producerId + " in epoch " + producerEpoch
                + (partitions.isEmpty() ? "" : ", partitions " + partitions)
                + (firstOffsets.isEmpty() ? "" : ", open from " + firstOffsets)
                + (startedAtMs < 0 ? "" : ", started at " + Instant.ofEpochMilli(startedAtMs))
                + (timeoutMs < 0 ? "" : ", timeout " + timeoutMs + " ms");
    }
}
