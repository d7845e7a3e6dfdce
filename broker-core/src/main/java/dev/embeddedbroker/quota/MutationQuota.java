package dev.embeddedbroker.quota;

import dev.embeddedbroker.metadata.MutationPermits;
import dev.embeddedbroker.time.Moment;

/**
 * One request's permits to create and delete partitions (KIP-599). A client that knows THROTTLING_QUOTA_EXCEEDED is
 * refused while it owes tokens; an older one is served and throttled.
 *
 * <p><b>Owner:</b> the controller's loop while it decides; then whoever answers the request.
 */
public final class MutationQuota implements MutationPermits {

    private final Meter meter;
    private final boolean strict;
    private long throttleMs;
    private long throttledAtMs;

    MutationQuota(Meter meter, boolean strict) {
        this.meter = meter;
        this.strict = strict;
    }

    @Override
    public synchronized boolean take(int partitions, Moment now) {
        long nowMs = ClientQuotas.milliseconds(now.nanos());
        long waitMs = strict ? meter.takeUnlessOverdrawn(partitions, nowMs) : meter.take(partitions, nowMs);
        if (waitMs > 0) {
            throttleMs = waitMs;
            throttledAtMs = nowMs;
        }
        return !strict || waitMs == 0;
    }

    /** How long the client is still to wait. */
    public synchronized int throttleMs(long nowMs) {
        return ClientQuotas.limited(Math.max(0, throttleMs - (nowMs - throttledAtMs)));
    }
}
