package dev.embeddedbroker.coordinator.group;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embeddedbroker.coordinator.EventCodec.RecordBytes;
import dev.embeddedbroker.coordinator.Outcome;
import dev.embeddedbroker.coordinator.Ticket;
import dev.embeddedbroker.coordinator.TimerOp;
import dev.embeddedbroker.coordinator.group.classic.ClassicCommand;
import dev.embeddedbroker.coordinator.group.classic.ClassicCommand.FirstDelayOver;
import dev.embeddedbroker.coordinator.group.classic.ClassicGroup;
import dev.embeddedbroker.coordinator.group.offsets.OffsetCommand;
import dev.embeddedbroker.protocol.ErrorCode;
import dev.embeddedbroker.protocol.Response;
import dev.embeddedbroker.protocol.Uuid;
import dev.embeddedbroker.protocol.WireWriter;
import dev.embeddedbroker.protocol.request.HeartbeatRequest;
import dev.embeddedbroker.protocol.request.JoinGroupRequest;
import dev.embeddedbroker.protocol.request.LeaveGroupRequest;
import dev.embeddedbroker.protocol.request.OffsetCommitRequest;
import dev.embeddedbroker.protocol.request.OffsetDeleteRequest;
import dev.embeddedbroker.protocol.request.OffsetFetchRequest;
import dev.embeddedbroker.protocol.request.SyncGroupRequest;
import dev.embeddedbroker.protocol.response.DescribeGroupsResponse.DescribedGroup;
import dev.embeddedbroker.protocol.response.HeartbeatResponse;
import dev.embeddedbroker.protocol.response.JoinGroupResponse;
import dev.embeddedbroker.protocol.response.LeaveGroupResponse;
import dev.embeddedbroker.protocol.response.ListGroupsResponse.ListedGroup;
import dev.embeddedbroker.protocol.response.OffsetCommitResponse;
import dev.embeddedbroker.protocol.response.OffsetDeleteResponse;
import dev.embeddedbroker.protocol.response.OffsetFetchResponse.OffsetFetchResponseGroup;
import dev.embeddedbroker.protocol.response.SyncGroupResponse;
import dev.embeddedbroker.time.Moment;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * A group machine on a bench: time stands still unless it is moved, timers fire when it is, answers are kept by ticket.
 * Each command is decided twice and must come to the same both times, without a change; each ticket may be answered once.
 */
final class GroupLab {
    /** What those who join are said to have seen of others on their way. */
    boolean areOthersComing;

    boolean areOthersExpected;

    static final String GROUP = "g";
    static final int SESSION_MS = 10_000;
    static final int REBALANCE_MS = 60_000;
    static final Uuid TOPIC_ID = new Uuid(7, 7);

    private final GroupCodec codec = new GroupCodec();
    private final GroupSettings settings;
    private final Map<Object, Due> timers = new LinkedHashMap<>();
    private final Map<Ticket, Object> answers = new HashMap<>();
    private final Set<Ticket> issued = new HashSet<>();
    private final List<RecordBytes> log = new ArrayList<>();
    private GroupRouter machine;
    private Moment now = new Moment(1_000_000, 0);
    private long ticketIds;
    private int memberIds;
    private int timerOrder;

    private record Due(Moment at, int order, GroupCommand command) {}

    GroupLab() {
        this(GroupSettings.defaults());
    }

    GroupLab(GroupSettings settings) {
        this.settings = settings;
        this.machine = new GroupRouter(settings);
        arm(machine.rearm(now));
    }

    /** What was asked, and its answer once there is one. */
    final class Asked<T> {
        private final Ticket ticket;

        Asked(Ticket ticket) {
            this.ticket = ticket;
        }

        boolean isParked() {
            return !answers.containsKey(ticket);
        }

        @SuppressWarnings("unchecked")
        T answer() {
            assertThat(answers).as("answers").containsKey(ticket);
            return (T) answers.get(ticket);
        }

