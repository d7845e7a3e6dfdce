package dev.embeddedbroker.coordinator.group.classic;

import dev.embeddedbroker.coordinator.Outcome;
import dev.embeddedbroker.coordinator.TimerOp;
import dev.embeddedbroker.coordinator.group.GroupCommand;
import dev.embeddedbroker.coordinator.group.GroupEvent;
import dev.embeddedbroker.coordinator.group.GroupSettings;
import dev.embeddedbroker.coordinator.group.classic.ClassicCommand.AssignmentNotStored;
import dev.embeddedbroker.coordinator.group.classic.ClassicCommand.FirstDelayOver;
import dev.embeddedbroker.coordinator.group.classic.ClassicCommand.Heartbeat;
import dev.embeddedbroker.coordinator.group.classic.ClassicCommand.Join;
import dev.embeddedbroker.coordinator.group.classic.ClassicCommand.JoinPhaseOver;
import dev.embeddedbroker.coordinator.group.classic.ClassicCommand.Leave;
import dev.embeddedbroker.coordinator.group.classic.ClassicCommand.OverCapacity;
import dev.embeddedbroker.coordinator.group.classic.ClassicCommand.SessionOver;
import dev.embeddedbroker.coordinator.group.classic.ClassicCommand.Sync;
import dev.embeddedbroker.coordinator.group.classic.ClassicCommand.SyncPhaseOver;
import dev.embeddedbroker.protocol.ErrorCode;
import dev.embeddedbroker.protocol.response.DescribeGroupsResponse.DescribedGroup;
import dev.embeddedbroker.protocol.response.DescribeGroupsResponse.DescribedGroupMember;
import dev.embeddedbroker.time.Moment;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The classic protocol: what each of its commands comes to, given the group it is about. Holds no state. */
public final class ClassicProtocol {
    private final GroupSettings settings;

    public ClassicProtocol(GroupSettings settings) {
        this.settings = settings;
    }

    /** What the command comes to; without a group when there is none of that id. */
    public Outcome<GroupCommand, GroupEvent> decide(ClassicCommand command, @Nullable ClassicGroup group, Moment now) {
        if (command instanceof Join join) {
            return join(join, group, now);
        }
        if (group == null) {
            return withoutGroup(command);
        }
        var turn = new Turn(group, settings, now);
        var rebalance = new Rebalance(turn);
        if (command instanceof Sync sync) {
            new SyncRules(turn, sync).decide();
        } else if (command instanceof Heartbeat heartbeat) {
            heartbeat(turn, heartbeat);
        } else if (command instanceof Leave leave) {
            new LeaveRules(turn, leave).decide();
        } else if (command instanceof SessionOver over) {
            sessionOver(turn, over.memberId());
        } else if (command instanceof FirstDelayOver over && group.isFirstRebalance()) {
            rebalance.firstDelayOver(over);
        } else if (command instanceof JoinPhaseOver && group.isIn(ClassicState.PREPARING_REBALANCE)) {
            rebalance.completeJoinPhase();
        } else if (command instanceof SyncPhaseOver over) {
            rebalance.syncPhaseOver(over.generation());
        } else if (command instanceof OverCapacity && group.isSettled()) {
            rebalance.prepare(
                    "the loaded group's " + group.size() + " members are over its capacity of " + settings.maxSize());
        } else if (command instanceof AssignmentNotStored failure) {
            assignmentNotStored(turn, failure);
        }
        return turn.done();
    }

    /** The answer to a command for a group of another protocol. */
    public Outcome<GroupCommand, GroupEvent> refuse(ClassicCommand command) {
        if (command instanceof Join join) {
            return Outcome.answer(
                    join.ticket(), Answers.joinRefused(Answers.NO_MEMBER_ID, ErrorCode.INCONSISTENT_GROUP_PROTOCOL));
        }
        return withoutGroup(command);
    }

    private Outcome<GroupCommand, GroupEvent> join(Join join, @Nullable ClassicGroup group, Moment now) {
        var request = join.request();
        ErrorCode error = checkRequest(join);
        if (error != ErrorCode.NONE) {
            return refuseJoin(join, error);
        }
        if (group == null && !request.memberId.isEmpty()) {
            return refuseJoin(join, ErrorCode.UNKNOWN_MEMBER_ID);
        }
        var turn = group == null ? Turn.aboutNew(request.groupId, settings, now) : new Turn(group, settings, now);
        new JoinRules(turn, join).decide();
        return turn.done();
    }

    /** NONE when the request is one that any group may be asked. */
    public ErrorCode checkRequest(Join join) {
        var request = join.request();
        if (request.groupId.isEmpty()) {
            return ErrorCode.INVALID_GROUP_ID;
        }
        boolean isTimeoutAllowed = request.sessionTimeoutMs >= settings.minSessionTimeoutMs()
                && request.sessionTimeoutMs <= settings.maxSessionTimeoutMs();
        return isTimeoutAllowed ? ErrorCode.NONE : ErrorCode.INVALID_SESSION_TIMEOUT;
    }

    private static Outcome<GroupCommand, GroupEvent> refuseJoin(Join join, ErrorCode error) {
        return Outcome.answer(join.ticket(), Answers.joinRefused(join.request().memberId, error));
    }

