package dev.embeddedbroker.api;

import dev.embeddedbroker.partition.OwnerCall;
import dev.embeddedbroker.partition.Partition;
import dev.embeddedbroker.partition.Partitions;
import dev.embeddedbroker.protocol.ErrorCode;
import dev.embeddedbroker.protocol.Response;
import dev.embeddedbroker.protocol.request.OffsetForLeaderEpochRequest;
import dev.embeddedbroker.protocol.request.OffsetForLeaderEpochRequest.OffsetForLeaderPartition;
import dev.embeddedbroker.protocol.response.OffsetForLeaderEpochResponse;
import dev.embeddedbroker.protocol.response.OffsetForLeaderEpochResponse.EpochEndOffset;
import dev.embeddedbroker.protocol.response.OffsetForLeaderEpochResponse.OffsetForLeaderTopicResult;
import java.util.ArrayList;
import org.jspecify.annotations.Nullable;

/**
 * OffsetForLeaderEpoch (key 23): where a leader epoch ends in this leader's log, so that a client or follower sees
 * whether its own log was truncated (KIP-320). An epoch the leader never saw has neither epoch nor offset: -1, -1.
 *
 * <p><b>Owner:</b> none; any loop.
 */
public final class OffsetForLeaderEpochHandler implements ApiHandler<OffsetForLeaderEpochRequest> {

    private final Partitions partitions;

    /** @param partitions this broker's partitions */
    public OffsetForLeaderEpochHandler(Partitions partitions) {
        this.partitions = partitions;
    }

    @Override
    public void handle(RequestContext context, OffsetForLeaderEpochRequest request) {
        var response = new OffsetForLeaderEpochResponse();
        var tasks = new ArrayList<PartitionTask>();
        for (var topic : request.topics) {
            var topicAnswer = new OffsetForLeaderTopicResult().setTopic(topic.topic);
            response.topics.add(topicAnswer);
            for (var asked : topic.partitions) {
                var answer = new EpochEndOffset().setPartition(asked.partition);
                topicAnswer.partitions.add(answer);
                var partition = partitions.find(topic.topic, asked.partition);
                if (partition == null) {
                    answer.errorCode =
                            partitions.whyAbsent(topic.topic, asked.partition).id();
                } else {
                    tasks.add(new PartitionTask(
                            partition, p -> fill(answer, p, asked), error -> answer.errorCode = error.id()));
                }
            }
        }
        OwnerCall.run(context.loop(), tasks, () -> context.reply(response));
    }

    private static void fill(EpochEndOffset answer, Partition partition, OffsetForLeaderPartition asked) {
        var end = partition.epochEnd(asked.currentLeaderEpoch, asked.leaderEpoch);
        answer.errorCode = end.error().id();
        answer.leaderEpoch = end.leaderEpoch();
        answer.endOffset = end.offset();
    }

    @Override
    public Response refuse(
            OffsetForLeaderEpochRequest request, short version, ErrorCode code, @Nullable String message) {
        var response = new OffsetForLeaderEpochResponse();
        for (var topic : request.topics) {
            var answer = new OffsetForLeaderTopicResult().setTopic(topic.topic);
            response.topics.add(answer);
            for (var asked : topic.partitions) {
                answer.partitions.add(
                        new EpochEndOffset().setPartition(asked.partition).setErrorCode(code.id()));
            }
        }
        return response;
    }
}
