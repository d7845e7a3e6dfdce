package dev.embeddedbroker.api;

import dev.embeddedbroker.coordinator.group.StoreErrors;
import dev.embeddedbroker.coordinator.group.consumer.ConsumerCommand;
import dev.embeddedbroker.coordinator.group.consumer.ConsumerSettings;
import dev.embeddedbroker.coordinator.host.Gather;
import dev.embeddedbroker.coordinator.host.GroupCoordinators;
import dev.embeddedbroker.coordinator.host.ImageTopics;
import dev.embeddedbroker.metadata.MetadataView;
import dev.embeddedbroker.protocol.ErrorCode;
import dev.embeddedbroker.protocol.Response;
import dev.embeddedbroker.protocol.request.ConsumerGroupDescribeRequest;
import dev.embeddedbroker.protocol.response.ConsumerGroupDescribeResponse;
import dev.embeddedbroker.protocol.response.ConsumerGroupDescribeResponse.DescribedGroup;
import java.util.ArrayList;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * ConsumerGroupDescribe (69): groups of the consumer protocol, their members, what those have and what they should have.
 *
 * <ul>
 *   <li>v1+: which protocol each member speaks (KIP-1099).
 *   <li>What the client may do with the group, if it asks; without an authorizer that is everything (KIP-430).
 * </ul>
 */
public final class ConsumerGroupDescribeHandler implements ApiHandler<ConsumerGroupDescribeRequest> {
    private final GroupCoordinators coordinators;
    private final MetadataView metadata;
    private final ConsumerGroupsOffer offer;
    private final Function<String, ConsumerSettings> settings;

    /** @param settings what holds for a group of this id now; any thread */
    public ConsumerGroupDescribeHandler(
            GroupCoordinators coordinators,
            MetadataView metadata,
            ConsumerGroupsOffer offer,
            Function<String, ConsumerSettings> settings) {
        this.coordinators = coordinators;
        this.metadata = metadata;
        this.offer = offer;
        this.settings = settings;
    }

    @Override
    public void handle(RequestContext context, ConsumerGroupDescribeRequest request) {
        Askers.note(coordinators, context);
        if (!offer.isOpen()) {
            context.reply(refuse(request, context.version(), ErrorCode.UNSUPPORTED_VERSION, null));
            return;
        }
        var gather = new Gather<>(
                request.groupIds.size(),
                new DescribedGroup(),
                groups -> context.reply(new ConsumerGroupDescribeResponse().setGroups(new ArrayList<>(groups))));
        for (int i = 0; i < request.groupIds.size(); i++) {
            int index = i;
            String groupId = request.groupIds.get(i);
            if (groupId.isEmpty()) {
                gather.put(index, refused(groupId, ErrorCode.INVALID_GROUP_ID));
                continue;
            }
            String defaultAssignor = settings.apply(groupId).assignors().first().name();
            coordinators.ask(
                    groupId,
                    ticket -> new ConsumerCommand.Describe(
                            ticket, groupId, new ImageTopics(metadata.image()), defaultAssignor),
                    answer -> gather.put(index, withOperations((DescribedGroup) answer, request)),
                    error -> gather.put(index, refused(groupId, StoreErrors.ofGroup(error))));
        }
    }

    private static DescribedGroup withOperations(DescribedGroup group, ConsumerGroupDescribeRequest request) {
        return request.includeAuthorizedOperations && group.errorCode == ErrorCode.NONE.id()
                ? group.setAuthorizedOperations(AuthorizedOperations.ALL_OF_GROUP)
                : group;
    }

    private static DescribedGroup refused(String groupId, ErrorCode error) {
        return new DescribedGroup().setGroupId(groupId).setErrorCode(error.id());
    }

    @Override
    public Response refuse(
            ConsumerGroupDescribeRequest request, short version, ErrorCode code, @Nullable String message) {
        var response = new ConsumerGroupDescribeResponse();
        request.groupIds.forEach(groupId -> response.groups.add(refused(groupId, code)));
        return response;
    }
}
