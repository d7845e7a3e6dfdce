package dev.embeddedbroker.api;

import dev.embeddedbroker.metadata.MetadataView;
import dev.embeddedbroker.metadata.PartitionImage;
import dev.embeddedbroker.metadata.TopicImage;
import dev.embeddedbroker.protocol.ErrorCode;
import dev.embeddedbroker.protocol.request.ListPartitionReassignmentsRequest;
import dev.embeddedbroker.protocol.response.ListPartitionReassignmentsResponse;
import dev.embeddedbroker.protocol.response.ListPartitionReassignmentsResponse.OngoingPartitionReassignment;
import dev.embeddedbroker.protocol.response.ListPartitionReassignmentsResponse.OngoingTopicReassignment;
import org.jspecify.annotations.Nullable;

/**
 * ListPartitionReassignments (key 46), version 0: the partitions, of those asked for or of all, whose replicas are being
 * changed (KIP-455). What does not exist is left out.
 */
public final class ListPartitionReassignmentsHandler implements ApiHandler<ListPartitionReassignmentsRequest> {
    private final MetadataView metadata;

    public ListPartitionReassignmentsHandler(MetadataView metadata) {
        this.metadata = metadata;
    }

    @Override
    public void handle(RequestContext context, ListPartitionReassignmentsRequest request) {
        var image = metadata.image();
        var response = new ListPartitionReassignmentsResponse().setErrorMessage(null);
        if (request.topics == null) {
            for (var topic : image.topics()) {
                add(response, topic, topic.partitions());
            }
        } else {
            for (var wanted : request.topics) {
                var topic = image.topic(wanted.name);
                if (topic != null) {
                    add(
                            response,
                            topic,
                            wanted.partitionIndexes.stream()
                                    .filter(index -> index >= 0 && index < topic.partitionCount())
                                    .map(index -> topic.partitions().get(index))
                                    .toList());
                }
            }
        }
        context.reply(response);
    }

    private static void add(
            ListPartitionReassignmentsResponse response, TopicImage topic, Iterable<PartitionImage> partitions) {
        var ongoing = new OngoingTopicReassignment().setName(topic.name());
        for (var partition : partitions) {
            if (!partition.adding().isEmpty() || !partition.removing().isEmpty()) {
                ongoing.partitions.add(new OngoingPartitionReassignment()
                        .setPartitionIndex(partition.index())
                        .setReplicas(partition.replicas())
                        .setAddingReplicas(partition.adding())
                        .setRemovingReplicas(partition.removing()));
            }
        }
        if (!ongoing.partitions.isEmpty()) {
            response.topics.add(ongoing);
        }
    }

    @Override
    public ListPartitionReassignmentsResponse refuse(
            ListPartitionReassignmentsRequest request, short version, ErrorCode error, @Nullable String message) {
        return new ListPartitionReassignmentsResponse().setErrorCode(error.id()).setErrorMessage(message);
    }
}
