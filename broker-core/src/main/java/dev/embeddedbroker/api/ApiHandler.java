package dev.embeddedbroker.api;

import dev.embeddedbroker.protocol.ErrorCode;
import dev.embeddedbroker.protocol.Request;
import dev.embeddedbroker.protocol.Response;
import org.jspecify.annotations.Nullable;

/** What answers one API key. A handler has no state of its own; it may be called on several loops at once. */
public interface ApiHandler<Q extends Request> {

    /**
     * Answers a request, now or later, through {@code context}. Called on the connection's loop. Byte buffers in the request
     * (records) stay valid until the answer is given. What this throws is a bug: the client gets {@link #refuse} with
     * UNKNOWN_SERVER_ERROR.
     */
    void handle(RequestContext context, Q request);

    /** The answer that says {@code code} for everything the request asked for. */
    Response refuse(Q request, short version, ErrorCode code, @Nullable String message);
}
