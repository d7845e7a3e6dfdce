package dev.embeddedbroker.api;

import dev.embeddedbroker.coordinator.group.GroupCommand;
import dev.embeddedbroker.coordinator.group.StoreErrors;
import dev.embeddedbroker.coordinator.host.Gather;
import dev.embeddedbroker.coordinator.host.GroupCoordinators;
import dev.embeddedbroker.protocol.ErrorCode;
import dev.embeddedbroker.protocol.Response;
import dev.embeddedbroker.protocol.request.DescribeGroupsRequest;
import dev.embeddedbroker.protocol.response.DescribeGroupsResponse;
import dev.embeddedbroker.protocol.response.DescribeGroupsResponse.DescribedGroup;
import java.util.ArrayList;
import org.jspecify.annotations.Nullable;

/**
 * DescribeGroups (15): classic groups and their members.
 *
 * <ul>
 *   <li>What members said and were assigned is told only while the group is stable.
 *   <li>v3+: what the client may do with the group, if it asks; without an authorizer that is everything (KIP-430).
 *   <li>Before v6 an unknown group is described as Dead; since then it is GROUP_ID_NOT_FOUND (KIP-1043).
 * </ul>
 */
public final class DescribeGroupsHandler implements ApiHandler<DescribeGroupsRequest> {
    private final GroupCoordinators coordinators;

    public DescribeGroupsHandler(GroupCoordinators coordinators) {
        this.coordinators = coordinators;
    }

    @Override
    public void handle(RequestContext context, DescribeGroupsRequest request) {
        Askers.note(coordinators, context);
        var gather = new Gather<>(
                request.groups.size(),
                new DescribedGroup(),
                groups -> context.reply(new DescribeGroupsResponse().setGroups(new ArrayList<>(groups))));
        for (int i = 0; i < request.groups.size(); i++) {
            int index = i;
            String groupId = request.groups.get(i);
            coordinators.ask(
                    groupId,
                    ticket -> new GroupCommand.DescribeGroup(ticket, groupId, context.version()),
                    answer -> gather.put(index, withOperations((DescribedGroup) answer, request)),
                    error -> gather.put(index, refused(groupId, StoreErrors.ofGroup(error))));
        }
    }

    private static DescribedGroup withOperations(DescribedGroup group, DescribeGroupsRequest request) {
        return request.includeAuthorizedOperations && group.errorCode == ErrorCode.NONE.id()
                ? group.setAuthorizedOperations(AuthorizedOperations.ALL_OF_GROUP)
                : group;
    }

    private static DescribedGroup refused(String groupId, ErrorCode error) {
        return new DescribedGroup().setGroupId(groupId).setErrorCode(error.id());
    }

    @Override
    public Response refuse(DescribeGroupsRequest request, short version, ErrorCode code, @Nullable String message) {
        var response = new DescribeGroupsResponse();
        request.groups.forEach(groupId -> response.groups.add(refused(groupId, code)));
        return response;
    }
}