        ErrorCode error() {
            Object answer = answer();
            if (answer instanceof ErrorCode code) return code;
            if (answer instanceof JoinGroupResponse r) return ErrorCode.forId(r.errorCode);
            if (answer instanceof SyncGroupResponse r) return ErrorCode.forId(r.errorCode);
            if (answer instanceof HeartbeatResponse r) return ErrorCode.forId(r.errorCode);
            if (answer instanceof LeaveGroupResponse r) {
                return ErrorCode.forId(r.errorCode != 0 ? r.errorCode : r.members.get(0).errorCode);
            }
            if (answer instanceof OffsetCommitResponse r) {
                return ErrorCode.forId(r.topics.get(0).partitions.get(0).errorCode);
            }
            if (answer instanceof OffsetDeleteResponse r) {
                return ErrorCode.forId(
                        r.errorCode != 0
                                ? r.errorCode
                                : r.topics.get(0).partitions.get(0).errorCode);
            }
            throw new AssertionError("no error code in " + answer);
        }
    }

    // ---- time ----

    long nowMs() {
        return now.wallMs();
    }

    /** Moves time, firing what falls due on the way, in order. */
    GroupLab advance(long ms) {
        Moment until = now.plusMs(ms);
        while (true) {
            var next = timers.entrySet().stream()
                    .filter(e -> until.isAtOrAfter(e.getValue().at()))
                    .min(Comparator.comparing((Map.Entry<Object, Due> e) ->
                                    e.getValue().at().nanos())
                            .thenComparing(e -> e.getValue().order()));
            if (next.isEmpty()) {
                now = until;
                return this;
            }
            var due = timers.remove(next.get().getKey());
            now = due.at().isAtOrAfter(now) ? due.at() : now;
            act(due.command() instanceof FirstDelayOver over ? over.knowing(areOthersExpected) : due.command());
        }
    }

    boolean hasTimerOf(String groupId) {
        return timers.keySet().stream()
                .anyMatch(key -> key.toString().contains("groupId=" + groupId + ",")
                        || key.toString().contains("groupId=" + groupId + "]"));
    }

    // ---- acting ----

    Ticket ticket() {
        var ticket = new Ticket(++ticketIds);
        issued.add(ticket);
        return ticket;
    }

    void act(GroupCommand command) {
        String before = stateText();
        var outcome = machine.decide(command, now);
        assertThat(text(machine.decide(command, now))).as("second decision").isEqualTo(text(outcome));
        assertThat(stateText()).as("state after deciding").isEqualTo(before);
        for (GroupEvent event : outcome.events()) {
            var record = codec.encode(event);
            if (record != null) {
                log.add(record);
                machine.apply(codec.decode(record.key(), record.value())); // what is applied is what was written
            } else {
                machine.apply(event);
            }
        }
        arm(outcome.timers());
        outcome.replies().forEach(reply -> {
            assertThat(issued).as("issued tickets").contains(reply.ticket());
            assertThat(answers.put(reply.ticket(), reply.answer()))
                    .as("earlier answer to %s", reply.ticket())
                    .isNull();
        });
    }

    private void arm(List<TimerOp<GroupCommand>> ops) {
        for (var op : ops) {
            if (op instanceof TimerOp.ArmIfAbsent<GroupCommand> arm) {
                timers.putIfAbsent(arm.key(), new Due(now.plusMs(arm.delayMs()), timerOrder++, arm.onExpiry()));
                continue;
            }
            timers.remove(op.key());
            if (op instanceof TimerOp.Pace<GroupCommand> pace) {
                timers.put(pace.key(), new Due(now.plusMs(pace.delayMs()), timerOrder++, pace.onExpiry()));
            }
            if (op instanceof TimerOp.Arm<GroupCommand> arm) {
                timers.put(arm.key(), new Due(now.plusMs(arm.delayMs()), timerOrder++, arm.onExpiry()));
            }
        }
    }

    /** Goes on with a machine that has read the log, as after a restart; whoever was parked is gone. */
    GroupLab restart() {
        return restart(settings);
    }

