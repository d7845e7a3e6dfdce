package dev.embeddedbroker.coordinator.group.classic;

import dev.embeddedbroker.protocol.ErrorCode;
import java.util.List;

/** How a classic group gets from one generation to the next: join phase, then sync phase. */
final class Rebalance {
    private final Turn turn;

    Rebalance(Turn turn) {
        this.turn = turn;
    }

    /** Starts a rebalance where one may start; where one is on, ends its join phase if everybody is there. */
    void prepareOrComplete(String reason) {
        if (turn.group().isIn(ClassicState.PREPARING_REBALANCE)) {
            completeIfAllJoined();
        } else {
            prepare(reason);
        }
    }

    /** Asks every member to join again. A group's first rebalance waits for more members to come up instead (KIP-134). */
    void prepare(String reason) {
        if (turn.group().isIn(ClassicState.COMPLETING_REBALANCE)) {
            resetAssignments(ErrorCode.REBALANCE_IN_PROGRESS);
        }
        turn.cancelSyncPhase();
        turn.change().forgetSyncs();
        turn.change(reason).moveTo(ClassicState.PREPARING_REBALANCE, turn.nowMs());
        if (turn.group().isFirstRebalance()) {
            delayFirst();
        } else if (turn.group().allHaveJoined()) {
            completeJoinPhase();
        } else {
            awaitJoins();
        }
    }

    private void delayFirst() {
        int delayMs = turn.settings().initialRebalanceDelayMs();
        if (delayMs == 0) {
            completeJoinPhase();
            return;
        }
        int remainingMs = Math.max(turn.group().rebalanceTimeoutMs() - delayMs, 0);
        turn.armJoinPhase(
                delayMs, new ClassicCommand.FirstDelayOver(turn.group().groupId(), delayMs, remainingMs));
    }

    /** The first rebalance goes on waiting while new members keep coming, but not longer than they can bear. */
    void firstDelayOver(ClassicCommand.FirstDelayOver over) {
        if (!turn.group().newMemberAdded() || over.remainingMs() == 0) {
            completeJoinPhase();
            return;
        }
        turn.change("first rebalance waits for more members").noteNewMember(false);
        int delayMs = Math.min(turn.settings().initialRebalanceDelayMs(), over.remainingMs());
        int remainingMs = Math.max(over.remainingMs() - over.delayMs(), 0);
        turn.armJoinPhase(
                delayMs, new ClassicCommand.FirstDelayOver(turn.group().groupId(), delayMs, remainingMs));
    }

    private void awaitJoins() {
        turn.armJoinPhase(
                turn.group().rebalanceTimeoutMs(),
                new ClassicCommand.JoinPhaseOver(turn.group().groupId()));
    }

    void completeIfAllJoined() {
        var group = turn.group();
        if (group.isIn(ClassicState.PREPARING_REBALANCE) && !group.isFirstRebalance() && group.allHaveJoined()) {
            completeJoinPhase();
        }
    }

    /** Goes on with those who have joined: the others are members no more, unless they are static (KIP-345). */
    void completeJoinPhase() {
        turn.cancelJoinPhase();
        for (ClassicMember member : List.copyOf(turn.group().members())) {
            if (!member.isAwaitingJoin() && !member.isStatic()) {
                turn.remove(member.memberId(), "member " + member.memberId() + " did not rejoin in time");
            }
        }
        var group = turn.change();
        if (!group.electLeader() && group.size() > 0) {
            awaitJoins(); // only static members are left and none came back: their sessions will end this
            return;
        }
        group.startGeneration(turn.nowMs());
        if (group.isEmpty()) {
            turn.store();
        } else {
            answerJoins(group);
        }
    }

    private void answerJoins(ClassicGroup group) {
        for (ClassicMember member : List.copyOf(group.members())) {
            turn.reply(member.awaitingJoin(), Answers.joined(group, member.memberId()));
            group.update(member.joined());
            group.awaitSync(member.memberId());
            turn.watch(member);
        }
        turn.armSyncPhase(
                group.rebalanceTimeoutMs(), new ClassicCommand.SyncPhaseOver(group.groupId(), group.generation()));
    }

    /** Members that never asked for their assignment are gone, and the others start over. */
    void syncPhaseOver(int generation) {
        var group = turn.group();
        if (generation != group.generation()
                || !group.isSettled()
                || group.pendingSyncs().isEmpty()) {
            return;
        }
        var silent = List.copyOf(group.pendingSyncs());
        String reason = "members " + silent + " did not sync in time";
        silent.forEach(memberId -> turn.remove(memberId, reason));
        prepare(reason);
    }

    /** Takes every assignment back and tells those who wait for one why. */
    void resetAssignments(ErrorCode error) {
        var group = turn.change();
        for (ClassicMember member : List.copyOf(group.members())) {
            if (member.awaitingSync() != null) {
                turn.reply(member.awaitingSync(), Answers.syncRefused(error));
                turn.watch(member);
            }
            group.update(member.assigned(ClassicMember.NO_BYTES).withoutSync());
        }
    }
}
