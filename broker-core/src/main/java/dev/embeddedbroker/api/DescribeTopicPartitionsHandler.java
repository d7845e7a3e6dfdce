package dev.embeddedbroker.api;

import dev.embeddedbroker.metadata.MetadataView;
import dev.embeddedbroker.metadata.PartitionImage;
import dev.embeddedbroker.metadata.TopicImage;
import dev.embeddedbroker.metadata.TopicRules;
import dev.embeddedbroker.protocol.ErrorCode;
import dev.embeddedbroker.protocol.Uuid;
import dev.embeddedbroker.protocol.request.DescribeTopicPartitionsRequest;
import dev.embeddedbroker.protocol.response.DescribeTopicPartitionsResponse;
import dev.embeddedbroker.protocol.response.DescribeTopicPartitionsResponse.Cursor;
import dev.embeddedbroker.protocol.response.DescribeTopicPartitionsResponse.DescribeTopicPartitionsResponsePartition;
import dev.embeddedbroker.protocol.response.DescribeTopicPartitionsResponse.DescribeTopicPartitionsResponseTopic;
import java.util.ArrayList;
import java.util.Collection;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * DescribeTopicPartitions (key 75), version 0 (KIP-966): topics in the order of their names, page by page.
 *
 * <p>No topics means all. A page ends where the limit of partitions is reached, the smaller of the request's and
 * {@code max.request.partition.size.limit}; its cursor names the first partition of the next page. A cursor must name
 * one of the topics asked for.
 *
 * <p>Constructor: the images, and {@code max.request.partition.size.limit}.
 */
public final class DescribeTopicPartitionsHandler implements ApiHandler<DescribeTopicPartitionsRequest> {

    private final MetadataView metadata;
    private final int maxPartitions;

    public DescribeTopicPartitionsHandler(MetadataView metadata, int maxPartitions) {
        this.metadata = metadata;
        this.maxPartitions = maxPartitions;
    }

    @Override
    public void handle(RequestContext context, DescribeTopicPartitionsRequest request) {
        var cluster =
                new ReachableCluster(metadata.image(), context.connection().listenerName());
        var cursor = request.cursor;
        var names = names(cluster, request);
        boolean cursorIsElsewhere = cursor != null && !request.topics.isEmpty() && !names.contains(cursor.topicName);
        if (cursorIsElsewhere || (cursor != null && cursor.partitionIndex < 0)) {
            context.reply(refuse(request, context.version(), ErrorCode.INVALID_REQUEST, null));
            return;
        }
        var response = new DescribeTopicPartitionsResponse();
        int room = Math.max(1, Math.min(maxPartitions, request.responsePartitionLimit));
        for (var name : names) {
            if (room == 0) {
                response.nextCursor = new Cursor().setTopicName(name).setPartitionIndex(0);
                break;
            }
            var topic = cluster.image().topic(name);
            if (topic == null) {
                response.topics.add(unknown(name));
                continue;
            }
            int first = cursor != null && cursor.topicName.equals(name) ? cursor.partitionIndex : 0;
            int end = (int) Math.min(topic.partitionCount(), (long) first + room);
            response.topics.add(page(cluster, topic, first, end));
            if (end < topic.partitionCount()) {
                response.nextCursor = new Cursor().setTopicName(name).setPartitionIndex(end);
                break;
            }
            room -= Math.max(0, end - first);
        }
        context.reply(response);
    }

    @Override
    public DescribeTopicPartitionsResponse refuse(
            DescribeTopicPartitionsRequest request, short version, ErrorCode error, @Nullable String message) {
        var response = new DescribeTopicPartitionsResponse();
        for (var topic : request.topics) {
            response.topics.add(new DescribeTopicPartitionsResponseTopic()
                    .setName(topic.name)
                    .setErrorCode(error.id()));
        }
        return response;
    }

    private static Collection<String> names(ReachableCluster cluster, DescribeTopicPartitionsRequest request) {
        var first = request.cursor == null ? "" : request.cursor.topicName;
        if (request.topics.isEmpty()) {
            return cluster.image().topicsFrom(first).stream()
                    .map(TopicImage::name)
                    .toList();
        }
        var names = new TreeSet<String>();
        for (var topic : request.topics) {
            if (topic.name.compareTo(first) >= 0) names.add(topic.name);
        }
        return names;
    }

    private static DescribeTopicPartitionsResponseTopic unknown(String name) {
        var error = TopicRules.isValid(name) ? ErrorCode.UNKNOWN_TOPIC_OR_PARTITION : ErrorCode.INVALID_TOPIC_EXCEPTION;
        return new DescribeTopicPartitionsResponseTopic()
                .setErrorCode(error.id())
                .setName(name)
                .setTopicId(Uuid.ZERO)
                .setIsInternal(TopicRules.isInternal(name))
                .setTopicAuthorizedOperations(AuthorizedOperations.ALL_OF_TOPIC);
    }

    private static DescribeTopicPartitionsResponseTopic page(
            ReachableCluster cluster, TopicImage topic, int first, int end) {
        var partitions = new ArrayList<DescribeTopicPartitionsResponsePartition>();
        for (int i = first; i < end; i++) {
            partitions.add(partition(cluster, topic.partitions().get(i)));
        }
        return new DescribeTopicPartitionsResponseTopic()
                .setErrorCode(ErrorCode.NONE.id())
                .setName(topic.name())
                .setTopicId(topic.id())
                .setIsInternal(topic.isInternal())
                .setPartitions(partitions)
                .setTopicAuthorizedOperations(AuthorizedOperations.ALL_OF_TOPIC);
    }

    private static DescribeTopicPartitionsResponsePartition partition(
            ReachableCluster cluster, PartitionImage partition) {
        var leader = cluster.leader(partition);
        return new DescribeTopicPartitionsResponsePartition()
                .setErrorCode(ErrorCode.NONE.id())
                .setPartitionIndex(partition.index())
                .setLeaderId(leader == null ? PartitionImage.NO_LEADER : leader.id())
                .setLeaderEpoch(partition.leaderEpoch())
                .setReplicaNodes(partition.replicas())
                .setIsrNodes(partition.isr())
                .setOfflineReplicas(cluster.offlineReplicas(partition))
                .setEligibleLeaderReplicas(partition.eligibleLeaders())
                .setLastKnownElr(partition.lastKnownLeaders());
    }
}
