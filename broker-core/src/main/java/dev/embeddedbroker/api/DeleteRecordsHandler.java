package dev.embeddedbroker.api;

import dev.embeddedbroker.metadata.TopicRules;
import dev.embeddedbroker.partition.OwnerCall;
import dev.embeddedbroker.partition.Partition;
import dev.embeddedbroker.partition.Partitions;
import dev.embeddedbroker.protocol.ErrorCode;
import dev.embeddedbroker.protocol.Response;
import dev.embeddedbroker.protocol.request.DeleteRecordsRequest;
import dev.embeddedbroker.protocol.response.DeleteRecordsResponse;
import dev.embeddedbroker.protocol.response.DeleteRecordsResponse.DeleteRecordsPartitionResult;
import dev.embeddedbroker.protocol.response.DeleteRecordsResponse.DeleteRecordsTopicResult;
import java.util.ArrayList;
import org.jspecify.annotations.Nullable;

/**
 * DeleteRecords (key 21): moves the start of a partition's log up to an offset, or with -1 to the high watermark.
 *
 * <ul>
 *   <li>Internal topics: INVALID_TOPIC_EXCEPTION. A topic whose {@code cleanup.policy} has no {@code delete}:
 *       POLICY_VIOLATION. Beyond the high watermark: OFFSET_OUT_OF_RANGE.
 *   <li>Not done: waiting for followers; the answer's low watermark is that of the moment.
 * </ul>
 *
 * <p><b>Owner:</b> none; any loop.
 */
public final class DeleteRecordsHandler implements ApiHandler<DeleteRecordsRequest> {

    private static final long NO_LOW_WATERMARK = -1;

    private final Partitions partitions;

    /** @param partitions this broker's partitions */
    public DeleteRecordsHandler(Partitions partitions) {
        this.partitions = partitions;
    }

    @Override
    public void handle(RequestContext context, DeleteRecordsRequest request) {
        var response = new DeleteRecordsResponse();
        var tasks = new ArrayList<PartitionTask>();
        for (var topic : request.topics) {
            if (topic.partitions.isEmpty()) continue;
            var topicAnswer = new DeleteRecordsTopicResult().setName(topic.name);
            response.topics.add(topicAnswer);
            for (var asked : topic.partitions) {
                var answer = new DeleteRecordsPartitionResult()
                        .setPartitionIndex(asked.partitionIndex)
                        .setLowWatermark(NO_LOW_WATERMARK);
                topicAnswer.partitions.add(answer);
                var partition = partitions.find(topic.name, asked.partitionIndex);
                if (partition == null) {
                    answer.errorCode = partitions
                            .whyAbsent(topic.name, asked.partitionIndex)
                            .id();
                } else if (TopicRules.isInternal(topic.name)) {
                    answer.errorCode = ErrorCode.INVALID_TOPIC_EXCEPTION.id();
                } else {
                    tasks.add(new PartitionTask(
                            partition, p -> delete(answer, p, asked.offset), error -> answer.errorCode = error.id()));
                }
            }
        }
        OwnerCall.run(context.loop(), tasks, () -> context.reply(response));
    }

    private static void delete(DeleteRecordsPartitionResult answer, Partition partition, long offset) {
        var outcome = partition.deleteRecords(offset);
        answer.errorCode = outcome.error().id();
        answer.lowWatermark = outcome.lowWatermark();
    }

    @Override
    public Response refuse(DeleteRecordsRequest request, short version, ErrorCode code, @Nullable String message) {
        var response = new DeleteRecordsResponse();
        for (var topic : request.topics) {
            var answer = new DeleteRecordsTopicResult().setName(topic.name);
            response.topics.add(answer);
            for (var asked : topic.partitions) {
                answer.partitions.add(new DeleteRecordsPartitionResult()
                        .setPartitionIndex(asked.partitionIndex)
                        .setLowWatermark(NO_LOW_WATERMARK)
                        .setErrorCode(code.id()));
            }
        }
        return response;
    }
}
