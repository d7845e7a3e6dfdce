package dev.embeddedbroker.api;

import dev.embeddedbroker.loop.Loop;
import dev.embeddedbroker.protocol.ApiKey;
import dev.embeddedbroker.protocol.Response;
import dev.embeddedbroker.time.Clock;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One request in progress, and the way to answer it. A connection has one at a time: until it is answered, by exactly one
 * of {@link #reply}, {@link #replyNothing}, {@link #fail} and {@link #disconnect}, the next waits.
 *
 * <p>Those four may be called on any thread; {@link #onNextRequest} inside {@link #loop()}.
 */
public interface RequestContext {

    ApiKey api();

    short version();

    @Nullable
    String clientId();

    /** The number that the client gave the request, and finds in the answer. */
    default int correlationId() {
        return 0;
    }

    /** The size of the request as it came, header and all. */
    default int sizeBytes() {
        return 0;
    }

    /** What the request costs its client, beyond what every request costs. */
    default Charge charge() {
        return Charge.FREE;
    }

    /** Has the connection not read for so long once the request is answered (KIP-219). Before the answer, by any thread. */
    void mute(int ms);

    ConnectionInfo connection();

    /** The connection's loop, on which {@link ApiHandler#handle} is called. */
    Loop loop();

    Clock clock();

    /** Sends the answer. The response, and what it refers to, belongs to the connection from now on. */
    default void reply(Response response) {
        reply(response, List.of());
    }

    /** Sends the answer; the leases are closed, each once, when its bytes are with the socket or the connection is gone. */
    void reply(Response response, List<? extends AutoCloseable> leases);

    /** Answers nothing, as a Produce with acks=0 wants it. */
    void replyNothing();

    /** Gives up because of a bug: it is reported, and the client gets UNKNOWN_SERVER_ERROR. */
    void fail(Throwable bug);

    /** Closes the connection instead of answering; the reason is logged. */
    void disconnect(String reason);

    /** Whether the request was answered already, in whichever way. */
    boolean isAnswered();

    /**
     * Runs {@code hurry} on the loop as soon as the client sends more, or is gone: an answer that waits for something should
     * be given now, for the next request waits behind it. If the client has sent more already, it runs as the next task of
     * the loop. It does not run after the answer. Inside the loop.
     */
    void onNextRequest(Runnable hurry);
}
