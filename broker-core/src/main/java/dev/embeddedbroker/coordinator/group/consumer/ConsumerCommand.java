package dev.embeddedbroker.coordinator.group.consumer;

import dev.embeddedbroker.coordinator.Ticket;
import dev.embeddedbroker.coordinator.group.GroupCommand;
import dev.embeddedbroker.coordinator.group.assign.TopicCatalog;
import dev.embeddedbroker.protocol.request.ConsumerGroupHeartbeatRequest;

/** What a consumer group can be asked. The requests are read only. */
public sealed interface ConsumerCommand extends GroupCommand {

    String groupId();

    /**
     * Answered with a ConsumerGroupHeartbeatResponse, at once.
     *
     * @param clientHost as ConsumerGroupDescribe shows it: "/127.0.0.1"
     * @param freshMemberId the id for a member that has none, made by the sender: machines have no randomness
     * @param settings what holds for this group now
     * @param topics the topics there are now
     * @param areOthersComing whether other clients seem to be about to join too: a group that forms is assigned to when
     *     they are there
     * @param isRenewed whether the member named topics by ids they had before a reset, in whose place the present ones are
     */
    record Heartbeat(
            Ticket ticket,
            ConsumerGroupHeartbeatRequest request,
            short version,
            String clientId,
            String clientHost,
            String freshMemberId,
            ConsumerSettings settings,
            TopicCatalog topics,
            boolean areOthersComing,
            boolean isRenewed)
            implements ConsumerCommand {
        @Override
        public String groupId() {
            return request.groupId;
        }

        /** Whether the member wants to join, or join again. */
        public boolean isJoin() {
            return request.memberEpoch == ConsumerMember.JOINING;
        }
    }

    /** Answered with a {@code DescribedGroup} of ConsumerGroupDescribe. */
    record Describe(Ticket ticket, String groupId, TopicCatalog topics, String defaultAssignor)
            implements ConsumerCommand {}

    /** Timer: nothing was heard of a member for its session timeout, or not what was awaited of a classic one. */
    record SessionOver(String groupId, String memberId) implements ConsumerCommand {}

    /** Timer: the member had to give up partitions in this epoch, and its time to do so is over. */
    record RevocationOver(String groupId, String memberId, int epoch) implements ConsumerCommand {}
}
