package dev.embeddedbroker.coordinator;

import dev.embeddedbroker.time.Moment;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * State that changes by events only. A command is first decided, which changes nothing and yields the events, answers and
 * timers it calls for; then its events are applied, in order, and that is the only way the state ever moves: live and on
 * replay of the log alike.
 *
 * <p>A machine has no clock, I/O, threads or randomness of its own: time comes as a {@link Moment}, and whatever must be
 * random (a member id, say) comes inside the command. So deciding twice gives equal outcomes, and applying the kept events
 * of a log gives the state that wrote it.
 *
 * <p><b>Owner:</b> one loop. Not thread-safe.
 *
 * @param <C> what the machine is asked to do: requests, expired timers, answers to effects
 * @param <E> what happened: kept events (records of the log) and passing ones (soft state, lost with the process)
 */
public interface Machine<C, E> {

    /** What {@code command} comes to in the present state. Changes nothing. */
    Outcome<C, E> decide(C command, Moment now);

    /** Moves the state by one event. The only mutation. */
    void apply(E event);

    /** The timers the present state needs: called once, after the log was replayed. */
    List<TimerOp<C>> rearm(Moment now);

    /**
     * The command that tells this machine that an outcome of {@code command} could not be written, and was therefore not
     * applied; null when nobody but the one who sent it needs to know.
     *
     * @param errorCode the protocol's code for the failure
     */
    default @Nullable C notWritten(C command, short errorCode) {
        return null;
    }
}
