package dev.embeddedbroker.api;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dev.embeddedbroker.coordinator.host.ShardAnswer;
import dev.embeddedbroker.coordinator.host.TransactionCoordinators;
import dev.embeddedbroker.coordinator.txn.Txn;
import dev.embeddedbroker.coordinator.txn.TxnCommand.ListTxns;
import dev.embeddedbroker.coordinator.txn.TxnState;
import dev.embeddedbroker.protocol.ErrorCode;
import dev.embeddedbroker.protocol.Response;
import dev.embeddedbroker.protocol.request.ListTransactionsRequest;
import dev.embeddedbroker.protocol.response.ListTransactionsResponse;
import dev.embeddedbroker.protocol.response.ListTransactionsResponse.TransactionState;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * ListTransactions (66): the transactional ids this broker coordinates (KIP-664).
 *
 * <ul>
 *   <li>Filtered by state (names of none are named in the answer) and producer id; v1+: by how long ago a transaction
 *       began (KIP-994), ended ones and, as Kafka has it, those that never did included; v2+: by a regular expression the whole id must match (KIP-1152), else INVALID_REGULAR_EXPRESSION.
 *   <li>A coordinator that is loading fails the whole answer.
 * </ul>
 */
public final class ListTransactionsHandler implements ApiHandler<ListTransactionsRequest> {
    private final TransactionCoordinators coordinators;

    public ListTransactionsHandler(TransactionCoordinators coordinators) {
        this.coordinators = coordinators;
    }

    private record Filter(
            Set<TxnState> states,
            Set<Long> producerIds,
            long durationMs,
            @Nullable Pattern ids,
            boolean matchesNone) {

        boolean admits(String id, Txn txn, long nowMs) {
            return !matchesNone
                    && (states.isEmpty() || states.contains(txn.state()))
                    && (producerIds.isEmpty() || producerIds.contains(txn.producerId()))
                    && (durationMs < 0 || nowMs - txn.startMs() > durationMs)
                    && (ids == null || ids.matcher(id).matches());
        }
    }

    @Override
    public void handle(RequestContext context, ListTransactionsRequest request) {
        var response = new ListTransactionsResponse();
        var states = EnumSet.noneOf(TxnState.class);
        for (String name : request.stateFilters) {
            var state = TxnState.forLabel(name);
            if (state == null) {
                response.unknownStateFilters.add(name);
            } else {
                states.add(state);
            }
        }
        Pattern ids;
        try {
            String pattern = request.transactionalIdPattern;
            ids = pattern == null || pattern.isEmpty() ? null : Pattern.compile(pattern);
        } catch (PatternSyntaxException notOne) {
            context.reply(refuse(request, context.version(), ErrorCode.INVALID_REGULAR_EXPRESSION, null));
            return;
        }
        var filter = new Filter(
                states,
                Set.copyOf(request.producerIdFilters),
                request.durationFilter,
                ids,
                states.isEmpty() && !request.stateFilters.isEmpty());
        long nowMs = context.clock().wallMs();
        coordinators.askAll(ListTxns::new, parts -> context.reply(join(parts, filter, nowMs, response)));
    }

    private static ListTransactionsResponse join(
            List<ShardAnswer> parts, Filter filter, long nowMs, ListTransactionsResponse response) {
        for (var part : parts) {
            if (part.error() == ErrorCode.NONE && part.answer() instanceof Map<?, ?> txns) {
                txns.forEach((id, txn) -> add((String) id, (Txn) txn, filter, nowMs, response));
            } else if (part.error() != ErrorCode.NOT_COORDINATOR) {
                return new ListTransactionsResponse().setErrorCode(part.error().id());
            }
        }
        return response;
    }

    private static void add(String id, Txn txn, Filter filter, long nowMs, ListTransactionsResponse response) {
        if (filter.admits(id, txn, nowMs)) {
            response.transactionStates.add(new TransactionState()
                    .setTransactionalId(id)
                    .setProducerId(txn.producerId())
                    .setTransactionState(txn.state().label()));
        }
    }

    @Override
    public Response refuse(ListTransactionsRequest request, short version, ErrorCode code, @Nullable String message) {
        return new ListTransactionsResponse().setErrorCode(code.id());
    }
}
