package dev.embeddedbroker.quota;

/**
 * A rate over a sliding {@link QuotaWindow}, measured as Kafka measures it.
 *
 * <p>Use is summed up in samples. A sample takes what comes within {@code sampleMs} of its start; one in which nothing has
 * come for the length of the window counts no more. The sum is divided by the time since the oldest sample's start, but
 * by no less than all whole samples of the window, so that a client's first bytes are not taken for a huge rate.
 *
 * <p><b>Owner:</b> whoever holds it; not thread-safe.
 */
final class SampledRate {

    private static final double MS_PER_SECOND = 1_000.0;

    private final QuotaWindow window;
    // one more than the window has: the oldest may reach into it
    private final double[] sums;
    private final long[] startsMs;
    private final long[] lastsMs;
    private int size;
    private int newest = -1;

    SampledRate(QuotaWindow window) {
        this.window = window;
        this.sums = new double[window.samples() + 1];
        this.startsMs = new long[sums.length];
        this.lastsMs = new long[sums.length];
    }

    void add(double amount, long nowMs) {
        if (newest < 0 || nowMs - startsMs[newest] >= window.sampleMs()) {
            newest = (newest + 1) % sums.length;
            size = Math.max(size, newest + 1);
            restart(newest, nowMs);
        }
        sums[newest] += amount;
        lastsMs[newest] = nowMs;
    }

    /** The rate a second. */
    double perSecond(long nowMs) {
        forgetOld(nowMs);
        double sum = 0;
        for (int i = 0; i < size; i++) {
            sum += sums[i];
        }
        return sum / (spanMs(nowMs) / MS_PER_SECOND);
    }

    /** How long nothing must come for the rate to be down at the limit; 0 when it is not above it. */
    long excessMs(double limitPerSecond, long nowMs) {
        double rate = perSecond(nowMs);
        return rate <= limitPerSecond ? 0 : Math.round((rate - limitPerSecond) / limitPerSecond * spanMs(nowMs));
    }

    private void forgetOld(long nowMs) {
        if (newest < 0) {
            newest = 0;
            size = 1;
            restart(newest, nowMs);
        }
        long ageMs = window.samples() * window.sampleMs();
        for (int i = 0; i < size; i++) {
            if (nowMs - lastsMs[i] >= ageMs) {
                restart(i, nowMs);
            }
        }
    }

    private void restart(int sample, long nowMs) {
        sums[sample] = 0;
        startsMs[sample] = nowMs;
        lastsMs[sample] = nowMs;
    }

    private long spanMs(long nowMs) {
        long elapsedMs = 0;
        for (int i = 0; i < size; i++) {
            elapsedMs = Math.max(elapsedMs, nowMs - startsMs[i]);
        }
        long missing = window.samples() - 1 - elapsedMs / window.sampleMs();
        return Math.max(1, missing > 0 ? elapsedMs + missing * window.sampleMs() : elapsedMs);
    }
}
