package dev.embeddedbroker.api;

import dev.embeddedbroker.coordinator.host.GroupCoordinators;
import dev.embeddedbroker.coordinator.host.TransactionCoordinators;
import dev.embeddedbroker.coordinator.txn.TxnCommand.AddPartitions;
import dev.embeddedbroker.coordinator.txn.TxnPartition;
import dev.embeddedbroker.metadata.TopicRules;
import dev.embeddedbroker.protocol.ErrorCode;
import dev.embeddedbroker.protocol.Response;
import dev.embeddedbroker.protocol.request.AddOffsetsToTxnRequest;
import dev.embeddedbroker.protocol.response.AddOffsetsToTxnResponse;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * AddOffsetsToTxn (25): the partition of {@code __consumer_offsets} that a group belongs to joins a producer's
 * transaction. Before v2 a fenced producer is told INVALID_PRODUCER_EPOCH. Clients of {@code transaction.version} 2 do
 * without.
 */
public final class AddOffsetsToTxnHandler implements ApiHandler<AddOffsetsToTxnRequest> {
    private static final int FENCED_SINCE = 2;

    private final TransactionCoordinators coordinators;
    private final GroupCoordinators groups;

    public AddOffsetsToTxnHandler(TransactionCoordinators coordinators, GroupCoordinators groups) {
        this.coordinators = coordinators;
        this.groups = groups;
    }

    @Override
    public void handle(RequestContext context, AddOffsetsToTxnRequest request) {
        if (request.transactionalId.isEmpty()) {
            context.reply(response(ErrorCode.INVALID_REQUEST));
            return;
        }
        groups.whenTopicExists(error -> {
            if (error != ErrorCode.NONE) {
                context.reply(response(error));
            } else {
                add(context, request);
            }
        });
    }

    private void add(RequestContext context, AddOffsetsToTxnRequest request) {
        var partition = new TxnPartition(TopicRules.CONSUMER_OFFSETS, groups.partitionOf(request.groupId));
        coordinators.ask(
                request.transactionalId,
                ticket -> new AddPartitions(
                        ticket,
                        request.transactionalId,
                        request.producerId,
                        request.producerEpoch,
                        Set.of(partition),
                        (short) 0),
                answer -> context.reply(
                        response(TransactionErrors.forVersion((ErrorCode) answer, context.version(), FENCED_SINCE))),
                error -> context.reply(response(error)));
    }

    private static AddOffsetsToTxnResponse response(ErrorCode error) {
        return new AddOffsetsToTxnResponse().setErrorCode(error.id());
    }

    @Override
    public Response refuse(AddOffsetsToTxnRequest request, short version, ErrorCode code, @Nullable String message) {
        return response(code);
    }
}
