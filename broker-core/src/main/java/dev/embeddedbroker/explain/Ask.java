package dev.embeddedbroker.explain;

import dev.embeddedbroker.api.ApiHandler;
import dev.embeddedbroker.api.ApiTable;
import dev.embeddedbroker.api.ClientSoftware;
import dev.embeddedbroker.api.ConnectionInfo;
import dev.embeddedbroker.api.RequestContext;
import dev.embeddedbroker.loop.Loop;
import dev.embeddedbroker.protocol.ApiKey;
import dev.embeddedbroker.protocol.Request;
import dev.embeddedbroker.protocol.Response;
import dev.embeddedbroker.time.Clock;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A request of the broker to itself: what any client may ask, without a connection, past filters and quotas.
 *
 * <p><b>Owner:</b> none; it is answered by any thread.
 */
final class Ask<A> implements RequestContext, ConnectionInfo {

    private static final InetSocketAddress NOWHERE = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    private final ApiKey api;
    private final short version;
    private final Loop loop;
    private final Function<Response, A> reading;
    private final CompletableFuture<A> answer = new CompletableFuture<>();

    private Ask(ApiKey api, short version, Loop loop, Function<Response, A> reading) {
        this.api = api;
        this.version = version;
        this.loop = loop;
        this.reading = reading;
    }

    /** Asks on a loop; {@code reading} takes out of the answer what is wanted, while the bytes it refers to are there. */
    static <A> CompletableFuture<A> of(
            ApiTable apis, Loop loop, Request request, int version, Function<Response, A> reading) {
        var entry = apis.find(request.api().id());
        if (entry == null) {
            throw new IllegalStateException(request.api() + " is not served (expected: a key of the table)");
        }
        var ask = new Ask<>(request.api(), (short) version, loop, reading);
        loop.execute(() -> ask.handle(entry.handler(), request));
        return ask.answer;
    }

    @SuppressWarnings("unchecked") // the table ties a key to its handler
    private void handle(ApiHandler<?> handler, Request request) {
        try {
            ((ApiHandler<Request>) handler).handle(this, request);
        } catch (RuntimeException e) {
            fail(e);
        }
    }

    @Override
    public void reply(Response response, List<? extends AutoCloseable> leases) {
        try {
            answer.complete(reading.apply(response));
        } catch (RuntimeException e) {
            fail(e);
        } finally {
            leases.forEach(this::close);
        }
    }

    private void close(AutoCloseable lease) {
        try {
            lease.close();
        } catch (Exception e) {
            throw new IllegalStateException("a lease could not be closed: " + lease, e);
        }
    }

    @Override
    public void replyNothing() {
        fail(new IllegalStateException(api + " was not answered (expected: an answer)"));
    }

    @Override
    public void fail(Throwable bug) {
        answer.completeExceptionally(bug);
    }

    @Override
    public void disconnect(String reason) {
        fail(new IllegalStateException(api + " was not answered: " + reason));
    }

    @Override
    public boolean isAnswered() {
        return answer.isDone();
    }

    @Override
    public void onNextRequest(Runnable hurry) {
        // none comes
    }

    @Override
    public void mute(int ms) {
        // nobody is there to be muted
    }

    @Override
    public ApiKey api() {
        return api;
    }

    @Override
    public short version() {
        return version;
    }

    @Override
    public String clientId() {
        return "explain";
    }

    @Override
    public ConnectionInfo connection() {
        return this;
    }

    @Override
    public Loop loop() {
        return loop;
    }

    @Override
    public Clock clock() {
        return loop.clock();
    }

    // ---- the connection it does not have

    @Override
    public String id() {
        return "explain";
    }

    @Override
    public InetSocketAddress localAddress() {
        return NOWHERE;
    }

    @Override
    public InetSocketAddress remoteAddress() {
        return NOWHERE;
    }

    @Override
    public String listenerName() {
        return "";
    }

    @Override
    public String principal() {
        return "User:ANONYMOUS";
    }

    @Override
    public void authenticatedAs(String principal) {
        throw new UnsupportedOperationException("the broker asking itself (expected: nobody to authenticate)");
    }

    @Override
    public ClientSoftware software() {
        return ClientSoftware.UNKNOWN;
    }

    @Override
    public void introducedAs(ClientSoftware software) {
        throw new UnsupportedOperationException("the broker asking itself (expected: nobody to introduce)");
    }

    @Override
    public boolean isOpen() {
        return true;
    }

    @Override
    public void onClose(@Nullable Runnable task) {
        // it never closes
    }
}
