package dev.embeddedbroker.coordinator.group.consumer;

import dev.embeddedbroker.coordinator.Outcome;
import dev.embeddedbroker.coordinator.Ticket;
import dev.embeddedbroker.coordinator.TimerOp;
import dev.embeddedbroker.coordinator.group.Group;
import dev.embeddedbroker.coordinator.group.GroupCommand;
import dev.embeddedbroker.coordinator.group.GroupCommand.InContext;
import dev.embeddedbroker.coordinator.group.GroupEvent;
import dev.embeddedbroker.coordinator.group.GroupEvent.Kept;
import dev.embeddedbroker.coordinator.group.assign.TopicCatalog;
import dev.embeddedbroker.coordinator.group.classic.ClassicCommand;
import dev.embeddedbroker.coordinator.group.classic.ClassicCommand.Join;
import dev.embeddedbroker.coordinator.group.classic.ClassicCommand.Leave;
import dev.embeddedbroker.coordinator.group.classic.ClassicCommand.Sync;
import dev.embeddedbroker.coordinator.group.classic.ClassicGroup;
import dev.embeddedbroker.coordinator.group.classic.Crossing;
import dev.embeddedbroker.coordinator.group.consumer.ConsumerCommand.Describe;
import dev.embeddedbroker.coordinator.group.consumer.ConsumerCommand.Heartbeat;
import dev.embeddedbroker.coordinator.group.consumer.ConsumerCommand.RevocationOver;
import dev.embeddedbroker.coordinator.group.consumer.ConsumerCommand.SessionOver;
import dev.embeddedbroker.protocol.ErrorCode;
import dev.embeddedbroker.protocol.Message;
import dev.embeddedbroker.protocol.Uuid;
import dev.embeddedbroker.protocol.response.ConsumerGroupDescribeResponse.DescribedGroup;
import dev.embeddedbroker.protocol.response.ConsumerGroupHeartbeatResponse;
import dev.embeddedbroker.protocol.response.HeartbeatResponse;
import dev.embeddedbroker.protocol.response.JoinGroupResponse;
import dev.embeddedbroker.protocol.response.SyncGroupResponse;
import dev.embeddedbroker.time.Moment;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The consumer protocol: what each of its commands comes to, given the group it is about. Holds no state. */
public final class ConsumerProtocol {
    private final ConsumerSettings defaults;
    private final Crossing crossing;

    /** @param crossing the way to and from the classic protocol */
    public ConsumerProtocol(Crossing crossing) {
        this.crossing = crossing;
        this.defaults = crossing.settings().consumer(); // until a member of a loaded group tells what holds now
    }

