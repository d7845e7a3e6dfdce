package dev.embeddedbroker.coordinator;

import dev.embeddedbroker.time.Moment;
import org.jspecify.annotations.Nullable;

/**
 * The moments at which a machine looks for what has grown too old: every so often since it was loaded. A machine with nothing
 * to look at lets some of them pass, and is back in step afterwards.
 *
 * <p><b>Owner:</b> the machine. Not thread-safe.
 */
public final class Ticks {
    private final long intervalMs;
    private @Nullable Moment start;

    public Ticks(long intervalMs) {
        this.intervalMs = intervalMs;
    }

    /** The machine was loaded. */
    public void start(Moment now) {
        start = now;
    }

    /** How long it is to the next one: more than 0 ms, and the interval at most. */
    public long toNextMs(Moment now) {
        return start == null || intervalMs <= 0 ? intervalMs : intervalMs - now.msSince(start) % intervalMs;
    }
}
