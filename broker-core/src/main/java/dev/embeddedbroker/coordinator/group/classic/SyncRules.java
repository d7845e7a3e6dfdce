package dev.embeddedbroker.coordinator.group.classic;

import dev.embeddedbroker.coordinator.group.classic.ClassicCommand.Sync;
import dev.embeddedbroker.protocol.ErrorCode;
import dev.embeddedbroker.protocol.request.SyncGroupRequest;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a SyncGroup comes to. */
final class SyncRules {
    private final Turn turn;
    private final Sync sync;
    private final SyncGroupRequest request;

    SyncRules(Turn turn, Sync sync) {
        this.turn = turn;
        this.sync = sync;
        this.request = sync.request();
    }

    void decide() {
        ErrorCode error = check(turn.group());
        if (error != ErrorCode.NONE) {
            turn.reply(sync.ticket(), Answers.syncRefused(error));
        } else if (turn.group().isIn(ClassicState.STABLE)) {
            arrived();
            turn.reply(
                    sync.ticket(), Answers.assigned(turn.group(), turn.group().requireMember(request.memberId)));
        } else {
            park();
            if (turn.group().isLeader(request.memberId)) {
                assign();
            }
        }
    }

    private ErrorCode check(ClassicGroup group) {
        ErrorCode membership = group.checkMember(request.memberId, request.groupInstanceId);
        if (membership != ErrorCode.NONE) {
            return membership;
        }
        if (request.generationId != group.generation()) {
            return ErrorCode.ILLEGAL_GENERATION;
        }
        if (contradicts(request.protocolType, group.protocolTypeOrNull())
                || contradicts(request.protocolName, group.protocol())) {
            return ErrorCode.INCONSISTENT_GROUP_PROTOCOL;
        }
        return group.isIn(ClassicState.PREPARING_REBALANCE) ? ErrorCode.REBALANCE_IN_PROGRESS : ErrorCode.NONE;
    }

    /** Versions before 5 say nothing of type and name (KIP-559). */
    private static boolean contradicts(@Nullable String theirs, @Nullable String ours) {
        return theirs != null && ours != null && !theirs.equals(ours);
    }

    private void park() {
        var member = turn.group().requireMember(request.memberId);
        // an earlier request of the same member is out of date: its client has given up on it
        turn.reply(member.awaitingSync(), Answers.syncRefused(ErrorCode.REBALANCE_IN_PROGRESS));
        turn.change("member " + request.memberId + " awaits its assignment").update(member.syncing(sync.ticket()));
        arrived();
    }

    private void arrived() {
        if (turn.group().pendingSyncs().contains(request.memberId)) {
            turn.change("member " + request.memberId + " has its assignment").syncArrived(request.memberId);
            if (turn.group().pendingSyncs().isEmpty()) {
                turn.cancelSyncPhase();
            }
        }
    }

    /** The leader has assigned: the group is stable, and everybody who waits gets their part; the forgotten get nothing. */
    private void assign() {
        Map<String, byte[]> assignments = new HashMap<>();
        request.assignments.forEach(a -> assignments.put(a.memberId, a.assignment));
        var group = turn.change("leader " + request.memberId + " has assigned");
        group.moveTo(ClassicState.STABLE, turn.nowMs());
        for (ClassicMember member : List.copyOf(group.members())) {
            var assigned = member.assigned(assignments.getOrDefault(member.memberId(), ClassicMember.NO_BYTES));
            if (member.awaitingSync() != null) {
                turn.reply(member.awaitingSync(), Answers.assigned(group, assigned));
                turn.watch(member);
            }
            group.update(assigned.withoutSync());
        }
        turn.store();
    }
}
