package dev.embeddedbroker.api;

import dev.embeddedbroker.metadata.MetadataView;
import dev.embeddedbroker.protocol.ErrorCode;
import dev.embeddedbroker.protocol.request.DescribeQuorumRequest;
import dev.embeddedbroker.protocol.response.DescribeQuorumResponse;
import dev.embeddedbroker.protocol.response.DescribeQuorumResponse.Node;
import dev.embeddedbroker.protocol.response.DescribeQuorumResponse.PartitionData;
import dev.embeddedbroker.protocol.response.DescribeQuorumResponse.ReplicaState;
import dev.embeddedbroker.protocol.response.DescribeQuorumResponse.TopicData;
import org.jspecify.annotations.Nullable;

/**
 * DescribeQuorum (key 55), versions 0–2: how the metadata log is replicated (KIP-595, KIP-836): here by one voter, this node,
 * which leads and has everything. The end of the log is that of what was published.
 *
 * <p>Asked for anything but exactly the partition of that log, UNKNOWN_TOPIC_OR_PARTITION. From version 2 the voters' nodes
 * are told, without listeners: no client can speak to the controller past the broker.
 */
public final class DescribeQuorumHandler implements ApiHandler<DescribeQuorumRequest> {
    private static final String TOPIC = "__cluster_metadata";

    private final MetadataView metadata;
    private final int nodeId;

    public DescribeQuorumHandler(MetadataView metadata, int nodeId) {
        this.metadata = metadata;
        this.nodeId = nodeId;
    }

    @Override
    public void handle(RequestContext context, DescribeQuorumRequest request) {
        if (!asksForTheLog(request)) {
            context.reply(refusePartitions(request, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION));
            return;
        }
        var image = metadata.image();
        long nowMs = context.clock().wallMs();
        var partition = new PartitionData()
                .setErrorMessage(null)
                .setLeaderId(nodeId)
                .setLeaderEpoch(image.epoch())
                .setHighWatermark(image.offset() + 1);
        partition.currentVoters.add(new ReplicaState()
                .setReplicaId(nodeId)
                .setLogEndOffset(image.offset() + 1)
                .setLastFetchTimestamp(nowMs)
                .setLastCaughtUpTimestamp(nowMs));
        var topic = new TopicData().setTopicName(TOPIC);
        topic.partitions.add(partition);
        var response = new DescribeQuorumResponse().setErrorMessage(null);
        response.topics.add(topic);
        if (context.version() >= 2) {
            response.nodes.add(new Node().setNodeId(nodeId));
        }
        context.reply(response);
    }

    private static boolean asksForTheLog(DescribeQuorumRequest request) {
        return request.topics.size() == 1
                && request.topics.get(0).topicName.equals(TOPIC)
                && request.topics.get(0).partitions.size() == 1
                && request.topics.get(0).partitions.get(0).partitionIndex == 0;
    }

    private static DescribeQuorumResponse refusePartitions(DescribeQuorumRequest request, ErrorCode error) {
        var response = new DescribeQuorumResponse().setErrorMessage(null);
        for (var topic : request.topics) {
            var refused = new TopicData().setTopicName(topic.topicName);
            for (var partition : topic.partitions) {
                refused.partitions.add(new PartitionData()
                        .setPartitionIndex(partition.partitionIndex)
                        .setErrorCode(error.id())
                        .setErrorMessage(error.text()));
            }
            response.topics.add(refused);
        }
        return response;
    }

    @Override
    public DescribeQuorumResponse refuse(
            DescribeQuorumRequest request, short version, ErrorCode error, @Nullable String message) {
        return new DescribeQuorumResponse().setErrorCode(error.id()).setErrorMessage(message);
    }
}
