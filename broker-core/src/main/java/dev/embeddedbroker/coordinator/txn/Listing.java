package dev.embeddedbroker.coordinator.txn;

import dev.embeddedbroker.protocol.ErrorCode;
import dev.embeddedbroker.protocol.response.DescribeTransactionsResponse.TopicData;
import dev.embeddedbroker.protocol.response.DescribeTransactionsResponse.TransactionState;
import java.util.ArrayList;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Transactional ids as administrators see them. */
final class Listing {

    private Listing() {}

    static TransactionState describe(String transactionalId, @Nullable Txn txn) {
        var described = new TransactionState().setTransactionalId(transactionalId);
        if (txn == null) {
            return described.setErrorCode(ErrorCode.TRANSACTIONAL_ID_NOT_FOUND.id());
        }
        var topics = new TreeMap<String, TopicData>();
        for (TxnPartition partition : txn.partitions()) {
            topics.computeIfAbsent(partition.topic(), topic -> new TopicData().setTopic(topic))
                    .partitions
                    .add(partition.partition());
        }
        topics.values().forEach(topic -> topic.partitions.sort(null));
        return described
                .setTransactionState(txn.state().label())
                .setTransactionTimeoutMs(txn.timeoutMs())
                .setTransactionStartTimeMs(txn.startMs())
                .setProducerId(txn.producerId())
                .setProducerEpoch(txn.epoch())
                .setTopics(new ArrayList<>(topics.values()));
    }
}
