package dev.embeddedbroker.api;

import dev.embeddedbroker.coordinator.group.StoreErrors;
import dev.embeddedbroker.coordinator.group.consumer.ConsumerCommand;
import dev.embeddedbroker.coordinator.group.consumer.ConsumerSettings;
import dev.embeddedbroker.coordinator.host.Arrivals;
import dev.embeddedbroker.coordinator.host.GroupCoordinators;
import dev.embeddedbroker.protocol.ErrorCode;
import dev.embeddedbroker.protocol.Response;
import dev.embeddedbroker.protocol.request.ConsumerGroupHeartbeatRequest;
import dev.embeddedbroker.protocol.response.ConsumerGroupHeartbeatResponse;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * ConsumerGroupHeartbeat (68): a member of a consumer group joins, stays, learns of its assignment, or leaves (KIP-848).
 *
 * <ul>
 *   <li>v0: the broker makes the id of a member that has none.
 *   <li>v1+: members make their own (KIP-1082), and may subscribe with a regular expression.
 *   <li>UNSUPPORTED_VERSION while the cluster's {@code group.version} is 0, or the broker does not offer the protocol.
 * </ul>
 */
public final class ConsumerGroupHeartbeatHandler implements ApiHandler<ConsumerGroupHeartbeatRequest> {
    private final GroupCoordinators coordinators;
    private final ConsumerGroupsOffer offer;
    private final Supplier<String> memberIds;
    private final Function<String, ConsumerSettings> settings;
    private final TopicLookups lookups;

    /**
     * @param memberIds makes ids that are unlike any other; any thread
     * @param settings what holds for a group of this id now; any thread
     */
    public ConsumerGroupHeartbeatHandler(
            GroupCoordinators coordinators,
            ConsumerGroupsOffer offer,
            Supplier<String> memberIds,
            Function<String, ConsumerSettings> settings,
            TopicLookups lookups) {
        this.coordinators = coordinators;
        this.offer = offer;
        this.memberIds = memberIds;
        this.settings = settings;
        this.lookups = lookups;
    }

    @Override
    public void handle(RequestContext context, ConsumerGroupHeartbeatRequest request) {
        short version = context.version();
        if (!offer.isOpen()) {
            context.reply(refuse(request, version, ErrorCode.UNSUPPORTED_VERSION, null));
            return;
        }
        boolean isRenewed = coordinators.renew(request);
        String clientId = Objects.requireNonNullElse(context.clientId(), "");
        String clientHost = context.connection().clientHost();
        String freshMemberId = memberIds.get();
        boolean areOthersComing = request.memberEpoch == 0 && areOthersComing(request, clientId, context);
        coordinators.ask(
                request.groupId,
                ticket -> new ConsumerCommand.Heartbeat(
                        ticket,
                        request,
                        version,
                        clientId,
                        clientHost,
                        freshMemberId,
                        settings.apply(request.groupId),
                        coordinators.topics(),
                        areOthersComing,
                        isRenewed),
                answer -> reply(context, request, (ConsumerGroupHeartbeatResponse) answer),
                error -> context.reply(refuse(request, version, StoreErrors.ofGroup(error), null)));
    }

    /** Who is assigned something before it has looked up its topics gets to know when it has: it could do nothing with it. */
    private void reply(
            RequestContext context, ConsumerGroupHeartbeatRequest request, ConsumerGroupHeartbeatResponse answer) {
        boolean mayNotUnderstand = request.memberEpoch == 0
                && request.subscribedTopicRegex == null
                && answer.assignment != null
                && !answer.assignment.topicPartitions.isEmpty()
                && context.connection().software().isJavaClient();
        if (mayNotUnderstand) {
            lookups.whenLookedUp(context, () -> context.reply(answer));
        } else {
            context.reply(answer);
        }
    }

    private boolean areOthersComing(ConsumerGroupHeartbeatRequest request, String clientId, RequestContext context) {
        var arrivals = coordinators.arrivals();
        String client = Arrivals.client(context.connection().clientHost(), clientId);
        long nowNanos = context.clock().pacing().nanos();
        arrivals.joins(client, nowNanos);
        return arrivals.mayOthersSubscribe(request.groupId, client, nowNanos);
    }

    @Override
    public Response refuse(
            ConsumerGroupHeartbeatRequest request, short version, ErrorCode code, @Nullable String message) {
        return new ConsumerGroupHeartbeatResponse().setErrorCode(code.id()).setErrorMessage(message);
    }
}
