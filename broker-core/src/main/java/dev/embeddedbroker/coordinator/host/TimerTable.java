package dev.embeddedbroker.coordinator.host;

import dev.embeddedbroker.coordinator.TimerOp;
import dev.embeddedbroker.loop.Loop;
import dev.embeddedbroker.loop.Timer;
import dev.embeddedbroker.time.Moment;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The timers of one machine, on its loop. Arming a timer again for later, which every heartbeat does, only moves its
 * deadline: the loop's timer is left to fire early and is then set for the rest.
 *
 * <p><b>Owner:</b> the host's loop.
 */
final class TimerTable<C> {
    private final Loop loop;
    private final BiConsumer<Object, C> onExpiry;
    private final Map<Object, Armed<C>> armed = new HashMap<>();

    private static final class Armed<C> {
        private C command;
        private Moment deadline;
        private Moment wakeAt;
        private @Nullable Timer timer;

        private final boolean isPace;

        Armed(C command, Moment deadline, boolean isPace) {
            this.command = command;
            this.deadline = deadline;
            this.wakeAt = deadline;
            this.isPace = isPace;
        }
    }

    /** @param onExpiry is given the key and the command of a timer that expired and is armed no more */
    TimerTable(Loop loop, BiConsumer<Object, C> onExpiry) {
        this.loop = loop;
        this.onExpiry = onExpiry;
    }

    void carryOut(TimerOp<C> op) {
        if (op instanceof TimerOp.Arm<C> arm) {
            arm(arm.key(), arm.delayMs(), arm.onExpiry());
        } else if (op instanceof TimerOp.ArmIfAbsent<C> arm) {
            if (!isArmed(arm.key())) {
                arm(arm.key(), arm.delayMs(), arm.onExpiry());
            }
        } else if (op instanceof TimerOp.Pace<C> pace) {
            pace(pace.key(), pace.delayMs(), pace.onExpiry());
        } else {
            cancel(op.key());
        }
    }

    void pace(Object key, long delayMs, C command) {
        cancel(key);
        var fresh = new Armed<>(command, loop.clock().now(), true);
        armed.put(key, fresh);
        fresh.timer = loop.pace(delayMs, () -> expire(key, fresh));
    }

    void arm(Object key, long delayMs, C command) {
        var deadline = loop.clock().now().plusMs(delayMs);
        var existing = armed.get(key);
        if (existing != null && !existing.isPace && deadline.isAtOrAfter(existing.wakeAt)) {
            existing.command = command;
            existing.deadline = deadline;
            return;
        }
        cancel(key);
        var fresh = new Armed<>(command, deadline, false);
        armed.put(key, fresh);
        fresh.timer = loop.schedule(delayMs, () -> wake(key, fresh));
    }

    private void wake(Object key, Armed<C> timer) {
        var now = loop.clock().now();
        if (!now.isAtOrAfter(timer.deadline)) {
            timer.wakeAt = timer.deadline;
            long restMs = Math.max(1, timer.deadline.msSince(now));
            timer.timer = loop.schedule(restMs, () -> wake(key, timer));
            return;
        }
        expire(key, timer);
    }

    private void expire(Object key, Armed<C> timer) {
        armed.remove(key);
        onExpiry.accept(key, timer.command);
    }

    void cancel(Object key) {
        var existing = armed.remove(key);
        if (existing != null && existing.timer != null) {
            existing.timer.cancel();
        }
    }

    void cancelAll() {
        for (var timer : armed.values()) {
            if (timer.timer != null) {
                timer.timer.cancel();
            }
        }
        armed.clear();
    }

    boolean isArmed(Object key) {
        return armed.containsKey(key);
    }

    int size() {
        return armed.size();
    }
}
