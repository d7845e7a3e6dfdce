package dev.embeddedbroker.api;

import dev.embeddedbroker.loop.Loop;
import dev.embeddedbroker.metadata.MutationPermits;
import dev.embeddedbroker.protocol.ApiKey;
import dev.embeddedbroker.protocol.Request;
import dev.embeddedbroker.protocol.Response;
import dev.embeddedbroker.quota.ClientQuotas;
import dev.embeddedbroker.quota.MutationQuota;
import dev.embeddedbroker.time.Clock;
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
final class MeteredRequest implements RequestContext, Charge {

    private static final long UNKNOWN = -1;

    private final RequestContext context;
    private final Request request;
    private final ClientQuotas quotas;
    private final String principal;
    private final String clientId;
    private final long startedNanos;
    private volatile long workedNanos = UNKNOWN;
    private volatile int throttledMs = -1; // not charged yet
    private volatile @Nullable MutationQuota mutations;

    MeteredRequest(RequestContext context, Request request, ClientQuotas quotas) {
        this.context = context;
        this.request = request;
        this.quotas = quotas;
        this.principal = context.connection().principal();
        this.clientId = Objects.requireNonNullElse(context.clientId(), "");
        this.startedNanos = context.clock().nanos();
    }

    /** The handler has returned; whatever answers the request later does so in passing. */
    void handled() {
        workedNanos = context.clock().nanos() - startedNanos;
    }

    private long nowMs() {
        return ClientQuotas.milliseconds(context.clock().nanos());
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
                principal, clientId, nanos == UNKNOWN ? context.clock().nanos() - startedNanos : nanos, nowMs());
    }

    private int chargeProduced() {
        return quotas.produced(principal, clientId, context.sizeBytes(), nowMs());
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
            context.mute(ms);
        }
        context.reply(response, leases);
    }

    @Override
    public void replyNothing() {
        if (api() == ApiKey.PRODUCE) { // with acks=0, whose time is free
            int ms = chargeProduced();
            if (ms > 0) {
                context.mute(ms);
            }
        }
        context.replyNothing();
    }

    @Override
    public void fail(Throwable bug) {
        context.fail(bug);
    }

    @Override
    public void disconnect(String reason) {
        context.disconnect(reason);
    }

    @Override
    public void mute(int ms) {
        context.mute(ms);
    }

    // ---- the request itself

    @Override
    public ApiKey api() {
        return request.api();
    }

    @Override
    public short version() {
        return context.version();
    }

    @Override
    public @Nullable String clientId() {
        return context.clientId();
    }

    @Override
    public int sizeBytes() {
        return context.sizeBytes();
    }

    @Override
    public ConnectionInfo connection() {
        return context.connection();
    }

    @Override
    public Loop loop() {
        return context.loop();
    }

    @Override
    public Clock clock() {
        return context.clock();
    }

    @Override
    public boolean isAnswered() {
        return context.isAnswered();
    }

    @Override
    public void onNextRequest(Runnable hurry) {
        context.onNextRequest(hurry);
    }
}
