package dev.embeddedbroker.api;

import dev.embeddedbroker.coordinator.host.Arrivals;
import dev.embeddedbroker.loop.Timer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Which clients have looked no topic up yet, and answers that wait until they do. Java's consumer asks for the brokers alone
 * when it is made. If it subscribes while that request is under way, it looks its topics up 100 ms later
 * ({@code retry.backoff.ms}), and until then it takes what it is assigned by topic id for nothing at all: its user would be
 * told of an empty assignment first. A hint, by client id and host. Safe for use by several threads.
 *
 * <p><b>Owner:</b> the API table of one broker.
 */
public final class TopicLookups {
    /** A little more than the client waits. */
    private static final long PATIENCE_MS = 200;

    /** Those who came longest ago are forgotten first. */
    private static final int MOST = 1_000;

    private final Arrivals arrivals;
    private final Map<String, List<Held>> strangers = new LinkedHashMap<>();

    /** @param arrivals who gets to know that a client has said something of what it is here for */
    public TopicLookups(Arrivals arrivals) {
        this.arrivals = arrivals;
    }

    /** The client asked for the brokers, and no topic. */
    synchronized void asksForNone(RequestContext context) {
        looksUp(context);
        strangers.putIfAbsent(client(context), List.of());
        if (strangers.size() > MOST) {
            var eldest = strangers.values().iterator();
            eldest.next(); // what waits has a limit of its own
            eldest.remove();
        }
    }

    /** The client has been answered about topics: what waits for that is behind it on the way, whichever connections they take. */
    void haveBeenAnswered(RequestContext context) {
        looksUp(context);
        List<Held> held;
        synchronized (this) {
            held = strangers.remove(client(context));
        }
        if (held != null && !held.isEmpty()) {
            context.loop().execute(() -> held.forEach(Held::give));
        }
    }

    /** Gives an answer when the client has looked up topics, or seems not to; at once when it has already. */
    void whenLookedUp(RequestContext context, Runnable answer) {
        var held = new Held(context, answer);
        if (wait(client(context), held)) {
            context.loop().run(held::watch);
        } else {
            answer.run();
        }
    }

    private synchronized boolean wait(String client, Held held) {
        var waiting = strangers.get(client);
        if (waiting == null) {
            return false;
        }
        var more = new ArrayList<>(waiting);
        more.add(held);
        strangers.put(client, more);
        return true;
    }

    private synchronized void forget(String client, Held held) {
        strangers.computeIfPresent(
                client, (c, waiting) -> waiting.stream().filter(h -> h != held).toList());
    }

    private void looksUp(RequestContext context) {
        arrivals.looksUp(client(context), context.clock().pacing().nanos());
    }

    private static String client(RequestContext context) {
        return Arrivals.client(context.connection().clientHost(), context.clientId());
    }

    /** One answer that waits. <b>Owner:</b> none; it is given once. */
    private final class Held {
        private final RequestContext context;
        private final Runnable answer;
        private final AtomicBoolean isGiven = new AtomicBoolean();
        private @Nullable Timer limit;

        Held(RequestContext context, Runnable answer) {
            this.context = context;
            this.answer = answer;
        }

        /** On the loop of the connection. */
        void watch() {
            if (!isGiven.get()) {
                context.onNextRequest(this::enough);
                limit = context.loop().pace(PATIENCE_MS, this::enough);
            }
        }

        private void enough() {
            forget(client(context), this);
            give();
        }

        void give() {
            if (isGiven.compareAndSet(false, true)) {
                context.loop().run(this::stopWatching);
                answer.run();
            }
        }

        private void stopWatching() {
            if (limit != null) {
                limit.cancel();
            }
        }
    }
}
