package dev.embeddedbroker.coordinator.group.consumer;

import dev.embeddedbroker.coordinator.group.classic.EmbeddedProtocol;
import dev.embeddedbroker.protocol.ErrorCode;
import dev.embeddedbroker.protocol.request.HeartbeatRequest;
import dev.embeddedbroker.protocol.request.SyncGroupRequest;
import dev.embeddedbroker.protocol.response.HeartbeatResponse;
import dev.embeddedbroker.protocol.response.SyncGroupResponse;
import org.jspecify.annotations.Nullable;

/**
 * What Heartbeat and SyncGroup come to in a consumer group (KIP-848). Such a member learns that it has to move from the
 * errors of its heartbeats, says what it has by rejoining, and fetches what it should have with a SyncGroup.
 */
final class ClassicRules {
    private final Turn turn;

    ClassicRules(Turn turn) {
        this.turn = turn;
    }

    HeartbeatResponse heartbeat(HeartbeatRequest request, boolean isSignOfLife) {
        var member = find(request.memberId, request.groupInstanceId, request.generationId);
        if (isSignOfLife) {
            turn.watch(member.memberId(), traits(member).sessionTimeoutMs());
        }
        if (!mustRejoin(member)) {
            return new HeartbeatResponse();
        }
        turn.watchRejoin(member);
        return new HeartbeatResponse().setErrorCode(ErrorCode.REBALANCE_IN_PROGRESS.id());
    }

    /** There is a newer target, something to give up, or something that has become free. */
    private boolean mustRejoin(ConsumerMember member) {
        var group = turn.group();
        return switch (member.state()) {
            case UNREVOKED_PARTITIONS -> true;
            case UNRELEASED_PARTITIONS -> isBehind(member) || !group.awaitsOthers(member);
            default -> isBehind(member);
        };
    }

    private boolean isBehind(ConsumerMember member) {
        return member.epoch() < turn.group().targetEpoch();
    }

    SyncGroupResponse sync(SyncGroupRequest request) {
        var member = find(request.memberId, request.groupInstanceId, request.generationId);
        var spoken = traits(member).spoken();
        requireSame(turn.group().protocolType(), request.protocolType);
        requireSame(spoken.name(), request.protocolName);
        if (isBehind(member) && member.state() != MemberState.UNREVOKED_PARTITIONS) {
            turn.watchRejoin(member);
            return new SyncGroupResponse().setErrorCode(ErrorCode.REBALANCE_IN_PROGRESS.id());
        }
        turn.unwatchSync(member.memberId());
        turn.watch(member.memberId(), traits(member).sessionTimeoutMs());
        var assigned = Downgrade.byName(member.assigned().toAssignment(), turn.topics());
        short version = EmbeddedProtocol.subscription(spoken.metadata()).version();
        return new SyncGroupResponse()
                .setProtocolType(request.protocolType)
                .setProtocolName(request.protocolName)
                .setAssignment(EmbeddedProtocol.assignment(assigned, version));
    }

    /** Versions of SyncGroup before 5 say nothing of type and name (KIP-559). */
    private static void requireSame(String ours, @Nullable String theirs) {
        if (theirs != null && !theirs.equals(ours)) {
            throw new Refused(
                    ErrorCode.INCONSISTENT_GROUP_PROTOCOL,
                    "the protocol is " + theirs + " (expected: " + ours + ", as the answer to the join said)");
        }
    }

    /** The member, which must speak the classic protocol and be in the generation it says. */
    private ConsumerMember find(String memberId, @Nullable String instanceId, int generation) {
        var member = instanceId == null
                ? turn.group().member(memberId)
                : Membership.requireStatic(turn.group().staticMember(instanceId), memberId, instanceId);
        if (member == null || !member.speaksClassic()) {
            throw Membership.unknown(turn.groupId(), memberId);
        }
        if (member.epoch() != generation) {
            throw new Refused(
                    ErrorCode.ILLEGAL_GENERATION,
                    "generation of member " + memberId + " is " + generation + " (expected: " + member.epoch() + ")");
        }
        return member;
    }

    private static ClassicTraits traits(ConsumerMember member) {
        var traits = member.classic();
        if (traits == null) {
            throw new IllegalStateException("member " + member.memberId() + " does not speak the classic protocol");
        }
        return traits;
    }
}
