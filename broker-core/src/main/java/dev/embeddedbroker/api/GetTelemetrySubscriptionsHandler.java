package dev.embeddedbroker.api;

import dev.embeddedbroker.loop.Loop;
import dev.embeddedbroker.metadata.MetadataView;
import dev.embeddedbroker.protocol.ErrorCode;
import dev.embeddedbroker.protocol.Uuid;
import dev.embeddedbroker.protocol.request.GetTelemetrySubscriptionsRequest;
import dev.embeddedbroker.protocol.response.GetTelemetrySubscriptionsResponse;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * GetTelemetrySubscriptions (key 71), version 0: which metrics a client is to push, and how often (KIP-714).
 *
 * <p>A client without an id gets one. One that asks again before its interval is over, though nothing has changed, gets
 * THROTTLING_QUOTA_EXCEEDED. Served only when somebody receives what clients push.
 */
public final class GetTelemetrySubscriptionsHandler implements ApiHandler<GetTelemetrySubscriptionsRequest> {
    /** zstd, lz4, gzip, snappy: the broker's order of preference. */
    private static final List<Byte> COMPRESSIONS = List.of((byte) 4, (byte) 3, (byte) 1, (byte) 2);

    private final TelemetryClients clients;
    private final Loop owner;
    private final MetadataView metadata;
    private final int maxBytes;
    private final RandomGenerator random;

    /** @param random gives clients their ids; used on {@code owner} */
    public GetTelemetrySubscriptionsHandler(
            TelemetryClients clients, Loop owner, MetadataView metadata, int maxBytes, RandomGenerator random) {
        this.clients = clients;
        this.owner = owner;
        this.metadata = metadata;
        this.maxBytes = maxBytes;
        this.random = random;
    }

    @Override
    public void handle(RequestContext context, GetTelemetrySubscriptionsRequest request) {
        owner.run(() -> context.reply(answer(context, request)));
    }

    private GetTelemetrySubscriptionsResponse answer(RequestContext context, GetTelemetrySubscriptionsRequest request) {
        var id = request.clientInstanceId.equals(Uuid.ZERO) ? newId() : request.clientInstanceId;
        boolean isNew = !clients.knows(id);
        var client = clients.heardOf(id, context, metadata.image());
        if (isNew) {
            forgetAtClose(context, id);
        }
        if (!client.mayGet(context.clock().pacing().wallMs())) {
            return new GetTelemetrySubscriptionsResponse().setErrorCode(ErrorCode.THROTTLING_QUOTA_EXCEEDED.id());
        }
        client.lastError = ErrorCode.NONE;
        return new GetTelemetrySubscriptionsResponse()
                .setClientInstanceId(id)
                .setSubscriptionId(client.subscriptionId)
                .setRequestedMetrics(client.metrics)
                .setAcceptedCompressionTypes(COMPRESSIONS)
                .setPushIntervalMs(client.intervalMs)
                .setTelemetryMaxBytes(maxBytes)
                .setDeltaTemporality(true);
    }

    private Uuid newId() {
        var id = Uuid.random(random);
        while (clients.knows(id)) {
            id = Uuid.random(random);
        }
        return id;
    }

    private void forgetAtClose(RequestContext context, Uuid id) {
        context.loop().run(() -> context.connection().onClose(() -> owner.run(() -> clients.forget(id))));
    }

    @Override
    public GetTelemetrySubscriptionsResponse refuse(
            GetTelemetrySubscriptionsRequest request, short version, ErrorCode error, @Nullable String message) {
        return new GetTelemetrySubscriptionsResponse().setErrorCode(error.id());
    }
}
