package dev.embeddedbroker.api;

import dev.embeddedbroker.loop.FailureSink;
import dev.embeddedbroker.protocol.ErrorCode;
import dev.embeddedbroker.protocol.Request;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way of a request from its connection through the filters to its handler, and what becomes of a handler's bugs.
 * Immutable; any loop.
 */
public final class ApiRouter {

    private static final Logger log = LoggerFactory.getLogger(ApiRouter.class);

    private final ApiTable table;
    private final FailureSink failures;
    private final RequestFilter.Next chain;

    /** Requests pass the filters in the order of the list. */
    public ApiRouter(ApiTable table, List<RequestFilter> filters, FailureSink failures) {
        this.table = table;
        this.failures = failures;
        RequestFilter.Next next = this::dispatch;
        for (int i = filters.size() - 1; i >= 0; i--) {
            RequestFilter filter = filters.get(i);
            RequestFilter.Next rest = next;
            next = (context, request) -> filter.filter(context, request, rest);
        }
        this.chain = next;
    }

    public ApiTable table() {
        return table;
    }

    /** Has a request answered. Called on its connection's loop, with a key and version the table serves. */
    public void route(RequestContext context, Request request) {
        try {
            chain.proceed(context, request);
        } catch (Throwable bug) {
            failed(context, request, bug);
        }
    }

    private void dispatch(RequestContext context, Request request) {
        handlerOf(context).handle(context, request);
    }

    /** Tells the client that its version of a key is not served, in the form of {@code context.version()} (KIP-511). */
    public void refuseVersion(RequestContext context, Request request) {
        context.reply(handlerOf(context).refuse(request, context.version(), ErrorCode.UNSUPPORTED_VERSION, null));
    }

    /** Reports a bug met while answering, and refuses the request unless it was answered. Any thread. */
    public void failed(RequestContext context, Request request, Throwable bug) {
        log.error(
                "{} v{} of client {} at {} failed",
                context.api(),
                context.version(),
                context.clientId(),
                context.connection().remoteAddress(),
                bug);
        failures.failed(context.api() + " v" + context.version(), bug);
        if (context.isAnswered()) {
            return;
        }
        try {
            context.reply(handlerOf(context).refuse(request, context.version(), ErrorCode.UNKNOWN_SERVER_ERROR, null));
        } catch (RuntimeException another) {
            log.error("{} v{} could not be refused", context.api(), context.version(), another);
            failures.failed(context.api() + " v" + context.version() + ": refusing", another);
            if (!context.isAnswered()) {
                context.disconnect("it met a bug");
            }
        }
    }

    /** Reports a bug met where no handler is to blame. Any thread. */
    public void bug(String where, Throwable cause) {
        failures.failed(where, cause);
    }

    // the table ties a key to its handler, and the key's own newRequest() made the request
    @SuppressWarnings("unchecked")
    private ApiHandler<Request> handlerOf(RequestContext context) {
        var entry = table.find(context.api().id());
        if (entry == null) {
            throw new IllegalStateException(context.api() + " has no handler (expected: a key the table serves)");
        }
        return (ApiHandler<Request>) entry.handler();
    }
}
