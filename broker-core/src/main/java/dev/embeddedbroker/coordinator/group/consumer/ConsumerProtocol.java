package dev.embeddedbroker.coordinator.group.consumer;

import dev.embeddedbroker.coordinator.Outcome;
import dev.embeddedbroker.coordinator.TimerOp;
import dev.embeddedbroker.coordinator.group.Group;
import dev.embeddedbroker.coordinator.group.GroupCommand;
import dev.embeddedbroker.coordinator.group.GroupEvent;
import dev.embeddedbroker.coordinator.group.GroupEvent.Kept;
import dev.embeddedbroker.coordinator.group.assign.TopicCatalog;
import dev.embeddedbroker.coordinator.group.classic.ClassicCommand.Leave;
import dev.embeddedbroker.coordinator.group.consumer.ConsumerCommand.Describe;
import dev.embeddedbroker.coordinator.group.consumer.ConsumerCommand.Heartbeat;
import dev.embeddedbroker.coordinator.group.consumer.ConsumerCommand.RevocationOver;
import dev.embeddedbroker.coordinator.group.consumer.ConsumerCommand.SessionOver;
import dev.embeddedbroker.protocol.ErrorCode;
import dev.embeddedbroker.protocol.Message;
import dev.embeddedbroker.protocol.response.ConsumerGroupDescribeResponse.DescribedGroup;
import dev.embeddedbroker.protocol.response.ConsumerGroupHeartbeatResponse;
import dev.embeddedbroker.time.Moment;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The consumer protocol: what each of its commands comes to, given the group it is about. Holds no state. */
public final class ConsumerProtocol {
    private final ConsumerSettings defaults;

    /** @param defaults what holds for a group after it was loaded, until a member tells the settings that hold now */
    public ConsumerProtocol(ConsumerSettings defaults) {
        this.defaults = defaults;
    }

    /**
     * What the command comes to.
     *
     * @param group the group of that id, of whatever protocol; one that makes way for a new group is left out
     */
    public Outcome<GroupCommand, GroupEvent> decide(ConsumerCommand command, @Nullable Group group, Moment now) {
        if (command instanceof Heartbeat heartbeat) {
            return heartbeat(heartbeat, group, now);
        }
        if (command instanceof Describe describe) {
            return Outcome.answer(describe.ticket(), describe(describe, group));
        }
        if (!(group instanceof ConsumerGroup consumers)) {
            return Outcome.nothing(); // a timer of a group that is gone
        }
        var turn = new Turn(consumers, TopicCatalog.EMPTY, now);
        if (command instanceof SessionOver over) {
            remove(turn, over.memberId());
        } else if (command instanceof RevocationOver over) {
            var member = consumers.member(over.memberId());
            if (member != null && member.epoch() == over.epoch()) {
                remove(turn, over.memberId());
            }
        }
        return turn.done();
    }

    private static void remove(Turn turn, String memberId) {
        var member = turn.group().member(memberId);
        if (member != null) {
            Departures.remove(turn, List.of(member));
        }
    }

    private static Outcome<GroupCommand, GroupEvent> heartbeat(Heartbeat heartbeat, @Nullable Group group, Moment now) {
        try {
            RequestCheck.require(heartbeat.request(), heartbeat.version(), heartbeat.settings());
            var turn = new Turn(groupOf(heartbeat, group), heartbeat.topics(), now);
            if (heartbeat.request().memberEpoch < ConsumerMember.JOINING) {
                turn.reply(heartbeat.ticket(), Departures.leave(turn, heartbeat.request()));
            } else {
                new HeartbeatRules(turn, heartbeat).decide();
            }
            return turn.done();
        } catch (Refused refused) {
            return Outcome.answer(
                    heartbeat.ticket(),
                    new ConsumerGroupHeartbeatResponse()
                            .setErrorCode(refused.error().id())
                            .setErrorMessage(refused.getMessage()));
        }
    }

    private static ConsumerGroup groupOf(Heartbeat heartbeat, @Nullable Group group) {
        String groupId = heartbeat.groupId();
        if (group instanceof ConsumerGroup consumers) {
            return consumers;
        }
        if (group == null && heartbeat.isJoin()) {
            return new ConsumerGroup(groupId);
        }
        throw new Refused(ErrorCode.GROUP_ID_NOT_FOUND, notFound(groupId, group, heartbeat.isJoin()));
    }

    private static String notFound(String groupId, @Nullable Group group, boolean isJoin) {
        if (group == null) {
            return "Group " + groupId + " not found.";
        }
        return isJoin
                ? "Cannot upgrade classic group " + groupId + " to consumer group because online upgrade is disabled."
                : "Group " + groupId + " is not a consumer group.";
    }

    private static DescribedGroup describe(Describe describe, @Nullable Group group) {
        if (group instanceof ConsumerGroup consumers) {
            return new Description(consumers, describe.topics()).describe(describe.defaultAssignor());
        }
        return new DescribedGroup()
                .setGroupId(describe.groupId())
                .setErrorCode(ErrorCode.GROUP_ID_NOT_FOUND.id())
                .setErrorMessage(notFound(describe.groupId(), group, false));
    }

    /** A LeaveGroup of an admin client, which does not care what protocol a group speaks. */
    public Outcome<GroupCommand, GroupEvent> leave(Leave leave, ConsumerGroup group, Moment now) {
        var turn = new Turn(group, TopicCatalog.EMPTY, now);
        turn.reply(leave.ticket(), Departures.leave(turn, leave.request()));
        return turn.done();
    }

    /** The timers a group needs after it was loaded. */
    public List<TimerOp<GroupCommand>> rearm(ConsumerGroup group) {
        var timers = new ArrayList<TimerOp<GroupCommand>>();
        String groupId = group.groupId();
        for (ConsumerMember member : group.members()) {
            String memberId = member.memberId();
            timers.add(new TimerOp.Arm<>(
                    new ConsumerTimer.Session(groupId, memberId),
                    defaults.sessionTimeoutMs(),
                    new SessionOver(groupId, memberId)));
            if (member.state() == MemberState.UNREVOKED_PARTITIONS) {
                timers.add(new TimerOp.Arm<>(
                        new ConsumerTimer.Revocation(groupId, memberId),
                        member.rebalanceTimeoutMs(),
                        new RevocationOver(groupId, memberId, member.epoch())));
            }
        }
        return timers;
    }

    /** Ends a group: nothing is kept of it, and nothing waits for its members. */
    public void bury(ConsumerGroup group, Outcome.Builder<GroupCommand, GroupEvent> out) {
        for (ConsumerMember member : group.members()) {
            out.cancel(new ConsumerTimer.Session(group.groupId(), member.memberId()));
            out.cancel(new ConsumerTimer.Revocation(group.groupId(), member.memberId()));
        }
        ConsumerRecords.noneOf(group).forEach(out::event);
    }

    // ---- applying ----

    /** The group a record is about; null when it is not about a consumer group. */
    public static @Nullable String groupIdOf(Message key) {
        return Replay.groupIdOf(key);
    }

    /** Whether a record says that there is no such group any more. */
    public static boolean endsGroup(Kept record) {
        return Replay.endsGroup(record);
    }

    /** Moves a group by one record about it. */
    public static void apply(ConsumerGroup group, Kept record) {
        Replay.apply(group, record);
    }

    /** Moves a group by a passing event about it. */
    public static void apply(ConsumerGroup group, ConsumerEvent event) {
        if (event instanceof ConsumerEvent.Checked checked) {
            group.setCheckedWith(checked.topics());
        }
    }
}
