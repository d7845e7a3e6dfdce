package dev.embeddedbroker.fault;

import dev.embeddedbroker.protocol.ApiKey;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.StringJoiner;

/**
 * The rules by which a broker fails on purpose.
 *
 * <pre>{@code
 * var moved = broker.faults()
 *         .on(ApiKey.PRODUCE).topic("orders").first(2)
 *         .then(Verdict.answer(ErrorCode.NOT_LEADER_OR_FOLLOWER));
 * ...
 * moved.awaitFired(2, Duration.ofSeconds(30));
 * }</pre>
 *
 * <p>Rules may be added and ended at any time, while clients are connected, and outlive a stop, a crash and another start of
 * the broker. A request passes all rules in the order in which they were added; one that keeps it from going on (an error for
 * all of it, a lost request, a closed connection) is the last to see it.
 *
 * <p>While a rule covers Fetch, the broker keeps no fetch sessions (KIP-227), as one whose cache is full: so each Fetch names
 * its partitions. Clients notice it as one answer FETCH_SESSION_ID_NOT_FOUND, which they expect.
 *
 * <p>Thread-safe. Without a rule it costs a request one volatile read.
 *
 * <p><b>Owner:</b> the lists are guarded by {@code this}, a leaf lock; {@code live} is replaced, never changed.
 */
public final class Faults {
    private static final FaultRule[] NONE = {};

    private final List<FaultRule> all = new ArrayList<>();
    private volatile FaultRule[] live = NONE;

    Faults() {}

    /** Begins a rule about requests of one kind, or of one of several. Nothing happens until {@link FaultConditions#then}. */
    public FaultConditions on(ApiKey kind, ApiKey... others) {
        return new FaultConditions(this, EnumSet.of(kind, others));
    }

    /** Begins a rule about requests of any kind. */
    public FaultConditions onAny() {
        return new FaultConditions(this, EnumSet.allOf(ApiKey.class));
    }

    /** The rules that were added since the last {@link #clear}, also those that are over, in that order. A copy. */
    public synchronized List<FaultRule> rules() {
        return List.copyOf(all);
    }

    /**
     * The rules that never fired, and why, but for {@linkplain FaultConditions#optional optional} ones: those that a test is
     * to fail for, because what it wanted to see did not happen.
     */
    public List<UnusedRule> unused() {
        return rules().stream()
                .filter(rule -> rule.fired() == 0 && !rule.isOptional())
                .map(rule -> new UnusedRule(rule, rule.explanation()))
                .toList();
    }

    /**
     * Does nothing if each rule that is not optional has fired.
     *
     * @throws AssertionError otherwise; the message says of each that has not, what came instead
     */
    public void requireAllUsed() {
        var unused = unused();
        if (!unused.isEmpty()) {
            var text = new StringJoiner("\n  ", "fault rules that never fired:\n  ", "");
            unused.forEach(each -> text.add(each.toString()));
            throw new AssertionError(text.toString());
        }
    }

    /** Ends all rules and forgets them: when it returns, nothing is struck any more, and what was held goes on. */
    public void clear() {
        List<FaultRule> ended;
        synchronized (this) {
            ended = List.copyOf(all);
            all.clear();
            live = NONE;
        }
        ended.forEach(FaultRule::release);
    }

    /** The rules that have to see requests. */
    FaultRule[] live() {
        return live;
    }

    synchronized FaultRule add(FaultRule rule) {
        all.add(rule);
        changed();
        return rule;
    }

    /** A rule is over, or has to look at requests nevertheless. */
    synchronized void changed() {
        live = all.stream().filter(each -> !each.isDone()).toArray(FaultRule[]::new);
    }
}
