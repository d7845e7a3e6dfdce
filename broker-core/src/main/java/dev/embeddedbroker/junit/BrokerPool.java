package dev.embeddedbroker.junit;

import dev.embeddedbroker.EmbeddedBroker;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Brokers of equal settings that are lent to one class of tests after the other, as many as are needed at once. Nobody
 * waits for a broker, so tests that run in parallel can't block one another.
 *
 * <p><b>Owner:</b> none; any thread. Closed with the run, and the brokers with it.
 */
final class BrokerPool implements AutoCloseable {
    private final Supplier<EmbeddedBroker> start;
    private final Deque<EmbeddedBroker> idle = new ArrayDeque<>();
    private final List<EmbeddedBroker> all = new ArrayList<>();

    BrokerPool(Supplier<EmbeddedBroker> start) {
        this.start = start;
    }

    /** A broker that nobody else has, as a test before left it. */
    EmbeddedBroker lend() {
        var used = poll();
        if (used != null) {
            return used;
        }
        var fresh = start.get();
        synchronized (this) {
            all.add(fresh);
        }
        return fresh;
    }

    private synchronized @Nullable EmbeddedBroker poll() {
        return idle.poll();
    }

    synchronized void giveBack(EmbeddedBroker broker) {
        idle.push(broker);
    }

    @Override
    public synchronized void close() {
        all.forEach(EmbeddedBroker::close);
    }
}
