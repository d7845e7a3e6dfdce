package dev.embeddedbroker.api;

import dev.embeddedbroker.protocol.ErrorCode;
import dev.embeddedbroker.protocol.Request;
import org.jspecify.annotations.Nullable;

/** What answers every request for an API key with one error: what the key asks for does not exist in this broker. */
abstract class AlwaysRefused<Q extends Request> implements ApiHandler<Q> {
    private final ErrorCode error;
    private final @Nullable String message;

    AlwaysRefused(ErrorCode error, @Nullable String message) {
        this.error = error;
        this.message = message;
    }

    @Override
    public final void handle(RequestContext context, Q request) {
        context.reply(refuse(request, context.version(), error, message));
    }
}
