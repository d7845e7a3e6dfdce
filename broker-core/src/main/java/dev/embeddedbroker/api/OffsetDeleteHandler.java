package dev.embeddedbroker.api;

import dev.embeddedbroker.coordinator.group.StoreErrors;
import dev.embeddedbroker.coordinator.group.offsets.OffsetCommand;
import dev.embeddedbroker.coordinator.host.GroupCoordinators;
import dev.embeddedbroker.metadata.MetadataView;
import dev.embeddedbroker.protocol.ErrorCode;
import dev.embeddedbroker.protocol.Response;
import dev.embeddedbroker.protocol.request.OffsetDeleteRequest;
import dev.embeddedbroker.protocol.request.OffsetDeleteRequest.OffsetDeleteRequestPartition;
import dev.embeddedbroker.protocol.request.OffsetDeleteRequest.OffsetDeleteRequestTopic;
import dev.embeddedbroker.protocol.response.OffsetDeleteResponse;
import dev.embeddedbroker.protocol.response.OffsetDeleteResponse.OffsetDeleteResponsePartition;
import dev.embeddedbroker.protocol.response.OffsetDeleteResponse.OffsetDeleteResponseTopic;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * OffsetDelete (47): offsets of a group are forgotten (KIP-496), but not of topics it is consuming. Partitions that do not
 * exist are refused one by one, so their offsets stay until their topic is deleted or they expire.
 */
public final class OffsetDeleteHandler implements ApiHandler<OffsetDeleteRequest> {
    private final GroupCoordinators coordinators;
    private final MetadataView metadata;

    public OffsetDeleteHandler(GroupCoordinators coordinators, MetadataView metadata) {
        this.coordinators = coordinators;
        this.metadata = metadata;
    }

    @Override
    public void handle(RequestContext context, OffsetDeleteRequest request) {
        if (request.groupId.isEmpty()) {
            context.reply(refuse(request, context.version(), ErrorCode.INVALID_GROUP_ID, null));
            return;
        }
        var response = new OffsetDeleteResponse();
        var known = new OffsetDeleteRequest().setGroupId(request.groupId).setTopics(sift(request, response));
        Map<String, OffsetDeleteResponseTopic> byName =
                response.topics.stream().collect(Collectors.toMap(topic -> topic.name, topic -> topic, (a, b) -> a));
        coordinators.ask(
                request.groupId,
                ticket -> new OffsetCommand.DeleteOffsets(ticket, known),
                answer -> context.reply(merge((OffsetDeleteResponse) answer, response, byName)),
                error -> context.reply(refuse(request, context.version(), StoreErrors.ofGroup(error), null)));
    }

    /** Puts what does not exist into the response, and returns the rest. */
    private List<OffsetDeleteRequestTopic> sift(OffsetDeleteRequest request, OffsetDeleteResponse response) {
        var image = metadata.image();
        var known = new ArrayList<OffsetDeleteRequestTopic>();
        for (var asked : request.topics) {
            var topic = image.topic(asked.name);
            var answers = new OffsetDeleteResponseTopic().setName(asked.name);
            response.topics.add(answers);
            var there = new ArrayList<OffsetDeleteRequestPartition>();
            for (var partition : asked.partitions) {
                if (topic == null || topic.partition(partition.partitionIndex) == null) {
                    answers.partitions.add(new OffsetDeleteResponsePartition()
                            .setPartitionIndex(partition.partitionIndex)
                            .setErrorCode(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION.id()));
                } else {
                    there.add(partition);
                }
            }
            if (!there.isEmpty()) {
                known.add(new OffsetDeleteRequestTopic().setName(asked.name).setPartitions(there));
            }
        }
        return known;
    }

    private static OffsetDeleteResponse merge(
            OffsetDeleteResponse fromMachine,
            OffsetDeleteResponse response,
            Map<String, OffsetDeleteResponseTopic> byName) {
        if (fromMachine.errorCode != ErrorCode.NONE.id()) {
            return fromMachine;
        }
        for (var topic : fromMachine.topics) {
            var answers = byName.get(topic.name);
            if (answers != null) {
                answers.partitions.addAll(topic.partitions);
            }
        }
        return response;
    }

    @Override
    public Response refuse(OffsetDeleteRequest request, short version, ErrorCode code, @Nullable String message) {
        return new OffsetDeleteResponse().setErrorCode(code.id());
    }
}
