package dev.embeddedbroker.api;

import dev.embeddedbroker.loop.Loop;
import dev.embeddedbroker.protocol.ApiKey;
import dev.embeddedbroker.protocol.Request;
import dev.embeddedbroker.protocol.Response;
import dev.embeddedbroker.time.Clock;
import java.net.InetSocketAddress;
import java.util.List;

/** One request put to a handler without a connection, and the answer it got. */
final class AskedOnce implements RequestContext {

    private final ApiKey api;
    private final short version;
    private final Loop loop;
    Response answer;

    AskedOnce(ApiKey api, int version, Loop loop) {
        this.api = api;
        this.version = (short) version;
        this.loop = loop;
    }

    static <Q extends Request> AskedOnce ask(ApiHandler<Q> handler, Q request, int version, Loop loop) {
        var asked = new AskedOnce(request.api(), version, loop);
        handler.handle(asked, request);
        return asked;
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
        return "test";
    }

    @Override
    public ConnectionInfo connection() {
        return new Connection();
    }

    @Override
    public Loop loop() {
        return loop;
    }

    @Override
    public Clock clock() {
        return loop.clock();
    }

    @Override
    public void mute(int ms) {
        throw new IllegalStateException("muted for " + ms + " ms (expected: a request without quotas)");
    }

    @Override
    public void reply(Response response, List<? extends AutoCloseable> leases) {
        if (answer != null) throw new IllegalStateException("answered twice");
        answer = response;
    }

    @Override
    public void replyNothing() {
        throw new IllegalStateException("answered with nothing");
    }

    @Override
    public void fail(Throwable bug) {
        throw new IllegalStateException("the handler gave up", bug);
    }

    @Override
    public void disconnect(String reason) {
        throw new IllegalStateException("disconnected: " + reason);
    }

    @Override
    public boolean isAnswered() {
        return answer != null;
    }

    @Override
    public void onNextRequest(Runnable hurry) {}

    private static final class Connection implements ConnectionInfo {
        @Override
        public String id() {
            return "127.0.0.1:9092-127.0.0.1:50000-0";
        }

        @Override
        public InetSocketAddress localAddress() {
            return new InetSocketAddress("127.0.0.1", 9092);
        }

        @Override
        public InetSocketAddress remoteAddress() {
            return new InetSocketAddress("127.0.0.1", 50_000);
        }

        @Override
        public String listenerName() {
            return "PLAINTEXT";
        }

        @Override
        public String principal() {
            return "User:ANONYMOUS";
        }

        @Override
        public void authenticatedAs(String principal) {}

        @Override
        public ClientSoftware software() {
            return ClientSoftware.UNKNOWN;
        }

        @Override
        public void introducedAs(ClientSoftware software) {}

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void onClose(Runnable task) {}
    }
}
