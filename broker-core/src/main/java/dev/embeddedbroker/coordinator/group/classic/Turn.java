package dev.embeddedbroker.coordinator.group.classic;

import dev.embeddedbroker.coordinator.Outcome;
import dev.embeddedbroker.coordinator.Ticket;
import dev.embeddedbroker.coordinator.group.GroupCommand;
import dev.embeddedbroker.coordinator.group.GroupEvent;
import dev.embeddedbroker.coordinator.group.GroupSettings;
import dev.embeddedbroker.protocol.ErrorCode;
import dev.embeddedbroker.time.Moment;
import org.jspecify.annotations.Nullable;

/**
 * One decision about one classic group: the group as it will be, and the outcome so far. The group is copied at the first
 * change, so a decision that changes nothing costs nothing.
 *
 * <p><b>Owner:</b> the decision; it does not outlive it.
 */
final class Turn {
    private final Outcome.Builder<GroupCommand, GroupEvent> out = new Outcome.Builder<>();
    private final GroupSettings settings;
    private final Moment now;
    private final boolean isNewGroup;
    private ClassicGroup group;
    private boolean isCopy;
    private boolean isStored;
    private String because = "";

    Turn(ClassicGroup group, GroupSettings settings, Moment now) {
        this(group, false, settings, now);
    }

    private Turn(ClassicGroup group, boolean isNewGroup, GroupSettings settings, Moment now) {
        this.group = group;
        this.isNewGroup = isNewGroup;
        this.isCopy = isNewGroup;
        this.settings = settings;
        this.now = now;
    }

    static Turn aboutNew(String groupId, GroupSettings settings, Moment now) {
        return new Turn(new ClassicGroup(groupId, now.wallMs()), true, settings, now);
    }

    /** The group as it is so far. */
    ClassicGroup group() {
        return group;
    }

    GroupSettings settings() {
        return settings;
    }

    long nowMs() {
        return now.wallMs();
    }

    /** The group, to be changed. */
    ClassicGroup change(String reason) {
        because = reason;
        return change();
    }

    ClassicGroup change() {
        if (!isCopy) {
            group = group.copy();
            isCopy = true;
        }
        return group;
    }

    /** Keeps the group, as it is so far, in the log. */
    void store() {
        isStored = true;
        out.event(ClassicRecords.of(group));
    }

    void reply(@Nullable Ticket ticket, Object answer) {
        if (ticket != null) {
            out.reply(ticket, answer);
        }
    }

    /** The member, or the id that was handed out, is gone unless something is heard of it within this time. */
    void watch(String memberId, int timeoutMs) {
        String groupId = group.groupId();
        out.arm(
                new ClassicTimer.Session(groupId, memberId),
                timeoutMs,
                new ClassicCommand.SessionOver(groupId, memberId));
    }

    void watch(ClassicMember member) {
        watch(member.memberId(), member.sessionTimeoutMs());
    }

    void armJoinPhase(int delayMs, ClassicCommand onExpiry) {
        out.arm(new ClassicTimer.JoinPhase(group.groupId()), delayMs, onExpiry);
    }

    /** As {@link #armJoinPhase}, for members that are on their way. */
    void paceJoinPhase(int delayMs, ClassicCommand onExpiry) {
        out.pace(new ClassicTimer.JoinPhase(group.groupId()), delayMs, onExpiry);
    }

    void cancelJoinPhase() {
        out.cancel(new ClassicTimer.JoinPhase(group.groupId()));
    }

    void armSyncPhase(int delayMs, ClassicCommand onExpiry) {
        out.arm(new ClassicTimer.SyncPhase(group.groupId()), delayMs, onExpiry);
    }

    void cancelSyncPhase() {
        out.cancel(new ClassicTimer.SyncPhase(group.groupId()));
    }

    void unwatch(String memberId) {
        out.cancel(new ClassicTimer.Session(group.groupId(), memberId));
    }

    /** Removes a member or a handed-out id; a request of its that is parked learns that the member is unknown. */
    void remove(String memberId, String reason) {
        var member = group.member(memberId);
        if (member != null) {
            reply(member.awaitingJoin(), Answers.joinRefused(Answers.NO_MEMBER_ID, ErrorCode.UNKNOWN_MEMBER_ID));
            reply(member.awaitingSync(), Answers.syncRefused(ErrorCode.UNKNOWN_MEMBER_ID));
        }
        unwatch(memberId);
        change(reason).remove(memberId);
    }

    Outcome<GroupCommand, GroupEvent> done() {
        if (isNewGroup && !isStored) {
            out.event(ClassicRecords.created(group.groupId(), nowMs()));
        }
        if (isCopy) {
            out.event(new ClassicEvent.Became(group, because));
        }
        return out.build();
    }
}
