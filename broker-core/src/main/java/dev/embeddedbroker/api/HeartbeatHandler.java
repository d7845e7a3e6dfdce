package dev.embeddedbroker.api;

import dev.embeddedbroker.coordinator.group.StoreErrors;
import dev.embeddedbroker.coordinator.group.classic.ClassicCommand;
import dev.embeddedbroker.coordinator.host.Arrivals;
import dev.embeddedbroker.coordinator.host.GroupCoordinators;
import dev.embeddedbroker.coordinator.host.HeldAnswer;
import dev.embeddedbroker.loop.Timer;
import dev.embeddedbroker.protocol.ErrorCode;
import dev.embeddedbroker.protocol.Response;
import dev.embeddedbroker.protocol.request.HeartbeatRequest;
import dev.embeddedbroker.protocol.response.HeartbeatResponse;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Heartbeat (12): a member of a classic group is alive, and learns of rebalances.
 *
 * <ul>
 *   <li>v3+: static members (KIP-345).
 *   <li>While the coordinator loads, the answer is NONE: nothing is known of the member, and it need not rejoin.
 *   <li>Java's consumer goes on while its heartbeat is on the way. Its answer waits as long as there is nothing to tell: so
 *       the member learns of a rebalance when it begins, and not with its next heartbeat, 3 s later by default. The answer
 *       is given at once when the member sends something else, or leaves.
 * </ul>
 */
public final class HeartbeatHandler implements ApiHandler<HeartbeatRequest> {
    /** Long enough to bridge the time to the next heartbeat, by default; far below any timeout of requests by default. */
    private static final long HELD_AT_MOST_MS = 3_000;

    private final GroupCoordinators coordinators;

    private final Impatient impatient = new Impatient();

    public HeartbeatHandler(GroupCoordinators coordinators) {
        this.coordinators = coordinators;
    }

    @Override
    public void handle(RequestContext context, HeartbeatRequest request) {
        if (request.groupId.isEmpty()) {
            context.reply(refuse(request, context.version(), ErrorCode.INVALID_GROUP_ID, null));
            return;
        }
        ask(context, request, true, answer -> {
            if (answer.errorCode != ErrorCode.NONE.id()
                    || !mayWait(context, request)
                    || !hold(context, request, answer)) {
                context.reply(answer);
            }
        });
    }

    private void ask(
            RequestContext context, HeartbeatRequest request, boolean isSignOfLife, Consumer<HeartbeatResponse> then) {
        coordinators.ask(
                request.groupId,
                ticket -> new ClassicCommand.Heartbeat(ticket, request, isSignOfLife),
                answer -> then.accept((HeartbeatResponse) answer),
                error -> context.reply(refuse(request, context.version(), afterTrouble(error), null)));
    }

    /** A static member does not say that it leaves: it would wait for the answer when it closes. */
    private boolean mayWait(RequestContext context, HeartbeatRequest request) {
        return request.groupInstanceId == null
                && context.connection().software().isJavaClient()
                && !impatient.includes(client(context), nowNanos(context));
    }

    private static String client(RequestContext context) {
        return Arrivals.client(context.connection().clientHost(), context.clientId());
    }

    private static long nowNanos(RequestContext context) {
        return context.clock().pacing().nanos();
    }

    private boolean hold(RequestContext context, HeartbeatRequest request, HeartbeatResponse answer) {
        var held = new Held(context, request, answer);
        int atMostMs = coordinators.holdWhileAtRest(request.groupId, request.memberId, held);
        if (atMostMs == 0) {
            return false;
        }
        context.loop().run(() -> held.watch(Math.min(atMostMs, HELD_AT_MOST_MS)));
        return true;
    }

    /** One answer that waits. <b>Owner:</b> none; it is given once. */
    private final class Held implements HeldAnswer {
        private final RequestContext context;
        private final HeartbeatRequest request;
        private final HeartbeatResponse answer;
        private final AtomicBoolean isOver = new AtomicBoolean();
        private @Nullable Timer limit;

        Held(RequestContext context, HeartbeatRequest request, HeartbeatResponse answer) {
            this.context = context;
            this.request = request;
            this.answer = answer;
        }

        /** On the loop of the connection. */
        void watch(long limitMs) {
            if (!isOver.get()) {
                context.onNextRequest(this::hurry);
                limit = context.loop().pace(limitMs, this::enough);
            }
        }

        private void hurry() {
            if (!context.connection().isOpen()) {
                impatient.hungUp(client(context), nowNanos(context));
            }
            enough();
        }

        private void enough() {
            if (end()) {
                coordinators.forgetHeld(request.groupId, this);
                context.reply(answer);
            }
        }

        @Override
        public void lookAgain() {
            if (end()) {
                ask(context, request, false, context::reply);
            }
        }

        @Override
        public void resigned(ErrorCode error) {
            if (end()) {
                context.reply(refuse(request, context.version(), afterTrouble(error), null));
            }
        }

        /** Whether it was not over before. */
        private boolean end() {
            boolean isFirst = isOver.compareAndSet(false, true);
            if (isFirst) {
                context.loop().run(this::stopWatching);
            }
            return isFirst;
        }

        private void stopWatching() {
            if (limit != null) {
                limit.cancel();
                limit = null;
            }
        }
    }

    private static ErrorCode afterTrouble(ErrorCode error) {
        return error == ErrorCode.COORDINATOR_LOAD_IN_PROGRESS ? ErrorCode.NONE : StoreErrors.ofGroup(error);
    }

    @Override
    public Response refuse(HeartbeatRequest request, short version, ErrorCode code, @Nullable String message) {
        return new HeartbeatResponse().setErrorCode(code.id());
    }
}
