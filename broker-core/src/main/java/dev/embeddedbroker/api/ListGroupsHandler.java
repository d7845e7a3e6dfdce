package dev.embeddedbroker.api;

import dev.embeddedbroker.coordinator.group.GroupCommand;
import dev.embeddedbroker.coordinator.host.GroupCoordinators;
import dev.embeddedbroker.coordinator.host.ShardAnswer;
import dev.embeddedbroker.protocol.ErrorCode;
import dev.embeddedbroker.protocol.Response;
import dev.embeddedbroker.protocol.request.ListGroupsRequest;
import dev.embeddedbroker.protocol.response.ListGroupsResponse;
import dev.embeddedbroker.protocol.response.ListGroupsResponse.ListedGroup;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * ListGroups (16): the groups this broker coordinates, of whatever protocol.
 *
 * <ul>
 *   <li>v4+: filtered by state, and v5+ by type, in any case; a name that is none matches nothing (KIP-518, KIP-848).
 *   <li>A coordinator that is loading fails the whole answer; one that just went elsewhere is left out.
 * </ul>
 */
public final class ListGroupsHandler implements ApiHandler<ListGroupsRequest> {
    private final GroupCoordinators coordinators;

    public ListGroupsHandler(GroupCoordinators coordinators) {
        this.coordinators = coordinators;
    }

    @Override
    public void handle(RequestContext context, ListGroupsRequest request) {
        var states = Set.copyOf(request.statesFilter);
        var types = Set.copyOf(request.typesFilter);
        coordinators.askAll(
                ticket -> new GroupCommand.ListGroups(ticket, states, types), parts -> context.reply(join(parts)));
    }

    private static ListGroupsResponse join(List<ShardAnswer> parts) {
        var response = new ListGroupsResponse();
        for (var part : parts) {
            if (part.error() == ErrorCode.NONE && part.answer() instanceof List<?> groups) {
                groups.forEach(group -> response.groups.add((ListedGroup) group));
            } else if (part.error() != ErrorCode.NOT_COORDINATOR) {
                return new ListGroupsResponse().setErrorCode(part.error().id());
            }
        }
        return response;
    }

    @Override
    public Response refuse(ListGroupsRequest request, short version, ErrorCode code, @Nullable String message) {
        return new ListGroupsResponse().setErrorCode(code.id());
    }
}
