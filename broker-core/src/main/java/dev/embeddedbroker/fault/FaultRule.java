package dev.embeddedbroker.fault;

import dev.embeddedbroker.protocol.ApiKey;
import dev.embeddedbroker.protocol.request.ProduceRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A rule: which requests it strikes, what becomes of them, and the proof that it did.
 *
 * <p>Made by {@link Faults#on}. Thread-safe.
 *
 * <p><b>Owner:</b> what it counts is guarded by {@code this}, a leaf lock.
 */
public final class FaultRule {
    private static final Logger log = LoggerFactory.getLogger(FaultRule.class);
    private static final int MOST_HITS_KEPT = 10_000;

    private final Faults faults;
    private final FaultConditions asked;
    private final Verdict verdict;
    private final Turns turns;
    private final Tally tally = new Tally();
    private final SequenceGaps gaps = new SequenceGaps();
    private final ArrayDeque<FaultHit> hits = new ArrayDeque<>();
    private List<Runnable> held = new ArrayList<>();
    private long fired;
    private boolean released;
    private volatile boolean over;

    FaultRule(Faults faults, FaultConditions asked, Verdict verdict) {
        this.faults = faults;
        this.asked = asked;
        this.verdict = verdict;
        this.turns = new Turns(asked.turns());
    }

    // ---- what a test asks

    /** How many requests it has struck. */
    public synchronized long fired() {
        return fired;
    }

    /**
     * Waits until the rule has struck at least {@code times} requests. When it returns, it has: their verdicts are under way,
     * and the client may not have noticed yet.
     *
     * @throws AssertionError if it has not within {@code timeout} of real time; the message says what came instead
     */
    public synchronized void awaitFired(long times, Duration timeout) throws InterruptedException {
        long deadline = System.nanoTime() + timeout.toNanos();
        while (fired < times) {
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                throw new AssertionError(this + " fired " + fired + " times within " + timeout + " (expected: " + times
                        + "): " + explanation());
            }
            TimeUnit.NANOSECONDS.timedWait(this, left + 1_000_000);
        }
    }

    /** What it has struck, oldest first: the last 10,000 requests. A copy. */
    public synchronized List<FaultHit> log() {
        return List.copyOf(hits);
    }

    /** How many requests it holds at this moment, if its verdict is {@link Verdict#stall}. */
    public synchronized int held() {
        return held.size();
    }

    /**
     * Ends the rule: when it returns, requests that come are not struck any more, and those that it {@linkplain
     * Verdict#stall holds} go on as if they came now. Doing it twice does nothing more.
     */
    public void release() {
        List<Runnable> waiting;
        synchronized (this) {
            over = true;
            released = true;
            waiting = held;
            held = new ArrayList<>();
        }
        faults.changed();
        waiting.forEach(Runnable::run);
    }

    /** Forgets what it holds: the broker that had the requests is no more. */
    synchronized void forgetHeld() {
        held = new ArrayList<>();
    }

    /** Whether it can't strike any more: it was {@linkplain #release ended}, or has struck all that it was to. */
    public boolean isOver() {
        return over;
    }

    /** Whether it is no mistake if it never fires; see {@link Faults#unused}. */
    public boolean isOptional() {
        return asked.isOptional();
    }

    /** How many requests came and what kept each of them from meeting the rule, as a text for people. */
    public synchronized String explanation() {
        return tally.explanation(asked.kinds(), turns.met(), turns);
    }

    /** What it strikes, and what becomes of it. */
    @Override
    public String toString() {
        return asked + " -> " + verdict;
    }

    // ---- what the filter asks

    boolean covers(ApiKey api) {
        return asked.covers(api);
    }

    /** Whether it asks for a topic, a partition, a group or a transactional id. */
    boolean isSelective() {
        return !asked.ofSubjects().isEmpty();
    }

    /** Whether it asks for a topic or a partition. */
    boolean namesTopics() {
        return asked.ofSubjects().stream().anyMatch(Condition.OfSubject::isOfTopics);
    }

    boolean isAbout(Subject subject) {
        return asked.ofSubjects().stream()
                .allMatch(condition -> condition.test().test(subject));
    }

    SequenceGaps gaps() {
        return gaps;
    }

    /** Refuses batches that their producers will send again. */
    void refused(ProduceRequest request, Set<Subject> partitions) {
        gaps.open(request, partitions);
        faults.changed();
    }

    /** Whether it is over and needs to see no request any more. */
    boolean isDone() {
        return over && !gaps.isOpen();
    }

    Verdict verdict() {
        return verdict;
    }

    synchronized void came(ApiKey api) {
        tally.came(api, covers(api));
    }

    /** What the rule is about of a request that meets its conditions, or null if it does not. */
    @Nullable
    Set<Subject> meets(SeenRequest request) {
        boolean met = true;
        for (var condition : asked.ofRequests()) {
            if (!holds(condition, request)) {
                missed(condition.text(), condition.seen().apply(request));
                met = false;
            }
        }
        var matched = new LinkedHashSet<Subject>();
        for (var subject : request.subjects()) {
            if (isAbout(subject)) {
                matched.add(subject);
            }
        }
        if (matched.isEmpty()) {
            missedSubjects(request);
            return null;
        }
        return met ? matched : null;
    }

    private static boolean holds(Condition condition, SeenRequest request) {
        try {
            return condition.test().test(request);
        } catch (RuntimeException e) {
            log.error("The condition \"{}\" of a fault rule threw on {}", condition.text(), request, e);
            return false;
        }
    }

    private void missedSubjects(SeenRequest request) {
        boolean each = true;
        for (var condition : asked.ofSubjects()) {
            if (request.subjects().stream().noneMatch(condition.test())) {
                missed(condition.text(), condition.seen().apply(request));
                each = false;
            }
        }
        if (each) {
            missed("all of it at once", request.subjects().toString());
        }
    }

    private synchronized void missed(String condition, String seen) {
        tally.missed(condition, seen);
    }

    /** Whether a request that meets the conditions is struck; then it is noted. */
    boolean strikes(SeenRequest request, Set<Subject> matched, long wallMs) {
        boolean strikes;
        synchronized (this) {
            if (over) {
                return false;
            }
            strikes = turns.next();
            over = turns.isOver();
            if (strikes) {
                note(request, matched, wallMs);
            }
        }
        if (over) {
            faults.changed();
        }
        return strikes;
    }

    private void note(SeenRequest request, Set<Subject> matched, long wallMs) {
        fired++;
        if (hits.size() == MOST_HITS_KEPT) {
            hits.poll();
        }
        hits.add(new FaultHit(
                Instant.ofEpochMilli(wallMs),
                request.connection(),
                request.clientId(),
                request.api(),
                request.version(),
                request.correlationId(),
                String.join("; ", matched.stream().map(Subject::toString).toList())));
        notifyAll();
        log.debug("{} struck {}", this, request);
    }

    /** Keeps a request until the rule is ended; false if it is. */
    synchronized boolean hold(Runnable goOn) {
        if (released) {
            return false;
        }
        held.add(goOn);
        return true;
    }
}
