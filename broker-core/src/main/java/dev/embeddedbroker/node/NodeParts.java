package dev.embeddedbroker.node;

import dev.embeddedbroker.api.FrameTap;
import dev.embeddedbroker.api.RequestFilter;
import dev.embeddedbroker.loop.Conductor;
import dev.embeddedbroker.loop.WorkCount;
import dev.embeddedbroker.storage.disk.Disk;
import dev.embeddedbroker.time.Clock;
import dev.embeddedbroker.time.SystemClock;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is put under a broker and before it: the seams at which disk, time and a say in every request are handed in. They
 * outlive a stop and a start again.
 *
 * @param disk what the data is on; null for the one that the directory calls for
 * @param clock what the whole broker goes by
 * @param conductor who moves the clock; null for one that runs by itself
 * @param filters what each request passes before the broker's own filters, in this order
 * @param resets what goes back to its beginning when the broker does, in this order and before it
 * @param tap who listens in on all connections
 */
public record NodeParts(
        @Nullable Disk disk,
        Clock clock,
        @Nullable Conductor conductor,
        List<RequestFilter> filters,
        List<Runnable> resets,
        FrameTap tap) {

    public NodeParts {
        filters = List.copyOf(filters);
        resets = List.copyOf(resets);
    }

    /** The machine's own clock and the disk that the directory calls for; nothing before the requests. */
    public static NodeParts ofMachine() {
        return new NodeParts(null, new SystemClock(), null, List.of(), List.of(), FrameTap.NONE);
    }

    /** These parts on another disk. */
    public NodeParts on(@Nullable Disk other) {
        return new NodeParts(other, clock, conductor, filters, resets, tap);
    }

    /** These parts, and one more thing to reset. */
    public NodeParts resetting(Runnable reset) {
        var all = new ArrayList<>(resets);
        all.add(reset);
        return new NodeParts(disk, clock, conductor, filters, all, tap);
    }

    /** These parts in another time, that of a conductor; requests pass its filter first. */
    public NodeParts in(Clock other, Conductor moved, RequestFilter first) {
        var all = new ArrayList<RequestFilter>();
        all.add(first);
        all.addAll(filters);
        return new NodeParts(disk, other, moved, all, resets, tap);
    }

    @Nullable
    WorkCount work() {
        return conductor == null ? null : conductor.work();
    }

    /** These parts with one filter more, behind the others. */
    public NodeParts filteredBy(RequestFilter filter) {
        var all = new ArrayList<>(filters);
        all.add(filter);
        return new NodeParts(disk, clock, conductor, all, resets, tap);
    }

    /** These parts, with somebody else who listens in. */
    public NodeParts heardBy(FrameTap listener) {
        return new NodeParts(disk, clock, conductor, filters, resets, listener);
    }
}
