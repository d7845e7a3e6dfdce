package dev.embeddedbroker.coordinator;

import java.util.ArrayList;
import java.util.List;

/**
 * What one command comes to. The host appends the kept events as one batch, applies all events in order, does the timer
 * operations in order, starts the effects, and lets the replies go when the log up to here is committed. When the append
 * fails, nothing of it happens.
 */
public record Outcome<C, E>(List<E> events, List<Reply> replies, List<TimerOp<C>> timers, List<Effect> effects) {

    public Outcome {
        events = List.copyOf(events);
        replies = List.copyOf(replies);
        timers = List.copyOf(timers);
        effects = List.copyOf(effects);
    }

    /** Nothing happens. */
    public static <C, E> Outcome<C, E> nothing() {
        return new Outcome<>(List.of(), List.of(), List.of(), List.of());
    }

    /** This, and after it that, as one. */
    public Outcome<C, E> then(Outcome<C, E> next) {
        return new Outcome<>(
                joined(events, next.events),
                joined(replies, next.replies),
                joined(timers, next.timers),
                joined(effects, next.effects));
    }

    private static <T> List<T> joined(List<T> first, List<T> second) {
        var all = new ArrayList<>(first);
        all.addAll(second);
        return all;
    }

    /** Nothing happens but an answer. */
    public static <C, E> Outcome<C, E> answer(Ticket ticket, Object answer) {
        return new Outcome<>(List.of(), List.of(new Reply(ticket, answer)), List.of(), List.of());
    }

    /**
     * Collects an outcome while a decision is made.
     *
     * <p><b>Owner:</b> the decision; it does not outlive it.
     */
    public static final class Builder<C, E> {
        private final List<E> events = new ArrayList<>();
        private final List<Reply> replies = new ArrayList<>();
        private final List<TimerOp<C>> timers = new ArrayList<>();
        private final List<Effect> effects = new ArrayList<>();

        public Builder<C, E> event(E event) {
            events.add(event);
            return this;
        }

        public Builder<C, E> reply(Ticket ticket, Object answer) {
            replies.add(new Reply(ticket, answer));
            return this;
        }

        public Builder<C, E> arm(Object key, long delayMs, C onExpiry) {
            timers.add(new TimerOp.Arm<>(key, delayMs, onExpiry));
            return this;
        }

        public Builder<C, E> pace(Object key, long delayMs, C onExpiry) {
            timers.add(new TimerOp.Pace<>(key, delayMs, onExpiry));
            return this;
        }

        public Builder<C, E> armIfAbsent(Object key, long delayMs, C onExpiry) {
            timers.add(new TimerOp.ArmIfAbsent<>(key, delayMs, onExpiry));
            return this;
        }

        public Builder<C, E> cancel(Object key) {
            timers.add(new TimerOp.Cancel<>(key));
            return this;
        }

        public Builder<C, E> effect(Effect effect) {
            effects.add(effect);
            return this;
        }

        public Outcome<C, E> build() {
            return new Outcome<>(events, replies, timers, effects);
        }
    }
}
