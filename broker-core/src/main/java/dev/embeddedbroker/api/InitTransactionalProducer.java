package dev.embeddedbroker.api;

import dev.embeddedbroker.coordinator.host.TransactionCoordinators;
import dev.embeddedbroker.coordinator.txn.TxnCommand.InitProducerId;
import dev.embeddedbroker.coordinator.txn.TxnCommand.ProducerIdentity;
import dev.embeddedbroker.coordinator.txn.TxnCommand.TwoPhase;
import dev.embeddedbroker.protocol.ErrorCode;
import dev.embeddedbroker.protocol.request.InitProducerIdRequest;
import dev.embeddedbroker.protocol.response.InitProducerIdResponse;

/**
 * The transactional part of InitProducerId (22): a producer takes over a transactional id. A transaction its forerunner
 * left open is aborted first, and the answer waits for that.
 *
 * <p>Before v4 a fenced producer is told INVALID_PRODUCER_EPOCH (KIP-588). v6, unstable: a producer whose
 * transactions are decided outside (KIP-939), if {@code transaction.two.phase.commit.enable} allows that. As in Kafka 4.4,
 * prepared transactions are not kept: whoever wants that is told UNSUPPORTED_VERSION.
 */
public final class InitTransactionalProducer implements InitProducerIdHandler.Transactional {
    private static final int FENCED_SINCE = 4;

    private final TransactionCoordinators coordinators;

    public InitTransactionalProducer(TransactionCoordinators coordinators) {
        this.coordinators = coordinators;
    }

    @Override
    public void initProducerId(RequestContext context, InitProducerIdRequest request) {
        coordinators.askWithId(
                request.transactionalId,
                (ticket, freshId) -> new InitProducerId(
                        ticket,
                        request.transactionalId,
                        request.transactionTimeoutMs,
                        request.producerId,
                        request.producerEpoch,
                        freshId,
                        new TwoPhase(request.enable2Pc, request.keepPreparedTxn)),
                answer -> context.reply(response((ProducerIdentity) answer, context.version())),
                error -> context.reply(response(new ProducerIdentity(error, -1, (short) -1), context.version())));
    }

    private static InitProducerIdResponse response(ProducerIdentity identity, short version) {
        ErrorCode error = TransactionErrors.forVersion(identity.error(), version, FENCED_SINCE);
        return new InitProducerIdResponse()
                .setErrorCode(error.id())
                .setProducerId(identity.producerId())
                .setProducerEpoch(identity.epoch());
    }
}
