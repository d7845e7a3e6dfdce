package dev.embeddedbroker.api;

import dev.embeddedbroker.metadata.ControllerClient;
import dev.embeddedbroker.metadata.PartitionChoice;
import dev.embeddedbroker.protocol.ErrorCode;
import dev.embeddedbroker.protocol.request.AlterPartitionReassignmentsRequest;
import dev.embeddedbroker.protocol.response.AlterPartitionReassignmentsResponse;
import dev.embeddedbroker.protocol.response.AlterPartitionReassignmentsResponse.ReassignablePartitionResponse;
import dev.embeddedbroker.protocol.response.AlterPartitionReassignmentsResponse.ReassignableTopicResponse;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * AlterPartitionReassignments (key 45), versions 0–1: other replicas for partitions, or (with null for replicas) an end to
 * a change of them that is under way (KIP-455). From version 1 a change of their number can be forbidden (KIP-860).
 *
 * <p>A rearrangement of what there is, and leaving a replica, are done at once; a replica that is to come is noted. The
 * timeout is not used.
 */
public final class AlterPartitionReassignmentsHandler implements ApiHandler<AlterPartitionReassignmentsRequest> {
    private final ControllerClient controller;

    public AlterPartitionReassignmentsHandler(ControllerClient controller) {
        this.controller = controller;
    }

    @Override
    public void handle(RequestContext context, AlterPartitionReassignmentsRequest request) {
        var wanted = new ArrayList<PartitionChoice>();
        for (var topic : request.topics) {
            for (var partition : topic.partitions) {
                wanted.add(new PartitionChoice(topic.name, partition.partitionIndex, partition.replicas));
            }
        }
        ControllerAnswers.await(
                controller.reassign(wanted, request.allowReplicationFactorChange),
                this,
                context,
                request,
                outcomes -> context.reply(response(request, outcomes)));
    }

    private static AlterPartitionReassignmentsResponse response(
            AlterPartitionReassignmentsRequest request, List<PartitionChoice.Outcome> outcomes) {
        var topics = new LinkedHashMap<String, ReassignableTopicResponse>();
        for (var outcome : outcomes) {
            topics.computeIfAbsent(outcome.topic(), name -> new ReassignableTopicResponse().setName(name))
                    .partitions
                    .add(new ReassignablePartitionResponse()
                            .setPartitionIndex(outcome.partition())
                            .setErrorCode(outcome.result().error().id())
                            .setErrorMessage(outcome.result().message()));
        }
        return new AlterPartitionReassignmentsResponse()
                .setAllowReplicationFactorChange(request.allowReplicationFactorChange)
                .setErrorMessage(null)
                .setResponses(new ArrayList<>(topics.values()));
    }

    @Override
    public AlterPartitionReassignmentsResponse refuse(
            AlterPartitionReassignmentsRequest request, short version, ErrorCode error, @Nullable String message) {
        var response = new AlterPartitionReassignmentsResponse()
                .setAllowReplicationFactorChange(request.allowReplicationFactorChange)
                .setErrorCode(error.id())
                .setErrorMessage(message);
        for (var topic : request.topics) {
            var refused = new ReassignableTopicResponse().setName(topic.name);
            for (var partition : topic.partitions) {
                refused.partitions.add(new ReassignablePartitionResponse()
                        .setPartitionIndex(partition.partitionIndex)
                        .setErrorCode(error.id())
                        .setErrorMessage(message));
            }
            response.responses.add(refused);
        }
        return response;
    }
}
