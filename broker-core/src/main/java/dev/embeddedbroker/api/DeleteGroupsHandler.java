package dev.embeddedbroker.api;

import dev.embeddedbroker.coordinator.group.GroupCommand;
import dev.embeddedbroker.coordinator.group.StoreErrors;
import dev.embeddedbroker.coordinator.host.Gather;
import dev.embeddedbroker.coordinator.host.GroupCoordinators;
import dev.embeddedbroker.protocol.ErrorCode;
import dev.embeddedbroker.protocol.Response;
import dev.embeddedbroker.protocol.request.DeleteGroupsRequest;
import dev.embeddedbroker.protocol.response.DeleteGroupsResponse;
import dev.embeddedbroker.protocol.response.DeleteGroupsResponse.DeletableGroupResult;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** DeleteGroups (42): groups without members are deleted with their offsets, each judged by itself (KIP-229). */
public final class DeleteGroupsHandler implements ApiHandler<DeleteGroupsRequest> {
    private final GroupCoordinators coordinators;

    public DeleteGroupsHandler(GroupCoordinators coordinators) {
        this.coordinators = coordinators;
    }

    @Override
    public void handle(RequestContext context, DeleteGroupsRequest request) {
        var groupIds = request.groupsNames.stream().distinct().toList();
        var gather = new Gather<>(
                groupIds.size(),
                new DeletableGroupResult(),
                results -> context.reply(new DeleteGroupsResponse().setResults(new ArrayList<>(results))));
        for (int i = 0; i < groupIds.size(); i++) {
            int index = i;
            String groupId = groupIds.get(i);
            coordinators.ask(
                    groupId,
                    ticket -> new GroupCommand.DeleteGroup(ticket, groupId),
                    answer -> gather.put(index, result(groupId, (ErrorCode) answer)),
                    error -> gather.put(index, result(groupId, StoreErrors.ofGroup(error))));
        }
    }

    private static DeletableGroupResult result(String groupId, ErrorCode error) {
        return new DeletableGroupResult().setGroupId(groupId).setErrorCode(error.id());
    }

    @Override
    public Response refuse(DeleteGroupsRequest request, short version, ErrorCode code, @Nullable String message) {
        List<DeletableGroupResult> results = new ArrayList<>();
        request.groupsNames.stream().distinct().forEach(groupId -> results.add(result(groupId, code)));
        return new DeleteGroupsResponse().setResults(results);
    }
}
