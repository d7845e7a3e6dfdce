package dev.embeddedbroker.time;

/**
 * A clock that stands still until somebody moves it, in steps and never backwards. What paces clients goes on meanwhile: its
 * {@link #pacing} time is the machine's, and ahead of it by as much as it was {@linkplain #push pushed}.
 *
 * <p><b>Owner:</b> one mover at a time; any thread may read.
 */
public final class SteppedClock implements Clock {
    private static final long NANOS_PER_MS = 1_000_000;

    private final long startMs;
    private final Clock machine;
    private final Clock pacing = new Pacing();
    private volatile long nanos;
    private volatile long pushedNanos;

    /** @param startMs where it stands at first, in ms since the epoch */
    public SteppedClock(long startMs, Clock machine) {
        this.startMs = startMs;
        this.machine = machine;
    }

    @Override
    public long wallMs() {
        return startMs + nanos / NANOS_PER_MS;
    }

    /** From 0 on. */
    @Override
    public long nanos() {
        return nanos;
    }

    @Override
    public Moment now() {
        long both = nanos;
        return new Moment(startMs + both / NANOS_PER_MS, both);
    }

    /** Moves to a later time, or nowhere. */
    public void moveTo(long toNanos) {
        if (toNanos < nanos) {
            throw new IllegalArgumentException(
                    "the clock is moved to " + toNanos + " ns (expected: at least " + nanos + ")");
        }
        nanos = toNanos;
    }

    /** Lets so much of the pacing time pass at once. */
    public void push(long byNanos) {
        long before = pushedNanos;
        pushedNanos = before + byNanos;
    }

    @Override
    public boolean runsByItself() {
        return false;
    }

    @Override
    public Clock pacing() {
        return pacing;
    }

    @Override
    public long clientsAheadMs() {
        return Math.max(0, pacing.wallMs() - wallMs());
    }

    private final class Pacing implements Clock {
        @Override
        public long wallMs() {
            return machine.wallMs() + pushedNanos / NANOS_PER_MS;
        }

        @Override
        public long nanos() {
            return machine.nanos() + pushedNanos;
        }
    }
}
