package dev.embeddedbroker.explain;

import dev.embeddedbroker.api.ForwardedRequest;
import dev.embeddedbroker.api.RequestContext;
import dev.embeddedbroker.protocol.Response;
import java.util.List;

/** A reader's request whose answer is looked at in passing. <b>Owner:</b> as {@link RequestContext}. */
final class WatchedRequest extends ForwardedRequest {

    private final ReaderSighting reader;

    WatchedRequest(RequestContext context, ReaderSighting reader) {
        super(context);
        this.reader = reader;
    }

    @Override
    public void reply(Response response, List<? extends AutoCloseable> leases) {
        reader.isAnswered(response, clock().wallMs());
        forwarded().reply(response, leases);
    }
}
