package dev.embeddedbroker.coordinator.host;

import dev.embeddedbroker.coordinator.Effect;
import dev.embeddedbroker.coordinator.EventCodec;
import dev.embeddedbroker.coordinator.Machine;
import dev.embeddedbroker.coordinator.Outcome;
import dev.embeddedbroker.coordinator.Reply;
import dev.embeddedbroker.coordinator.Ticket;
import dev.embeddedbroker.coordinator.host.Tickets.Asker;
import dev.embeddedbroker.protocol.ErrorCode;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One machine, joined to the log of the partition it lives in, to that partition's loop and to timers.
 *
 * <p><b>Owner:</b> the partition's loop.
 *
 * @param <C> the machine's commands
 * @param <E> the machine's events
 */
public final class CoordinatorHost<C, E> {
    /*
     * One command: decide → append the kept events as one batch → apply all events → timers → effects → replies, when the
     * log up to here is committed. Replies wait even when their own command wrote nothing: what they tell may rest on an
     * append of an earlier command that is not committed yet. State is therefore ahead of the high watermark, and never
     * rolled back: if the uncommitted rest is lost, this broker no longer leads, and the state goes with the host.
     *
     * A command that arises while another is carried out (an answer that asks again, a failure's notice) is queued, so a
     * machine is never entered twice.
     */
    private static final Logger LOG = LoggerFactory.getLogger(CoordinatorHost.class);

    /** When a timer's command could not be written, the timer is tried again after this time, as in Kafka. */
    private static final long RETRY_MS = 500;

    private enum State {
        NEW,
        LOADING,
        ACTIVE,
        STOPPED
    }

    private record Work<C>(
            C command, @Nullable Ticket asker, @Nullable Object timerKey) {}

    private final CoordinatorLog log;
    private final Supplier<Machine<C, E>> machines;
    private final Consumer<Effect> effects;
    private final Consumer<E> observer;
    private final Runnable changed;
    private final Journal<E> journal;
    private final TimerTable<C> timers;
    private final Tickets tickets = new Tickets();
    private final Queue<Work<C>> queue = new ArrayDeque<>();
    private final Queue<C> toldWhileLoading = new ArrayDeque<>();
    private Machine<C, E> machine;
    private State state = State.NEW;
    private ErrorCode stoppedWith = ErrorCode.NOT_COORDINATOR;
    private boolean isWorking;

    /** @param machines makes the machine, empty, each time the log is loaded */
    public CoordinatorHost(
            CoordinatorLog log, Supplier<Machine<C, E>> machines, EventCodec<E> codec, Consumer<Effect> effects) {
        this(log, machines, codec, effects, timer -> timer, event -> {}, () -> {});
    }

    /**
     * @param informed completes the command of a timer that has expired with what is known then
     * @param observer is shown every event that was decided, when it has been applied; not those that are loaded
     * @param changed is run whenever the state may have become another one, by loading and stopping too
     */
    public CoordinatorHost(
            CoordinatorLog log,
            Supplier<Machine<C, E>> machines,
            EventCodec<E> codec,
            Consumer<Effect> effects,
            UnaryOperator<C> informed,
            Consumer<E> observer,
            Runnable changed) {
        this.log = log;
        this.machines = machines;
        this.effects = effects;
        this.observer = observer;
        this.changed = changed;
        this.journal = new Journal<>(log, codec);
        this.timers =
                new TimerTable<>(log.loop(), (key, command) -> submit(new Work<>(informed.apply(command), null, key)));
        this.machine = machines.get();
    }

    /** Loads the log, some of it in each turn of the loop; a short log is loaded when this returns. */
    public void start() {
        log.loop().requireInside();
        if (state != State.NEW) {
            throw new IllegalStateException("host of " + log.name() + " is " + state + " (expected: NEW)");
        }
        load();
    }

    private void load() {
        state = State.LOADING;
        machine = machines.get();
        loadFrom(log.startOffset());
    }

    private void loadFrom(long offset) {
        if (state != State.LOADING) {
            return;
        }
        long next;
        try {
            next = journal.read(offset, machine::apply);
        } catch (CoordinatorLog.ReplayFailed e) { // no bug, but what it would have read is not there
            LOG.error("{}: could not be loaded at offset {}", log.name(), offset, e);
            stop(ErrorCode.NOT_COORDINATOR);
            return;
        } catch (RuntimeException e) {
            fail("could not be loaded at offset " + offset, e);
            return;
        }
        if (next < log.endOffset() && next > offset) {
            log.loop().execute(() -> loadFrom(next));
            return;
        }
        state = State.ACTIVE;
        machine.rearm(log.loop().clock().now()).forEach(timers::carryOut);
        LOG.debug("{}: loaded to offset {}", log.name(), next);
        changed.run();
        for (C told = toldWhileLoading.poll(); told != null; told = toldWhileLoading.poll()) {
            tell(told);
        }
    }

    /** Answers everybody who waits with {@code error}, and everybody who asks from now on. */
    public void stop(ErrorCode error) {
        log.loop().requireInside();
        state = State.STOPPED;
        stoppedWith = error;
        timers.cancelAll();
        queue.clear();
        toldWhileLoading.clear();
        tickets.refuseAll(error);
        changed.run();
    }

    /** Whether commands are decided now. */
    public boolean isActive() {
        return state == State.ACTIVE;
    }

    /** The machine, to be looked at from the same loop. */
    public Machine<C, E> machine() {
        return machine;
    }

