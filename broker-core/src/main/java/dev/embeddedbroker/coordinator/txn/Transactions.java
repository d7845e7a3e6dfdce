package dev.embeddedbroker.coordinator.txn;

import dev.embeddedbroker.coordinator.Machine;
import dev.embeddedbroker.coordinator.Outcome;
import dev.embeddedbroker.coordinator.Ticks;
import dev.embeddedbroker.coordinator.TimerOp;
import dev.embeddedbroker.coordinator.txn.TxnCommand.AbortTimedOut;
import dev.embeddedbroker.coordinator.txn.TxnCommand.AbortWithId;
import dev.embeddedbroker.coordinator.txn.TxnCommand.AddPartitions;
import dev.embeddedbroker.coordinator.txn.TxnCommand.Again;
import dev.embeddedbroker.coordinator.txn.TxnCommand.Asked;
import dev.embeddedbroker.coordinator.txn.TxnCommand.Describe;
import dev.embeddedbroker.coordinator.txn.TxnCommand.EndTxn;
import dev.embeddedbroker.coordinator.txn.TxnCommand.ExpireIds;
import dev.embeddedbroker.coordinator.txn.TxnCommand.InitProducerId;
import dev.embeddedbroker.coordinator.txn.TxnCommand.LevelChanged;
import dev.embeddedbroker.coordinator.txn.TxnCommand.ListTxns;
import dev.embeddedbroker.coordinator.txn.TxnCommand.MarkersWritten;
import dev.embeddedbroker.coordinator.txn.TxnCommand.NeedsProducerId;
import dev.embeddedbroker.coordinator.txn.TxnCommand.ProducerIdentity;
import dev.embeddedbroker.coordinator.txn.TxnCommand.RefuseWaiting;
import dev.embeddedbroker.coordinator.txn.TxnCommand.Verified;
import dev.embeddedbroker.coordinator.txn.TxnCommand.VerifyPartitions;
import dev.embeddedbroker.coordinator.txn.TxnCommand.WriteMarkersAgain;
import dev.embeddedbroker.coordinator.txn.TxnEffect.FindProducerId;
import dev.embeddedbroker.coordinator.txn.TxnEffect.Marker;
import dev.embeddedbroker.coordinator.txn.TxnEffect.Resume;
import dev.embeddedbroker.coordinator.txn.TxnEffect.WriteMarkers;
import dev.embeddedbroker.coordinator.txn.TxnEvent.Kept;
import dev.embeddedbroker.coordinator.txn.TxnEvent.Level;
import dev.embeddedbroker.coordinator.txn.TxnEvent.Waits;
import dev.embeddedbroker.coordinator.txn.TxnEvent.WaitsOver;
import dev.embeddedbroker.protocol.ErrorCode;
import dev.embeddedbroker.time.Moment;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The machine of one partition of {@code __transaction_state}: the transactional ids that fall on it.
 *
 * <p>Ending a transaction takes three steps: the decision is kept (PREPARE_*), markers are written to every partition (an
 * effect), the completion is kept (COMPLETE_*). Whoever asks about the id in between waits, is then decided as if it came
 * after, and so hardly ever sees CONCURRENT_TRANSACTIONS; the request that ended the transaction waits too. Only when markers cannot be written are those who wait sent away.
 *
 * <p><b>Owner:</b> the partition's loop. Not thread-safe.
 */
public final class Transactions implements Machine<TxnCommand, TxnEvent> {
    private static final long MARKERS_RETRY_MS = 100;

    private final TxnSettings settings;
    private final Ticks abortTicks;
    private final Ticks expiryTicks;
    private final int coordinatorEpoch;
    private final Map<String, Txn> txns = new LinkedHashMap<>();
    private final Map<String, List<Asked>> waiting = new HashMap<>();
    private final Set<String> stuck = new HashSet<>();
    private short level;

    private enum Sweep {
        TIMED_OUT,
        EXPIRED
    }

    private record MarkersTimer(String transactionalId) {}

    /**
     * @param coordinatorEpoch the leader epoch of the partition, which markers carry
     * @param level the cluster's {@code transaction.version}
     */
    public Transactions(TxnSettings settings, int coordinatorEpoch, short level) {
        this.settings = settings;
        this.abortTicks = new Ticks(settings.abortCheckIntervalMs());
        this.expiryTicks = new Ticks(settings.idExpirationCheckIntervalMs());
        this.coordinatorEpoch = coordinatorEpoch;
        this.level = level;
    }

