package dev.embeddedbroker.api;

import dev.embeddedbroker.partition.Isolation;
import dev.embeddedbroker.partition.OffsetOutcome;
import dev.embeddedbroker.partition.OwnerCall;
import dev.embeddedbroker.partition.PartitionNews;
import dev.embeddedbroker.partition.Partitions;
import dev.embeddedbroker.protocol.ErrorCode;
import dev.embeddedbroker.protocol.Response;
import dev.embeddedbroker.protocol.request.ListOffsetsRequest;
import dev.embeddedbroker.protocol.request.ListOffsetsRequest.ListOffsetsPartition;
import dev.embeddedbroker.protocol.response.ListOffsetsResponse;
import dev.embeddedbroker.protocol.response.ListOffsetsResponse.ListOffsetsPartitionResponse;
import dev.embeddedbroker.protocol.response.ListOffsetsResponse.ListOffsetsTopicResponse;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * ListOffsets (key 2): the offset a partition has at a timestamp, or at one of the negative numbers that stand for its
 * start, its end and the record with the largest timestamp.
 *
 * <ul>
 *   <li>A negative number is answered from the version on that defines it, and with UNSUPPORTED_VERSION before: -3 from
 *       v7 (KIP-734), -4 from v8 (KIP-405), -5 from v9 (KIP-1005), -6 from v11 (KIP-1023).
 *   <li>There is no tiered storage: -4 is the log's start, -5 and -6 have no offset.
 *   <li>A partition named twice gets INVALID_REQUEST, both times.
 *   <li>Version 0 is none of ours: Kafka dropped it in 4.0 (KIP-896).
 * </ul>
 *
 * <p><b>Owner:</b> none; any loop.
 */
public final class ListOffsetsHandler implements ApiHandler<ListOffsetsRequest> {

    private static final int CONSUMER = -1;
    private static final int DEBUGGING_CONSUMER = -2;

    private final Partitions partitions;

    /** @param partitions this broker's partitions */
    public ListOffsetsHandler(Partitions partitions) {
        this.partitions = partitions;
    }

    @Override
    public void handle(RequestContext context, ListOffsetsRequest request) {
        var response = new ListOffsetsResponse();
        var tasks = new ArrayList<PartitionTask>();
        var twice = namedTwice(request);
        var refused = new HashSet<Named>();
        for (var topic : request.topics) {
            var topicAnswer = new ListOffsetsTopicResponse().setName(topic.name);
            response.topics.add(topicAnswer);
            for (var asked : topic.partitions) {
                var named = new Named(topic.name, asked.partitionIndex);
                if (twice.contains(named) && !refused.add(named)) continue; // one answer says it
                var answer = new ListOffsetsPartitionResponse().setPartitionIndex(asked.partitionIndex);
                topicAnswer.partitions.add(answer);
                if (twice.contains(named) || !Isolation.isKnown(request.isolationLevel)) {
                    answer.errorCode = ErrorCode.INVALID_REQUEST.id();
                } else if (!isSupported(asked.timestamp, context.version())) {
                    answer.errorCode = ErrorCode.UNSUPPORTED_VERSION.id();
                } else {
                    var task = taskFor(context, request, topic.name, asked, answer);
                    if (task != null) tasks.add(task);
                }
            }
        }
        OwnerCall.run(context.loop(), tasks, () -> context.reply(response));
    }

    private @Nullable PartitionTask taskFor(
            RequestContext context,
            ListOffsetsRequest request,
            String topic,
            ListOffsetsPartition asked,
            ListOffsetsPartitionResponse answer) {
        var partition = partitions.find(topic, asked.partitionIndex);
        if (partition == null) {
            answer.errorCode = partitions.whyAbsent(topic, asked.partitionIndex).id();
            return null;
        }
        boolean fromConsumer = request.replicaId == CONSUMER;
        var isolation = fromConsumer ? Isolation.of(CONSUMER, request.isolationLevel) : Isolation.LOG_END;
        boolean leaderOnly = request.replicaId != DEBUGGING_CONSUMER;
        String client = PartitionNews.clientName(context.connection().clientHost(), context.clientId());
        return new PartitionTask(
                partition,
                p -> {
                    var found = p.listOffset(asked.timestamp, isolation, asked.currentLeaderEpoch, leaderOnly);
                    fill(answer, found, context.version());
                    if (found.error() == ErrorCode.NONE) p.news().noteReader(client);
                },
                error -> answer.errorCode = error.id());
    }

    private static void fill(ListOffsetsPartitionResponse answer, OffsetOutcome outcome, short version) {
        boolean isKnownToClient = outcome.error() != ErrorCode.OFFSET_NOT_AVAILABLE || version >= 5;
        answer.errorCode = (isKnownToClient ? outcome.error() : ErrorCode.LEADER_NOT_AVAILABLE).id();
        answer.timestamp = outcome.timestampMs();
        answer.offset = outcome.offset();
        if (version >= 4) answer.leaderEpoch = outcome.leaderEpoch();
    }

    private static boolean isSupported(long timestamp, short version) {
        if (timestamp >= -2) return true;
        return switch ((int) Math.max(timestamp, Integer.MIN_VALUE)) {
            case -3 -> version >= 7;
            case -4 -> version >= 8;
            case -5 -> version >= 9;
            case -6 -> version >= 11;
            default -> false;
        };
    }

    private record Named(String topic, int partition) {}

    private static Set<Named> namedTwice(ListOffsetsRequest request) {
        var seen = new HashSet<Named>();
        var twice = new HashSet<Named>();
        for (var topic : request.topics) {
            for (var asked : topic.partitions) {
                var named = new Named(topic.name, asked.partitionIndex);
                if (!seen.add(named)) twice.add(named);
            }
        }
        return twice;
    }

    @Override
    public Response refuse(ListOffsetsRequest request, short version, ErrorCode code, @Nullable String message) {
        List<ListOffsetsTopicResponse> topics = new ArrayList<>();
        for (var topic : request.topics) {
            var answer = new ListOffsetsTopicResponse().setName(topic.name);
            topics.add(answer);
            for (var asked : topic.partitions) {
                answer.partitions.add(new ListOffsetsPartitionResponse()
                        .setPartitionIndex(asked.partitionIndex)
                        .setErrorCode(code.id()));
            }
        }
        return new ListOffsetsResponse().setTopics(topics);
    }
}
