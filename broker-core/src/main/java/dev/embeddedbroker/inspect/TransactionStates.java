package dev.embeddedbroker.inspect;

import dev.embeddedbroker.coordinator.txn.Txn;
import dev.embeddedbroker.partition.Partition;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Transactions, as their coordinators and the partitions know them.
 *
 * <p><b>Owner:</b> the thread that asks.
 */
final class TransactionStates {
    private final Looks looks;

    TransactionStates(Looks looks) {
        this.looks = looks;
    }

    /** Every transactional id, in order. */
    List<TransactionView> all() {
        List<Optional<List<TransactionView>>> shards = looks.ask(answer -> looks.insides()
                .transactions()
                .lookAtAll(
                        machine -> machine.txns().entrySet().stream()
                                .map(txn -> view(txn.getKey(), txn.getValue()))
                                .toList(),
                        answer::give));
        return shards.stream()
                .flatMap(Optional::stream)
                .flatMap(List::stream)
                .sorted(Comparator.comparing(txn -> String.valueOf(txn.transactionalId())))
                .toList();
    }

    private static TransactionView view(String transactionalId, Txn txn) {
        var partitions = new TreeSet<TopicAndPartition>();
        txn.partitions().forEach(p -> partitions.add(new TopicAndPartition(p.topic(), p.partition())));
        return new TransactionView(
                transactionalId,
                txn.producerId(),
                txn.epoch(),
                txn.state().label(),
                txn.timeoutMs(),
                txn.startMs(),
                partitions,
                Collections.emptySortedMap());
    }

    /** Those that are not ended, in every partition. */
    List<TransactionView> open() {
        // the coordinators first: what is ended there has its markers in all partitions
        var known = all();
        var inPartitions = openInPartitions();
        var open = new ArrayList<TransactionView>();
        for (var txn : known) {
            var seen = txn.withFirstOffsets(
                    Optional.ofNullable(inPartitions.remove(txn.producerId())).orElse(Map.of()));
            if (seen.isOpen()) {
                open.add(seen);
            }
        }
        inPartitions.forEach((producerId, firstOffsets) -> open.add(new TransactionView(
                null,
                producerId,
                -1,
                "unknown to any coordinator",
                -1,
                -1,
                new TreeSet<>(firstOffsets.keySet()),
                new TreeMap<>(firstOffsets))));
        return open;
    }

    private record Begun(long producerId, TopicAndPartition place, long firstOffset) {}

    private Map<Long, Map<TopicAndPartition, Long>> openInPartitions() {
        var byProducer = new LinkedHashMap<Long, Map<TopicAndPartition, Long>>();
        looks.at(looks.insides().partitions().all(), TransactionStates::begunIn)
                .forEach(some -> some.forEach(begun -> byProducer
                        .computeIfAbsent(begun.producerId(), id -> new TreeMap<>())
                        .put(begun.place(), begun.firstOffset())));
        return byProducer;
    }

    /** On the partition's loop. */
    private static List<Begun> begunIn(Partition partition) {
        return partition.producers().producers().stream()
                .filter(producer -> producer.currentTxnFirstOffset() >= 0)
                .map(producer -> new Begun(
                        producer.producerId(),
                        new TopicAndPartition(partition.topic(), partition.index()),
                        producer.currentTxnFirstOffset()))
                .toList();
    }
}
