package dev.embeddedbroker.net;

import java.util.ArrayDeque;

/**
 * How many bytes of requests the connections of one loop may hold, read or being read ({@code queued.max.request.bytes}).
 *
 * <p><b>Owner:</b> the loop.
 */
final class RequestBudget {

    /*
     * A frame is let in while anything is left, whatever its size, so the limit is passed by one frame at most and no
     * frame is too large to ever get in. A frame that was let in never waits again, so those that hold bytes always
     * finish and give them back: nobody waits for ever.
     */
    private final long limitBytes;
    private final ArrayDeque<Runnable> waiting = new ArrayDeque<>();
    private long usedBytes;

    /** No limit when {@code limitBytes} is negative. */
    RequestBudget(long limitBytes) {
        this.limitBytes = limitBytes < 0 ? Long.MAX_VALUE : limitBytes;
    }

    boolean isExhausted() {
        return usedBytes >= limitBytes;
    }

    void reserve(int bytes) {
        usedBytes += bytes;
    }

    /** Runs {@code retry} once when something is left again. */
    void await(Runnable retry) {
        waiting.add(retry);
    }

    void release(int bytes) {
        usedBytes -= bytes;
        while (!isExhausted()) {
            Runnable retry = waiting.poll();
            if (retry == null) {
                return;
            }
            retry.run();
        }
    }

    long usedBytes() {
        return usedBytes;
    }
}
