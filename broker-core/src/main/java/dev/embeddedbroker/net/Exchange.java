package dev.embeddedbroker.net;

import dev.embeddedbroker.api.ApiRouter;
import dev.embeddedbroker.api.ConnectionInfo;
import dev.embeddedbroker.api.FrameTap;
import dev.embeddedbroker.api.RequestContext;
import dev.embeddedbroker.loop.Loop;
import dev.embeddedbroker.protocol.ApiKey;
import dev.embeddedbroker.protocol.Request;
import dev.embeddedbroker.protocol.Response;
import dev.embeddedbroker.time.Clock;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One request of a connection and its answer.
 *
 * <p><b>Owner:</b> the connection's loop, except for the answering methods, which any thread may call.
 */
final class Exchange implements RequestContext {

    private static final Logger log = LoggerFactory.getLogger(Exchange.class);

    private final Connection connection;
    private final Frame frame;
    private final ApiRouter router;
    private final ApiKey api;
    private final short version;
    private final int correlationId;
    private final @Nullable String clientId;
    private final Request request;
    private final AtomicBoolean answered = new AtomicBoolean();
    private final int sizeBytes;
    private volatile int muteMs;
    private @Nullable Runnable hurry;
    private long noted = FrameTap.NOT_NOTED;

    Exchange(
            Connection connection,
            Frame frame,
            ApiRouter router,
            short version,
            int correlationId,
            @Nullable String clientId,
            Request request) {
        this.connection = connection;
        this.frame = frame;
        this.sizeBytes = frame.sizeBytes();
        this.router = router;
        this.api = request.api();
        this.version = version;
        this.correlationId = correlationId;
        this.clientId = clientId;
        this.request = request;
    }

    Request request() {
        return request;
    }

    Frame frame() {
        return frame;
    }

    /** The number it has with those who listen in. */
    long noted() {
        return noted;
    }

    void note(long number) {
        noted = number;
    }

    @Override
    public int correlationId() {
        return correlationId;
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
    public @Nullable String clientId() {
        return clientId;
    }

    @Override
    public int sizeBytes() {
        return sizeBytes;
    }

    @Override
    public void mute(int ms) {
        muteMs = ms;
    }

    int muteMs() {
        return muteMs;
    }

    @Override
    public ConnectionInfo connection() {
        return connection;
    }

    @Override
    public Loop loop() {
        return connection.loop();
    }

    @Override
    public Clock clock() {
        return connection.loop().clock();
    }

    @Override
    public boolean isAnswered() {
        return answered.get();
    }

    @Override
    public void reply(Response response, List<? extends AutoCloseable> leases) {
        if (!answered.compareAndSet(false, true)) {
            Outbound.closeAll(leases);
            throw answeredTwice();
        }
        try {
            loop().run(() -> connection.send(this, response, leases));
        } catch (RejectedExecutionException e) {
            log.debug("The loop of {} ended before an answer to it", connection.id(), e);
            Outbound.closeAll(leases);
        }
    }

    @Override
    public void replyNothing() {
        answerBy(() -> connection.sendNothing(this));
    }

    @Override
    public void disconnect(String reason) {
        answerBy(() -> connection.disconnect(this, reason));
    }

    private void answerBy(Runnable answer) {
        if (!answered.compareAndSet(false, true)) {
            throw answeredTwice();
        }
        try {
            loop().run(answer);
        } catch (RejectedExecutionException e) {
            log.debug("The loop of {} ended before an answer to it", connection.id(), e);
        }
    }

    private IllegalStateException answeredTwice() {
        return new IllegalStateException(
                api + " v" + version + " of " + connection.id() + " was answered twice (expected: once)");
    }

    @Override
    public void fail(Throwable bug) {
        router.failed(this, request, bug);
    }

    @Override
    public void onNextRequest(Runnable task) {
        loop().requireInside();
        if (isAnswered()) {
            return;
        }
        hurry = task;
        if (connection.isNextWaiting()) {
            loop().execute(this::hurry);
        }
    }

    /** Has a parked answer given now. */
    void hurry() {
        Runnable task = hurry;
        hurry = null;
        if (task == null || isAnswered()) {
            return;
        }
        try {
            task.run();
        } catch (Throwable bug) {
            fail(bug);
        }
    }
}
