package dev.embeddedbroker.inspect;

import dev.embeddedbroker.metadata.ClusterImage;
import dev.embeddedbroker.metadata.ImageDelta;
import dev.embeddedbroker.metadata.ImageListener;
import dev.embeddedbroker.partition.Partition;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * What wakes those who wait for a state of the broker: every change of a partition, a group, a transaction or the cluster's
 * topics is told here, on the loop that made it. While nobody waits that costs one volatile read.
 *
 * <p>No wake-up is lost. Who waits registers first and looks then, by a task on the loop that owns the state. A change
 * before that task is seen by it; a change after it finds the watch, because the task came after the registration.
 *
 * <p><b>Owner:</b> none; any thread. Its monitors are leaves.
 */
public final class Changes implements ImageListener, AutoCloseable {
    private static final Watch[] NOBODY = {};

    private final Set<Looks.Answer<?>> looks = new HashSet<>();
    private volatile Watch[] watches = NOBODY;
    private boolean closed;

    /** Something of a partition changed. On its loop. */
    public void partitionChanged(Partition partition) {
        changed();
    }

    /** Something changed. */
    public void changed() {
        for (Watch watch : watches) {
            watch.signal();
        }
    }

    @Override
    public void onImage(ImageDelta delta, ClusterImage image, Runnable done) {
        done.run();
        changed();
    }

    /** Wakes everybody who waits, for good: the broker ends. */
    @Override
    public void close() {
        var unanswered = new ArrayList<Looks.Answer<?>>();
        synchronized (this) {
            closed = true;
            unanswered.addAll(looks);
        }
        unanswered.forEach(look -> look.future().completeExceptionally(new BrokerEnded()));
        changed();
    }

    /** Nobody waits for what will never change. */
    synchronized void requireOpen() {
        if (closed) {
            throw new BrokerEnded();
        }
    }

    synchronized Watch watch() {
        var watch = new Watch();
        var more = Arrays.copyOf(watches, watches.length + 1);
        more[watches.length] = watch;
        watches = more;
        return watch;
    }

    synchronized void forget(Watch watch) {
        watches = Arrays.stream(watches).filter(each -> each != watch).toArray(Watch[]::new);
    }

    /** A look that fails when the broker ends; to be given to {@link #looked} afterwards. */
    synchronized <T> Looks.Answer<T> look() {
        var look = new Looks.Answer<T>();
        if (closed) {
            look.future().completeExceptionally(new BrokerEnded());
        } else {
            looks.add(look);
        }
        return look;
    }

    synchronized void looked(Looks.Answer<?> look) {
        looks.remove(look);
    }

    /** How many wait now. */
    int waiting() {
        return watches.length;
    }

    /** The broker ended before it could be looked at. */
    static final class BrokerEnded extends RuntimeException {
        private static final long serialVersionUID = 1L;

        BrokerEnded() {
            super("the broker was stopped or closed");
        }
    }

    /** One who waits. <b>Owner:</b> who waits; {@link #signal} is anybody's. */
    static final class Watch {
        private boolean isStale;

        synchronized void signal() {
            isStale = true;
            notifyAll();
        }

        /** What is looked at from now on is news no more. */
        synchronized void lookNow() {
            isStale = false;
        }

        /** Waits for a change since {@link #lookNow}; false when the time is up first. */
        synchronized boolean awaitChange(long untilNanos) throws InterruptedException {
            while (!isStale) {
                long leftNanos = untilNanos - System.nanoTime();
                if (leftNanos <= 0) {
                    return false;
                }
                TimeUnit.NANOSECONDS.timedWait(this, leftNanos);
            }
            return true;
        }
    }
}