    /** Hands on all events that the log has. Inside the loop. */
    public void replay(Consumer<E> to) {
        long next = log.startOffset();
        for (long from = -1; next > from; ) {
            from = next;
            next = journal.read(from, to);
        }
    }

    /** How many wait for an answer. */
    public int waiting() {
        return tickets.size();
    }

    /**
     * Asks the machine something. Exactly one of {@code answer} and {@code refuse} is run, once, inside the loop.
     *
     * @param command makes the command, given the ticket its answer will name
     * @param refuse is given the error of the log, untranslated, when the command could not be written
     */
    public void ask(Function<Ticket, C> command, Consumer<Object> answer, Consumer<ErrorCode> refuse) {
        log.loop().requireInside();
        switch (state) {
            case ACTIVE -> {
                var ticket = tickets.issue(new Asker(answer, refuse));
                submit(new Work<>(command.apply(ticket), ticket, null));
            }
            case NEW, LOADING -> refuse.accept(ErrorCode.COORDINATOR_LOAD_IN_PROGRESS);
            case STOPPED -> refuse.accept(stoppedWith);
        }
    }

    /**
     * Tells the machine something nobody waits for: now, or when it has been loaded, because what has changed in the
     * cluster meanwhile is in no log of its. Without effect when the host has stopped.
     */
    public void tell(C command) {
        log.loop().requireInside();
        if (state == State.LOADING) {
            toldWhileLoading.add(command);
        } else {
            submit(new Work<>(command, null, null));
        }
    }

    /**
     * Applies what somebody else wrote to the log, now: the marker that ends a transaction. A log that is being loaded
     * yields it by itself.
     */
    public void onWritten(E event) {
        log.loop().requireInside();
        if (state != State.ACTIVE) {
            return;
        }
        try {
            machine.apply(event);
        } catch (RuntimeException e) {
            fail("could not apply " + event, e);
        }
        changed.run();
    }

    private void submit(Work<C> work) {
        if (state != State.ACTIVE) {
            return;
        }
        queue.add(work);
        if (isWorking) {
            return;
        }
        isWorking = true;
        try {
            for (var next = queue.poll(); next != null && state == State.ACTIVE; next = queue.poll()) {
                work(next);
            }
        } finally {
            isWorking = false;
        }
    }

    private void work(Work<C> work) {
        var now = log.loop().clock().now();
        Outcome<C, E> outcome;
        try {
            outcome = machine.decide(work.command(), now);
        } catch (RuntimeException e) {
            // deciding changed nothing, so the machine is as sound as before: only this command is lost
            LOG.error("{}: cannot decide {}", log.name(), work.command(), e);
            refuse(work, ErrorCode.UNKNOWN_SERVER_ERROR);
            log.loop().execute(() -> {
                throw e;
            });
            return;
        }
        Journal.Written written;
        try {
            written = journal.write(
                    outcome.events(), now.wallMs(), !outcome.replies().isEmpty());
        } catch (RuntimeException e) {
            // nobody knows how much of it is in the log; whoever asked is told once, by the end of this host
            fail("could not write what it decided", e);
            return;
        }
        if (written.error() == ErrorCode.NONE) {
            carryOut(outcome);
        } else {
            notWritten(work, written);
        }
    }

    private void carryOut(Outcome<C, E> outcome) {
        try {
            outcome.events().forEach(machine::apply);
        } catch (RuntimeException e) {
            fail("could not apply what it decided", e);
            return;
        }
        outcome.events().forEach(observer);
        outcome.timers().forEach(timers::carryOut);
        outcome.effects().forEach(effects);
        if (!outcome.replies().isEmpty()) {
            release(outcome.replies());
        }
        if (!outcome.events().isEmpty()) {
            changed.run();
        }
    }

    private void release(List<Reply> replies) {
        var askers = new ArrayList<Asker>(replies.size());
        replies.forEach(reply -> askers.add(tickets.take(reply.ticket())));
        log.whenCommitted(log.endOffset(), error -> {
            for (int i = 0; i < askers.size(); i++) {
                if (error == ErrorCode.NONE) {
                    askers.get(i).answer().accept(replies.get(i).answer());
                } else {
                    askers.get(i).refuse().accept(error);
                }
            }
        });
    }

    private void notWritten(Work<C> work, Journal.Written written) {
        LOG.warn("{}: cannot write: {}", log.name(), written.error());
        if (written.isTorn()) {
            // part of the outcome is in the log: what is there is the truth, so it is loaded again
            refuse(work, written.error());
            timers.cancelAll();
            queue.clear();
            tickets.refuseAll(ErrorCode.COORDINATOR_LOAD_IN_PROGRESS);
            load();
            return;
        }
        refuse(work, written.error());
        if (work.timerKey() != null && !timers.isArmed(work.timerKey())) {
            timers.pace(work.timerKey(), RETRY_MS, work.command());
        }
        var notice = machine.notWritten(work.command(), written.error().id());
        if (notice != null) {
            submit(new Work<>(notice, null, null));
        }
    }

    private void refuse(Work<C> work, ErrorCode error) {
        if (work.asker() != null) {
            tickets.refuse(work.asker(), error);
        }
    }

    /** A bug, or a log that cannot be read: nobody can be served from a state that is not known. */
    private void fail(String what, RuntimeException cause) {
        LOG.error("{}: {}", log.name(), what, cause);
        stop(ErrorCode.NOT_COORDINATOR);
        log.loop().execute(() -> {
            throw cause;
        });
    }
}