    GroupLab restart(GroupSettings changed) {
        machine = replay(changed);
        timers.clear();
        issued.removeIf(ticket -> !answers.containsKey(ticket));
        arm(machine.rearm(now));
        return this;
    }

    GroupRouter replay(GroupSettings with) {
        var fresh = new GroupRouter(with);
        log.forEach(record -> fresh.apply(codec.decode(record.key(), record.value())));
        return fresh;
    }

    GroupRouter replay() {
        return replay(settings);
    }

    // ---- looking ----

    GroupRouter machine() {
        return machine;
    }

    ClassicGroup group(String groupId) {
        return (ClassicGroup) machine.group(groupId);
    }

    String state() {
        return machine.group(GROUP).stateName();
    }

    List<RecordBytes> log() {
        return log;
    }

    Set<Ticket> unanswered() {
        var open = new HashSet<>(issued);
        open.removeAll(answers.keySet());
        return open;
    }

    private String stateText() {
        return machine.groups() + " " + machine.offsets() + " "
                + machine.groups().keySet();
    }

    private String text(Outcome<GroupCommand, GroupEvent> outcome) {
        var text = new StringBuilder();
        outcome.events().forEach(event -> {
            var record = codec.encode(event);
            text.append(record == null ? event : hex(record.key()) + "=" + hex(record.value()))
                    .append('\n');
        });
        outcome.replies()
                .forEach(r ->
                        text.append(r.ticket()).append(answerText(r.answer())).append('\n'));
        return text.append(outcome.timers().stream().map(GroupLab::timerText).toList())
                .toString();
    }

    private static String timerText(TimerOp<GroupCommand> op) {
        if (op instanceof TimerOp.Pace<GroupCommand> pace) {
            return pace.key() + "+" + pace.delayMs();
        }
        return op instanceof TimerOp.Arm<GroupCommand> arm ? arm.key() + "+" + arm.delayMs() : "-" + op.key();
    }

    private static String answerText(Object answer) {
        if (!(answer instanceof Response response)) return answer.toString();
        var out = new WireWriter(64);
        response.write(out, response.highestSupportedVersion());
        return hex(out.toByteBuffer());
    }

    private static String hex(ByteBuffer bytes) {
        if (bytes == null) return "null";
        var text = new StringBuilder();
        for (int i = bytes.position(); i < bytes.limit(); i++) {
            text.append(String.format("%02x", bytes.get(i)));
        }
        return text.toString();
    }

    // ---- asking: defaults a test changes what matters of ----

    static JoinGroupRequest joinRequest() {
        return new JoinGroupRequest()
                .setGroupId(GROUP)
                .setSessionTimeoutMs(SESSION_MS)
                .setRebalanceTimeoutMs(REBALANCE_MS)
                .setProtocolType("consumer")
                .setProtocols(protocols("range"));
    }

    static List<JoinGroupRequest.JoinGroupRequestProtocol> protocols(String... names) {
        var protocols = new ArrayList<JoinGroupRequest.JoinGroupRequestProtocol>();
        for (String name : names) {
            protocols.add(new JoinGroupRequest.JoinGroupRequestProtocol()
                    .setName(name)
                    .setMetadata(subscription("t")));
        }
        return protocols;
    }

