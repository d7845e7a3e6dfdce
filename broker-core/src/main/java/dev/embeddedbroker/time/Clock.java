package dev.embeddedbroker.time;

/**
 * The two times a broker reads: the wall time that stamps records, and a monotonic time that measures delays. Every part
 * of a broker reads the one clock it was given; any thread may.
 */
public interface Clock {

    /** Milliseconds since the epoch; may step backwards with the machine's clock. */
    long wallMs();

    /** Monotonic nanoseconds from an arbitrary origin; only differences mean something. */
    long nanos();

    /** Both times, read together. */
    default Moment now() {
        return new Moment(wallMs(), nanos());
    }

    /**
     * Whether time passes without anybody's doing. When it does not (a clock moved by hand), a loop with timers does not
     * wait for their time: whoever moves the clock wakes the loops by executing something on them.
     */
    default boolean runsByItself() {
        return true;
    }

    /**
     * What those waits go by that only pace a client's requests, such as that of a fetch for records: this clock, unless it
     * does not run by itself. A client counts such a wait by a clock of its own, so it must end without anybody's doing.
     */
    default Clock pacing() {
        return this;
    }

    /**
     * By how much the clocks of clients may rightly be ahead of {@link #wallMs}, in ms: nothing, unless this clock does not
     * run by itself.
     */
    default long clientsAheadMs() {
        return 0;
    }
}
