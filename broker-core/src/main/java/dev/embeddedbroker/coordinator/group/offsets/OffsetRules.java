package dev.embeddedbroker.coordinator.group.offsets;

import dev.embeddedbroker.coordinator.Outcome;
import dev.embeddedbroker.coordinator.group.Group;
import dev.embeddedbroker.coordinator.group.GroupCommand;
import dev.embeddedbroker.coordinator.group.GroupEvent;
import dev.embeddedbroker.coordinator.group.GroupSettings;
import dev.embeddedbroker.coordinator.group.offsets.OffsetCommand.CommitOffsets;
import dev.embeddedbroker.coordinator.group.offsets.OffsetCommand.DeleteOffsets;
import dev.embeddedbroker.coordinator.group.offsets.OffsetCommand.DeletedTopic;
import dev.embeddedbroker.coordinator.group.offsets.OffsetCommand.FetchOffsets;
import dev.embeddedbroker.coordinator.group.offsets.OffsetEvent.PendingOffset;
import dev.embeddedbroker.coordinator.group.offsets.PendingOffsets.Place;
import dev.embeddedbroker.protocol.ErrorCode;
import dev.embeddedbroker.protocol.request.OffsetFetchRequest.OffsetFetchRequestTopics;
import dev.embeddedbroker.protocol.response.OffsetCommitResponse;
import dev.embeddedbroker.protocol.response.OffsetCommitResponse.OffsetCommitResponsePartition;
import dev.embeddedbroker.protocol.response.OffsetCommitResponse.OffsetCommitResponseTopic;
import dev.embeddedbroker.protocol.response.OffsetDeleteResponse;
import dev.embeddedbroker.protocol.response.OffsetDeleteResponse.OffsetDeleteResponsePartition;
import dev.embeddedbroker.protocol.response.OffsetDeleteResponse.OffsetDeleteResponseTopic;
import dev.embeddedbroker.protocol.response.OffsetFetchResponse.OffsetFetchResponseGroup;
import dev.embeddedbroker.protocol.response.OffsetFetchResponse.OffsetFetchResponsePartitions;
import dev.embeddedbroker.protocol.response.OffsetFetchResponse.OffsetFetchResponseTopics;
import dev.embeddedbroker.time.Moment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What the commands about committed offsets come to, given the group they are about; reads {@link Offsets} and changes
 * nothing.
 *
 * <p><b>Owner:</b> the machine's loop.
 */
public final class OffsetRules {
    private static final long NO_OFFSET = -1;
    private static final int NO_EPOCH = -1;

    private final Offsets offsets;
    private final GroupSettings settings;

    public OffsetRules(Offsets offsets, GroupSettings settings) {
        this.offsets = offsets;
        this.settings = settings;
    }

    // ---- commit ----

    /**
     * Whether the commit may be made. Without a group, anybody may commit who does not claim a generation: that makes a
     * simple group, one with offsets and no members.
     */
    public ErrorCode check(CommitOffsets commit, @Nullable Group group) {
        if (group != null) {
            return group.checkCommit(commit);
        }
        if (commit.request().generationIdOrMemberEpoch < 0) {
            return ErrorCode.NONE;
        }
        return commit.knowsErrorsOfGroups() ? ErrorCode.GROUP_ID_NOT_FOUND : ErrorCode.ILLEGAL_GENERATION;
    }

