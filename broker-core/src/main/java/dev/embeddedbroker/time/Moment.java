package dev.embeddedbroker.time;

/**
 * One reading of a {@link Clock}: what "now" is for a piece of work that must not read the clock itself.
 *
 * @param wallMs milliseconds since the epoch
 * @param nanos monotonic nanoseconds from an arbitrary origin
 */
public record Moment(long wallMs, long nanos) {

    /** The moment {@code ms} milliseconds later. */
    public Moment plusMs(long ms) {
        return new Moment(wallMs + ms, nanos + ms * 1_000_000L);
    }

    /** Whether this moment, by monotonic time, is {@code other} or later. */
    public boolean isAtOrAfter(Moment other) {
        return nanos - other.nanos >= 0;
    }

    /** Whole milliseconds of monotonic time since {@code earlier}; negative when it is later. */
    public long msSince(Moment earlier) {
        return (nanos - earlier.nanos) / 1_000_000L;
    }
}
