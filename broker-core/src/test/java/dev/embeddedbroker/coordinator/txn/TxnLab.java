package dev.embeddedbroker.coordinator.txn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embeddedbroker.coordinator.EventCodec.RecordBytes;
import dev.embeddedbroker.coordinator.Ticket;
import dev.embeddedbroker.coordinator.TimerOp;
import dev.embeddedbroker.coordinator.txn.TxnCommand.AbortWithId;
import dev.embeddedbroker.coordinator.txn.TxnCommand.AddPartitions;
import dev.embeddedbroker.coordinator.txn.TxnCommand.EndTxn;
import dev.embeddedbroker.coordinator.txn.TxnCommand.InitProducerId;
import dev.embeddedbroker.coordinator.txn.TxnCommand.MarkersWritten;
import dev.embeddedbroker.coordinator.txn.TxnCommand.NeedsProducerId;
import dev.embeddedbroker.coordinator.txn.TxnCommand.ProducerIdentity;
import dev.embeddedbroker.coordinator.txn.TxnCommand.TwoPhase;
import dev.embeddedbroker.coordinator.txn.TxnEffect.FindProducerId;
import dev.embeddedbroker.coordinator.txn.TxnEffect.Resume;
import dev.embeddedbroker.coordinator.txn.TxnEffect.WriteMarkers;
import dev.embeddedbroker.protocol.ErrorCode;
import dev.embeddedbroker.time.Moment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * A bench for the transaction machine: its log, clock and timers, and a marker writer, without a thread. Every decision is
 * made twice and must come out equal; every ticket is answered at most once.
 */
final class TxnLab {
    static final int COORDINATOR_EPOCH = 5;
    static final TxnPartition P0 = new TxnPartition("t", 0);
    static final TxnPartition P1 = new TxnPartition("t", 1);

    TxnSettings settings = TxnSettings.defaults();
    final TxnCodec codec = new TxnCodec();
    final List<RecordBytes> log = new ArrayList<>();
    final List<WriteMarkers> written = new ArrayList<>();
    private final Map<Object, TxnCommand> timers = new LinkedHashMap<>();
    private final Map<Object, Long> deadlines = new HashMap<>();
    private final Map<Ticket, Object> answers = new HashMap<>();
    private final Deque<TxnCommand> queue = new ArrayDeque<>();
    Transactions machine;
    Predicate<WriteMarkers> markers = write -> true;
    short level = 2;
    long nowMs = 1_000_000;
    private long lastTicket;
    private long lastProducerId = 99;
    private boolean isBusy;

    TxnLab() {
        machine = new Transactions(settings, COORDINATOR_EPOCH, level);
        arm(machine.rearm(now()));
    }

    Moment now() {
        return new Moment(nowMs, nowMs * 1_000_000);
    }

    // ---- asking ----

    /** One who asked; the answer is null as long as it waits. */
    final class Asked {
        final Ticket ticket = new Ticket(++lastTicket);

        Object answer() {
            return answers.get(ticket);
        }

        ProducerIdentity identity() {
            return (ProducerIdentity) answer();
        }
    }

    Asked ask(Function<Ticket, TxnCommand> command) {
        var asked = new Asked();
        tell(command.apply(asked.ticket));
        return asked;
    }

    Asked init(String id, long producerId, int epoch) {
        return withId(fresh ->
                ticket -> new InitProducerId(ticket, id, 60_000, producerId, (short) epoch, fresh, TwoPhase.NO));
    }

    ProducerIdentity init(String id) {
        return init(id, -1, -1).identity();
    }

    Asked end(String id, ProducerIdentity who, boolean commit, int clientVersion) {
        return withId(fresh ->
                ticket -> new EndTxn(ticket, id, who.producerId(), who.epoch(), commit, (short) clientVersion, fresh));
    }

    private Asked withId(Function<Long, Function<Ticket, TxnCommand>> command) {
        var asked = ask(command.apply(-1L));
        return asked.answer() == NeedsProducerId.YES ? ask(command.apply(++lastProducerId)) : asked;
    }

    ErrorCode add(String id, ProducerIdentity who, int clientVersion, TxnPartition... partitions) {
        return (ErrorCode) ask(ticket -> new AddPartitions(
                        ticket, id, who.producerId(), who.epoch(), Set.of(partitions), (short) clientVersion))
                .answer();
    }

