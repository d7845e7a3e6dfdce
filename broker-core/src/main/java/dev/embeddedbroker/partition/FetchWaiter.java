package dev.embeddedbroker.partition;

import dev.embeddedbroker.loop.Loop;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A one-shot wait until any of some partitions has something new to say to a reader: its bound moved, its leadership
 * changed, or it is gone. Partitions may belong to other loops.
 *
 * <p>No wake-up is lost. A watch carries the bound and the {@linkplain Partition#version version} its read saw. Registering
 * compares them, in one turn of the owner, with those of now: if they moved meanwhile the waiter fires at once, and if
 * they move later that happens in a later turn, which finds the watch in the partition's list.
 *
 * <p><b>Owner:</b> the loop that made it ("home"), but for {@link #fire}, which any thread may call.
 */
public final class FetchWaiter {

    private static final Logger log = LoggerFactory.getLogger(FetchWaiter.class);

    private final Loop home;
    private final Runnable onFire;
    private final List<Watch> watches;
    private final AtomicBoolean over = new AtomicBoolean();

    /** A waiter that runs {@code onFire} on {@code home}, never inside a call to this class, at most once. */
    public FetchWaiter(Loop home, int expectedWatches, Runnable onFire) {
        this.home = home;
        this.onFire = onFire;
        this.watches = new ArrayList<>(expectedWatches);
    }

    /** Watches a partition for another bound of {@code isolation}, or another version, than a read saw. Inside home. */
    public void watch(Partition partition, Isolation isolation, long boundSeen, int versionSeen) {
        home.requireInside();
        var watch = new Watch(this, partition, isolation, boundSeen, versionSeen);
        watches.add(watch);
        partition.loop().run(watch::register);
    }

    /** Ends the wait without firing; fires that come later do nothing. Inside home. */
    public void cancel() {
        home.requireInside();
        over.set(true);
        forgetAll();
    }

    /** Ends the wait and has {@code onFire} run; no effect after the first call or a {@link #cancel}. Any thread. */
    void fire() {
        if (!over.compareAndSet(false, true)) return;
        try {
            home.execute(() -> {
                forgetAll();
                onFire.run();
            });
        } catch (RejectedExecutionException e) {
            log.debug("Loop {} ended with a fetch waiting on it", home.index());
        }
    }

    private void forgetAll() {
        for (Watch watch : watches) {
            watch.partition.loop().run(watch::forget);
        }
        watches.clear();
    }

    /** A waiter's place in one partition's list. <b>Owner:</b> the partition's loop. */
    static final class Watch {

        private final FetchWaiter waiter;
        private final Partition partition;
        private final Isolation isolation;
        private final long boundSeen;
        private final int versionSeen;
        private boolean listed;

        @Nullable
        Watch previous;

        @Nullable
        Watch next;

        private Watch(FetchWaiter waiter, Partition partition, Isolation isolation, long boundSeen, int versionSeen) {
            this.waiter = waiter;
            this.partition = partition;
            this.isolation = isolation;
            this.boundSeen = boundSeen;
            this.versionSeen = versionSeen;
        }

        private void register() {
            if (waiter.over.get()) return;
            if (isOutdated()) {
                waiter.fire();
            } else {
                partition.watches().add(this);
                listed = true;
            }
        }

        private void forget() {
            if (listed) {
                listed = false;
                partition.watches().remove(this);
            }
        }

        private boolean isOutdated() {
            return partition.version() != versionSeen || partition.bound(isolation) != boundSeen;
        }
    }

    /** The watches on one partition, in no order. <b>Owner:</b> the partition's loop. */
    static final class Watches {

        private @Nullable Watch first;

        boolean isEmpty() {
            return first == null;
        }

        void add(Watch watch) {
            watch.previous = null;
            watch.next = first;
            if (first != null) first.previous = watch;
            first = watch;
        }

        void remove(Watch watch) {
            if (watch.previous == null) {
                first = watch.next;
            } else {
                watch.previous.next = watch.next;
            }
            if (watch.next != null) watch.next.previous = watch.previous;
            watch.previous = null;
            watch.next = null;
        }

        /** Fires and drops those whose view is no longer the partition's. */
        void fireOutdated() {
            Watch watch = first;
            while (watch != null) {
                Watch following = watch.next;
                if (watch.isOutdated()) {
                    watch.forget();
                    watch.waiter.fire();
                }
                watch = following;
            }
        }
    }
}
