package dev.embeddedbroker.coordinator.group.classic;

import dev.embeddedbroker.coordinator.Ticket;
import dev.embeddedbroker.coordinator.group.GroupCommand;
import dev.embeddedbroker.protocol.ErrorCode;
import dev.embeddedbroker.protocol.request.HeartbeatRequest;
import dev.embeddedbroker.protocol.request.JoinGroupRequest;
import dev.embeddedbroker.protocol.request.LeaveGroupRequest;
import dev.embeddedbroker.protocol.request.SyncGroupRequest;

/** What a classic group can be asked. The requests are read only. */
public sealed interface ClassicCommand extends GroupCommand {

    String groupId();

    /**
     * Answered with a JoinGroupResponse, at once or when the rebalance is through.
     *
     * @param freshMemberId the id for a member that has none, made by the sender: machines have no randomness
     * @param clientHost as DescribeGroups shows it: "/127.0.0.1"
     * @param version the request's; from 4 a member must come back with its id (KIP-394), from 9 a leader can be told to
     *     skip the assignment (KIP-814)
     * @param mayOthersCome whether other clients may be about to join too: the first member of a group waits a moment to see
     */
    record Join(
            Ticket ticket,
            JoinGroupRequest request,
            String clientId,
            String clientHost,
            String freshMemberId,
            short version,
            boolean mayOthersCome)
            implements ClassicCommand {

        /** One that comes without others being known of. */
        public Join(
                Ticket ticket,
                JoinGroupRequest request,
                String clientId,
                String clientHost,
                String freshMemberId,
                short version) {
            this(ticket, request, clientId, clientHost, freshMemberId, version, false);
        }

        @Override
        public String groupId() {
            return request.groupId;
        }
    }

    /** Answered with a SyncGroupResponse, at once or when the leader's assignment is stored. */
    record Sync(Ticket ticket, SyncGroupRequest request) implements ClassicCommand {
        @Override
        public String groupId() {
            return request.groupId;
        }
    }

    /**
     * Answered with a HeartbeatResponse.
     *
     * @param isSignOfLife whether the member sent it just now; otherwise it is looked at once more for its answer
     */
    record Heartbeat(Ticket ticket, HeartbeatRequest request, boolean isSignOfLife) implements ClassicCommand {
        @Override
        public String groupId() {
            return request.groupId;
        }
    }

    /** Answered with a LeaveGroupResponse; versions 0 to 2 come as a batch of one. */
    record Leave(Ticket ticket, LeaveGroupRequest request) implements ClassicCommand {
        @Override
        public String groupId() {
            return request.groupId;
        }
    }

    /** Timer: nothing was heard of a member, or of an id that was handed out, for its session timeout. */
    record SessionOver(String groupId, String memberId) implements ClassicCommand {}

    /**
     * Timer: the first rebalance has waited for members for a while; {@code remainingMs} more are allowed.
     *
     * @param areOthersComing whether there are clients now that seem to be on their way into the group
     */
    record FirstDelayOver(String groupId, int delayMs, int remainingMs, boolean areOthersComing)
            implements ClassicCommand {

        /** The same with what is known when the time is over. */
        public FirstDelayOver knowing(boolean areComing) {
            return new FirstDelayOver(groupId, delayMs, remainingMs, areComing);
        }
    }

    /** Timer: the time to rejoin is over. */
    record JoinPhaseOver(String groupId) implements ClassicCommand {}

    /** Timer: the time to ask for an assignment is over. */
    record SyncPhaseOver(String groupId, int generation) implements ClassicCommand {}

    /** A group that was loaded has more members than {@code group.max.size}. */
    record OverCapacity(String groupId) implements ClassicCommand {}

    /** The leader's assignment could not be stored. */
    record AssignmentNotStored(String groupId, int generation, ErrorCode error) implements ClassicCommand {}
}
