package dev.embeddedbroker.api;

import dev.embeddedbroker.metadata.TopicRules;
import dev.embeddedbroker.partition.OwnerCall;
import dev.embeddedbroker.partition.Partition;
import dev.embeddedbroker.partition.Partitions;
import dev.embeddedbroker.protocol.ErrorCode;
import dev.embeddedbroker.protocol.Response;
import dev.embeddedbroker.protocol.request.DescribeProducersRequest;
import dev.embeddedbroker.protocol.request.DescribeProducersRequest.TopicRequest;
import dev.embeddedbroker.protocol.response.DescribeProducersResponse;
import dev.embeddedbroker.protocol.response.DescribeProducersResponse.PartitionResponse;
import dev.embeddedbroker.protocol.response.DescribeProducersResponse.ProducerState;
import dev.embeddedbroker.protocol.response.DescribeProducersResponse.TopicResponse;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * DescribeProducers (key 61): the producers a partition's leader remembers, with their open transactions (KIP-664).
 *
 * <p><b>Owner:</b> none; any loop.
 */
public final class DescribeProducersHandler implements ApiHandler<DescribeProducersRequest> {

    private final Partitions partitions;

    /** @param partitions this broker's partitions */
    public DescribeProducersHandler(Partitions partitions) {
        this.partitions = partitions;
    }

    @Override
    public void handle(RequestContext context, DescribeProducersRequest request) {
        var response = new DescribeProducersResponse();
        var tasks = new ArrayList<PartitionTask>();
        for (var topic : request.topics) {
            var topicAnswer = new TopicResponse().setName(topic.name);
            response.topics.add(topicAnswer);
            String flaw = TopicRules.refusalOf(topic.name);
            for (int index : topic.partitionIndexes) {
                var answer = new PartitionResponse().setPartitionIndex(index);
                topicAnswer.partitions.add(answer);
                if (flaw != null) {
                    answer.setErrorCode(ErrorCode.INVALID_TOPIC_EXCEPTION.id()).setErrorMessage(flaw);
                } else {
                    addTask(topic, index, answer, tasks);
                }
            }
        }
        OwnerCall.run(context.loop(), tasks, () -> context.reply(response));
    }

    private void addTask(TopicRequest topic, int index, PartitionResponse answer, List<PartitionTask> tasks) {
        var partition = partitions.find(topic.name, index);
        if (partition == null) {
            ErrorCode absence = partitions.whyAbsent(topic.name, index);
            answer.setErrorCode(absence.id()).setErrorMessage(absence.text());
        } else {
            tasks.add(new PartitionTask(partition, p -> fill(answer, p), error -> answer.errorCode = error.id()));
        }
    }

    private static void fill(PartitionResponse answer, Partition partition) {
        var described = partition.producers();
        answer.errorCode = described.error().id();
        for (var producer : described.producers()) {
            answer.activeProducers.add(new ProducerState()
                    .setProducerId(producer.producerId())
                    .setProducerEpoch(producer.producerEpoch())
                    .setLastSequence(producer.lastSequence())
                    .setLastTimestamp(producer.lastTimestampMs())
                    .setCoordinatorEpoch(producer.coordinatorEpoch())
                    .setCurrentTxnStartOffset(producer.currentTxnFirstOffset()));
        }
    }

    @Override
    public Response refuse(DescribeProducersRequest request, short version, ErrorCode code, @Nullable String message) {
        var response = new DescribeProducersResponse();
        for (var topic : request.topics) {
            var answer = new TopicResponse().setName(topic.name);
            response.topics.add(answer);
            for (int index : topic.partitionIndexes) {
                answer.partitions.add(new PartitionResponse()
                        .setPartitionIndex(index)
                        .setErrorCode(code.id())
                        .setErrorMessage(message));
            }
        }
        return response;
    }
}
