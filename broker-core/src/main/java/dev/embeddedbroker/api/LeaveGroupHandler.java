package dev.embeddedbroker.api;

import dev.embeddedbroker.coordinator.group.StoreErrors;
import dev.embeddedbroker.coordinator.group.classic.ClassicCommand;
import dev.embeddedbroker.coordinator.host.GroupCoordinators;
import dev.embeddedbroker.protocol.ErrorCode;
import dev.embeddedbroker.protocol.Response;
import dev.embeddedbroker.protocol.request.LeaveGroupRequest;
import dev.embeddedbroker.protocol.response.LeaveGroupResponse;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * LeaveGroup (13): members leave a classic group.
 *
 * <ul>
 *   <li>v0 to v2: one member, whose error is the response's; v3+: a batch, each with its own (KIP-345).
 *   <li>v5+: a reason, which is logged (KIP-800).
 * </ul>
 */
public final class LeaveGroupHandler implements ApiHandler<LeaveGroupRequest> {
    private static final int BATCHES_SINCE = 3;

    private final GroupCoordinators coordinators;
    private final GroupContext groupContext;

    public LeaveGroupHandler(GroupCoordinators coordinators, GroupContext groupContext) {
        this.coordinators = coordinators;
        this.groupContext = groupContext;
    }

    @Override
    public void handle(RequestContext context, LeaveGroupRequest request) {
        short version = context.version();
        if (request.groupId.isEmpty()) {
            context.reply(refuse(request, version, ErrorCode.INVALID_GROUP_ID, null));
            return;
        }
        if (version < BATCHES_SINCE) {
            request.members = List.of(new LeaveGroupRequest.MemberIdentity().setMemberId(request.memberId));
        }
        coordinators.ask(
                request.groupId,
                ticket -> groupContext.of(new ClassicCommand.Leave(ticket, request)),
                answer -> context.reply(inVersion((LeaveGroupResponse) answer, version)),
                error -> context.reply(refuse(request, version, StoreErrors.ofGroup(error), null)));
    }

    private static LeaveGroupResponse inVersion(LeaveGroupResponse response, short version) {
        if (version < BATCHES_SINCE) {
            if (response.errorCode == ErrorCode.NONE.id() && !response.members.isEmpty()) {
                response.errorCode = response.members.get(0).errorCode;
            }
            response.members = new ArrayList<>();
        }
        return response;
    }

    @Override
    public Response refuse(LeaveGroupRequest request, short version, ErrorCode code, @Nullable String message) {
        return new LeaveGroupResponse().setErrorCode(code.id());
    }
}
