package dev.embeddedbroker.fault;

import dev.embeddedbroker.api.RequestContext;
import dev.embeddedbroker.protocol.ErrorCode;
import dev.embeddedbroker.protocol.Request;
import dev.embeddedbroker.protocol.Response;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A request that meets the conditions of a rule, and the ways it can go from there.
 *
 * <p><b>Owner:</b> the connection's loop.
 */
final class MatchedRequest {
    private static final Logger log = LoggerFactory.getLogger(MatchedRequest.class);

    private final FaultRule rule;
    private final SeenRequest seen;
    private final Set<Subject> matched;
    private final RequestContext context;
    private final Request request;
    private final Onward onward;

    /** The rest of the way, and what answers such requests. */
    interface Onward {
        void proceed(RequestContext context, Request request);

        Response refuse(Request request, short version, ErrorCode error, @Nullable String message);
    }

    MatchedRequest(
            FaultRule rule,
            SeenRequest seen,
            Set<Subject> matched,
            RequestContext context,
            Request request,
            Onward onward) {
        this.rule = rule;
        this.seen = seen;
        this.matched = matched;
        this.context = context;
        this.request = request;
        this.onward = onward;
    }

    FaultRule rule() {
        return rule;
    }

    SeenRequest seen() {
        return seen;
    }

    /** What the rule is about. */
    Set<Subject> matched() {
        return matched;
    }

    boolean isMatchedWhole() {
        return matched.size() == seen.subjects().size();
    }

    RequestContext context() {
        return context;
    }

    Request request() {
        return request;
    }

    /** Whether its turn has come to be struck; asked once, and noted if it has. Any thread. */
    boolean isStruck() {
        return rule.strikes(seen, matched, context.clock().wallMs());
    }

    /** Lets it go on. Inside the loop. */
    void proceed() {
        onward.proceed(context, request);
    }

    /** Lets it go on with another context or request. Inside the loop. */
    void proceed(RequestContext other, Request instead) {
        onward.proceed(other, instead);
    }

    /** Lets it go on as a task of its own; a bug on the way is reported as one of its handler. Any thread. */
    void proceedLater(RequestContext other, Request instead) {
        try {
            context.loop().execute(() -> {
                try {
                    onward.proceed(other, instead);
                } catch (Throwable bug) {
                    context.fail(bug);
                }
            });
        } catch (RejectedExecutionException e) {
            log.debug("The broker ended before {} went on", seen, e);
        }
    }

    /** The answer that says an error for all of it. */
    Response refusal(ErrorCode error) {
        return onward.refuse(request, context.version(), error, message());
    }

    String message() {
        return "Answered by a fault rule: " + rule;
    }
}
