package dev.embeddedbroker.junit;

import dev.embeddedbroker.EmbeddedBroker;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;

/**
 * A broker in the hands of a class, a test or a run, and what to do with it in the end.
 *
 * <p><b>Owner:</b> none; any thread.
 */
final class Held implements AutoCloseable {
    private final EmbeddedBroker broker;
    private final boolean isReset;
    private final Runnable end;
    private final AtomicBoolean busy = new AtomicBoolean();

    /** @param isReset whether every test finds the broker as after its start */
    Held(EmbeddedBroker broker, boolean isReset, Runnable end) {
        this.broker = broker;
        this.isReset = isReset;
        this.end = end;
    }

    EmbeddedBroker broker() {
        return broker;
    }

    /** A test begins, which is told to {@link #end} if this returned. */
    void begin() {
        if (!isReset) {
            return;
        }
        if (!busy.compareAndSet(false, true)) {
            throw new ExtensionConfigurationException("a test begins while another one uses its broker, which is reset"
                    + " for every test (expected: tests one after the other, by @Execution(SAME_THREAD), or scope ="
                    + " PER_METHOD)");
        }
        broker.reset();
    }

    /** What a test's store has of it, which must not close it. */
    InUse inUse() {
        return new InUse(this);
    }

    /** A broker that a test has. */
    record InUse(Held held) {
        EmbeddedBroker broker() {
            return held.broker;
        }

        void end() {
            held.end();
        }
    }

    /** A test is over. */
    void end() {
        busy.set(false);
    }

    @Override
    public void close() {
        end.run();
    }
}
