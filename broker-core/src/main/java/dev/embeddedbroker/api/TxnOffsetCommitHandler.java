package dev.embeddedbroker.api;

import dev.embeddedbroker.api.TransactionAdmission.Client;
import dev.embeddedbroker.api.TransactionAdmission.Writer;
import dev.embeddedbroker.coordinator.TxnProducer;
import dev.embeddedbroker.coordinator.group.StoreErrors;
import dev.embeddedbroker.coordinator.group.offsets.OffsetCommand;
import dev.embeddedbroker.coordinator.host.GroupCoordinators;
import dev.embeddedbroker.coordinator.txn.TxnPartition;
import dev.embeddedbroker.metadata.ClusterImage;
import dev.embeddedbroker.metadata.MetadataView;
import dev.embeddedbroker.metadata.TopicImage;
import dev.embeddedbroker.metadata.TopicRules;
import dev.embeddedbroker.partition.Partition;
import dev.embeddedbroker.partition.Partitions;
import dev.embeddedbroker.protocol.ErrorCode;
import dev.embeddedbroker.protocol.Response;
import dev.embeddedbroker.protocol.request.OffsetCommitRequest;
import dev.embeddedbroker.protocol.request.OffsetCommitRequest.OffsetCommitRequestPartition;
import dev.embeddedbroker.protocol.request.OffsetCommitRequest.OffsetCommitRequestTopic;
import dev.embeddedbroker.protocol.request.TxnOffsetCommitRequest;
import dev.embeddedbroker.protocol.request.TxnOffsetCommitRequest.TxnOffsetCommitRequestTopic;
import dev.embeddedbroker.protocol.response.OffsetCommitResponse;
import dev.embeddedbroker.protocol.response.TxnOffsetCommitResponse;
import dev.embeddedbroker.protocol.response.TxnOffsetCommitResponse.TxnOffsetCommitResponsePartition;
import dev.embeddedbroker.protocol.response.TxnOffsetCommitResponse.TxnOffsetCommitResponseTopic;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * TxnOffsetCommit (28): a producer notes, in its transaction, how far a group has come; it counts when the transaction is
 * committed.
 *
 * <ul>
 *   <li>v3+: the member it commits for, whose generation is checked (KIP-447); v6+: topics by id.
 *   <li>The group's partition of {@code __consumer_offsets} must be in the transaction, and from v5 on is added to it
 *       (KIP-890).
 *   <li>Before v2 a loading coordinator is COORDINATOR_NOT_AVAILABLE (KAFKA-7296).
 * </ul>
 */
public final class TxnOffsetCommitHandler implements ApiHandler<TxnOffsetCommitRequest> {
    private static final int LOADING_KNOWN_SINCE = 2;
    private static final int TOPIC_IDS_SINCE = 6;

    private final GroupCoordinators groups;
    private final Partitions partitions;
    private final MetadataView metadata;
    private final TransactionAdmission admission;

    public TxnOffsetCommitHandler(
            GroupCoordinators groups, Partitions partitions, MetadataView metadata, TransactionAdmission admission) {
        this.groups = groups;
        this.partitions = partitions;
        this.metadata = metadata;
        this.admission = admission;
    }

    @Override
    public void handle(RequestContext context, TxnOffsetCommitRequest request) {
        groups.whenTopicExists(error -> {
            int index = error == ErrorCode.NONE ? groups.partitionOf(request.groupId) : -1;
            var partition = partitions.find(TopicRules.CONSUMER_OFFSETS, index);
            if (partition == null) {
                context.reply(refuse(
                        request, context.version(), error == ErrorCode.NONE ? ErrorCode.NOT_COORDINATOR : error, null));
            } else {
                partition.loop().run(() -> verify(context, request, partition));
            }
        });
    }

    private void verify(RequestContext context, TxnOffsetCommitRequest request, Partition partition) {
        var client = Client.ofTxnOffsetCommit(context.version());
        var verification =
                partition.verify(request.producerId, request.producerEpoch, 0, client.hasEpochPerTransaction());
        if (verification.error() != ErrorCode.NONE) {
            context.reply(refuse(
                    request, context.version(), StoreErrors.ofCommit(verification.error()), verification.message()));
            return;
        }
        if (verification.guard() == 0 || !admission.isNeeded(client)) {
            commit(context, request, verification.guard());
            return;
        }
        admission.ask(
                new Writer(request.transactionalId, request.producerId, request.producerEpoch),
                client,
                Set.of(new TxnPartition(partition.topic(), partition.index())),
                ruling -> {
                    var obstacle = ruling.apply(new TxnPartition(partition.topic(), partition.index()));
                    if (obstacle == null) {
                        commit(context, request, verification.guard());
                    } else {
                        ErrorCode told = StoreErrors.ofCommit(obstacle.error());
                        context.reply(refuse(request, context.version(), told, obstacle.message()));
                    }
                });
    }

