package dev.embeddedbroker.api;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Clients that hung up while they were kept waiting: they do not wait that long, and for a while are not kept waiting again.
 * Safe for use by several threads.
 *
 * <p><b>Owner:</b> the handler that keeps them waiting.
 */
final class Impatient {
    private static final long MEMORY_NANOS = TimeUnit.MINUTES.toNanos(1);

    /** Those who hung up longest ago are forgotten first. */
    private static final int MOST = 1_000;

    private final Map<String, Long> hungUpNanos = new LinkedHashMap<>();

    synchronized void hungUp(String client, long nowNanos) {
        hungUpNanos.remove(client);
        hungUpNanos.put(client, nowNanos);
        if (hungUpNanos.size() > MOST) {
            var eldest = hungUpNanos.keySet().iterator();
            eldest.next();
            eldest.remove();
        }
    }

    synchronized boolean includes(String client, long nowNanos) {
        var since = hungUpNanos.get(client);
        if (since != null && nowNanos - since > MEMORY_NANOS) {
            hungUpNanos.remove(client);
            return false;
        }
        return since != null;
    }
}
