package dev.embeddedbroker.api;

import dev.embeddedbroker.coordinator.group.StoreErrors;
import dev.embeddedbroker.coordinator.group.classic.ClassicCommand;
import dev.embeddedbroker.coordinator.host.Arrivals;
import dev.embeddedbroker.coordinator.host.GroupCoordinators;
import dev.embeddedbroker.protocol.ErrorCode;
import dev.embeddedbroker.protocol.Response;
import dev.embeddedbroker.protocol.request.JoinGroupRequest;
import dev.embeddedbroker.protocol.response.JoinGroupResponse;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * JoinGroup (11): a member takes part in the next generation of a classic group, and waits until it has begun.
 *
 * <ul>
 *   <li>v0: without a rebalance timeout the session timeout serves for both.
 *   <li>v4+: a new dynamic member is sent back with the id it must come with (KIP-394).
 *   <li>v5+: static members (KIP-345); v8+: a reason, which is logged (KIP-800); v9+: a returning leader is told to skip
 *       the assignment (KIP-814).
 *   <li>Before v7 a name of no protocol is empty, not null.
 * </ul>
 */
public final class JoinGroupHandler implements ApiHandler<JoinGroupRequest> {
    private static final int MEMBER_ID_SINCE = 4;
    private static final int NULL_PROTOCOL_SINCE = 7;

    private final GroupCoordinators coordinators;
    private final GroupContext groupContext;
    private final Supplier<String> memberIdSuffixes;

    /** @param memberIdSuffixes makes the part of new member ids that is unlike any other: a random UUID; any thread */
    public JoinGroupHandler(
            GroupCoordinators coordinators, GroupContext groupContext, Supplier<String> memberIdSuffixes) {
        this.coordinators = coordinators;
        this.groupContext = groupContext;
        this.memberIdSuffixes = memberIdSuffixes;
    }

    @Override
    public void handle(RequestContext context, JoinGroupRequest request) {
        short version = context.version();
        if (request.groupId.isEmpty()) {
            context.reply(refuse(request, version, ErrorCode.INVALID_GROUP_ID, null));
            return;
        }
        if (version == 0) {
            request.rebalanceTimeoutMs = request.sessionTimeoutMs;
        }
        String clientId = Objects.requireNonNullElse(context.clientId(), "");
        String freshMemberId =
                Objects.requireNonNullElse(request.groupInstanceId, clientId) + "-" + memberIdSuffixes.get();
        String clientHost = context.connection().clientHost();
        String client = Arrivals.client(clientHost, clientId);
        long nowNanos = context.clock().pacing().nanos();
        note(request, version, client, nowNanos);
        coordinators.ask(
                request.groupId,
                ticket -> groupContext.of(
                        new ClassicCommand.Join(ticket, request, clientId, clientHost, freshMemberId, version, true)),
                answer -> context.reply(inVersion((JoinGroupResponse) answer, version)),
                error -> context.reply(refuse(request, version, StoreErrors.ofGroup(error), null)));
    }

    private void note(JoinGroupRequest request, short version, String client, long nowNanos) {
        var arrivals = coordinators.arrivals();
        if (request.memberId.isEmpty() && request.groupInstanceId == null && version >= MEMBER_ID_SINCE) {
            arrivals.seeks(request.groupId, client, nowNanos); // it will be back with the id it is given
        } else {
            arrivals.joins(client, nowNanos);
        }
    }

    private static JoinGroupResponse inVersion(JoinGroupResponse response, short version) {
        if (version < NULL_PROTOCOL_SINCE && response.protocolName == null) {
            response.protocolName = "";
        }
        return response;
    }

    @Override
    public Response refuse(JoinGroupRequest request, short version, ErrorCode code, @Nullable String message) {
        return new JoinGroupResponse().setMemberId(request.memberId).setErrorCode(code.id());
    }
}
