package dev.embeddedbroker.api;

import dev.embeddedbroker.metadata.MutationPermits;
import dev.embeddedbroker.protocol.ApiKey;
import dev.embeddedbroker.protocol.Response;
import dev.embeddedbroker.quota.ClientQuotas;
import dev.embeddedbroker.quota.MutationQuota;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A request in progress that is charged to its client's quotas. Over quota it is answered nevertheless, at once and with
 * the time to wait, and for that time its connection is not read (KIP-219).
 *
 * <p>The time of a request is what its handler takes on the connection's loop; waiting costs nothing.
 *
 * <p><b>Owner:</b> as {@link RequestContext}: the answering methods may be called by any thread.
 */
final class MeteredRequest extends ForwardedRequest implements Charge {

    private static final long UNKNOWN = -1;

    private final ClientQuotas quotas;
    private final String principal;
    private final String clientId;
    private final long startedNanos;
    private volatile long workedNanos = UNKNOWN;
    private volatile int throttledMs = -1; // not charged yet
    private volatile @Nullable MutationQuota mutations;

    MeteredRequest(RequestContext context, ClientQuotas quotas) {
        super(context);
        this.quotas = quotas;
        this.principal = forwarded().connection().principal();
        this.clientId = Objects.requireNonNullElse(forwarded().clientId(), "");
        this.startedNanos = forwarded().clock().pacing().nanos();
    }

    /** The handler has returned; whatever answers the request later does so in passing. */
    void handled() {
        workedNanos = forwarded().clock().pacing().nanos() - startedNanos;
    }

    private long nowMs() {
        return ClientQuotas.milliseconds(forwarded().clock().pacing().nanos());
    }

    private int charged() {
        return throttledMs >= 0 ? throttledMs : chargeAnswer();
    }

    private int chargeAnswer() {
        int ms = chargeTime();
        if (api() == ApiKey.PRODUCE) {
            ms = Math.max(ms, chargeProduced());
        }
        var changes = mutations;
        if (changes != null) {
            ms = Math.max(ms, changes.throttleMs(nowMs()));
        }
        throttledMs = ms;
        return ms;
    }

    private int chargeTime() {
        if (api() == ApiKey.WRITE_TXN_MARKERS) {
            return 0; // a broker's request
        }
        long nanos = workedNanos;
        return quotas.worked(
                principal,
                clientId,
                nanos == UNKNOWN ? forwarded().clock().pacing().nanos() - startedNanos : nanos,
                nowMs());
    }

    private int chargeProduced() {
        return quotas.produced(principal, clientId, forwarded().sizeBytes(), nowMs());
    }

    // ---- what handlers say

    @Override
    public Charge charge() {
        return this;
    }

    @Override
    public long mostToFetch() {
        return quotas.mostToFetch(principal, clientId);
    }

    @Override
    public int fetched(long bytes) {
        int timeMs = chargeTime();
        int bytesMs = quotas.fetched(principal, clientId, bytes, nowMs());
        int ms = Math.max(timeMs, bytesMs);
        if (ms > 0) {
            quotas.notFetched(principal, clientId, bytes, nowMs());
        }
        throttledMs = ms;
        return ms;
    }

    @Override
    public MutationPermits mutations(int strictSinceVersion) {
        var permits = quotas.mutations(principal, clientId, version() >= strictSinceVersion, nowMs());
        if (permits == null) {
            return MutationPermits.UNLIMITED;
        }
        if (api() != ApiKey.METADATA) { // which is answered before it is known what creating topics came to
            mutations = permits;
        }
        return permits;
    }

    @Override
    public void waive() {
        throttledMs = 0;
    }

    // ---- answering

    @Override
    public void reply(Response response, List<? extends AutoCloseable> leases) {
        int ms = charged();
        if (ms > 0) {
            response.setThrottleTimeMs(ms);
            forwarded().mute(ms);
        }
        forwarded().reply(response, leases);
    }

    @Override
    public void replyNothing() {
        if (api() == ApiKey.PRODUCE) { // with acks=0, whose time is free
            int ms = chargeProduced();
            if (ms > 0) {
                forwarded().mute(ms);
            }
        }
        forwarded().replyNothing();
    }
}