    /** Adds a commit that may be made: a record for each offset that can be stored. */
    public void commit(CommitOffsets commit, Moment now, Outcome.Builder<GroupCommand, GroupEvent> out) {
        var request = commit.request();
        var response = new OffsetCommitResponse();
        long expireMs =
                request.retentionTimeMs == -1 ? CommittedOffset.NO_EXPIRY : now.wallMs() + request.retentionTimeMs;
        for (var topic : request.topics) {
            var answers = new OffsetCommitResponseTopic().setName(topic.name).setTopicId(topic.topicId);
            response.topics.add(answers);
            for (var partition : topic.partitions) {
                String metadata = Objects.requireNonNullElse(partition.committedMetadata, "");
                boolean isTooLarge = metadata.length() > settings.offsetMetadataMaxChars();
                ErrorCode error = isTooLarge ? ErrorCode.OFFSET_METADATA_TOO_LARGE : ErrorCode.NONE;
                answers.partitions.add(new OffsetCommitResponsePartition()
                        .setPartitionIndex(partition.partitionIndex)
                        .setErrorCode(error.id()));
                if (!isTooLarge) {
                    var offset = new CommittedOffset(
                            partition.committedOffset,
                            partition.committedLeaderEpoch,
                            metadata,
                            now.wallMs(),
                            expireMs,
                            topic.topicId);
                    var kept = OffsetRecords.of(request.groupId, topic.name, partition.partitionIndex, offset);
                    var producer = commit.producer();
                    out.event(producer == null ? kept : new PendingOffset(producer, kept));
                }
            }
        }
        out.reply(commit.ticket(), response);
    }

    /** The answer to a commit of which every partition is refused. */
    public static OffsetCommitResponse refused(CommitOffsets commit, ErrorCode error) {
        var response = new OffsetCommitResponse();
        for (var topic : commit.request().topics) {
            var answers = new OffsetCommitResponseTopic().setName(topic.name).setTopicId(topic.topicId);
            response.topics.add(answers);
            topic.partitions.forEach(partition -> answers.partitions.add(new OffsetCommitResponsePartition()
                    .setPartitionIndex(partition.partitionIndex)
                    .setErrorCode(error.id())));
        }
        return response;
    }

    // ---- fetch ----

    /** What a group has committed; a group that does not exist has committed nothing. */
    public OffsetFetchResponseGroup fetch(FetchOffsets fetch, @Nullable Group group) {
        var asked = fetch.group();
        var response = new OffsetFetchResponseGroup().setGroupId(asked.groupId);
        ErrorCode error = group == null ? ErrorCode.NONE : group.checkFetch(asked.memberId, asked.memberEpoch);
        if (error != ErrorCode.NONE) {
            return response.setErrorCode(error.id());
        }
        if (asked.topics == null) {
            offsets.ofGroup(asked.groupId).forEach((topic, partitions) -> response.topics.add(all(topic, partitions)));
        } else {
            asked.topics.forEach(topic -> response.topics.add(some(asked.groupId, topic)));
        }
        if (fetch.requireStable()) {
            withholdUnstable(asked.groupId, response);
        }
        return response;
    }

    /** Offsets that an open transaction may move are not told (KIP-447). */
    private void withholdUnstable(String groupId, OffsetFetchResponseGroup response) {
        for (var topic : response.topics) {
            topic.partitions.replaceAll(answer -> offsets.pending().has(groupId, topic.name, answer.partitionIndex)
                    ? answer(answer.partitionIndex, null).setErrorCode(ErrorCode.UNSTABLE_OFFSET_COMMIT.id())
                    : answer);
        }
    }

    private static OffsetFetchResponseTopics all(String topic, Map<Integer, CommittedOffset> partitions) {
        var answers = new OffsetFetchResponseTopics().setName(topic);
        partitions.forEach((partition, committed) -> answers.partitions.add(answer(partition, committed)));
        return answers;
    }

    private OffsetFetchResponseTopics some(String groupId, OffsetFetchRequestTopics topic) {
        var answers = new OffsetFetchResponseTopics().setName(topic.name).setTopicId(topic.topicId);
        var committed = offsets.ofTopic(groupId, topic.name);
        for (int partition : topic.partitionIndexes) {
            var offset = committed.get(partition);
            boolean isTheirs = offset != null && !offset.isOfAnother(topic.topicId);
            answers.partitions.add(answer(partition, isTheirs ? offset : null));
        }
        return answers;
    }

    private static OffsetFetchResponsePartitions answer(int partition, @Nullable CommittedOffset committed) {
        var answer = new OffsetFetchResponsePartitions().setPartitionIndex(partition);
        return committed == null
                ? answer.setCommittedOffset(NO_OFFSET)
                        .setCommittedLeaderEpoch(NO_EPOCH)
                        .setMetadata("")
                : answer.setCommittedOffset(committed.offset())
                        .setCommittedLeaderEpoch(committed.leaderEpoch())
                        .setMetadata(committed.metadata());
    }

