package dev.embeddedbroker.api;

import dev.embeddedbroker.coordinator.host.TransactionCoordinators;
import dev.embeddedbroker.coordinator.txn.Txn;
import dev.embeddedbroker.coordinator.txn.TxnCommand.EndTxn;
import dev.embeddedbroker.coordinator.txn.TxnCommand.ProducerIdentity;
import dev.embeddedbroker.protocol.ErrorCode;
import dev.embeddedbroker.protocol.Response;
import dev.embeddedbroker.protocol.request.EndTxnRequest;
import dev.embeddedbroker.protocol.response.EndTxnResponse;
import org.jspecify.annotations.Nullable;

/**
 * EndTxn (26): a producer commits or aborts its transaction. The answer comes when every partition has its marker.
 *
 * <ul>
 *   <li>v5+: the answer names the epoch, and if need be the producer id, of the next transaction (KIP-890).
 *   <li>Before v2 a fenced producer is told INVALID_PRODUCER_EPOCH.
 * </ul>
 */
public final class EndTxnHandler implements ApiHandler<EndTxnRequest> {
    private static final int FENCED_SINCE = 2;
    private static final int EPOCH_BUMP_SINCE = 5;

    private final TransactionCoordinators coordinators;

    public EndTxnHandler(TransactionCoordinators coordinators) {
        this.coordinators = coordinators;
    }

    @Override
    public void handle(RequestContext context, EndTxnRequest request) {
        if (request.transactionalId.isEmpty()) {
            context.reply(new EndTxnResponse().setErrorCode(ErrorCode.INVALID_REQUEST.id()));
            return;
        }
        short clientVersion = context.version() >= EPOCH_BUMP_SINCE ? Txn.EPOCH_PER_TRANSACTION : 0;
        coordinators.askWithId(
                request.transactionalId,
                (ticket, freshId) -> new EndTxn(
                        ticket,
                        request.transactionalId,
                        request.producerId,
                        request.producerEpoch,
                        request.committed,
                        clientVersion,
                        freshId),
                answer -> context.reply(response((ProducerIdentity) answer, context.version())),
                error -> context.reply(new EndTxnResponse().setErrorCode(error.id())));
    }

    private static EndTxnResponse response(ProducerIdentity identity, short version) {
        var response = new EndTxnResponse()
                .setErrorCode(TransactionErrors.forVersion(identity.error(), version, FENCED_SINCE)
                        .id());
        return version < EPOCH_BUMP_SINCE
                ? response
                : response.setProducerId(identity.producerId()).setProducerEpoch(identity.epoch());
    }

    @Override
    public Response refuse(EndTxnRequest request, short version, ErrorCode code, @Nullable String message) {
        return new EndTxnResponse().setErrorCode(code.id());
    }
}
