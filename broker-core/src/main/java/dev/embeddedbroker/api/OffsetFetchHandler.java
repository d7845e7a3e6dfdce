package dev.embeddedbroker.api;

import dev.embeddedbroker.coordinator.group.StoreErrors;
import dev.embeddedbroker.coordinator.group.offsets.OffsetCommand;
import dev.embeddedbroker.coordinator.host.Gather;
import dev.embeddedbroker.coordinator.host.GroupCoordinators;
import dev.embeddedbroker.metadata.ClusterImage;
import dev.embeddedbroker.metadata.MetadataView;
import dev.embeddedbroker.protocol.ErrorCode;
import dev.embeddedbroker.protocol.Response;
import dev.embeddedbroker.protocol.Uuid;
import dev.embeddedbroker.protocol.request.OffsetFetchRequest;
import dev.embeddedbroker.protocol.request.OffsetFetchRequest.OffsetFetchRequestGroup;
import dev.embeddedbroker.protocol.request.OffsetFetchRequest.OffsetFetchRequestTopics;
import dev.embeddedbroker.protocol.response.OffsetFetchResponse;
import dev.embeddedbroker.protocol.response.OffsetFetchResponse.OffsetFetchResponseGroup;
import dev.embeddedbroker.protocol.response.OffsetFetchResponse.OffsetFetchResponsePartition;
import dev.embeddedbroker.protocol.response.OffsetFetchResponse.OffsetFetchResponsePartitions;
import dev.embeddedbroker.protocol.response.OffsetFetchResponse.OffsetFetchResponseTopic;
import dev.embeddedbroker.protocol.response.OffsetFetchResponse.OffsetFetchResponseTopics;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * OffsetFetch (9): how far groups have come. Where nothing was committed the offset is -1, without an error.
 *
 * <ul>
 *   <li>v1 has no error but its partitions'; v2+: null topics ask for all of them; v7+: offsets of open transactions can
 *       be waited for (KIP-447).
 *   <li>v8+: several groups at once (KIP-709), which may be with several coordinators; v9+: a member may show its epoch.
 *   <li>v10+: topics by id; one that is not known, nor was before a reset, is UNKNOWN_TOPIC_ID, and left out when
 *       all were asked for.
 * </ul>
 */
public final class OffsetFetchHandler implements ApiHandler<OffsetFetchRequest> {
    private static final int TOP_LEVEL_ERROR_SINCE = 2;
    private static final int GROUPS_SINCE = 8;
    private static final int TOPIC_IDS_SINCE = 10;

    private final GroupCoordinators coordinators;
    private final MetadataView metadata;

    public OffsetFetchHandler(GroupCoordinators coordinators, MetadataView metadata) {
        this.coordinators = coordinators;
        this.metadata = metadata;
    }

    @Override
    public void handle(RequestContext context, OffsetFetchRequest request) {
        Askers.note(coordinators, context);
        short version = context.version();
        var groups = version >= GROUPS_SINCE ? request.groups : List.of(asGroup(request));
        var gather = new Gather<>(
                groups.size(),
                new OffsetFetchResponseGroup(),
                answers -> context.reply(
                        version >= GROUPS_SINCE
                                ? new OffsetFetchResponse().setGroups(new ArrayList<>(answers))
                                : asSingle(answers.get(0), request, version)));
        for (int i = 0; i < groups.size(); i++) {
            int index = i;
            fetch(groups.get(i), request.requireStable, version, answer -> gather.put(index, answer));
        }
    }

    private void fetch(
            OffsetFetchRequestGroup asked,
            boolean requireStable,
            short version,
            Consumer<OffsetFetchResponseGroup> then) {
        var image = metadata.image();
        var known = new OffsetFetchRequestGroup()
                .setGroupId(asked.groupId)
                .setMemberId(asked.memberId)
                .setMemberEpoch(asked.memberEpoch);
        var unknown = new ArrayList<OffsetFetchResponseTopics>();
        known.topics = asked.topics == null || version < TOPIC_IDS_SINCE
                ? asked.topics
                : resolve(image, asked.topics, unknown);
        coordinators.ask(
                asked.groupId,
                ticket -> new OffsetCommand.FetchOffsets(ticket, known, requireStable),
                answer -> {
                    var group = (OffsetFetchResponseGroup) answer;
                    if (version >= TOPIC_IDS_SINCE && asked.topics == null) {
                        nameById(image, group);
                    }
                    group.topics.addAll(unknown);
                    then.accept(group);
                },
                error -> then.accept(new OffsetFetchResponseGroup()
                        .setGroupId(asked.groupId)
                        .setErrorCode(StoreErrors.ofGroup(error).id())));
    }

