package dev.embeddedbroker.loop;

import dev.embeddedbroker.time.Clock;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The timers of one loop, the next one due first.
 *
 * <p><b>Owner:</b> its loop. Not thread-safe.
 */
public final class TimerQueue {

    /*
     * A binary heap whose entries know their slot, so that cancelling takes one out in O(log n) instead of leaving it
     * until its time: a parked fetch arms a timer of half a second and is answered a millisecond later, thousands of
     * times a second. Deadlines are compared by difference, as nanos() may wrap; a sequence number keeps equal
     * deadlines in order of arming.
     */
    private final Clock clock;
    private @Nullable Entry[] heap = new Entry[16];
    private int size;
    private long nextSequence;

    public TimerQueue(Clock clock) {
        this.clock = clock;
    }

    /** Adds a timer due {@code delayMs} from now; a negative delay counts as 0. */
    public Timer add(long delayMs, Runnable task) {
        // a delay beyond a century is "never", and must not overflow the comparison by difference
        long delayNanos = Math.min(Math.max(delayMs, 0), 100L * 365 * 24 * 3600 * 1000) * 1_000_000L;
        var entry = new Entry(clock.nanos() + delayNanos, nextSequence++, task);
        if (size == heap.length) {
            heap = Arrays.copyOf(heap, size * 2);
        }
        size++;
        siftUp(size - 1, entry);
        return entry;
    }

    /** How many timers are armed. */
    public int size() {
        return size;
    }

    /** Nanoseconds until the first timer is due: 0 when it is due now, −1 when there is none. */
    public long nanosToNext() {
        Entry first = heap[0];
        return first == null ? -1 : Math.max(0, first.deadlineNanos - clock.nanos());
    }

    /** When the first timer is due, by the clock's {@code nanos()}; {@link Long#MAX_VALUE} when there is none. */
    public long nextDueNanos() {
        Entry first = heap[0];
        return first == null ? Long.MAX_VALUE : first.deadlineNanos;
    }

    /**
     * Takes out the first timer if it is due at {@code nowNanos} and returns its task, else null. Passing one reading of
     * the clock to a whole run of calls keeps a timer that re-arms itself without delay from starving the loop.
     */
    public @Nullable Runnable takeDue(long nowNanos) {
        Entry first = heap[0];
        if (first == null || first.deadlineNanos - nowNanos > 0) {
            return null;
        }
        remove(first);
        return first.task;
    }

    private void remove(Entry entry) {
        int slot = entry.slot;
        entry.slot = -1;
        size--;
        Entry last = at(size);
        heap[size] = null;
        if (slot == size) {
            return;
        }
        siftUp(slot, last);
        if (last.slot == slot) {
            siftDown(slot, last);
        }
    }

    private void siftUp(int from, Entry entry) {
        int slot = from;
        while (slot > 0) {
            int parentSlot = (slot - 1) >>> 1;
            Entry parent = at(parentSlot);
            if (!entry.isBefore(parent)) {
                break;
            }
            place(parent, slot);
            slot = parentSlot;
        }
        place(entry, slot);
    }

    private void siftDown(int from, Entry entry) {
        int slot = from;
        while (2 * slot + 1 < size) {
            int childSlot = 2 * slot + 1;
            if (childSlot + 1 < size && at(childSlot + 1).isBefore(at(childSlot))) {
                childSlot++;
            }
            Entry child = at(childSlot);
            if (!child.isBefore(entry)) {
                break;
            }
            place(child, slot);
            slot = childSlot;
        }
        place(entry, slot);
    }

    private void place(Entry entry, int slot) {
        heap[slot] = entry;
        entry.slot = slot;
    }

    private Entry at(int slot) {
        Entry entry = heap[slot];
        if (entry == null) {
            throw new IllegalStateException("slot " + slot + " is empty (expected: a timer, size is " + size + ")");
        }
        return entry;
    }

    private final class Entry implements Timer {
        private final long deadlineNanos;
        private final long sequence;
        private final Runnable task;
        private int slot;

        private Entry(long deadlineNanos, long sequence, Runnable task) {
            this.deadlineNanos = deadlineNanos;
            this.sequence = sequence;
            this.task = task;
        }

        private boolean isBefore(Entry other) {
            long difference = deadlineNanos - other.deadlineNanos;
            return difference < 0 || (difference == 0 && sequence < other.sequence);
        }

        @Override
        public void cancel() {
            if (slot >= 0) {
                remove(this);
            }
        }
    }
}