    /** By transactional id, for those who look in from the same loop. */
    public Map<String, Txn> txns() {
        return Collections.unmodifiableMap(txns);
    }

    // ---- deciding ----

    @Override
    public Outcome<TxnCommand, TxnEvent> decide(TxnCommand command, Moment now) {
        var out = new Outcome.Builder<TxnCommand, TxnEvent>();
        if (command instanceof Again again) {
            asked(again.command(), now, out);
        } else if (command instanceof Asked asked) {
            asked(asked, now, out);
        } else if (command instanceof MarkersWritten written) {
            markersWritten(written, now, out);
        } else if (command instanceof WriteMarkersAgain again) {
            var txn = txns.get(again.transactionalId());
            if (txn != null && txn.state().isPrepared()) {
                writeMarkers(again.transactionalId(), txn, true, out);
            }
        } else if (command instanceof AbortTimedOut) {
            abortTimedOut(now, out);
        } else if (command instanceof AbortWithId found) {
            abortWithId(found, now, out);
        } else if (command instanceof ExpireIds) {
            expireIds(now, out);
        } else if (command instanceof Describe describe) {
            out.reply(
                    describe.ticket(),
                    Listing.describe(describe.transactionalId(), txns.get(describe.transactionalId())));
        } else if (command instanceof ListTxns list) {
            out.reply(list.ticket(), Map.copyOf(txns));
        } else if (command instanceof LevelChanged changed) {
            out.event(new Level(changed.level()));
        } else if (command instanceof RefuseWaiting refuse) {
            out.reply(refuse.command().ticket(), TxnCommand.refusal(refuse.command(), refuse.error()));
        }
        return out.build();
    }

    private void asked(Asked command, Moment now, Outcome.Builder<TxnCommand, TxnEvent> out) {
        var txn = txns.get(command.transactionalId());
        if (txn != null && txn.state().isPrepared() && !stuck.contains(command.transactionalId())) {
            out.event(new Waits(command));
        } else if (command instanceof InitProducerId init) {
            init(init, txn, now, out);
        } else if (command instanceof AddPartitions add) {
            out.reply(add.ticket(), add(add, txn, now, out));
        } else if (command instanceof VerifyPartitions verify) {
            out.reply(verify.ticket(), verify(verify, txn));
        } else if (command instanceof EndTxn end) {
            end(end, txn, now, out);
        }
    }

    private void init(InitProducerId init, @Nullable Txn txn, Moment now, Outcome.Builder<TxnCommand, TxnEvent> out) {
        var verdict = InitRules.decide(init, txn, settings, now.wallMs());
        boolean lacksId = verdict.mustAbort() && txn != null && lacksIdToAbort(txn, init.freshId());
        if (verdict.needsFreshId() || lacksId) {
            out.reply(init.ticket(), NeedsProducerId.YES);
        } else if (verdict.mustAbort() && txn != null) {
            abort(init.transactionalId(), txn, init.freshId(), now, out);
            out.event(new Waits(init.withoutFreshId()));
        } else if (verdict.txn() == null) {
            out.reply(init.ticket(), ProducerIdentity.refused(verdict.error()));
        } else {
            keep(init.transactionalId(), verdict.txn(), now, out);
            out.reply(init.ticket(), identity(verdict.txn()));
        }
    }

    private ErrorCode add(AddPartitions add, @Nullable Txn txn, Moment now, Outcome.Builder<TxnCommand, TxnEvent> out) {
        ErrorCode error = check(txn, add.producerId(), add.epoch());
        if (error != ErrorCode.NONE || txn == null) {
            return error;
        }
        boolean isIn = txn.state() == TxnState.ONGOING && txn.partitions().containsAll(add.partitions());
        if (!isIn) {
            keep(add.transactionalId(), txn.with(add.partitions(), add.clientVersion(), now.wallMs()), now, out);
        }
        return ErrorCode.NONE;
    }

    private static Verified verify(VerifyPartitions verify, @Nullable Txn txn) {
        ErrorCode error = check(txn, verify.producerId(), verify.epoch());
        if (error != ErrorCode.NONE || txn == null) {
            return new Verified(error, Set.of());
        }
        return new Verified(
                ErrorCode.NONE,
                verify.partitions().stream()
                        .filter(partition -> !txn.partitions().contains(partition))
                        .collect(Collectors.toUnmodifiableSet()));
    }

