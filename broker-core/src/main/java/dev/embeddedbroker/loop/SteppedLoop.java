package dev.embeddedbroker.loop;

/**
 * A loop whose timers are fired from outside, one moment after the other, because its clock does not run by itself. Any
 * thread may call.
 */
public interface SteppedLoop extends Loop {

    /** When its next timer is due, by the clock's {@code nanos()}; {@link Long#MAX_VALUE} for none. It may be too early. */
    long nextDueNanos();

    /** Lets timers run that are due at {@code nanos} or before; now, as a task, if there are any. */
    void fireUpTo(long nanos);

    /** Has everything looked at, as a task: timers by either time, and what the sockets have yet to do. */
    void turn();
}
