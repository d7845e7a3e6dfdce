package dev.embeddedbroker.time;

/** A clock that stands still until a test moves it. Any thread. */
public final class ManualClock implements Clock {

    private long wallMs;
    private long nanos;

    public ManualClock(long wallMs) {
        this.wallMs = wallMs;
    }

    @Override
    public synchronized long wallMs() {
        return wallMs;
    }

    @Override
    public synchronized long nanos() {
        return nanos;
    }

    @Override
    public synchronized Moment now() {
        return new Moment(wallMs, nanos);
    }

    @Override
    public boolean runsByItself() {
        return false;
    }

    public void advanceMs(long ms) {
        advanceNanos(ms * 1_000_000L);
    }

    /** Moves both times; the wall time moves by whole milliseconds as the monotonic time passes them. */
    public synchronized void advanceNanos(long by) {
        long before = Math.floorDiv(nanos, 1_000_000L);
        nanos += by;
        wallMs += Math.floorDiv(nanos, 1_000_000L) - before;
    }

    /** Steps the wall time alone, as a machine's clock may be set. */
    public synchronized void setWallMs(long ms) {
        wallMs = ms;
    }
}
