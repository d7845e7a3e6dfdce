package dev.embeddedbroker.api;

import dev.embeddedbroker.coordinator.host.Gather;
import dev.embeddedbroker.coordinator.host.TransactionCoordinators;
import dev.embeddedbroker.coordinator.txn.TxnCommand.Describe;
import dev.embeddedbroker.protocol.ErrorCode;
import dev.embeddedbroker.protocol.Response;
import dev.embeddedbroker.protocol.request.DescribeTransactionsRequest;
import dev.embeddedbroker.protocol.response.DescribeTransactionsResponse;
import dev.embeddedbroker.protocol.response.DescribeTransactionsResponse.TransactionState;
import java.util.ArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * DescribeTransactions (65): how transactional ids stand (KIP-664). An unknown one is TRANSACTIONAL_ID_NOT_FOUND, an empty
 * one INVALID_REQUEST.
 */
public final class DescribeTransactionsHandler implements ApiHandler<DescribeTransactionsRequest> {
    private final TransactionCoordinators coordinators;

    public DescribeTransactionsHandler(TransactionCoordinators coordinators) {
        this.coordinators = coordinators;
    }

    @Override
    public void handle(RequestContext context, DescribeTransactionsRequest request) {
        var ids = request.transactionalIds;
        var gather = new Gather<>(
                ids.size(),
                new TransactionState(),
                states -> context.reply(
                        new DescribeTransactionsResponse().setTransactionStates(new ArrayList<>(states))));
        for (int i = 0; i < ids.size(); i++) {
            int index = i;
            describe(ids.get(i), state -> gather.put(index, state));
        }
    }

    private void describe(String id, Consumer<TransactionState> then) {
        if (id.isEmpty()) {
            then.accept(refused(id, ErrorCode.INVALID_REQUEST));
            return;
        }
        coordinators.ask(
                id,
                ticket -> new Describe(ticket, id),
                answer -> then.accept((TransactionState) answer),
                error -> then.accept(refused(id, error)));
    }

    private static TransactionState refused(String id, ErrorCode error) {
        return new TransactionState().setTransactionalId(id).setErrorCode(error.id());
    }

    @Override
    public Response refuse(
            DescribeTransactionsRequest request, short version, ErrorCode code, @Nullable String message) {
        var response = new DescribeTransactionsResponse();
        request.transactionalIds.forEach(id -> response.transactionStates.add(refused(id, code)));
        return response;
    }
}