    private static Outcome<GroupCommand, GroupEvent> withoutGroup(ClassicCommand command) {
        ErrorCode error = command.groupId().isEmpty() ? ErrorCode.INVALID_GROUP_ID : ErrorCode.UNKNOWN_MEMBER_ID;
        if (command instanceof Sync sync) {
            return Outcome.answer(sync.ticket(), Answers.syncRefused(error));
        }
        if (command instanceof Heartbeat heartbeat) {
            return Outcome.answer(heartbeat.ticket(), Answers.heartbeat(error));
        }
        if (command instanceof Leave leave) {
            return Outcome.answer(
                    leave.ticket(),
                    error == ErrorCode.UNKNOWN_MEMBER_ID
                            ? Answers.nobodyKnown(leave.request())
                            : Answers.leaveRefused(error));
        }
        return Outcome.nothing(); // a timer of a group that is gone
    }

    private static void heartbeat(Turn turn, Heartbeat heartbeat) {
        var request = heartbeat.request();
        var group = turn.group();
        ErrorCode answer = group.checkMember(request.memberId, request.groupInstanceId);
        if (answer == ErrorCode.NONE && request.generationId != group.generation()) {
            answer = ErrorCode.ILLEGAL_GENERATION;
        }
        if (answer == ErrorCode.NONE) {
            var member = group.requireMember(request.memberId);
            if (heartbeat.isSignOfLife()) {
                turn.watch(member);
            }
            if (group.isIn(ClassicState.PREPARING_REBALANCE)) {
                answer = ErrorCode.REBALANCE_IN_PROGRESS;
            }
        }
        turn.reply(heartbeat.ticket(), Answers.heartbeat(answer));
    }

    private static void sessionOver(Turn turn, String memberId) {
        var group = turn.group();
        var member = group.member(memberId);
        if (member == null ? !group.isPending(memberId) : member.isExcusedFromHeartbeat()) {
            return;
        }
        String reason = "session of member " + memberId + " is over";
        turn.remove(memberId, reason);
        var rebalance = new Rebalance(turn);
        if (member != null && group.isSettled()) {
            rebalance.prepare(reason);
        } else if (turn.group().isIn(ClassicState.PREPARING_REBALANCE)
                && turn.group().allHaveJoined()) {
            rebalance.completeJoinPhase();
        }
    }

    private static void assignmentNotStored(Turn turn, AssignmentNotStored failure) {
        var group = turn.group();
        if (group.isIn(ClassicState.COMPLETING_REBALANCE) && group.generation() == failure.generation()) {
            var rebalance = new Rebalance(turn);
            rebalance.resetAssignments(failure.error());
            rebalance.prepare("the assignment could not be stored: " + failure.error());
        }
    }

    /** The timers a group needs after it was loaded. */
    public List<TimerOp<GroupCommand>> rearm(ClassicGroup group) {
        var timers = new ArrayList<TimerOp<GroupCommand>>();
        String groupId = group.groupId();
        for (ClassicMember member : group.members()) {
            timers.add(new TimerOp.Arm<>(
                    new ClassicTimer.Session(groupId, member.memberId()),
                    member.sessionTimeoutMs(),
                    new SessionOver(groupId, member.memberId())));
        }
        if (group.size() > settings.maxSize()) {
            timers.add(new TimerOp.Arm<>(new ClassicTimer.JoinPhase(groupId), 0, new OverCapacity(groupId)));
        }
        return timers;
    }

    /** Disarms everything about a group that is being deleted. */
    public void disarm(ClassicGroup group, Outcome.Builder<GroupCommand, GroupEvent> out) {
        String groupId = group.groupId();
        group.members().forEach(member -> out.cancel(new ClassicTimer.Session(groupId, member.memberId())));
        group.pendingMembers().forEach(memberId -> out.cancel(new ClassicTimer.Session(groupId, memberId)));
        out.cancel(new ClassicTimer.JoinPhase(groupId));
        out.cancel(new ClassicTimer.SyncPhase(groupId));
    }

    /** A commit keeps the member's session alive, in the states in which members may be too busy to heartbeat. */
    public void keepAlive(ClassicGroup group, String memberId, Outcome.Builder<GroupCommand, GroupEvent> out) {
        var member = group.member(memberId);
        if (member != null && (group.isIn(ClassicState.STABLE) || group.isIn(ClassicState.PREPARING_REBALANCE))) {
            out.arm(
                    new ClassicTimer.Session(group.groupId(), memberId),
                    member.sessionTimeoutMs(),
                    new SessionOver(group.groupId(), memberId));
        }
    }

    /** The group as DescribeGroups tells it; what members speak and were assigned, only while it is stable. */
    public DescribedGroup describe(ClassicGroup group) {
        boolean isStable = group.isIn(ClassicState.STABLE);
        var members = new ArrayList<DescribedGroupMember>(group.size());
        for (ClassicMember member : group.members()) {
            members.add(new DescribedGroupMember()
                    .setMemberId(member.memberId())
                    .setGroupInstanceId(member.instanceId())
                    .setClientId(member.clientId())
                    .setClientHost(member.clientHost())
                    .setMemberMetadata(isStable ? member.metadata(group.protocol()) : ClassicMember.NO_BYTES)
                    .setMemberAssignment(isStable ? member.assignment() : ClassicMember.NO_BYTES));
        }
        String protocol = group.protocol();
        return new DescribedGroup()
                .setGroupId(group.groupId())
                .setGroupState(group.stateName())
                .setProtocolType(group.protocolType())
                .setProtocolData(isStable && protocol != null ? protocol : "")
                .setMembers(members);
    }
}
