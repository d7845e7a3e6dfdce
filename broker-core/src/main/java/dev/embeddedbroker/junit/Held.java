package dev.embeddedbroker.junit;

import dev.embeddedbroker.EmbeddedBroker;
import dev.embeddedbroker.fault.FaultRule;
import dev.embeddedbroker.fault.UnusedRule;
import java.util.List;
import java.util.Set;
import java.util.StringJoiner;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;

/**
 * A broker in the hands of a class, a test or a run, and what to do with it in the end.
 *
 * <p><b>Owner:</b> none; any thread.
 */
final class Held implements AutoCloseable {
    private final EmbeddedBroker broker;
    private final boolean isReset;
    private final Runnable end;
    private final AtomicInteger running = new AtomicInteger();
    private final AtomicInteger begun = new AtomicInteger();
    /** Rules of faults that a test has failed for already. */
    private final Set<FaultRule> told = ConcurrentHashMap.newKeySet();

    /** @param isReset whether every test finds the broker as after its start */
    Held(EmbeddedBroker broker, boolean isReset, Runnable end) {
        this.broker = broker;
        this.isReset = isReset;
        this.end = end;
    }

    EmbeddedBroker broker() {
        return broker;
    }

    /** A test begins, which ends what it gets. */
    InUse begin() {
        boolean isAlone = running.getAndIncrement() == 0;
        int number = begun.incrementAndGet();
        if (isReset) {
            if (!isAlone) {
                running.decrementAndGet();
                throw new ExtensionConfigurationException("a test begins while another one uses its broker, which is"
                        + " reset for every test (expected: tests one after the other, by @Execution(SAME_THREAD), or"
                        + " scope = PER_METHOD)");
            }
            broker.reset();
        }
        return new InUse(this, isAlone ? number : 0, Set.copyOf(broker.faults().rules()));
    }

    /**
     * A broker that a test has. Not closeable: it is in the test's store, which must not close it.
     *
     * @param number of the test among those that had the broker; 0 if it was not alone when it began
     * @param before the rules of faults that there were already
     */
    record InUse(Held held, int number, Set<FaultRule> before) {
        EmbeddedBroker broker() {
            return held.broker;
        }

        /** The test is over; gives the rules of its own that never fired, as far as it is known that they are its own. */
        List<UnusedRule> end() {
            boolean wasAlone = number != 0 && held.begun.get() == number;
            held.running.decrementAndGet();
            return wasAlone ? held.unused(before) : List.of();
        }
    }

    private List<UnusedRule> unused(Set<FaultRule> butFor) {
        return broker.faults().unused().stream()
                .filter(unused -> !butFor.contains(unused.rule()) && told.add(unused.rule()))
                .toList();
    }

    /** The failure of a test, or a class, whose faults never came. */
    static AssertionError neverFired(List<UnusedRule> unused) {
        var text = new StringJoiner("\n  ", "fault rules that never fired:\n  ", "");
        unused.forEach(each -> text.add(each.toString()));
        return new AssertionError(text.toString());
    }

    /** @throws AssertionError if rules that no single test answers for have never fired */
    @Override
    public void close() {
        var unused = unused(Set.of());
        end.run();
        if (!unused.isEmpty()) {
            throw neverFired(unused);
        }
    }
}
