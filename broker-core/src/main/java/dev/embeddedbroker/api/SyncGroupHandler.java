package dev.embeddedbroker.api;

import dev.embeddedbroker.coordinator.group.StoreErrors;
import dev.embeddedbroker.coordinator.group.classic.ClassicCommand;
import dev.embeddedbroker.coordinator.host.GroupCoordinators;
import dev.embeddedbroker.protocol.ErrorCode;
import dev.embeddedbroker.protocol.Response;
import dev.embeddedbroker.protocol.request.SyncGroupRequest;
import dev.embeddedbroker.protocol.response.SyncGroupResponse;
import org.jspecify.annotations.Nullable;

/**
 * SyncGroup (14): a member of a classic group asks for its assignment and waits for it; the leader brings everybody's.
 *
 * <ul>
 *   <li>v3+: static members (KIP-345); v5+: the client says which protocol it means, and is told (KIP-559).
 * </ul>
 */
public final class SyncGroupHandler implements ApiHandler<SyncGroupRequest> {
    private final GroupCoordinators coordinators;
    private final GroupContext groupContext;

    public SyncGroupHandler(GroupCoordinators coordinators, GroupContext groupContext) {
        this.coordinators = coordinators;
        this.groupContext = groupContext;
    }

    @Override
    public void handle(RequestContext context, SyncGroupRequest request) {
        if (request.groupId.isEmpty()) {
            context.reply(refuse(request, context.version(), ErrorCode.INVALID_GROUP_ID, null));
            return;
        }
        coordinators.ask(
                request.groupId,
                ticket -> groupContext.of(new ClassicCommand.Sync(ticket, request)),
                answer -> context.reply((SyncGroupResponse) answer),
                error -> context.reply(refuse(request, context.version(), StoreErrors.ofGroup(error), null)));
    }

    @Override
    public Response refuse(SyncGroupRequest request, short version, ErrorCode code, @Nullable String message) {
        return new SyncGroupResponse().setErrorCode(code.id());
    }
}