    // ---- delete ----

    /** Deletes what is asked for, except of topics the group is consuming. */
    public void delete(DeleteOffsets delete, @Nullable Group group, Outcome.Builder<GroupCommand, GroupEvent> out) {
        var request = delete.request();
        ErrorCode error = group == null ? ErrorCode.GROUP_ID_NOT_FOUND : group.checkDeleteOffsets();
        if (group == null || error != ErrorCode.NONE) {
            out.reply(delete.ticket(), new OffsetDeleteResponse().setErrorCode(error.id()));
            return;
        }
        var response = new OffsetDeleteResponse();
        for (var topic : request.topics) {
            var answers = new OffsetDeleteResponseTopic().setName(topic.name);
            response.topics.add(answers);
            ErrorCode verdict = group.subscribesTo(topic.name) ? ErrorCode.GROUP_SUBSCRIBED_TO_TOPIC : ErrorCode.NONE;
            for (var partition : topic.partitions) {
                int index = partition.partitionIndex;
                answers.partitions.add(new OffsetDeleteResponsePartition()
                        .setPartitionIndex(index)
                        .setErrorCode(verdict.id()));
                boolean isThere = offsets.get(request.groupId, topic.name, index) != null
                        || offsets.pending().has(request.groupId, topic.name, index);
                if (verdict == ErrorCode.NONE && isThere) {
                    out.event(OffsetRecords.tombstone(request.groupId, topic.name, index));
                }
            }
        }
        out.reply(delete.ticket(), response);
    }

    /** Adds the deletion of every offset of a group. */
    public void deleteAll(String groupId, Outcome.Builder<GroupCommand, GroupEvent> out) {
        offsets.ofGroup(groupId).forEach((topic, partitions) -> partitions
                .keySet()
                .forEach(partition -> out.event(OffsetRecords.tombstone(groupId, topic, partition))));
        for (var place : offsets.pending().places()) {
            if (place.groupId().equals(groupId) && offsets.get(groupId, place.topic(), place.partition()) == null) {
                out.event(OffsetRecords.tombstone(groupId, place.topic(), place.partition()));
            }
        }
    }

    /**
     * Adds the deletion of what was committed for topics that are gone, in transactions that are still open too, and not for
     * others of the same name since.
     */
    public void deleteTopics(List<DeletedTopic> topics, Outcome.Builder<GroupCommand, GroupEvent> out) {
        for (DeletedTopic topic : topics) {
            var places = offsets.pending().places(topic.name(), topic.id());
            for (String groupId : offsets.groupIds()) {
                offsets.ofTopic(groupId, topic.name()).forEach((partition, committed) -> {
                    if (!committed.isOfAnother(topic.id())) {
                        places.add(new Place(groupId, topic.name(), partition));
                    }
                });
            }
            places.forEach(
                    place -> out.event(OffsetRecords.tombstone(place.groupId(), place.topic(), place.partition())));
        }
    }

    /** Adds the deletion of what has expired of a group; true when the group has no offsets left then. */
    public boolean expire(Group group, Moment now, Outcome.Builder<GroupCommand, GroupEvent> out) {
        var basis = group.expiryBasis();
        var expired = new ArrayList<GroupEvent>();
        int total = 0;
        for (var topic : offsets.ofGroup(group.groupId()).entrySet()) {
            for (var partition : topic.getValue().entrySet()) {
                total++;
                if (!group.subscribesTo(topic.getKey())
                        && !offsets.pending().has(group.groupId(), topic.getKey(), partition.getKey())
                        && partition.getValue().isExpired(basis, now.wallMs(), settings.offsetsRetentionMs())) {
                    expired.add(OffsetRecords.tombstone(group.groupId(), topic.getKey(), partition.getKey()));
                }
            }
        }
        expired.forEach(out::event);
        return expired.size() == total && !offsets.pending().hasAnyOf(group.groupId());
    }
}
