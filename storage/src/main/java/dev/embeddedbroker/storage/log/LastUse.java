package dev.embeddedbroker.storage.log;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Waits for the last use of a log's segments to end, to do what is left to do with their directory.
 *
 * <p><b>Owner:</b> none; uses end on any thread, and the one that ends the last does what is left.
 */
final class LastUse {
    private final AtomicInteger uses;
    private volatile Runnable then = () -> {};

    /** @param segments how many uses there are to end, besides the one that {@link #then} ends */
    LastUse(int segments) {
        uses = new AtomicInteger(segments + 1);
    }

    void ended() {
        if (uses.decrementAndGet() == 0) {
            then.run();
        }
    }

    /** Once at most: what is to be done, at once if no use is left. */
    void then(Runnable whatIsLeft) {
        then = whatIsLeft;
        ended();
    }
}