    private void commit(RequestContext context, TxnOffsetCommitRequest request, long guard) {
        short version = context.version();
        var image = metadata.image();
        var response = new TxnOffsetCommitResponse();
        var byName = new HashMap<String, TxnOffsetCommitResponseTopic>();
        var known = new OffsetCommitRequest()
                .setGroupId(request.groupId)
                .setMemberId(request.memberId)
                .setGenerationIdOrMemberEpoch(request.generationIdOrMemberEpoch)
                .setGroupInstanceId(request.groupInstanceId);
        for (var asked : request.topics) {
            var answers = new TxnOffsetCommitResponseTopic().setName(asked.name).setTopicId(asked.topicId);
            response.topics.add(answers);
            var topic = find(image, asked, version);
            if (topic == null) {
                refuseAll(asked, answers, unknownTopic(version));
                continue;
            }
            byName.put(topic.name(), answers);
            var there = existing(asked, topic, answers);
            if (!there.partitions.isEmpty()) {
                known.topics.add(there);
            }
        }
        if (known.topics.isEmpty()) {
            context.reply(response);
            return;
        }
        var producer = new TxnProducer(request.producerId, request.producerEpoch, guard);
        groups.ask(
                request.groupId,
                ticket -> new OffsetCommand.CommitOffsets(ticket, known, version, producer),
                answer -> {
                    merge((OffsetCommitResponse) answer, byName, version);
                    context.reply(response);
                },
                error -> context.reply(refuse(request, version, StoreErrors.ofCommit(error), null)));
    }

    private static OffsetCommitRequestTopic existing(
            TxnOffsetCommitRequestTopic asked, TopicImage topic, TxnOffsetCommitResponseTopic answers) {
        var there = new OffsetCommitRequestTopic().setName(topic.name()).setTopicId(topic.id());
        for (var partition : asked.partitions) {
            if (topic.partition(partition.partitionIndex) == null) {
                answers.partitions.add(answer(partition.partitionIndex, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION.id()));
            } else {
                there.partitions.add(new OffsetCommitRequestPartition()
                        .setPartitionIndex(partition.partitionIndex)
                        .setCommittedOffset(partition.committedOffset)
                        .setCommittedLeaderEpoch(partition.committedLeaderEpoch)
                        .setCommittedMetadata(partition.committedMetadata));
            }
        }
        return there;
    }

    private static @Nullable TopicImage find(ClusterImage image, TxnOffsetCommitRequestTopic asked, short version) {
        return version >= TOPIC_IDS_SINCE ? image.topic(asked.topicId) : image.topic(asked.name);
    }

    private static ErrorCode unknownTopic(short version) {
        return version >= TOPIC_IDS_SINCE ? ErrorCode.UNKNOWN_TOPIC_ID : ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;
    }

    private static void merge(
            OffsetCommitResponse fromMachine, Map<String, TxnOffsetCommitResponseTopic> byName, short version) {
        for (var topic : fromMachine.topics) {
            var answers = byName.get(topic.name);
            if (answers != null) {
                topic.partitions.forEach(p ->
                        answers.partitions.add(answer(p.partitionIndex, known(ErrorCode.forId(p.errorCode), version))));
            }
        }
    }

    private static short known(ErrorCode error, short version) {
        boolean isUnknown = error == ErrorCode.COORDINATOR_LOAD_IN_PROGRESS && version < LOADING_KNOWN_SINCE;
        return (isUnknown ? ErrorCode.COORDINATOR_NOT_AVAILABLE : error).id();
    }

    private static void refuseAll(
            TxnOffsetCommitRequestTopic asked, TxnOffsetCommitResponseTopic answers, ErrorCode error) {
        asked.partitions.forEach(partition -> answers.partitions.add(answer(partition.partitionIndex, error.id())));
    }

    private static TxnOffsetCommitResponsePartition answer(int partition, short errorCode) {
        return new TxnOffsetCommitResponsePartition()
                .setPartitionIndex(partition)
                .setErrorCode(errorCode);
    }

    @Override
    public Response refuse(TxnOffsetCommitRequest request, short version, ErrorCode code, @Nullable String message) {
        var response = new TxnOffsetCommitResponse();
        ErrorCode told = ErrorCode.forId(known(code, version));
        for (var asked : request.topics) {
            var answers = new TxnOffsetCommitResponseTopic().setName(asked.name).setTopicId(asked.topicId);
            response.topics.add(answers);
            refuseAll(asked, answers, told);
        }
        return response;
    }
}