    private List<OffsetFetchRequestTopics> resolve(
            ClusterImage image, List<OffsetFetchRequestTopics> asked, List<OffsetFetchResponseTopics> unknown) {
        var known = new ArrayList<OffsetFetchRequestTopics>();
        for (var topic : asked) {
            var found = image.topic(topic.topicId);
            var name = found == null ? coordinators.retiredName(topic.topicId) : found.name();
            if (name != null) {
                known.add(topic.setName(name));
                continue;
            }
            var answers = new OffsetFetchResponseTopics().setTopicId(topic.topicId);
            for (int partition : topic.partitionIndexes) {
                answers.partitions.add(new OffsetFetchResponsePartitions()
                        .setPartitionIndex(partition)
                        .setCommittedOffset(-1)
                        .setMetadata("")
                        .setErrorCode(ErrorCode.UNKNOWN_TOPIC_ID.id()));
            }
            unknown.add(answers);
        }
        return known;
    }

    private static void nameById(ClusterImage image, OffsetFetchResponseGroup group) {
        for (var topic : group.topics) {
            var found = image.topic(topic.name);
            if (found != null) {
                topic.topicId = found.id();
            }
        }
        group.topics.removeIf(topic -> topic.topicId.equals(Uuid.ZERO));
    }

    // ---- before v8 ----

    private static OffsetFetchRequestGroup asGroup(OffsetFetchRequest request) {
        var group = new OffsetFetchRequestGroup().setGroupId(request.groupId);
        if (request.topics == null) {
            return group.setTopics(null);
        }
        var topics = new ArrayList<OffsetFetchRequestTopics>();
        request.topics.forEach(topic -> topics.add(
                new OffsetFetchRequestTopics().setName(topic.name).setPartitionIndexes(topic.partitionIndexes)));
        return group.setTopics(topics);
    }

    private static OffsetFetchResponse asSingle(
            OffsetFetchResponseGroup group, OffsetFetchRequest request, short version) {
        if (group.errorCode != ErrorCode.NONE.id()) {
            return refused(request, version, ErrorCode.forId(group.errorCode));
        }
        var response = new OffsetFetchResponse();
        for (var topic : group.topics) {
            var answers = new OffsetFetchResponseTopic().setName(topic.name);
            response.topics.add(answers);
            topic.partitions.forEach(p -> answers.partitions.add(new OffsetFetchResponsePartition()
                    .setPartitionIndex(p.partitionIndex)
                    .setCommittedOffset(p.committedOffset)
                    .setCommittedLeaderEpoch(p.committedLeaderEpoch)
                    .setMetadata(p.metadata)
                    .setErrorCode(p.errorCode)));
        }
        return response;
    }

    private static OffsetFetchResponse refused(OffsetFetchRequest request, short version, ErrorCode error) {
        var response = new OffsetFetchResponse();
        if (version >= TOP_LEVEL_ERROR_SINCE) {
            return response.setErrorCode(error.id());
        }
        for (var topic : request.topics) {
            var answers = new OffsetFetchResponseTopic().setName(topic.name);
            response.topics.add(answers);
            topic.partitionIndexes.forEach(partition -> answers.partitions.add(new OffsetFetchResponsePartition()
                    .setPartitionIndex(partition)
                    .setCommittedOffset(-1)
                    .setMetadata("")
                    .setErrorCode(error.id())));
        }
        return response;
    }

    @Override
    public Response refuse(OffsetFetchRequest request, short version, ErrorCode code, @Nullable String message) {
        if (version < GROUPS_SINCE) {
            return refused(request, version, code);
        }
        var response = new OffsetFetchResponse();
        request.groups.forEach(group -> response.groups.add(
                new OffsetFetchResponseGroup().setGroupId(group.groupId).setErrorCode(code.id())));
        return response;
    }
}
