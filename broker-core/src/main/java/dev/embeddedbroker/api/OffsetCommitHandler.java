package dev.embeddedbroker.api;

import dev.embeddedbroker.coordinator.group.StoreErrors;
import dev.embeddedbroker.coordinator.group.offsets.OffsetCommand;
import dev.embeddedbroker.coordinator.host.GroupCoordinators;
import dev.embeddedbroker.metadata.ClusterImage;
import dev.embeddedbroker.metadata.MetadataView;
import dev.embeddedbroker.metadata.TopicImage;
import dev.embeddedbroker.protocol.ErrorCode;
import dev.embeddedbroker.protocol.Response;
import dev.embeddedbroker.protocol.request.OffsetCommitRequest;
import dev.embeddedbroker.protocol.request.OffsetCommitRequest.OffsetCommitRequestPartition;
import dev.embeddedbroker.protocol.request.OffsetCommitRequest.OffsetCommitRequestTopic;
import dev.embeddedbroker.protocol.response.OffsetCommitResponse;
import dev.embeddedbroker.protocol.response.OffsetCommitResponse.OffsetCommitResponsePartition;
import dev.embeddedbroker.protocol.response.OffsetCommitResponse.OffsetCommitResponseTopic;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * OffsetCommit (8): a group, or a consumer without one, notes how far it has come.
 *
 * <ul>
 *   <li>Topics and partitions that do not exist are refused one by one; the rest goes to the coordinator.
 *   <li>v2 to v4: the client says how long its offsets are kept; v6+: the leader epoch of the last record (KIP-320).
 *   <li>v10+: topics by id; one that is not known is UNKNOWN_TOPIC_ID.
 * </ul>
 */
public final class OffsetCommitHandler implements ApiHandler<OffsetCommitRequest> {
    private static final int TOPIC_IDS_SINCE = 10;

    private final GroupCoordinators coordinators;
    private final MetadataView metadata;

    public OffsetCommitHandler(GroupCoordinators coordinators, MetadataView metadata) {
        this.coordinators = coordinators;
        this.metadata = metadata;
    }

    @Override
    public void handle(RequestContext context, OffsetCommitRequest request) {
        short version = context.version();
        var image = metadata.image();
        var known = new OffsetCommitRequest()
                .setGroupId(request.groupId)
                .setMemberId(request.memberId)
                .setGenerationIdOrMemberEpoch(request.generationIdOrMemberEpoch)
                .setGroupInstanceId(request.groupInstanceId)
                .setRetentionTimeMs(request.retentionTimeMs);
        var response = new OffsetCommitResponse();
        var byName = new HashMap<String, OffsetCommitResponseTopic>();
        for (var asked : request.topics) {
            var answers = new OffsetCommitResponseTopic().setName(asked.name).setTopicId(asked.topicId);
            response.topics.add(answers);
            var topic = find(image, asked, version);
            if (topic == null) {
                refuseAll(asked, answers, unknownTopic(version));
                continue;
            }
            byName.put(topic.name(), answers);
            var there = new ArrayList<OffsetCommitRequestPartition>();
            for (var partition : asked.partitions) {
                if (topic.partition(partition.partitionIndex) == null) {
                    answers.partitions.add(answer(partition.partitionIndex, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION));
                } else {
                    there.add(partition);
                }
            }
            if (!there.isEmpty()) {
                known.topics.add(new OffsetCommitRequestTopic()
                        .setName(topic.name())
                        .setTopicId(topic.id())
                        .setPartitions(there));
            }
        }
        if (known.topics.isEmpty()) {
            context.reply(response);
            return;
        }
        coordinators.ask(
                request.groupId,
                ticket -> new OffsetCommand.CommitOffsets(ticket, known, version),
                answer -> {
                    merge((OffsetCommitResponse) answer, byName);
                    context.reply(response);
                },
                error -> context.reply(refuse(request, version, StoreErrors.ofCommit(error), null)));
    }

    private static @Nullable TopicImage find(ClusterImage image, OffsetCommitRequestTopic asked, short version) {
        return version >= TOPIC_IDS_SINCE ? image.topic(asked.topicId) : image.topic(asked.name);
    }

    private static ErrorCode unknownTopic(short version) {
        return version >= TOPIC_IDS_SINCE ? ErrorCode.UNKNOWN_TOPIC_ID : ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;
    }

    private static void merge(OffsetCommitResponse fromMachine, Map<String, OffsetCommitResponseTopic> byName) {
        for (var topic : fromMachine.topics) {
            var answers = byName.get(topic.name);
            if (answers != null) {
                answers.partitions.addAll(topic.partitions);
            }
        }
    }

    private static void refuseAll(OffsetCommitRequestTopic asked, OffsetCommitResponseTopic answers, ErrorCode error) {
        asked.partitions.forEach(partition -> answers.partitions.add(answer(partition.partitionIndex, error)));
    }

    private static OffsetCommitResponsePartition answer(int partition, ErrorCode error) {
        return new OffsetCommitResponsePartition().setPartitionIndex(partition).setErrorCode(error.id());
    }

    @Override
    public Response refuse(OffsetCommitRequest request, short version, ErrorCode code, @Nullable String message) {
        var response = new OffsetCommitResponse();
        for (var asked : request.topics) {
            var answers = new OffsetCommitResponseTopic().setName(asked.name).setTopicId(asked.topicId);
            response.topics.add(answers);
            refuseAll(asked, answers, code);
        }
        return response;
    }
}
