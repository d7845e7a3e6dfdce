package dev.embeddedbroker.api;

import dev.embeddedbroker.protocol.Uuid;
import java.nio.ByteBuffer;

/** Somebody on the broker's side who wants the metrics that clients push (KIP-714). Called on the maintenance thread. */
@FunctionalInterface
public interface TelemetryReceiver {

    /** Takes a push; what it throws makes the push INVALID_RECORD. */
    void receive(RequestContext context, Push push) throws Exception;

    /**
     * What a client pushed.
     *
     * @param data the metrics in OpenTelemetry's protobuf form, decompressed; read-only
     * @param terminating whether it is the client's last push
     */
    record Push(Uuid clientInstanceId, ByteBuffer data, boolean terminating, int pushIntervalMs) {}
}