    /** Whether this producer is the id's, and no transaction of the id is being ended. */
    private static ErrorCode check(@Nullable Txn txn, long producerId, short epoch) {
        if (txn == null || txn.producerId() != producerId) {
            return ErrorCode.INVALID_PRODUCER_ID_MAPPING;
        }
        if (txn.epoch() != epoch) {
            return ErrorCode.PRODUCER_FENCED;
        }
        return txn.state().isPrepared() ? ErrorCode.CONCURRENT_TRANSACTIONS : ErrorCode.NONE;
    }

    private void end(EndTxn end, @Nullable Txn txn, Moment now, Outcome.Builder<TxnCommand, TxnEvent> out) {
        var verdict = EndRules.decide(end, txn, now.wallMs());
        if (verdict.decided() != null) {
            keep(end.transactionalId(), verdict.decided(), now, out);
            out.event(new Waits(end));
            writeMarkers(end.transactionalId(), verdict.decided(), false, out);
        } else if (verdict.needsFreshId()) {
            out.reply(end.ticket(), NeedsProducerId.YES);
        } else if (verdict.error() != ErrorCode.NONE || txn == null) {
            out.reply(end.ticket(), ProducerIdentity.refused(verdict.error()));
        } else {
            out.reply(end.ticket(), identity(txn));
        }
    }

    private static ProducerIdentity identity(Txn txn) {
        return new ProducerIdentity(ErrorCode.NONE, txn.producerId(), txn.epoch());
    }

    private void abort(
            String transactionalId, Txn txn, long freshId, Moment now, Outcome.Builder<TxnCommand, TxnEvent> out) {
        var aborted = txn.fencedAndAborted(level, txn.isExhausted() ? freshId : Txn.NO_ID, now.wallMs());
        keep(transactionalId, aborted, now, out);
        writeMarkers(transactionalId, aborted, false, out);
    }

    /** From version 2 on the end of a producer id's last transaction says which id is next. */
    private boolean lacksIdToAbort(Txn txn, long freshId) {
        return level >= Txn.EPOCH_PER_TRANSACTION && txn.isExhausted() && freshId == Txn.NO_ID;
    }

    private void writeMarkers(
            String transactionalId, Txn txn, boolean isRepeated, Outcome.Builder<TxnCommand, TxnEvent> out) {
        var marker = new Marker(
                txn.producerId(),
                txn.epoch(),
                txn.state() == TxnState.PREPARE_COMMIT,
                coordinatorEpoch,
                txn.clientVersion());
        out.effect(new WriteMarkers(transactionalId, marker, txn.partitions(), isRepeated));
    }

    private void markersWritten(MarkersWritten written, Moment now, Outcome.Builder<TxnCommand, TxnEvent> out) {
        String id = written.transactionalId();
        var txn = txns.get(id);
        if (txn == null
                || !txn.state().isPrepared()
                || txn.producerId() != written.producerId()
                || txn.epoch() != written.epoch()) {
            return; // markers of an earlier transaction
        }
        var those = waiting.getOrDefault(id, List.of());
        if (written.all()) {
            var completed = txn.completed(now.wallMs());
            keep(id, completed, now, out);
            out.event(new WaitsOver(id, false));
            for (var command : those) {
                if (isItsEnd(command, txn)) {
                    out.reply(command.ticket(), identity(completed));
                } else {
                    out.effect(new Resume(command));
                }
            }
        } else {
            those.forEach(command -> out.reply(command.ticket(), whileStuck(command, txn)));
            out.event(new WaitsOver(id, true));
            out.pace(new MarkersTimer(id), MARKERS_RETRY_MS, new WriteMarkersAgain(id));
        }
    }

    /** The producer that ended the transaction need not wait: that is decided and kept. */
    private static Object whileStuck(Asked command, Txn txn) {
        return isItsEnd(command, txn)
                ? identity(txn.completed(txn.updateMs()))
                : TxnCommand.refusal(command, ErrorCode.CONCURRENT_TRANSACTIONS);
    }

    /** Whether this is the request that decided the transaction, or a repetition of it. */
    private static boolean isItsEnd(Asked command, Txn txn) {
        return command instanceof EndTxn end
                && end.commit() == (txn.state() == TxnState.PREPARE_COMMIT)
                && end.producerId() == txn.producerId()
                && end.epoch() == (txn.hasEpochPerTransaction() ? txn.lastEpoch() : txn.epoch());
    }

