package dev.embeddedbroker.api;

import dev.embeddedbroker.metadata.ProducerIds;
import dev.embeddedbroker.protocol.ErrorCode;
import dev.embeddedbroker.protocol.request.InitProducerIdRequest;
import dev.embeddedbroker.protocol.response.InitProducerIdResponse;
import org.jspecify.annotations.Nullable;

/**
 * InitProducerId (key 22), versions 0–5 and, unstable, 6: an id for an idempotent producer, or a transactional producer's start.
 *
 * <p>Without a transactional id the answer is a new producer id in epoch 0, whatever the producer had before (KIP-360).
 * With one it is the transaction coordinator's business.
 *
 * <p>Constructor: the ids, and the part that serves transactional ids.
 */
public final class InitProducerIdHandler implements ApiHandler<InitProducerIdRequest> {

    private final ProducerIds producerIds;
    private final Transactional transactional;

    public InitProducerIdHandler(ProducerIds producerIds, Transactional transactional) {
        this.producerIds = producerIds;
        this.transactional = transactional;
    }

    /** The transaction coordinator's side of this request. */
    @FunctionalInterface
    public interface Transactional {
        /** Answers a request whose transactional id is neither null nor empty. */
        void initProducerId(RequestContext context, InitProducerIdRequest request);
    }

    @Override
    public void handle(RequestContext context, InitProducerIdRequest request) {
        boolean hasId = request.producerId != -1;
        boolean hasEpoch = request.producerEpoch != -1;
        if (hasId != hasEpoch) {
            context.reply(response(ErrorCode.INVALID_REQUEST));
        } else if (request.transactionalId == null) {
            giveId(context);
        } else if (request.transactionalId.isEmpty()) {
            context.reply(response(ErrorCode.INVALID_REQUEST));
        } else {
            transactional.initProducerId(context, request);
        }
    }

    private void giveId(RequestContext context) {
        ControllerAnswers.await(
                producerIds.next(),
                context,
                id -> context.reply(response(ErrorCode.NONE).setProducerId(id).setProducerEpoch((short) 0)),
                // as Kafka while a broker has no ids and cannot get any: the producer asks again
                unavailable -> context.reply(response(ErrorCode.COORDINATOR_LOAD_IN_PROGRESS)));
    }

    @Override
    public InitProducerIdResponse refuse(
            InitProducerIdRequest request, short version, ErrorCode error, @Nullable String message) {
        return response(error);
    }

    private static InitProducerIdResponse response(ErrorCode error) {
        return new InitProducerIdResponse()
                .setErrorCode(error.id())
                .setProducerId(-1)
                .setProducerEpoch((short) -1);
    }
}
