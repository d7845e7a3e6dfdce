package dev.embeddedbroker.api;

import dev.embeddedbroker.metadata.MetadataView;
import dev.embeddedbroker.protocol.Request;

/**
 * A link of the chain a request passes before its handler: where faults are injected, quotas charged, rights checked.
 * Called on the connection's loop.
 */
@FunctionalInterface
public interface RequestFilter {

    /** Lets the request pass by calling {@code next} once, now or later on the connection's loop, or answers it. */
    void filter(RequestContext context, Request request, Next next);

    /** A broker begins to serve, again if it was stopped: called before the first of its requests, outside its loops. */
    default void begin(ApiTable apis, MetadataView metadata) {}

    /** The rest of the chain. A filter may pass on a context of its own that changes the answer. */
    @FunctionalInterface
    interface Next {
        void proceed(RequestContext context, Request request);
    }
}