    Txn txn(String id) {
        return machine.txns().get(id);
    }

    // ---- the host's part ----

    void tell(TxnCommand command) {
        queue.add(command);
        if (isBusy) {
            return;
        }
        isBusy = true;
        for (var next = queue.poll(); next != null; next = queue.poll()) {
            work(next);
        }
        isBusy = false;
    }

    private void work(TxnCommand command) {
        var before = Map.copyOf(machine.txns());
        var outcome = machine.decide(command, now());
        assertThat(machine.decide(command, now())).isEqualTo(outcome);
        assertThat(machine.txns()).isEqualTo(before);
        for (TxnEvent event : outcome.events()) {
            var record = codec.encode(event);
            if (record != null) {
                log.add(record);
            }
        }
        outcome.events().forEach(machine::apply);
        arm(outcome.timers());
        outcome.effects().forEach(effect -> carryOut((TxnEffect) effect));
        outcome.replies().forEach(reply -> assertThat(answers.put(reply.ticket(), reply.answer()))
                .as("answers to %s", reply.ticket())
                .isNull());
    }

    private void carryOut(TxnEffect effect) {
        if (effect instanceof Resume resume) {
            tell(new TxnCommand.Again(resume.command()));
        } else if (effect instanceof FindProducerId find) {
            tell(new AbortWithId(find.transactionalId(), find.producerId(), find.epoch(), ++lastProducerId));
        } else if (effect instanceof WriteMarkers write) {
            boolean all = markers.test(write);
            if (all) {
                written.add(write);
            }
            tell(new MarkersWritten(
                    write.transactionalId(),
                    write.marker().producerId(),
                    write.marker().epoch(),
                    all));
        }
    }

    private void arm(List<TimerOp<TxnCommand>> ops) {
        for (var op : ops) {
            if (op instanceof TimerOp.Arm<TxnCommand> arm) {
                arm(arm.key(), arm.delayMs(), arm.onExpiry());
            } else if (op instanceof TimerOp.Pace<TxnCommand> pace) {
                arm(pace.key(), pace.delayMs(), pace.onExpiry());
            } else if (op instanceof TimerOp.ArmIfAbsent<TxnCommand> arm) {
                if (!timers.containsKey(arm.key())) {
                    arm(arm.key(), arm.delayMs(), arm.onExpiry());
                }
            } else {
                timers.remove(op.key());
            }
        }
    }

    private void arm(Object key, long delayMs, TxnCommand onExpiry) {
        timers.put(key, onExpiry);
        deadlines.put(key, nowMs + delayMs);
    }

    void advance(long ms) {
        nowMs += ms;
        for (var key : List.copyOf(timers.keySet())) {
            if (deadlines.get(key) <= nowMs) {
                tell(timers.remove(key));
            }
        }
    }

    /** The process is gone, with everything that is not in the log, and another one reads it. */
    void restart() {
        var kept = new HashMap<String, Txn>();
        machine.txns().forEach((id, txn) -> kept.put(id, asKept(txn)));
        load();
        assertThat(machine.txns()).isEqualTo(kept);
        resume();
    }

    void crash() {
        load();
        resume();
    }

    private void load() {
        queue.clear();
        isBusy = false;
        timers.clear();
        machine = new Transactions(settings, COORDINATOR_EPOCH, level);
        for (var record : log) {
            machine.apply(codec.decode(
                    record.key().duplicate(),
                    record.value() == null ? null : record.value().duplicate()));
        }
    }

    private void resume() {
        arm(machine.rearm(now()));
        advance(0);
    }

    /** The last epoch is not kept, and in records of version 0 the previous producer id is not either. */
    private Txn asKept(Txn txn) {
        return new Txn(
                txn.producerId(),
                level == 0 ? Txn.NO_ID : txn.previousProducerId(),
                txn.nextProducerId(),
                txn.epoch(),
                Txn.NO_EPOCH,
                txn.timeoutMs(),
                txn.state(),
                txn.partitions(),
                txn.startMs(),
                txn.updateMs(),
                level == 0 ? 0 : txn.clientVersion());
    }
}
