package dev.embeddedbroker.api;

import dev.embeddedbroker.coordinator.host.Gather;
import dev.embeddedbroker.coordinator.host.TransactionCoordinators;
import dev.embeddedbroker.coordinator.txn.Txn;
import dev.embeddedbroker.coordinator.txn.TxnCommand.AddPartitions;
import dev.embeddedbroker.coordinator.txn.TxnCommand.Verified;
import dev.embeddedbroker.coordinator.txn.TxnCommand.VerifyPartitions;
import dev.embeddedbroker.coordinator.txn.TxnPartition;
import dev.embeddedbroker.metadata.MetadataView;
import dev.embeddedbroker.protocol.ErrorCode;
import dev.embeddedbroker.protocol.Response;
import dev.embeddedbroker.protocol.request.AddPartitionsToTxnRequest;
import dev.embeddedbroker.protocol.request.AddPartitionsToTxnRequest.AddPartitionsToTxnTopic;
import dev.embeddedbroker.protocol.request.AddPartitionsToTxnRequest.AddPartitionsToTxnTransaction;
import dev.embeddedbroker.protocol.response.AddPartitionsToTxnResponse;
import dev.embeddedbroker.protocol.response.AddPartitionsToTxnResponse.AddPartitionsToTxnPartitionResult;
import dev.embeddedbroker.protocol.response.AddPartitionsToTxnResponse.AddPartitionsToTxnResult;
import dev.embeddedbroker.protocol.response.AddPartitionsToTxnResponse.AddPartitionsToTxnTopicResult;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * AddPartitionsToTxn (24): partitions join a producer's transaction.
 *
 * <ul>
 *   <li>If one of them does not exist none is added: it gets UNKNOWN_TOPIC_OR_PARTITION, the others
 *       OPERATION_NOT_ATTEMPTED.
 *   <li>v0 to v3 are clients' (before v2 a fenced one is told INVALID_PRODUCER_EPOCH). v4+ are brokers': several
 *       transactions at once, and only asking whether the partitions are in them (KIP-890).
 * </ul>
 */
public final class AddPartitionsToTxnHandler implements ApiHandler<AddPartitionsToTxnRequest> {
    private static final int BATCHES_SINCE = 4;
    private static final int FENCED_SINCE = 2;

    private final TransactionCoordinators coordinators;
    private final MetadataView metadata;

    public AddPartitionsToTxnHandler(TransactionCoordinators coordinators, MetadataView metadata) {
        this.coordinators = coordinators;
        this.metadata = metadata;
    }

    @Override
    public void handle(RequestContext context, AddPartitionsToTxnRequest request) {
        short version = context.version();
        var transactions = version >= BATCHES_SINCE ? request.transactions : List.of(asTransaction(request));
        var gather = new Gather<>(
                transactions.size(), new AddPartitionsToTxnResult(), results -> context.reply(join(results, version)));
        for (int i = 0; i < transactions.size(); i++) {
            int index = i;
            add(transactions.get(i), version, result -> gather.put(index, result));
        }
    }

    private static AddPartitionsToTxnTransaction asTransaction(AddPartitionsToTxnRequest request) {
        return new AddPartitionsToTxnTransaction()
                .setTransactionalId(request.v3AndBelowTransactionalId)
                .setProducerId(request.v3AndBelowProducerId)
                .setProducerEpoch(request.v3AndBelowProducerEpoch)
                .setTopics(request.v3AndBelowTopics);
    }

    private static AddPartitionsToTxnResponse join(List<AddPartitionsToTxnResult> results, short version) {
        return version >= BATCHES_SINCE
                ? new AddPartitionsToTxnResponse().setResultsByTransaction(new ArrayList<>(results))
                : new AddPartitionsToTxnResponse().setResultsByTopicV3AndBelow(results.get(0).topicResults);
    }

    private void add(AddPartitionsToTxnTransaction txn, short version, Consumer<AddPartitionsToTxnResult> then) {
        var all = new LinkedHashSet<TxnPartition>();
        var absent = new LinkedHashSet<TxnPartition>();
        for (var topic : txn.topics) {
            for (int partition : topic.partitions) {
                var name = new TxnPartition(topic.name, partition);
                all.add(name);
                if (!exists(name)) {
                    absent.add(name);
                }
            }
        }
        if (txn.transactionalId.isEmpty()) {
            then.accept(result(txn, p -> ErrorCode.INVALID_REQUEST));
        } else if (!absent.isEmpty()) {
            then.accept(result(
                    txn,
                    p -> absent.contains(p)
                            ? ErrorCode.UNKNOWN_TOPIC_OR_PARTITION
                            : ErrorCode.OPERATION_NOT_ATTEMPTED));
        } else {
            ask(txn, all, version, then);
        }
    }

    private void ask(
            AddPartitionsToTxnTransaction txn,
            Set<TxnPartition> partitions,
            short version,
            Consumer<AddPartitionsToTxnResult> then) {
        short clientVersion = version >= BATCHES_SINCE ? Txn.EPOCH_PER_TRANSACTION : 0;
        coordinators.ask(
                txn.transactionalId,
                ticket -> txn.verifyOnly
                        ? new VerifyPartitions(
                                ticket, txn.transactionalId, txn.producerId, txn.producerEpoch, partitions)
                        : new AddPartitions(
                                ticket,
                                txn.transactionalId,
                                txn.producerId,
                                txn.producerEpoch,
                                partitions,
                                clientVersion),
                answer -> then.accept(
                        result(txn, p -> TransactionErrors.forVersion(errorOf(answer, p), version, FENCED_SINCE))),
                error -> then.accept(result(txn, p -> error)));
    }

    private static ErrorCode errorOf(Object answer, TxnPartition partition) {
        if (answer instanceof Verified verified) {
            return verified.missing().contains(partition) ? ErrorCode.TRANSACTION_ABORTABLE : verified.error();
        }
        return (ErrorCode) answer;
    }

    private boolean exists(TxnPartition name) {
        var topic = metadata.image().topic(name.topic());
        return topic != null && topic.partition(name.partition()) != null;
    }

    private static AddPartitionsToTxnResult result(
            AddPartitionsToTxnTransaction txn, Function<TxnPartition, ErrorCode> errors) {
        var result = new AddPartitionsToTxnResult().setTransactionalId(txn.transactionalId);
        result.topicResults = topicResults(txn.topics, errors);
        return result;
    }

    private static List<AddPartitionsToTxnTopicResult> topicResults(
            List<AddPartitionsToTxnTopic> topics, Function<TxnPartition, ErrorCode> errors) {
        var results = new ArrayList<AddPartitionsToTxnTopicResult>();
        for (var topic : topics) {
            var result = new AddPartitionsToTxnTopicResult().setName(topic.name);
            results.add(result);
            for (int partition : topic.partitions) {
                ErrorCode error = errors.apply(new TxnPartition(topic.name, partition));
                result.resultsByPartition.add(new AddPartitionsToTxnPartitionResult()
                        .setPartitionIndex(partition)
                        .setPartitionErrorCode(error.id()));
            }
        }
        return results;
    }

    @Override
    public Response refuse(AddPartitionsToTxnRequest request, short version, ErrorCode code, @Nullable String message) {
        return version >= BATCHES_SINCE
                ? new AddPartitionsToTxnResponse().setErrorCode(code.id())
                : new AddPartitionsToTxnResponse()
                        .setResultsByTopicV3AndBelow(topicResults(request.v3AndBelowTopics, p -> code));
    }
}
