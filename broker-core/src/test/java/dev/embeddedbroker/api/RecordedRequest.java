package dev.embeddedbroker.api;

import dev.embeddedbroker.loop.Loop;
import dev.embeddedbroker.protocol.ApiKey;
import dev.embeddedbroker.protocol.Request;
import dev.embeddedbroker.protocol.Response;
import dev.embeddedbroker.protocol.WireWriter;
import dev.embeddedbroker.time.Clock;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.List;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;

/** A request without a connection: keeps how it was answered, as bytes that Kafka's own classes can read. */
public final class RecordedRequest implements RequestContext, ConnectionInfo {

    private final ApiKey api;
    private final short version;
    private final Loop loop;
    private String clientId = "test";
    private ByteBuffer answer;
    private Response response;
    private List<? extends AutoCloseable> leases = List.of();
    private Runnable hurry;
    private String disconnected;
    private boolean answeredNothing;

    public RecordedRequest(Loop loop, ApiKey api, int version) {
        this.loop = loop;
        this.api = api;
        this.version = (short) version;
    }

    RecordedRequest from(String newClientId) {
        clientId = newClientId;
        return this;
    }

    public <Q extends Request> RecordedRequest handledBy(ApiHandler<Q> handler, Q request) {
        handler.handle(this, request);
        return this;
    }

    /** The answer, read by Kafka's class for it. */
    public <M extends ApiMessage> M answer(M message) {
        if (answer == null) throw new AssertionError("not answered yet");
        message.read(new ByteBufferAccessor(answer.duplicate()), version);
        return message;
    }

    /** The answer as the handler gave it. */
    Response response() {
        if (response == null) throw new AssertionError("not answered yet");
        return response;
    }

    int leaseCount() {
        return leases.size();
    }

    String disconnectReason() {
        return disconnected;
    }

    boolean isAnsweredWithNothing() {
        return answeredNothing;
    }

    /** As if the client sent its next request. */
    void sendMore() {
        if (hurry != null) hurry.run();
    }

    private void end() {
        if (isAnswered()) throw new AssertionError("answered twice");
        hurry = null;
    }

    @Override
    public void mute(int ms) {
        throw new AssertionError("muted for " + ms + " ms (expected: a request without quotas)");
    }

    @Override
    public void reply(Response newResponse, List<? extends AutoCloseable> newLeases) {
        end();
        response = newResponse;
        var writer = new WireWriter(256);
        response.write(writer, version);
        answer = ByteBuffer.allocate(writer.size());
        writer.segments().forEach(answer::put);
        answer.flip();
        leases = newLeases;
        for (var lease : newLeases) {
            try {
                lease.close();
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        }
    }

    @Override
    public void replyNothing() {
        end();
        answeredNothing = true;
    }

    @Override
    public void fail(Throwable bug) {
        throw new AssertionError(bug);
    }

    @Override
    public void disconnect(String reason) {
        end();
        disconnected = reason;
    }

    @Override
    public boolean isAnswered() {
        return answer != null || answeredNothing || disconnected != null;
    }

    @Override
    public void onNextRequest(Runnable newHurry) {
        loop.requireInside();
        hurry = newHurry;
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
        return clientId;
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

    @Override
    public String id() {
        return "test-connection";
    }

    @Override
    public InetSocketAddress localAddress() {
        return new InetSocketAddress("127.0.0.1", 9092);
    }

    @Override
    public InetSocketAddress remoteAddress() {
        return new InetSocketAddress("127.0.0.1", 50000);
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
    public void authenticatedAs(String principal) {
        throw new UnsupportedOperationException();
    }

    @Override
    public ClientSoftware software() {
        return ClientSoftware.UNKNOWN;
    }

    @Override
    public void introducedAs(ClientSoftware software) {
        throw new UnsupportedOperationException();
    }

    @Override
    public boolean isOpen() {
        return true;
    }

    @Override
    public void onClose(Runnable task) {} // it stays open
}
