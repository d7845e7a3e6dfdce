package dev.embeddedbroker.api;

import dev.embeddedbroker.loop.Loop;
import dev.embeddedbroker.protocol.ApiKey;
import dev.embeddedbroker.protocol.Response;
import dev.embeddedbroker.time.Clock;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A request in progress that leaves everything to another context: what a filter that changes the answer starts from.
 *
 * <p><b>Owner:</b> as {@link RequestContext}.
 */
public abstract class ForwardedRequest implements RequestContext {

    private final RequestContext forwarded;

    protected ForwardedRequest(RequestContext forwarded) {
        this.forwarded = forwarded;
    }

    /** The context that everything is left to. */
    protected final RequestContext forwarded() {
        return forwarded;
    }

    // ---- the request

    @Override
    public ApiKey api() {
        return forwarded.api();
    }

    @Override
    public short version() {
        return forwarded.version();
    }

    @Override
    public @Nullable String clientId() {
        return forwarded.clientId();
    }

    @Override
    public int correlationId() {
        return forwarded.correlationId();
    }

    @Override
    public int sizeBytes() {
        return forwarded.sizeBytes();
    }

    @Override
    public Charge charge() {
        return forwarded.charge();
    }

    @Override
    public ConnectionInfo connection() {
        return forwarded.connection();
    }

    @Override
    public Loop loop() {
        return forwarded.loop();
    }

    @Override
    public Clock clock() {
        return forwarded.clock();
    }

    // ---- the answer

    @Override
    public void mute(int ms) {
        forwarded.mute(ms);
    }

    @Override
    public void reply(Response response, List<? extends AutoCloseable> leases) {
        forwarded.reply(response, leases);
    }

    @Override
    public void replyNothing() {
        forwarded.replyNothing();
    }

    @Override
    public void fail(Throwable bug) {
        forwarded.fail(bug);
    }

    @Override
    public void disconnect(String reason) {
        forwarded.disconnect(reason);
    }

    @Override
    public boolean isAnswered() {
        return forwarded.isAnswered();
    }

    @Override
    public void onNextRequest(Runnable hurry) {
        forwarded.onNextRequest(hurry);
    }
}
