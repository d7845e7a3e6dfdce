package dev.embeddedbroker.quota;

/** Over which time use is measured: {@code quota.window.num} samples of {@code quota.window.size.seconds} each. */
public record QuotaWindow(int samples, long sampleMs) {

    private static final long MS_PER_SECOND = 1_000;

    public static QuotaWindow of(int samples, int sampleSeconds) {
        return new QuotaWindow(samples, sampleSeconds * MS_PER_SECOND);
    }

    /** What may be used within the whole samples of a window, which is at most without being throttled for sure. */
    double most(double limitPerSecond) {
        return limitPerSecond * (samples - 1) * sampleMs / MS_PER_SECOND;
    }

    /** How much a bucket holds that fills at this rate. */
    double burst(double limitPerSecond) {
        return limitPerSecond * samples * sampleMs / MS_PER_SECOND;
    }
}
