package dev.embeddedbroker.inspect;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A wait for a state of the broker: it looks, and looks again when something has changed.
 *
 * <p><b>Owner:</b> the thread that waits.
 */
final class Await {
    /*
     * Every change anywhere in the broker wakes the wait, because what it waits for may rest on anything. So that a wait
     * does not keep a busy broker's loops busy too, changes are looked at together once a few looks have been in vain:
     * those that come within a millisecond.
     */
    private static final int LOOKS_AT_ONCE = 16;
    private static final long TOGETHER_MS = 1;
    private static final int MAX_MISSING_SHOWN = 20;

    private final BrokerInsides insides;
    private final String what;
    private final Duration limit;

    /** @param what the call that waits, for the message */
    Await(BrokerInsides insides, String what, Duration limit) {
        if (limit.isNegative()) {
            throw new IllegalArgumentException("limit is " + limit + " (expected: 0 or more)");
        }
        this.insides = insides;
        this.what = what;
        this.limit = limit;
    }

    /**
     * Looks until the verdict is that it is there; gives its value.
     *
     * @throws AwaitTimeout when the limit is over
     * @throws IllegalStateException when the broker was stopped or closed, or the thread was interrupted
     */
    <T> T until(Function<Looks, Verdict<T>> look) {
        long untilNanos = System.nanoTime() + limit.toNanos();
        // the first look is answered even if there is no time to wait: a limit of 0 asks how things stand
        var first = new Looks(insides, Math.max(untilNanos, System.nanoTime() + Inspector.ANSWER_LIMIT.toNanos()));
        var watch = insides.changes().watch();
        Verdict<T> last = null;
        try {
            for (int looked = 0; ; looked++) {
                watch.lookNow();
                insides.changes().requireOpen(); // a broker that ends may have nothing left that a look would ask
                last = look.apply(looked == 0 ? first : new Looks(insides, untilNanos));
                if (last.isReached()) {
                    return Objects.requireNonNull(last.value());
                }
                if (!watch.awaitChange(untilNanos)) {
                    throw timeout(last);
                }
                if (looked >= LOOKS_AT_ONCE) {
                    TimeUnit.MILLISECONDS.sleep(TOGETHER_MS);
                }
            }
        } catch (Changes.BrokerEnded e) {
            throw new IllegalStateException(ended(last), e);
        } catch (Looks.NoAnswer e) {
            if (last == null) {
                throw new IllegalStateException(what + ": " + e.getMessage(), e);
            }
            throw timeout(last);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted in " + what, e);
        } finally {
            insides.changes().forget(watch);
        }
    }

    private String ended(@Nullable Verdict<?> last) {
        return "the broker was stopped or closed during " + what + (last == null ? "" : "; until then:" + state(last));
    }

    private AwaitTimeout timeout(Verdict<?> last) {
        return new AwaitTimeout(what + " did not come about within " + shown(limit) + ":" + state(last));
    }

    private static String state(Verdict<?> last) {
        var missing = last.missing();
        String lines = missing.stream()
                .limit(MAX_MISSING_SHOWN)
                .map(line -> "\n- " + line)
                .collect(Collectors.joining());
        int more = missing.size() - MAX_MISSING_SHOWN;
        String standing = last.standing().get();
        return lines
                + (more > 0 ? "\n- and " + more + " more like that" : "")
                + (standing.isEmpty() ? "" : "\n" + standing);
    }

    private static String shown(Duration limit) {
        return limit.toMillis() % 1000 == 0 ? limit.toSeconds() + " s" : limit.toMillis() + " ms";
    }
}
