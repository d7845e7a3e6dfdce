package dev.embeddedbroker.quota;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What those who share one quota have used of it.
 *
 * <p><b>Owner:</b> none; any thread, one at a time by its monitor, which is a leaf.
 */
final class Meter {

    private final Map<String, String> tags;
    private final SampledRate rate;
    private final TokenBucket bucket;
    private double limit;
    private long usedMs;

    Meter(Map<String, String> tags, QuotaWindow window, @Nullable Double limit, long nowMs) {
        this.tags = tags;
        this.rate = new SampledRate(window);
        this.bucket = new TokenBucket(window);
        this.usedMs = nowMs;
        limitTo(limit);
    }

    Map<String, String> tags() {
        return tags;
    }

    synchronized void limitTo(@Nullable Double newLimit) {
        limit = newLimit == null ? Long.MAX_VALUE : newLimit;
    }

    /** Counts use; says how long the client is to wait. */
    synchronized long use(double amount, long nowMs) {
        usedMs = nowMs;
        rate.add(amount, nowMs);
        return rate.excessMs(limit, nowMs);
    }

    /** Takes use back that was counted, but came to nothing. */
    synchronized void unuse(double amount, long nowMs) {
        rate.add(-amount, nowMs);
    }

    /** Takes tokens even if none are left; says how long until nothing is owed. */
    synchronized long take(double tokens, long nowMs) {
        usedMs = nowMs;
        bucket.take(tokens, limit, nowMs);
        return bucket.overdrawnMs(limit, nowMs);
    }

    /** Takes tokens unless some are owed already; then it says how long, and takes none. */
    synchronized long takeUnlessOverdrawn(double tokens, long nowMs) {
        usedMs = nowMs;
        long overdrawnMs = bucket.overdrawnMs(limit, nowMs);
        if (overdrawnMs == 0) {
            bucket.take(tokens, limit, nowMs);
        }
        return overdrawnMs;
    }

    synchronized boolean isIdleSince(long timeMs) {
        return usedMs - timeMs < 0;
    }
}