    private void abortTimedOut(Moment now, Outcome.Builder<TxnCommand, TxnEvent> out) {
        txns.forEach((id, txn) -> {
            if (!txn.isTimedOut(now.wallMs())) {
                return;
            }
            if (lacksIdToAbort(txn, Txn.NO_ID)) {
                out.effect(new FindProducerId(id, txn.producerId(), txn.epoch()));
            } else {
                abort(id, txn, Txn.NO_ID, now, out);
            }
        });
        if (txns.values().stream().anyMatch(Txn::mayTimeOut)) {
            out.arm(Sweep.TIMED_OUT, abortTicks.toNextMs(now), new AbortTimedOut());
        }
    }

    private void abortWithId(AbortWithId found, Moment now, Outcome.Builder<TxnCommand, TxnEvent> out) {
        var txn = txns.get(found.transactionalId());
        if (txn != null
                && txn.producerId() == found.producerId()
                && txn.epoch() == found.epoch()
                && txn.isTimedOut(now.wallMs())) {
            abort(found.transactionalId(), txn, found.freshId(), now, out);
        }
    }

    private void expireIds(Moment now, Outcome.Builder<TxnCommand, TxnEvent> out) {
        txns.forEach((id, txn) -> {
            if (txn.state().isAtRest() && txn.updateMs() <= now.wallMs() - settings.idExpirationMs()) {
                out.event(new Kept(id, null, (short) 0));
            }
        });
        if (!txns.isEmpty()) {
            out.arm(Sweep.EXPIRED, expiryTicks.toNextMs(now), new ExpireIds());
        }
    }

    /** Sweeps go on for as long as there is something that one of them may find. */
    private void keep(String transactionalId, Txn txn, Moment now, Outcome.Builder<TxnCommand, TxnEvent> out) {
        if (txn.mayTimeOut()) {
            out.armIfAbsent(Sweep.TIMED_OUT, abortTicks.toNextMs(now), new AbortTimedOut());
        }
        if (txns.isEmpty()) {
            out.armIfAbsent(Sweep.EXPIRED, expiryTicks.toNextMs(now), new ExpireIds());
        }
        out.event(new Kept(transactionalId, txn, (short) (level >= 1 ? 1 : 0)));
    }

    @Override
    public @Nullable TxnCommand notWritten(TxnCommand command, short errorCode) {
        if (command instanceof Again again) {
            return new RefuseWaiting(again.command(), ErrorCode.forId(errorCode));
        }
        return command instanceof MarkersWritten written && written.all()
                ? new MarkersWritten(written.transactionalId(), written.producerId(), written.epoch(), false)
                : null;
    }

    // ---- applying ----

    @Override
    public void apply(TxnEvent event) {
        if (event instanceof Kept kept) {
            applyRecord(kept);
        } else if (event instanceof Waits waits) {
            waiting.computeIfAbsent(waits.command().transactionalId(), id -> new ArrayList<>())
                    .add(waits.command());
        } else if (event instanceof WaitsOver over) {
            waiting.remove(over.transactionalId());
            if (over.isStuck()) {
                stuck.add(over.transactionalId());
            }
        } else if (event instanceof Level changed) {
            level = changed.level();
        }
    }

    private void applyRecord(Kept kept) {
        var txn = kept.txn();
        if (txn == null || txn.state() == TxnState.DEAD) {
            txns.remove(kept.transactionalId());
        } else {
            txns.put(kept.transactionalId(), txn);
        }
        if (txn == null || !txn.state().isPrepared()) {
            stuck.remove(kept.transactionalId());
        }
    }

    @Override
    public List<TimerOp<TxnCommand>> rearm(Moment now) {
        var timers = new ArrayList<TimerOp<TxnCommand>>();
        txns.forEach((id, txn) -> {
            if (txn.state().isPrepared()) {
                timers.add(new TimerOp.Arm<>(new MarkersTimer(id), 0, new WriteMarkersAgain(id)));
            }
        });
        abortTicks.start(now);
        expiryTicks.start(now);
        if (txns.values().stream().anyMatch(Txn::mayTimeOut)) {
            timers.add(new TimerOp.Arm<>(Sweep.TIMED_OUT, abortTicks.toNextMs(now), new AbortTimedOut()));
        }
        if (!txns.isEmpty()) {
            timers.add(new TimerOp.Arm<>(Sweep.EXPIRED, expiryTicks.toNextMs(now), new ExpireIds()));
        }
        return timers;
    }
}
