package dev.embeddedbroker.quota;

import dev.embeddedbroker.metadata.ClusterImage;
import dev.embeddedbroker.metadata.ImageDelta;
import dev.embeddedbroker.metadata.ImageListener;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * What clients use, measured and held against their quotas; the times it gives are how long a client's connection is not
 * to be read (KIP-219).
 *
 * <p>A kind that nobody has a quota of is not measured.
 *
 * <p><b>Owner:</b> loop 0 for {@link #onImage}; anything else by any thread.
 */
public final class ClientQuotas implements ImageListener {

    private static final long IDLE_MS = TimeUnit.HOURS.toMillis(1);
    private static final long SWEEP_MS = TimeUnit.MINUTES.toMillis(1);
    private static final double NANOS_PER_PERCENT = 10_000_000.0; // of a thread's second

    private final QuotaRules rules;
    private final QuotaWindow window;
    private final QuotaWindow mutationWindow;
    private final Map<QuotaKind, Map<Map<String, String>, Meter>> meters = new EnumMap<>(QuotaKind.class);
    private final AtomicLong sweptMs = new AtomicLong(Long.MIN_VALUE);
    private volatile boolean any;

    public ClientQuotas(QuotaRules rules, QuotaWindow window, QuotaWindow mutationWindow) {
        this.rules = rules;
        this.window = window;
        this.mutationWindow = mutationWindow;
        for (var kind : QuotaKind.values()) {
            meters.put(kind, new ConcurrentHashMap<>());
        }
        any = hasAny();
    }

    private boolean hasAny() {
        for (var kind : QuotaKind.values()) {
            if (rules.hasAny(kind)) {
                return true;
            }
        }
        return false;
    }

    /** Whether anybody has a quota: all that is asked of a request when nobody has. */
    public boolean isOn() {
        return any;
    }

    @Override
    public void onImage(ImageDelta delta, ClusterImage image, Runnable done) {
        if (rules.follow(delta)) {
            for (var kind : QuotaKind.values()) {
                limitAnew(kind);
            }
            any = hasAny();
        }
        done.run();
    }

    private void limitAnew(QuotaKind kind) {
        metersOf(kind).values().forEach(meter -> meter.limitTo(rules.limit(kind, meter.tags())));
    }

    /** Forgets what clients have used. */
    public void forgetUse() {
        meters.values().forEach(Map::clear);
    }

    /** Counts the bytes of a Produce request. */
    public int produced(String principal, String clientId, long bytes, long nowMs) {
        return used(QuotaKind.PRODUCE, principal, clientId, (double) bytes, nowMs);
    }

    /** Counts the bytes of a Fetch answer. */
    public int fetched(String principal, String clientId, long bytes, long nowMs) {
        return used(QuotaKind.FETCH, principal, clientId, (double) bytes, nowMs);
    }

    /** Takes back the bytes of a Fetch answer that is not given. */
    public void notFetched(String principal, String clientId, long bytes, long nowMs) {
        var meter = meter(QuotaKind.FETCH, principal, clientId, nowMs);
        if (meter != null) {
            meter.unuse((double) bytes, nowMs);
        }
    }

    /** The most bytes a Fetch answer may have without being throttled for sure. */
    public long mostToFetch(String principal, String clientId) {
        if (!rules.hasAny(QuotaKind.FETCH)) {
            return Long.MAX_VALUE;
        }
        var limit = rules.limit(QuotaKind.FETCH, rules.tags(QuotaKind.FETCH, principal, clientId));
        return limit == null ? Long.MAX_VALUE : (long) window.most(limit);
    }

    /** Counts the time that threads spent on a request; nobody waits longer than one sample for it. */
    public int worked(String principal, String clientId, long nanos, long nowMs) {
        return (int) Math.min(
                window.sampleMs(), used(QuotaKind.REQUEST, principal, clientId, nanos / NANOS_PER_PERCENT, nowMs));
    }

    /** A request's permits to change partitions; null if there is no need for any. */
    public @Nullable MutationQuota mutations(String principal, String clientId, boolean strict, long nowMs) {
        var meter = meter(QuotaKind.CONTROLLER_MUTATION, principal, clientId, nowMs);
        return meter == null ? null : new MutationQuota(meter, strict);
    }

    private int used(QuotaKind kind, String principal, String clientId, double amount, long nowMs) {
        var meter = meter(kind, principal, clientId, nowMs);
        return meter == null ? 0 : limited(meter.use(amount, nowMs));
    }

    private @Nullable Meter meter(QuotaKind kind, String principal, String clientId, long nowMs) {
        if (!rules.hasAny(kind)) {
            return null;
        }
        var tags = rules.tags(kind, principal, clientId);
        var all = metersOf(kind);
        var meter = all.get(tags);
        if (meter == null) {
            sweep(nowMs);
            meter = all.computeIfAbsent(tags, key -> new Meter(key, windowOf(kind), rules.limit(kind, key), nowMs));
            // the limit may have changed before others could find the meter
            meter.limitTo(rules.limit(kind, tags));
        }
        if (rules.isResetRequired(kind)) {
            limitAnew(kind);
        }
        return meter;
    }

    private QuotaWindow windowOf(QuotaKind kind) {
        return kind == QuotaKind.CONTROLLER_MUTATION ? mutationWindow : window;
    }

    /** Forgets who has not been here for long. */
    private void sweep(long nowMs) {
        long last = sweptMs.get();
        if ((last != Long.MIN_VALUE && nowMs - last < SWEEP_MS) || !sweptMs.compareAndSet(last, nowMs)) {
            return;
        }
        for (var all : meters.values()) {
            all.values().removeIf(meter -> meter.isIdleSince(nowMs - IDLE_MS));
        }
    }

    @SuppressWarnings("NullAway") // there is one of each kind
    private Map<Map<String, String>, Meter> metersOf(QuotaKind kind) {
        return meters.get(kind);
    }

    /** The time quotas go by, from a monotonic clock's. */
    public static long milliseconds(long nanos) {
        return TimeUnit.NANOSECONDS.toMillis(nanos);
    }

    static int limited(long ms) {
        return (int) Math.min(ms, Integer.MAX_VALUE);
    }
}
