package dev.embeddedbroker.coordinator.group.consumer;

import dev.embeddedbroker.coordinator.group.offsets.OffsetCommand.CommitOffsets;
import dev.embeddedbroker.protocol.ErrorCode;

/**
 * Whether a member may commit with the epoch it shows. Its own epoch is fine; with an earlier one it may still commit for
 * partitions it has had since then (KIP-1251), because the commit may have crossed with the answer of a heartbeat.
 */
final class CommitCheck {
    private static final int MEMBER_EPOCH_SINCE = 9;

    private CommitCheck() {}

    static ErrorCode of(ConsumerMember member, CommitOffsets commit) {
        int theirEpoch = commit.request().generationIdOrMemberEpoch;
        if (!commit.isTransactional() && !member.speaksClassic() && commit.version() < MEMBER_EPOCH_SINCE) {
            return ErrorCode.UNSUPPORTED_VERSION;
        }
        if (theirEpoch == member.epoch()) {
            return ErrorCode.NONE;
        }
        if (theirEpoch > member.epoch() || !hasHadAll(member, commit, theirEpoch)) {
            boolean isUnknown = commit.isTransactional() && !commit.knowsErrorsOfGroups();
            return isUnknown ? ErrorCode.ILLEGAL_GENERATION : staleness(member);
        }
        return ErrorCode.NONE;
    }

    static ErrorCode staleness(ConsumerMember member) {
        return member.speaksClassic() ? ErrorCode.ILLEGAL_GENERATION : ErrorCode.STALE_MEMBER_EPOCH;
    }

    private static boolean hasHadAll(ConsumerMember member, CommitOffsets commit, int sinceEpoch) {
        return commit.request().topics.stream()
                .allMatch(topic -> topic.partitions.stream().allMatch(partition -> {
                    Integer got = member.assigned().epochOf(topic.topicId, partition.partitionIndex);
                    if (got == null) {
                        got = member.revoking().epochOf(topic.topicId, partition.partitionIndex);
                    }
                    return got != null && got <= sinceEpoch;
                }));
    }
}
