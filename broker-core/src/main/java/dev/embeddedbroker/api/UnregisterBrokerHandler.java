package dev.embeddedbroker.api;

import dev.embeddedbroker.metadata.ControllerClient;
import dev.embeddedbroker.protocol.ErrorCode;
import dev.embeddedbroker.protocol.request.UnregisterBrokerRequest;
import dev.embeddedbroker.protocol.response.UnregisterBrokerResponse;
import org.jspecify.annotations.Nullable;

/**
 * UnregisterBroker (key 64), version 0: takes a broker out of the cluster's metadata (KIP-500).
 *
 * <p>As in Kafka that works with the very broker that is asked: it leads nothing any more, and clients find no broker, until
 * it starts anew and so registers again.
 */
public final class UnregisterBrokerHandler implements ApiHandler<UnregisterBrokerRequest> {
    private final ControllerClient controller;

    public UnregisterBrokerHandler(ControllerClient controller) {
        this.controller = controller;
    }

    @Override
    public void handle(RequestContext context, UnregisterBrokerRequest request) {
        ControllerAnswers.await(
                controller.unregisterBroker(request.brokerId),
                this,
                context,
                request,
                result -> context.reply(
                        result.isOk()
                                ? new UnregisterBrokerResponse()
                                : refuse(request, context.version(), result.error(), result.message())));
    }

    @Override
    public UnregisterBrokerResponse refuse(
            UnregisterBrokerRequest request, short version, ErrorCode error, @Nullable String message) {
        return new UnregisterBrokerResponse().setErrorCode(error.id()).setErrorMessage(message);
    }
}