    static byte[] subscription(String... topics) {
        var out = ByteBuffer.allocate(512).putShort((short) 1).putInt(topics.length);
        for (String topic : topics) {
            out.putShort((short) topic.length()).put(topic.getBytes(StandardCharsets.UTF_8));
        }
        out.putInt(-1).putInt(0);
        byte[] bytes = new byte[out.position()];
        out.flip().get(bytes);
        return bytes;
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    Asked<JoinGroupResponse> join(int version, Consumer<JoinGroupRequest> change) {
        var request = joinRequest();
        change.accept(request);
        var ticket = ticket();
        String prefix = request.groupInstanceId == null ? "client" : request.groupInstanceId;
        act(new ClassicCommand.Join(
                ticket, request, "client", "/127.0.0.1", prefix + "-" + ++memberIds, (short) version, areOthersComing));
        return new Asked<>(ticket);
    }

    Asked<JoinGroupResponse> join(Consumer<JoinGroupRequest> change) {
        return join(9, change);
    }

    Asked<JoinGroupResponse> join(String memberId) {
        return join(r -> r.setMemberId(memberId));
    }

    /** The two steps of a new dynamic member (KIP-394), up to its second JoinGroup. */
    Asked<JoinGroupResponse> joinAnew(Consumer<JoinGroupRequest> change) {
        var first = join(change);
        assertThat(first.error()).isEqualTo(ErrorCode.MEMBER_ID_REQUIRED);
        String memberId = first.answer().memberId;
        return join(r -> {
            change.accept(r);
            r.setMemberId(memberId);
        });
    }

    Asked<JoinGroupResponse> joinAnew() {
        return joinAnew(r -> {});
    }

    Asked<JoinGroupResponse> joinStatic(String instanceId) {
        return join(r -> r.setGroupInstanceId(instanceId));
    }

    Asked<SyncGroupResponse> sync(String memberId, int generation, Consumer<SyncGroupRequest> change) {
        var request = new SyncGroupRequest()
                .setGroupId(GROUP)
                .setMemberId(memberId)
                .setGenerationId(generation)
                .setProtocolType("consumer")
                .setProtocolName("range");
        change.accept(request);
        var ticket = ticket();
        act(new ClassicCommand.Sync(ticket, request));
        return new Asked<>(ticket);
    }

    Asked<SyncGroupResponse> sync(String memberId, int generation) {
        return sync(memberId, generation, r -> {});
    }

    /** The leader's: every member it was told of gets its own id as assignment. */
    Asked<SyncGroupResponse> assign(JoinGroupResponse leader) {
        return sync(
                leader.memberId,
                leader.generationId,
                r -> leader.members.forEach(m -> r.assignments.add(new SyncGroupRequest.SyncGroupRequestAssignment()
                        .setMemberId(m.memberId)
                        .setAssignment(bytes(m.memberId)))));
    }

    Asked<HeartbeatResponse> heartbeat(String memberId, int generation, String instanceId) {
        return heartbeat(memberId, generation, instanceId, true);
    }

    /** As for a member whose heartbeat waits for something to tell. */
    Asked<HeartbeatResponse> lookAgain(String memberId, int generation) {
        return heartbeat(memberId, generation, null, false);
    }

    private Asked<HeartbeatResponse> heartbeat(
            String memberId, int generation, String instanceId, boolean isSignOfLife) {
        var ticket = ticket();
        act(new ClassicCommand.Heartbeat(
                ticket,
                new HeartbeatRequest()
                        .setGroupId(GROUP)
                        .setMemberId(memberId)
                        .setGenerationId(generation)
                        .setGroupInstanceId(instanceId),
                isSignOfLife));
        return new Asked<>(ticket);
    }

    Asked<HeartbeatResponse> heartbeat(String memberId, int generation) {
        return heartbeat(memberId, generation, null);
    }

    Asked<LeaveGroupResponse> leave(LeaveGroupRequest.MemberIdentity... who) {
        var ticket = ticket();
        act(new ClassicCommand.Leave(
                ticket, new LeaveGroupRequest().setGroupId(GROUP).setMembers(List.of(who))));
        return new Asked<>(ticket);
    }

    Asked<LeaveGroupResponse> leave(String memberId) {
        return leave(new LeaveGroupRequest.MemberIdentity().setMemberId(memberId));
    }

    /** A group of one that is stable: its only member's id. */
    JoinGroupResponse stableMember() {
        var joined = joinAnew().answer();
        assertThat(assign(joined).error()).isEqualTo(ErrorCode.NONE);
        return joined;
    }

    /** A stable group of two; the first is the leader. */
    List<JoinGroupResponse> stablePair() {
        var first = stableMember();
        var second = joinAnew();
        var rejoined = join(first.memberId);
        assertThat(assign(rejoined.answer()).error()).isEqualTo(ErrorCode.NONE);
        var follower = second.answer();
        assertThat(sync(follower.memberId, follower.generationId).error()).isEqualTo(ErrorCode.NONE);
        return List.of(rejoined.answer(), follower);
    }

    static OffsetCommitRequest commitRequest(String topic, int partition, long offset) {
        return new OffsetCommitRequest()
                .setGroupId(GROUP)
                .setTopics(new ArrayList<>(List.of(new OffsetCommitRequest.OffsetCommitRequestTopic()
                        .setName(topic)
                        .setTopicId(TOPIC_ID)
                        .setPartitions(new ArrayList<>(List.of(new OffsetCommitRequest.OffsetCommitRequestPartition()
                                .setPartitionIndex(partition)
                                .setCommittedOffset(offset)
                                .setCommittedLeaderEpoch(3)
                                .setCommittedMetadata("note")))))));
    }

    Asked<OffsetCommitResponse> commit(int version, OffsetCommitRequest request) {
        var ticket = ticket();
        act(new OffsetCommand.CommitOffsets(ticket, request, (short) version));
        return new Asked<>(ticket);
    }

    Asked<OffsetCommitResponse> commit(String topic, int partition, long offset) {
        return commit(9, commitRequest(topic, partition, offset));
    }

    Asked<OffsetCommitResponse> commitAs(String memberId, int generation, long offset) {
        return commit(9, commitRequest("t", 0, offset).setMemberId(memberId).setGenerationIdOrMemberEpoch(generation));
    }

    OffsetFetchResponseGroup fetchAll() {
        return fetch(null);
    }

    OffsetFetchResponseGroup fetch(List<OffsetFetchRequest.OffsetFetchRequestTopics> topics) {
        var ticket = ticket();
        act(new OffsetCommand.FetchOffsets(
                ticket,
                new OffsetFetchRequest.OffsetFetchRequestGroup()
                        .setGroupId(GROUP)
                        .setTopics(topics),
                true));
        return new Asked<OffsetFetchResponseGroup>(ticket).answer();
    }

    /** The offset committed for a partition, -1 if none. */
    long committed(String topic, int partition) {
        return committed(topic, Uuid.ZERO, partition);
    }

    long committed(String topic, Uuid id, int partition) {
        return fetch(List.of(new OffsetFetchRequest.OffsetFetchRequestTopics()
                        .setName(topic)
                        .setTopicId(id)
                        .setPartitionIndexes(List.of(partition))))
                .topics
                .get(0)
                .partitions
                .get(0)
                .committedOffset;
    }

    Asked<OffsetDeleteResponse> deleteOffset(String topic, int partition) {
        var ticket = ticket();
        act(new OffsetCommand.DeleteOffsets(
                ticket,
                new OffsetDeleteRequest()
                        .setGroupId(GROUP)
                        .setTopics(List.of(new OffsetDeleteRequest.OffsetDeleteRequestTopic()
                                .setName(topic)
                                .setPartitions(List.of(new OffsetDeleteRequest.OffsetDeleteRequestPartition()
                                        .setPartitionIndex(partition)))))));
        return new Asked<>(ticket);
    }

    Asked<ErrorCode> deleteGroup() {
        var ticket = ticket();
        act(new GroupCommand.DeleteGroup(ticket, GROUP));
        return new Asked<>(ticket);
    }

    DescribedGroup describe(int version) {
        var ticket = ticket();
        act(new GroupCommand.DescribeGroup(ticket, GROUP, (short) version));
        return new Asked<DescribedGroup>(ticket).answer();
    }

    List<ListedGroup> list(Set<String> states, Set<String> types) {
        var ticket = ticket();
        act(new GroupCommand.ListGroups(ticket, states, types));
        return new Asked<List<ListedGroup>>(ticket).answer();
    }
}
