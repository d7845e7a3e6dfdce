package dev.embeddedbroker.api;

import dev.embeddedbroker.loop.Loop;
import dev.embeddedbroker.loop.Maintenance;
import dev.embeddedbroker.metadata.MetadataView;
import dev.embeddedbroker.protocol.ErrorCode;
import dev.embeddedbroker.protocol.Uuid;
import dev.embeddedbroker.protocol.request.PushTelemetryRequest;
import dev.embeddedbroker.protocol.response.PushTelemetryResponse;
import dev.embeddedbroker.storage.batch.Compression;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * PushTelemetry (key 72), version 0: a client's metrics, for whoever receives them (KIP-714).
 *
 * <p>Refused are, in this order, clients without an id or after their last push (INVALID_REQUEST), pushes that come too
 * early unless they are the last (THROTTLING_QUOTA_EXCEEDED), under another subscription (UNKNOWN_SUBSCRIPTION_ID), in an
 * unknown compression (UNSUPPORTED_COMPRESSION_TYPE) and larger than {@code telemetry.max.bytes} (TELEMETRY_TOO_LARGE).
 * Bytes that cannot be decompressed, and a receiver that fails, are INVALID_RECORD.
 */
public final class PushTelemetryHandler implements ApiHandler<PushTelemetryRequest> {
    private static final Logger log = LoggerFactory.getLogger(PushTelemetryHandler.class);
    private static final Uuid ONE = new Uuid(0, 1);

    private final TelemetryClients clients;
    private final Loop owner;
    private final MetadataView metadata;
    private final Destination destination;

    /** Where pushes go: a receiver of the user's, on a thread that may take its time; and how much is too much. */
    public record Destination(TelemetryReceiver receiver, Maintenance maintenance, int maxBytes) {}

    public PushTelemetryHandler(TelemetryClients clients, Loop owner, MetadataView metadata, Destination destination) {
        this.clients = clients;
        this.owner = owner;
        this.metadata = metadata;
        this.destination = destination;
    }

    @Override
    public void handle(RequestContext context, PushTelemetryRequest request) {
        var id = request.clientInstanceId;
        if (id.equals(Uuid.ZERO) || id.equals(ONE)) {
            context.reply(response(ErrorCode.INVALID_REQUEST));
            return;
        }
        owner.run(() -> push(context, request));
    }

    private void push(RequestContext context, PushTelemetryRequest request) {
        var client = clients.heardOf(request.clientInstanceId, context, metadata.image());
        var refusal = refusal(client, request, context.clock().pacing().wallMs());
        client.terminating = request.terminating;
        client.lastError = refusal;
        if (refusal != ErrorCode.NONE || request.metrics.length == 0) {
            context.reply(response(refusal));
            return;
        }
        destination
                .maintenance()
                .run(
                        () -> {
                            receive(context, request, client.intervalMs);
                            return true;
                        },
                        owner,
                        (received, failure) -> {
                            if (failure != null) {
                                log.error("A push of metrics by {} failed", request.clientInstanceId, failure);
                                client.lastError = ErrorCode.INVALID_RECORD;
                            }
                            context.reply(response(client.lastError));
                        });
    }

    private ErrorCode refusal(TelemetryClients.Client client, PushTelemetryRequest request, long nowMs) {
        if (client.terminating) {
            return ErrorCode.INVALID_REQUEST;
        }
        if (!client.mayPush(nowMs) && !request.terminating) {
            return ErrorCode.THROTTLING_QUOTA_EXCEEDED;
        }
        if (request.subscriptionId != client.subscriptionId) {
            return ErrorCode.UNKNOWN_SUBSCRIPTION_ID;
        }
        if (Compression.forId(request.compressionType) == null) {
            return ErrorCode.UNSUPPORTED_COMPRESSION_TYPE;
        }
        return request.metrics.length > destination.maxBytes() ? ErrorCode.TELEMETRY_TOO_LARGE : ErrorCode.NONE;
    }

    private void receive(RequestContext context, PushTelemetryRequest request, int intervalMs) throws Exception {
        var compression = Compression.forId(request.compressionType);
        var data = compression == null
                ? ByteBuffer.wrap(request.metrics)
                : ByteBuffer.wrap(compression.decompress(ByteBuffer.wrap(request.metrics), destination.maxBytes()));
        destination
                .receiver()
                .receive(
                        context,
                        new TelemetryReceiver.Push(
                                request.clientInstanceId, data.asReadOnlyBuffer(), request.terminating, intervalMs));
    }

    private static PushTelemetryResponse response(ErrorCode error) {
        return new PushTelemetryResponse().setErrorCode(error.id());
    }

    @Override
    public PushTelemetryResponse refuse(
            PushTelemetryRequest request, short version, ErrorCode error, @Nullable String message) {
        return response(error);
    }
}
