package dev.embeddedbroker.coordinator;

/**
 * A change to the timers of a machine. A timer is data: a key, and the command the machine is given when it expires.
 *
 * <p>Keys are compared by {@code equals}; there is at most one timer per key, and arming a key again replaces its timer.
 */
public sealed interface TimerOp<C> {

    /** Which timer. */
    Object key();

    /** Arms the timer, replacing what was armed under the same key. */
    record Arm<C>(Object key, long delayMs, C onExpiry) implements TimerOp<C> {}

    /** Arms the timer, unless one is armed under the same key: that one stays as it is. */
    record ArmIfAbsent<C>(Object key, long delayMs, C onExpiry) implements TimerOp<C> {}

    /**
     * Arms the timer, replacing what was armed under the same key, for a wait that only paces clients: it ends by itself even
     * where time is moved by hand.
     */
    record Pace<C>(Object key, long delayMs, C onExpiry) implements TimerOp<C> {}

    /** Disarms the timer; nothing when none is armed. */
    record Cancel<C>(Object key) implements TimerOp<C> {}
}
