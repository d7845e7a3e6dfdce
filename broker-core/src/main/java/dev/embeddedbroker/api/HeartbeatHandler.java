package dev.embeddedbroker.api;

import dev.embeddedbroker.coordinator.group.StoreErrors;
import dev.embeddedbroker.coordinator.group.classic.ClassicCommand;
import dev.embeddedbroker.coordinator.host.GroupCoordinators;
import dev.embeddedbroker.protocol.ErrorCode;
import dev.embeddedbroker.protocol.Response;
import dev.embeddedbroker.protocol.request.HeartbeatRequest;
import dev.embeddedbroker.protocol.response.HeartbeatResponse;
import org.jspecify.annotations.Nullable;

/**
 * Heartbeat (12): a member of a classic group is alive, and learns of rebalances.
 *
 * <ul>
 *   <li>v3+: static members (KIP-345).
 *   <li>While the coordinator loads, the answer is NONE: nothing is known of the member, and it need not rejoin.
 * </ul>
 */
public final class HeartbeatHandler implements ApiHandler<HeartbeatRequest> {
    private final GroupCoordinators coordinators;

    public HeartbeatHandler(GroupCoordinators coordinators) {
        this.coordinators = coordinators;
    }

    @Override
    public void handle(RequestContext context, HeartbeatRequest request) {
        if (request.groupId.isEmpty()) {
            context.reply(refuse(request, context.version(), ErrorCode.INVALID_GROUP_ID, null));
            return;
        }
        coordinators.ask(
                request.groupId,
                ticket -> new ClassicCommand.Heartbeat(ticket, request),
                answer -> context.reply((HeartbeatResponse) answer),
                error -> context.reply(refuse(request, context.version(), afterTrouble(error), null)));
    }

    private static ErrorCode afterTrouble(ErrorCode error) {
        return error == ErrorCode.COORDINATOR_LOAD_IN_PROGRESS ? ErrorCode.NONE : StoreErrors.ofGroup(error);
    }

    @Override
    public Response refuse(HeartbeatRequest request, short version, ErrorCode code, @Nullable String message) {
        return new HeartbeatResponse().setErrorCode(code.id());
    }
}
