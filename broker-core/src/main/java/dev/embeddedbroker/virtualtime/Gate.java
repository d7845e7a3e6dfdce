package dev.embeddedbroker.virtualtime;

import dev.embeddedbroker.api.RequestContext;
import dev.embeddedbroker.api.RequestFilter;
import dev.embeddedbroker.protocol.Request;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps requests waiting while time is moved. A connection has one request in progress, so no more than that many wait.
 *
 * <p><b>Owner:</b> none; any thread. What waits is guarded by {@code this}, a leaf lock.
 */
final class Gate implements RequestFilter {
    private static final Logger log = LoggerFactory.getLogger(Gate.class);

    private @Nullable List<Held> held; // null while open
    private volatile boolean isShut;

    private record Held(RequestContext context, Request request, Next next) {
        void letIn() {
            try {
                context.loop().execute(this::proceed);
            } catch (RejectedExecutionException e) {
                log.debug("The loop of {} ended before its request was served", context.connection(), e);
            }
        }

        private void proceed() {
            try {
                next.proceed(context, request);
            } catch (Throwable bug) {
                context.fail(bug);
            }
        }
    }

    @Override
    public void filter(RequestContext context, Request request, Next next) {
        if (!isShut || !keep(new Held(context, request, next))) {
            next.proceed(context, request);
        }
    }

    private synchronized boolean keep(Held request) {
        if (held == null) {
            return false;
        }
        held.add(request);
        return true;
    }

    /** From now on requests wait; one that a loop is serving at this moment may have come in. */
    synchronized void shut() {
        held = new ArrayList<>();
        isShut = true;
    }

    /** Lets in, in the order they came, what waits and all that comes. */
    void open() {
        List<Held> waiting;
        synchronized (this) {
            waiting = held == null ? List.of() : held;
            held = null;
            isShut = false;
        }
        waiting.forEach(Held::letIn);
    }
}
