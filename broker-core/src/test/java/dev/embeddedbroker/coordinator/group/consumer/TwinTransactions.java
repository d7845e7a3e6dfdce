package dev.embeddedbroker.coordinator.group.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embeddedbroker.coordinator.TxnProducer;
import dev.embeddedbroker.coordinator.group.offsets.OffsetCommand;
import dev.embeddedbroker.coordinator.group.offsets.OffsetCommand.DeletedTopic;
import dev.embeddedbroker.protocol.ErrorCode;
import dev.embeddedbroker.protocol.request.OffsetCommitRequest;
import dev.embeddedbroker.protocol.request.OffsetFetchRequest.OffsetFetchRequestGroup;
import dev.embeddedbroker.protocol.response.OffsetCommitResponse;
import dev.embeddedbroker.protocol.response.OffsetFetchResponse;
import dev.embeddedbroker.protocol.response.OffsetFetchResponse.OffsetFetchResponseGroup;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.common.message.OffsetFetchRequestData;
import org.apache.kafka.common.message.OffsetFetchResponseData;
import org.apache.kafka.common.message.TxnOffsetCommitRequestData;
import org.apache.kafka.common.message.TxnOffsetCommitRequestData.TxnOffsetCommitRequestPartition;
import org.apache.kafka.common.message.TxnOffsetCommitRequestData.TxnOffsetCommitRequestTopic;
import org.apache.kafka.common.message.TxnOffsetCommitResponseData;
import org.apache.kafka.common.protocol.Errors;

/** Producers that commit offsets of the twins' group in their transactions. */
final class TwinTransactions {
    private static final int FETCH_VERSION = 9;

    private final Twins twins;
    private final Set<Long> open = new TreeSet<>();

    TwinTransactions(Twins twins) {
        this.twins = twins;
    }

    /** Commits, in the transaction of a producer, as the member that the request names. */
    void commit(long producerId, OffsetCommitRequest request, int version) {
        twins.tell("commit v" + version + " in the transaction of " + producerId + " " + twins.text(request));
        open.add(producerId);
        var theirs = new TxnOffsetCommitRequestData()
                .setGroupId(request.groupId)
                .setMemberId(request.memberId)
                .setGroupInstanceId(request.groupInstanceId)
                .setGenerationIdOrMemberEpoch(request.generationIdOrMemberEpoch)
                .setProducerId(producerId);
        for (var topic : request.topics) {
            theirs.topics()
                    .add(new TxnOffsetCommitRequestTopic()
                            .setName(topic.name)
                            .setTopicId(KafkaShard.uuid(topic.topicId))
                            .setPartitions(topic.partitions.stream()
                                    .map(partition -> new TxnOffsetCommitRequestPartition()
                                            .setPartitionIndex(partition.partitionIndex)
                                            .setCommittedOffset(partition.committedOffset)
                                            .setCommittedLeaderEpoch(partition.committedLeaderEpoch)
                                            .setCommittedMetadata(partition.committedMetadata))
                                    .toList()));
        }
        var refusal = new Errors[1];
        TxnOffsetCommitResponseData kafkas = twins.kafka.ask(
                producerId,
                shard -> shard.commitTransactionalOffset(KafkaShard.context("client", version), theirs),
                error -> {
                    refusal[0] = error;
                    return null;
                });
        var ours = (OffsetCommitResponse) twins.lab.ask(t -> new OffsetCommand.CommitOffsets(
                t, request, (short) version, new TxnProducer(producerId, (short) 0, 0)));
        for (int i = 0; i < request.topics.size(); i++) {
            for (int j = 0; j < request.topics.get(i).partitions.size(); j++) {
                var theirError = refusal[0] == null
                        ? Errors.forCode(
                                kafkas.topics().get(i).partitions().get(j).errorCode())
                        : refusal[0];
                assertThat(ErrorCode.forId(ours.topics.get(i).partitions.get(j).errorCode)
                                .name())
                        .as("commit in a transaction")
                        .isEqualTo(theirError.name());
            }
        }
        twins.compare();
        compareOffsets();
    }

    void end(long producerId, boolean commit) {
        twins.tell((commit ? "commit" : "abort") + " of the transaction of " + producerId);
        open.remove(producerId);
        twins.lab.endTransaction(producerId, commit);
        twins.kafka.endTransaction(producerId, commit);
        twins.compare();
        compareOffsets();
    }

    void endAll() {
        List.copyOf(open).forEach(producerId -> end(producerId, true));
    }

    /** As {@link #endAll}, when the two need not be the same any more. */
    void endAllOfOurs() {
        open.forEach(producerId -> twins.lab.endTransaction(producerId, true));
        open.clear();
    }

    /** All topics of this name go, with what was committed for them. */
    void deleteOffsetsOf(String topic) {
        twins.tell("offsets of deleted topic " + topic);
        var id = twins.lab.id(topic);
        twins.lab.tell(new OffsetCommand.TopicsDeleted(List.of(new DeletedTopic(topic, id))));
        twins.kafka.topicDeleted(topic, KafkaShard.uuid(id));
        twins.compare();
        compareOffsets();
    }

    /** What is told of the offsets of the group to one who waits for open transactions. */
    void compareOffsets() {
        var theirs = twins.kafka
                .shard()
                .fetchOffsets(
                        new OffsetFetchRequestData.OffsetFetchRequestGroup()
                                .setGroupId(ConsumerLab.GROUP)
                                .setTopics(null),
                        Long.MAX_VALUE);
        var ours = (OffsetFetchResponseGroup) twins.lab.ask(t -> new OffsetCommand.FetchOffsets(
                t, new OffsetFetchRequestGroup().setGroupId(ConsumerLab.GROUP).setTopics(null), true));
        var kafkas = PlainText.ours(
                new OffsetFetchResponseData().setGroups(List.of(theirs)), FETCH_VERSION, new OffsetFetchResponse());
        assertThat(twins.text(ours)).as("offsets").isEqualTo(twins.text(kafkas.groups.get(0)));
    }
}
