package dev.embeddedbroker.coordinator.group.classic;

import dev.embeddedbroker.protocol.ErrorCode;
import java.util.List;

/** How a classic group gets from one generation to the next: join phase, then sync phase. */
final class Rebalance {
    /** How long a group's very first member waits: a moment later it is known whether others are on their way. */
    private static final int FIRST_MOMENT_MS = 5;

    /** How long a group that forms waits for more members to show up, each time one did, when others seem to be coming. */
    private static final int GATHERING_MS = 15;

    private static final int GATHERING_AT_MOST_MS = 75;

    /** How long it waits at most for clients that are known to be on their way: on a busy machine they take that long. */
    private static final int EXPECTING_AT_MOST_MS = 300;

    /**
     * When a member is first heard of after a rebalance: Java's {@code heartbeat.interval.ms}, and that of most others. Until
     * then nothing can tell it of another one.
     */
    private static final int FIRST_HEARTBEAT_MS = 3_000;

    private final Turn turn;

    Rebalance(Turn turn) {
        this.turn = turn;
    }

    /** Starts a rebalance where one may start; where one is on, ends its join phase if everybody is there. */
    void prepareOrComplete(String reason, boolean areOthersComing) {
        if (turn.group().isIn(ClassicState.PREPARING_REBALANCE)) {
            completeIfAllJoined();
        } else {
            prepare(reason, areOthersComing);
        }
    }

    void prepare(String reason) {
        prepare(reason, false);
    }

    /** Asks every member to join again. A group's first rebalance waits for more members to come up instead (KIP-134). */
    private void prepare(String reason, boolean areOthersComing) {
        if (turn.group().isIn(ClassicState.COMPLETING_REBALANCE)) {
            resetAssignments(ErrorCode.REBALANCE_IN_PROGRESS);
        }
        long settledMs = turn.group().isAtRest() ? turn.group().stateSinceMs() : -1;
        turn.cancelSyncPhase();
        turn.change().forgetSyncs();
        turn.change(reason).moveTo(ClassicState.PREPARING_REBALANCE, turn.nowMs());
        if (turn.group().isFirstRebalance()) {
            delayFirst(areOthersComing);
        } else if (turn.group().allHaveJoined()) {
            completeJoinPhase();
        } else {
            awaitJoins(settledMs);
        }
    }

    /** Without a delay in the settings only those are waited for who seem to come. */
    private void delayFirst(boolean areOthersComing) {
        int delayMs = turn.settings().initialRebalanceDelayMs();
        int atMostMs = turn.group().rebalanceTimeoutMs();
        if (delayMs == 0) {
            if (!areOthersComing) {
                completeJoinPhase();
                return;
            }
            delayMs = FIRST_MOMENT_MS;
            atMostMs = Math.min(atMostMs, EXPECTING_AT_MOST_MS);
        }
        int remainingMs = Math.max(atMostMs - delayMs, 0);
        waitForMore(delayMs, remainingMs);
    }

    private void waitForMore(int delayMs, int remainingMs) {
        var over = new ClassicCommand.FirstDelayOver(turn.group().groupId(), delayMs, remainingMs, false);
        if (turn.settings().initialRebalanceDelayMs() == 0) {
            turn.paceJoinPhase(delayMs, over);
        } else {
            turn.armJoinPhase(delayMs, over);
        }
    }

    /** The first rebalance goes on waiting while new members keep coming, but not longer than they can bear. */
    void firstDelayOver(ClassicCommand.FirstDelayOver over) {
        if (!isExtended(over) || over.remainingMs() == 0) {
            completeJoinPhase();
            return;
        }
        turn.change("first rebalance waits for more members").noteNewMember(false);
        int nextMs = turn.settings().initialRebalanceDelayMs() == 0 ? GATHERING_MS : over.delayMs();
        int delayMs = Math.min(nextMs, over.remainingMs());
        int remainingMs = over.remainingMs() - delayMs;
        waitForMore(delayMs, remainingMs);
    }

    private boolean isExtended(ClassicCommand.FirstDelayOver over) {
        var group = turn.group();
        if (turn.settings().initialRebalanceDelayMs() > 0) {
            return group.newMemberAdded();
        }
        boolean areKnownToCome = group.awaitsAnybody() || over.areOthersComing();
        boolean isLate = over.remainingMs() <= EXPECTING_AT_MOST_MS - GATHERING_AT_MOST_MS;
        return areKnownToCome || (group.newMemberAdded() && !isLate);
    }

    /**
     * The time to rejoin begins when members can know that they must. Where it is longer than the time to a heartbeat they
     * know soon enough; where it is shorter, those of a generation that is as young would be removed unheard, come back as
     * new members, and have the others removed in turn, for ever.
     *
     * @param settledMs when the group became stable; -1 if it was not
     */
    private void awaitJoins(long settledMs) {
        int timeoutMs = turn.group().rebalanceTimeoutMs();
        boolean mayBeUnheard = settledMs >= 0 && timeoutMs < FIRST_HEARTBEAT_MS;
        long untilHeardMs = mayBeUnheard ? Math.max(0, settledMs + FIRST_HEARTBEAT_MS - turn.nowMs()) : 0;
        turn.armJoinPhase(
                timeoutMs + (int) untilHeardMs,
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
            awaitJoins(-1); // only static members are left and none came back: their sessions will end this
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
