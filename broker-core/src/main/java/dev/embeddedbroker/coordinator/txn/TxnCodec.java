package dev.embeddedbroker.coordinator.txn;

import dev.embeddedbroker.coordinator.EventCodec;
import dev.embeddedbroker.coordinator.txn.TxnEvent.Kept;
import dev.embeddedbroker.protocol.WireReader;
import dev.embeddedbroker.protocol.record.txn.TransactionLogKey;
import dev.embeddedbroker.protocol.record.txn.TransactionLogValue;
import dev.embeddedbroker.protocol.record.txn.TransactionLogValue.PartitionsSchema;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The records of {@code __transaction_state}.
 *
 * <pre>
 * key:   int16 kind of record (0), then TransactionLogKey
 * value: int16 schema version (0, or 1 since transaction.version 1), then TransactionLogValue; none for a tombstone
 * </pre>
 */
public final class TxnCodec implements EventCodec<TxnEvent> {
    private static final short TRANSACTION = 0;

    @Override
    public @Nullable RecordBytes encode(TxnEvent event) {
        if (!(event instanceof Kept kept)) {
            return null;
        }
        var key = RecordBytes.prefixed(
                TRANSACTION, new TransactionLogKey().setTransactionalId(kept.transactionalId()), (short) 0);
        var txn = kept.txn();
        return new RecordBytes(
                key,
                txn == null
                        ? null
                        : RecordBytes.prefixed(
                                kept.valueVersion(), value(txn, kept.valueVersion()), kept.valueVersion()));
    }

    private static TransactionLogValue value(Txn txn, short version) {
        var value = new TransactionLogValue()
                .setProducerId(txn.producerId())
                .setProducerEpoch(txn.epoch())
                .setTransactionTimeoutMs(txn.timeoutMs())
                .setTransactionStatus(txn.state().id())
                .setTransactionPartitions(txn.state() == TxnState.EMPTY ? null : byTopic(txn.partitions()))
                .setTransactionLastUpdateTimestampMs(txn.updateMs())
                .setTransactionStartTimestampMs(txn.startMs());
        return version == 0
                ? value
                : value.setPreviousProducerId(txn.previousProducerId())
                        .setNextProducerId(txn.nextProducerId())
                        .setClientTransactionVersion(txn.clientVersion());
    }

    private static List<PartitionsSchema> byTopic(Set<TxnPartition> partitions) {
        var topics = new TreeMap<String, PartitionsSchema>();
        for (TxnPartition partition : partitions) {
            topics.computeIfAbsent(partition.topic(), topic -> new PartitionsSchema().setTopic(topic))
                    .partitionIds
                    .add(partition.partition());
        }
        topics.values().forEach(topic -> topic.partitionIds.sort(null));
        return new ArrayList<>(topics.values());
    }

    @Override
    public @Nullable TxnEvent decode(@Nullable ByteBuffer key, @Nullable ByteBuffer value) {
        if (key == null) {
            throw new IllegalArgumentException("a record of __transaction_state has no key");
        }
        var keyIn = key.slice();
        if (keyIn.getShort() != TRANSACTION) {
            return null; // a newer broker's
        }
        var id = new TransactionLogKey();
        id.read(new WireReader(keyIn.slice()), (short) 0);
        if (value == null) {
            return new Kept(id.transactionalId, null, (short) 0);
        }
        var valueIn = value.slice();
        short version = valueIn.getShort();
        var stored = new TransactionLogValue();
        stored.read(new WireReader(valueIn.slice()), version);
        return new Kept(id.transactionalId, txn(stored), version);
    }

    private static Txn txn(TransactionLogValue value) {
        var partitions = new LinkedHashSet<TxnPartition>();
        if (value.transactionPartitions != null) {
            for (var topic : value.transactionPartitions) {
                topic.partitionIds.forEach(partition -> partitions.add(new TxnPartition(topic.topic, partition)));
            }
        }
        return new Txn(
                value.producerId,
                value.previousProducerId,
                value.nextProducerId,
                value.producerEpoch,
                Txn.NO_EPOCH,
                value.transactionTimeoutMs,
                TxnState.forId(value.transactionStatus),
                partitions,
                value.transactionStartTimestampMs,
                value.transactionLastUpdateTimestampMs,
                value.clientTransactionVersion);
    }
}
