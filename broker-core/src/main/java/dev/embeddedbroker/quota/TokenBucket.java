package dev.embeddedbroker.quota;

/**
 * What a client may still change: it fills at the quota's rate up to a burst of the whole {@link QuotaWindow}, and may be
 * overdrawn once (KIP-599).
 *
 * <p><b>Owner:</b> whoever holds it; not thread-safe.
 */
final class TokenBucket {

    private static final double MS_PER_SECOND = 1_000.0;

    private final QuotaWindow window;
    private double tokens = Double.POSITIVE_INFINITY; // full, whatever the quota is
    private long filledMs;

    TokenBucket(QuotaWindow window) {
        this.window = window;
    }

    void take(double amount, double limitPerSecond, long nowMs) {
        fill(limitPerSecond, nowMs);
        tokens = Math.min(window.burst(limitPerSecond), tokens - amount);
    }

    /** How long it takes to fill up to nothing owed; 0 when nothing is. */
    long overdrawnMs(double limitPerSecond, long nowMs) {
        fill(limitPerSecond, nowMs);
        return tokens >= 0 ? 0 : Math.max(1, Math.round(-tokens / limitPerSecond * MS_PER_SECOND));
    }

    private void fill(double limitPerSecond, long nowMs) {
        double grown = tokens + limitPerSecond * (nowMs - filledMs) / MS_PER_SECOND;
        tokens = Math.min(window.burst(limitPerSecond), grown);
        filledMs = nowMs;
    }
}
