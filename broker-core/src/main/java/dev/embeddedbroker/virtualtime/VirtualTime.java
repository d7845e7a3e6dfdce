package dev.embeddedbroker.virtualtime;

import java.time.Duration;
import java.time.Instant;

/**
 * The time of a broker that was built with {@code manualTime()}: it stands still until it is advanced. Sessions, rebalances,
 * transactions, retention, the expiry of offsets and producers, idle connections, and whatever else the broker does when some
 * time has passed, happen when that time was advanced, and not before.
 *
 * <pre>{@code
 * try (var broker = EmbeddedBroker.builder().manualTime().build().start()) {
 *     …
 *     broker.time().advance(Duration.ofDays(8));      // older records are gone now
 * }
 * }</pre>
 *
 * <p>The clients' own timers stay real: heartbeats, polls, request timeouts, back-offs. So do the broker's waits that only pace
 * a client's requests, such as {@code fetch.max.wait.ms} and the time a client over its quota is not read; an advance lets
 * them pass too, all at once when it has come to its end. {@code docs/virtual-time.md} lists which time each wait goes by.
 *
 * <p>It is one time for all lives of a broker: {@code stopBroker} and {@code startBroker} leave it where it stands. While no
 * broker runs, advancing only moves the clock, and the broker finds so much time passed when it starts again.
 *
 * <p>Thread-safe. Advances from several threads happen one after the other, each in full.
 */
public final class VirtualTime {
    private final TimeKeeper keeper;

    VirtualTime(TimeKeeper keeper) {
        this.keeper = keeper;
    }

    /** What time it is for the broker. During an advance, the moment it has come to. */
    public Instant now() {
        return keeper.now();
    }

    /**
     * Lets so much time pass at once.
     *
     * <p>When it returns:
     *
     * <ul>
     *   <li>everything in the broker that became due has happened, each thing at the moment it was due: the clock went from
     *       one due time to the next, and what fell due together happened in the order it was asked for, loop by loop;
     *   <li>so has everything that came of it, and of requests that were being served before: records are appended and can be
     *       read, files are deleted, compactions are done, answers that waited are with the sockets of their clients. Except
     *       a compaction that {@code log.cleaner.io.max.bytes.per.second} slows down: it goes on at its own pace;
     *   <li>{@link #now} is exactly {@code duration} later.
     * </ul>
     *
     * <p>No request is served in between: what a client sends meanwhile waits, and is served when the time has been advanced.
     * So a client finds a world that is that much older, and never one that is half way there: equal state and equal advances
     * come to the same. A client learns of it as from any broker, by the answer to its next request or by the end of its
     * connection: a consumer whose session ended learns so by a heartbeat, which the client sends in real time.
     *
     * <p>An interrupt does not cut it short, and is kept for the caller.
     *
     * @param duration how much; {@link Duration#ZERO} lets everything that is due now, and what comes of it, happen
     * @throws IllegalArgumentException if it is negative, or the broker would have lived for more than a hundred years
     * @throws IllegalStateException if the broker was closed, or the calling thread is one of the broker's own, or the broker
     *     does not come to rest: a class of the user's within it blocks, or a timer fires without end
     */
    public void advance(Duration duration) {
        keeper.advance(duration);
    }

    /**
     * Lets time pass until a moment: as {@link #advance} with the time there is until then.
     *
     * @throws IllegalArgumentException if that moment is before {@link #now}
     */
    public void advanceTo(Instant moment) {
        keeper.advanceTo(moment);
    }

    @Override
    public String toString() {
        return "virtual time " + now();
    }
}
