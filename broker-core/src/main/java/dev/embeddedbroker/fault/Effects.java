package dev.embeddedbroker.fault;

import dev.embeddedbroker.api.ForwardedRequest;
import dev.embeddedbroker.api.RequestContext;
import dev.embeddedbroker.protocol.Response;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The verdicts about when, whether and how often a request is served and answered, whatever it asks for. */
final class Effects {
    private static final Logger log = LoggerFactory.getLogger(Effects.class);

    private Effects() {}

    // ---- before it is served

    static Effect delay(long ms) {
        return request ->
                request.context().loop().pace(ms, () -> request.proceedLater(request.context(), request.request()));
    }

    static void dropRequest(MatchedRequest request) {
        request.context().connection().loseRequests();
        request.context().replyNothing();
    }

    static void disconnect(MatchedRequest request) {
        request.context().disconnect(request.message());
    }

    static void stall(MatchedRequest request) {
        if (!request.rule().hold(() -> request.proceedLater(request.context(), request.request()))) {
            request.proceed();
        }
    }

    // ---- after it was served

    static void dropAnswer(MatchedRequest request) {
        request.context().connection().loseAnswers();
        request.proceed();
    }

    static void disconnectAfter(MatchedRequest request) {
        var context = request.context();
        request.proceed(
                new ForwardedRequest(context) {
                    @Override
                    public void reply(Response response, List<? extends AutoCloseable> leases) {
                        context.disconnect(request.message());
                        giveBack(leases);
                    }

                    @Override
                    public void replyNothing() {
                        context.disconnect(request.message());
                    }
                },
                request.request());
    }

    static Effect throttle(long ms) {
        return request -> {
            var context = request.context();
            context.mute((int) ms);
            request.proceed(new Throttled(context, (int) ms), request.request());
        };
    }

    /** Answers that say for how long their client is throttled: what is more, by a quota or by the rule. */
    private static final class Throttled extends ForwardedRequest {
        private final int ms;

        private Throttled(RequestContext context, int ms) {
            super(context);
            this.ms = ms;
        }

        @Override
        public void mute(int quotaMs) {
            forwarded().mute(Math.max(ms, quotaMs));
        }

        @Override
        public void reply(Response response, List<? extends AutoCloseable> leases) {
            response.setThrottleTimeMs(ms);
            forwarded().reply(response, leases);
        }
    }

    static Effect delayAnswer(long ms) {
        return request -> request.proceed(new LateAnswer(request.context(), ms), request.request());
    }

    /** An answer that is given some time after it is there, or when nobody waits for it any more. */
    private static final class LateAnswer extends ForwardedRequest {
        private final AtomicBoolean answered = new AtomicBoolean();
        private final AtomicReference<Runnable> answer = new AtomicReference<>();
        private final long ms;

        private LateAnswer(RequestContext context, long ms) {
            super(context);
            this.ms = ms;
        }

        @Override
        public boolean isAnswered() {
            return answered.get() || forwarded().isAnswered();
        }

        @Override
        public void reply(Response response, List<? extends AutoCloseable> leases) {
            later(() -> forwarded().reply(response, leases));
        }

        @Override
        public void replyNothing() {
            later(forwarded()::replyNothing);
        }

        private void later(Runnable reply) {
            if (!answered.compareAndSet(false, true)) {
                throw new IllegalStateException(api() + " was answered twice (expected: once)");
            }
            answer.set(reply);
            loop().run(() -> {
                loop().pace(ms, this::give);
                connection().onClose(this::give);
            });
        }

        private void give() {
            Runnable reply = answer.getAndSet(null);
            if (reply != null) {
                reply.run();
            }
        }
    }

    // ---- more than once

    static void duplicate(MatchedRequest request) {
        var twin = Structs.deepCopy(request.request(), request.context().version());
        request.proceed(new FirstOfTwo(request, twin), request.request());
    }

    /** The first serving of a request, whose answer nobody gets: then it is served again. */
    private static final class FirstOfTwo extends ForwardedRequest {
        private final MatchedRequest request;
        private final dev.embeddedbroker.protocol.Request twin;
        private final AtomicBoolean answered = new AtomicBoolean();

        private FirstOfTwo(MatchedRequest request, dev.embeddedbroker.protocol.Request twin) {
            super(request.context());
            this.request = request;
            this.twin = twin;
        }

        @Override
        public boolean isAnswered() {
            return answered.get() || forwarded().isAnswered();
        }

        @Override
        public void reply(Response response, List<? extends AutoCloseable> leases) {
            giveBack(leases);
            again();
        }

        @Override
        public void replyNothing() {
            again();
        }

        private void again() {
            if (!answered.compareAndSet(false, true)) {
                throw new IllegalStateException(api() + " was answered twice (expected: once)");
            }
            request.proceedLater(forwarded(), twin);
        }

        @Override
        public void onNextRequest(Runnable hurry) {
            super.onNextRequest(() -> {
                if (!answered.get()) {
                    hurry.run();
                }
            });
        }
    }

    private static void giveBack(List<? extends AutoCloseable> leases) {
        for (var lease : leases) {
            try {
                lease.close();
            } catch (Exception e) {
                log.error("What an answer was made of could not be given back", e);
            }
        }
    }
}