    /**
     * What the command comes to.
     *
     * @param group the group of that id, of whatever protocol; one that makes way for a new group is left out
     * @param latest the latest topics anybody asked with, for commands that bring none
     */
    public Outcome<GroupCommand, GroupEvent> decide(
            ConsumerCommand command, @Nullable Group group, TopicCatalog latest, Moment now) {
        if (command instanceof Heartbeat heartbeat) {
            return heartbeat(heartbeat, group, now);
        }
        if (command instanceof Describe describe) {
            return Outcome.answer(describe.ticket(), describe(describe, group));
        }
        if (!(group instanceof ConsumerGroup consumers)) {
            return Outcome.nothing(); // a timer of a group that is gone
        }
        var turn = new Turn(consumers, latest, crossing, now);
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

    /**
     * What a request of the classic protocol comes to in a group that has members.
     *
     * @return null for one that means nothing to this protocol
     */
    public @Nullable Outcome<GroupCommand, GroupEvent> decide(InContext context, ConsumerGroup group, Moment now) {
        var turn = new Turn(group, context.topics(), crossing, now);
        var request = context.request();
        if (request instanceof Join join) {
            return join(turn, join, context);
        } else if (request instanceof Sync sync) {
            return answer(
                    turn,
                    sync.ticket(),
                    () -> new ClassicRules(turn).sync(sync.request()),
                    refused ->
                            new SyncGroupResponse().setErrorCode(refused.error().id()));
        } else if (request instanceof ClassicCommand.Heartbeat beat) {
            return answer(
                    turn,
                    beat.ticket(),
                    () -> new ClassicRules(turn).heartbeat(beat.request(), beat.isSignOfLife()),
                    refused ->
                            new HeartbeatResponse().setErrorCode(refused.error().id()));
        } else if (request instanceof Leave leave) {
            turn.reply(leave.ticket(), Departures.leave(turn, leave.request()));
            return turn.done();
        }
        return null;
    }

    private Outcome<GroupCommand, GroupEvent> join(Turn turn, Join join, InContext context) {
        ErrorCode error = crossing.checkRequest(join);
        if (error != ErrorCode.NONE) {
            return Outcome.answer(
                    join.ticket(),
                    new JoinGroupResponse().setMemberId(join.request().memberId).setErrorCode(error.id()));
        }
        return answer(
                turn,
                join.ticket(),
                () -> new ClassicJoin(turn, join, context).decide(),
                refused -> new JoinGroupResponse().setErrorCode(refused.error().id()));
    }

    private static Outcome<GroupCommand, GroupEvent> answer(
            Turn turn, Ticket ticket, Supplier<Object> decision, Function<Refused, Object> refusal) {
        try {
            turn.reply(ticket, decision.get());
            return turn.done();
        } catch (Refused refused) {
            return Outcome.answer(ticket, refusal.apply(refused));
        }
    }

    private static void remove(Turn turn, String memberId) {
        var member = turn.group().member(memberId);
        if (member != null) {
            Departures.remove(turn, List.of(member));
        }
    }

    private Outcome<GroupCommand, GroupEvent> heartbeat(Heartbeat heartbeat, @Nullable Group group, Moment now) {
        try {
            RequestCheck.require(heartbeat.request(), heartbeat.version(), heartbeat.settings());
            var turn = turn(heartbeat, group, now);
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

    private Turn turn(Heartbeat heartbeat, @Nullable Group group, Moment now) {
        String groupId = heartbeat.groupId();
        if (group instanceof ConsumerGroup consumers) {
            return new Turn(consumers, heartbeat.topics(), crossing, now);
        }
        if (group instanceof ClassicGroup classic && heartbeat.isJoin()) {
            return Upgrade.turn(classic, heartbeat.settings(), heartbeat.topics(), crossing, now);
        }
        if (group == null && heartbeat.isJoin()) {
            return new Turn(new ConsumerGroup(groupId), heartbeat.topics(), crossing, now);
        }
        throw new Refused(ErrorCode.GROUP_ID_NOT_FOUND, notFound(groupId, group));
    }

    private static String notFound(String groupId, @Nullable Group group) {
        return "Group " + groupId + (group == null ? " not found." : " is not a consumer group.");
    }

    private static DescribedGroup describe(Describe describe, @Nullable Group group) {
        if (group instanceof ConsumerGroup consumers) {
            return new Description(consumers, describe.topics()).describe(describe.defaultAssignor());
        }
        return new DescribedGroup()
                .setGroupId(describe.groupId())
                .setErrorCode(ErrorCode.GROUP_ID_NOT_FOUND.id())
                .setErrorMessage(notFound(describe.groupId(), group));
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
            out.cancel(new ConsumerTimer.Rejoin(group.groupId(), member.memberId()));
            out.cancel(new ConsumerTimer.Sync(group.groupId(), member.memberId()));
        }
        ConsumerRecords.noneOf(group).forEach(out::event);
    }

    // ---- applying ----

    /** The group a record is about; null when it is not about a consumer group. */
    public static @Nullable String groupIdOf(Message key) {
        return Replay.groupIdOf(key);
    }

    /** Puts topics that were made anew in the place of those before them, in a record that says who has what. */
    public static void replaceTopics(Kept record, UnaryOperator<Uuid> successors) {
        ConsumerRecords.replaceTopics(record, successors);
    }

    /**
     * Takes from a record what its member was told to have and has not said yet that it has, so that the member is told
     * anew: its client may never learn of it otherwise.
     */
    public static void takeBackUntaken(Kept record, ConsumerGroup group) {
        ConsumerRecords.takeBackUntaken(record, group);
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
        } else if (event instanceof ConsumerEvent.Told told) {
            group.setHesitant(told.memberId(), true);
        } else if (event instanceof ConsumerEvent.Took took) {
            group.setHesitant(took.memberId(), false);
        }
    }
}
