package dev.embeddedbroker.coordinator.group.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embeddedbroker.coordinator.Ticket;
import dev.embeddedbroker.coordinator.group.GroupCodec;
import dev.embeddedbroker.coordinator.group.GroupCommand;
import dev.embeddedbroker.coordinator.group.GroupEvent.Kept;
import dev.embeddedbroker.coordinator.group.GroupSettings;
import dev.embeddedbroker.coordinator.group.GroupType;
import dev.embeddedbroker.coordinator.group.MigrationPolicy;
import dev.embeddedbroker.coordinator.group.assign.Assignors;
import dev.embeddedbroker.coordinator.group.classic.ClassicCommand;
import dev.embeddedbroker.coordinator.group.classic.ClassicGroup;
import dev.embeddedbroker.coordinator.group.classic.GroupView;
import dev.embeddedbroker.coordinator.group.offsets.OffsetCommand;
import dev.embeddedbroker.protocol.ErrorCode;
import dev.embeddedbroker.protocol.Message;
import dev.embeddedbroker.protocol.record.group.ConsumerGroupRegularExpressionKey;
import dev.embeddedbroker.protocol.request.ConsumerGroupHeartbeatRequest;
import dev.embeddedbroker.protocol.request.HeartbeatRequest;
import dev.embeddedbroker.protocol.request.JoinGroupRequest;
import dev.embeddedbroker.protocol.request.LeaveGroupRequest;
import dev.embeddedbroker.protocol.request.OffsetCommitRequest;
import dev.embeddedbroker.protocol.request.OffsetDeleteRequest;
import dev.embeddedbroker.protocol.request.OffsetFetchRequest.OffsetFetchRequestGroup;
import dev.embeddedbroker.protocol.request.SyncGroupRequest;
import dev.embeddedbroker.protocol.response.ConsumerGroupHeartbeatResponse;
import dev.embeddedbroker.protocol.response.HeartbeatResponse;
import dev.embeddedbroker.protocol.response.JoinGroupResponse;
import dev.embeddedbroker.protocol.response.LeaveGroupResponse;
import dev.embeddedbroker.protocol.response.OffsetCommitResponse;
import dev.embeddedbroker.protocol.response.OffsetDeleteResponse;
import dev.embeddedbroker.protocol.response.OffsetFetchResponse.OffsetFetchResponseGroup;
import dev.embeddedbroker.protocol.response.SyncGroupResponse;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.HeartbeatResponseData;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.LeaveGroupRequestData;
import org.apache.kafka.common.message.LeaveGroupResponseData;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetDeleteRequestData;
import org.apache.kafka.common.message.OffsetDeleteResponseData;
import org.apache.kafka.common.message.OffsetFetchRequestData;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.message.SyncGroupResponseData;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.coordinator.group.GroupCoordinatorRecordSerde;
import org.apache.kafka.coordinator.group.classic.ClassicGroupMember;

/**
 * One history, lived through by our group machine and by Apache Kafka's side by side: each request is put to both, and
 * both must answer the same, at the same time, and have kept the same.
 *
 * <p>Kafka makes ids of its own for members that have none, so it is asked first, and ours takes the same. Left free are:
 * who leads (Kafka takes whom a hash table names first), and how soon the next heartbeat is due.
 */
final class Twins {
    private static final Set<String> LEFT_OUT = Set.of(
            "unknownTaggedFields",
            "heartbeatIntervalMs",
            "throttleTimeMs",
            "leader",
            "members",
            "skipAssignment",
            "errorMessage");
    /** When a pattern was last matched, and against which version of the topics, is everyone's own business. */
    private static final Set<String> LEFT_OUT_OF_RECORDS =
            Set.of("unknownTaggedFields", "leader", "currentStateTimestamp", "version", "timestamp");

    private static final String EPOCH_BEFORE = "previousMemberEpoch";

    private static final long CHECK_INTERVAL_MS = 17_000;
    private static final long LONGER_THAN_ANYTHING_MS = 20 * 60 * 1000;

    /** From here on the two need not be the same: their groups have different leaders. */
    static final class Parted extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    final ConsumerLab lab;
    final KafkaShard kafka;
    private final Map<String, String> kept = new TreeMap<>();
    private final Map<String, String> kafkaKept = new TreeMap<>();
    private final PlainText recordText;
    private int readOfOurs;
    private int readOfKafkas;
    private final Set<String> knownIds = new HashSet<>();
    private final GroupCodec codec = new GroupCodec();
    private final GroupCoordinatorRecordSerde serde = new GroupCoordinatorRecordSerde();
    private final List<Pending<?, ?>> pending = new ArrayList<>();
    private boolean isAnybodyAwaited;
    private GroupType type = GroupType.CLASSIC;
    private long restartedMs = Long.MIN_VALUE / 2;
    private final StringBuilder story = new StringBuilder();

    /** One request that both have been asked. */
    private final class Pending<K extends ApiMessage, O extends Message> {
        private final String what;
        private final Ticket ticket;
        private final CompletableFuture<K> future;
        private final int version;
        private final O empty;
        private final Answer<O> then;

        Pending(String what, Ticket ticket, CompletableFuture<K> future, int version, O empty, Answer<O> then) {
            this.what = what;
            this.ticket = ticket;
            this.future = future;
            this.version = version;
            this.empty = empty;
            this.then = then;
        }

        boolean isAnswered() {
            Object ours = lab.answer(ticket);
            assertThat(future.isDone())
                    .as("Kafka has answered %s; ours: %s", what, ours)
                    .isEqualTo(ours != null);
            return ours != null;
        }

        K kafkas() {
            return future.join();
        }

        @SuppressWarnings("unchecked")
        O ours() {
            return (O) lab.answer(ticket);
        }

        void compare() {
            O theirs = PlainText.ours(kafkas(), version, empty);
            assertThat(text(ours())).as(what).isEqualTo(text(theirs));
            story.append("    ")
                    .append(what)
                    .append(" -> ")
                    .append(text(ours()))
                    .append('\n');
            then.take(ours(), theirs);
        }
    }

    /** What the asker makes of the answers. */
    interface Answer<O> {
        void take(O ours, O kafkas);
    }

    Twins(MigrationPolicy policy, int classicMaxSize, int consumerMaxSize, int initialDelayMs) {
        this(
                policy,
                classicMaxSize,
                consumerMaxSize,
                initialDelayMs,
                Assignors.named("range"),
                "range",
                LEFT_OUT_OF_RECORDS);
    }

    /** With assignors of which one is sticky, and members that subscribe with patterns. */
    static Twins withPatterns() {
        var leftOut = new HashSet<>(LEFT_OUT_OF_RECORDS);
        leftOut.add(EPOCH_BEFORE); // at Kafka's there is one more when a pattern was matched
        return new Twins(
                MigrationPolicy.DISABLED,
                Integer.MAX_VALUE,
                Integer.MAX_VALUE,
                0,
                Assignors.named("uniform", "range"),
                OurUniformAtKafka.class.getName() + ",range",
                leftOut);
    }

    /** @param kafkasAssignors the same by Kafka's names */
    private Twins(
            MigrationPolicy policy,
            int classicMaxSize,
            int consumerMaxSize,
            int initialDelayMs,
            Assignors assignors,
            String kafkasAssignors,
            Set<String> leftOutOfRecords) {
        this.recordText = new PlainText(leftOutOfRecords);
        var consumer = new ConsumerSettings(45_000, 5_000, 0, consumerMaxSize, assignors);
        lab = new ConsumerLab(new GroupSettings(
                initialDelayMs, 6_000, 1_800_000, classicMaxSize, 4096, 60_000, CHECK_INTERVAL_MS, consumer, policy));
        lab.settings = consumer;
        kafka = new KafkaShard(
                lab.nowMs(),
                Map.of(
                        "offsets.retention.minutes",
                        1,
                        "offsets.retention.check.interval.ms",
                        CHECK_INTERVAL_MS,
                        "group.consumer.migration.policy",
                        policy.name(),
                        "group.max.size",
                        classicMaxSize,
                        "group.consumer.max.size",
                        consumerMaxSize,
                        "group.initial.rebalance.delay.ms",
                        initialDelayMs,
                        "group.consumer.assignors",
                        kafkasAssignors,
                        "group.consumer.assignment.interval.ms",
                        0),
                lab::catalog);
    }

    // ---- ids ----

    /** The id Kafka has just given to a member. */
    private String idOf(CompletableFuture<JoinGroupResponseData> answer) {
        String id = answer.isDone() ? answer.join().memberId() : "";
        if (id.isEmpty()) {
            var group = kafka.classicGroup(ConsumerLab.GROUP);
            id = group == null
                    ? lab.freshId()
                    : group.allMembers().stream()
                            .map(ClassicGroupMember::memberId)
                            .filter(one -> !knownIds.contains(one))
                            .findFirst()
                            .orElseGet(lab::freshId);
        }
        knownIds.add(id);
        return id;
    }

    String text(Object message) {
        return new PlainText(LEFT_OUT).of(message);
    }

    // ---- comparing ----

    void compare() {
        var answered = new ArrayList<Pending<?, ?>>();
        for (var one : pending) {
            if (one.isAnswered()) {
                answered.add(one);
            }
        }
        pending.removeAll(answered);
        compareState();
        var group = lab.anyGroup();
        if (group != null && group.type() != type) {
            type = group.type();
            kafka.forgetTimersOfOtherProtocol(ConsumerLab.GROUP, type == GroupType.CLASSIC);
        }
        answered.forEach(Pending::compare);
        if (group instanceof ClassicGroup classic
                && !Objects.equals(
                        new GroupView(classic).leader(),
                        kafka.classicGroup(ConsumerLab.GROUP).leaderOrNull())) {
            throw new Parted();
        }
    }

    /** The groups as they are listed, and the records a compacted log would still have. */
    private void compareState() {
        var group = lab.anyGroup();
        var listed = kafka.shard().listGroups(List.of(), List.of(), Long.MAX_VALUE);
        String ours = group == null ? "none" : group.type().label() + " " + group.stateName();
        String theirs = listed.isEmpty()
                ? "none"
                : listed.get(0).groupType().toLowerCase(Locale.ROOT) + " "
                        + listed.get(0).groupState();
        boolean mayAwaitSomebody = isAnybodyAwaited;
        isAnybodyAwaited = group instanceof ClassicGroup classic && classic.awaitsAnybody();
        boolean isEmptyAtKafka = theirs.equals("none")
                || (theirs.equals("classic Empty")
                        && group != null
                        && group.memberIds().isEmpty());
        if (isEmptyAtKafka
                && !theirs.equals(ours)
                && group instanceof ClassicGroup
                && (mayAwaitSomebody || isAnybodyAwaited)) {
            throw new Parted(); // our empty groups wait for those who were just handed an id
        }
        assertThat(ours).as("state").isEqualTo(theirs);
        follow();
        var onlyOurs =
                new TreeSet<>(kept.entrySet().stream().map(Map.Entry::toString).toList());
        var kafkas = kafkaKept.entrySet().stream().map(Map.Entry::toString).toList();
        onlyOurs.removeAll(kafkas);
        var onlyKafkas = new TreeSet<>(kafkas);
        kept.entrySet().forEach(entry -> onlyKafkas.remove(entry.toString()));
        assertThat(onlyOurs.isEmpty() && onlyKafkas.isEmpty())
                .as("only we keep: %s, only Kafka keeps: %s", onlyOurs, onlyKafkas)
                .isTrue();
    }

    /** Reads on in both logs. */
    private void follow() {
        for (; readOfOurs < lab.log().size(); readOfOurs++) {
            var record = lab.log().get(readOfOurs);
            var producer = record.producer();
            String place = producer == null ? "" : "pending of " + producer.id() + " ";
            keep(kept, place, (Kept) codec.decode(record.key(), record.value()));
        }
        for (; readOfKafkas < kafka.log().size(); readOfKafkas++) {
            var logged = kafka.log().get(readOfKafkas);
            if (logged.end() != null) {
                continue;
            }
            byte[] value = serde.serializeValue(logged.record());
            String place = logged.producerId() == KafkaShard.NOBODY ? "" : "pending of " + logged.producerId() + " ";
            keep(kafkaKept, place, (Kept) codec.decode(
                    ByteBuffer.wrap(serde.serializeKey(logged.record())),
                    value == null ? null : ByteBuffer.wrap(value)));
        }
    }

    private void keep(Map<String, String> latest, String place, Kept record) {
        String key = keyText(place, record.key());
        if (record.value() == null) {
            latest.remove(key);
        } else {
            latest.put(key, "v" + record.valueVersion() + recordText.of(record.value()));
        }
    }

    private String keyText(String place, Message key) {
        return place + key.getClass().getSimpleName() + recordText.of(key);
    }

    /** Everybody is gone for long: nobody waits, nothing is armed, and the log tells of what is there. */
    void end() {
        lab.advance(LONGER_THAN_ANYTHING_MS); // offsets expire too, and empty groups with them
        assertThat(lab.unanswered()).as("never answered").isEmpty();
        assertThat(lab.hasTimerOf(ConsumerLab.GROUP)).as("armed for nobody").isFalse();
        var group = lab.anyGroup();
        var replayed = lab.replay().group(ConsumerLab.GROUP);
        assertThat(group == null || group.isEmpty()).as("empty in the end").isTrue();
        assertThat(String.valueOf(replayed)).as("replayed").isEqualTo(String.valueOf(group));
    }

    String story() {
        return story.toString();
    }

    void tell(String what) {
        story.append(lab.nowMs()).append(' ').append(what).append('\n');
    }

    /** Whether somebody waits for an assignment: Kafka never answers one who then leaves. */
    boolean isAnybodySyncing() {
        return pending.stream().anyMatch(one -> one.empty instanceof SyncGroupResponse);
    }

    // ---- what happens to both ----

    void advance(long ms) {
        tell("advance " + ms);
        for (long timeoutMs : List.of(10_000L, 15_000L, 20_000L, 45_000L)) {
            long dueMs = restartedMs + timeoutMs;
            if (dueMs > lab.nowMs() && dueMs <= lab.nowMs() + ms) {
                throw new Parted(); // what was armed at the restart is due in any order
            }
        }
        lab.advance(ms);
        kafka.advance(ms);
        compare();
    }

    void restart() {
        tell("restart");
        restartedMs = lab.nowMs();
        pending.clear();
        lab.restart();
        kafka.restart();
        compare();
    }

    void topic(String name, int partitions) {
        tell("topic " + name + " " + partitions);
        lab.topic(name, partitions);
        kafka.topicsChanged();
        heartbeat(
                new HeartbeatRequest().setGroupId("another"), (ours, kafkas) -> {}); // requests bring the topics along
    }

    private <K extends ApiMessage, O extends Message> void await(Pending<K, O> one) {
        pending.add(one);
        lab.advance(0);
        kafka.advance(0);
        compare();
        lab.advance(1); // so that no two timers are due at once
        kafka.advance(1);
        compare();
    }

    void join(JoinGroupRequest request, int version, Answer<JoinGroupResponse> then) {
        tell("join v" + version + " " + text(request));
        var theirs = PlainText.kafkas(request, 9, new JoinGroupRequestData());
        var future = kafka.<JoinGroupResponseData>send(
                (shard, answer) -> shard.classicGroupJoin(KafkaShard.context("client", version), theirs, answer, true),
                error -> new JoinGroupResponseData().setErrorCode(error.code()));
        String fresh = request.memberId.isEmpty() ? idOf(future) : "none";
        var ticket = lab.sendClassic(
                t -> new ClassicCommand.Join(t, request, "client", "/127.0.0.1", fresh, (short) version));
        if (!request.memberId.isEmpty()
                && lab.answer(ticket) instanceof JoinGroupResponse refused
                && refused.errorCode == ErrorCode.GROUP_MAX_SIZE_REACHED.id()) {
            assertThat(future.join().errorCode()).isEqualTo(refused.errorCode);
            throw new Parted(); // the others are there: we go on without the one too many, Kafka waits out the time
        }
        await(new Pending<>("join of " + fresh, ticket, future, 9, new JoinGroupResponse(), then));
    }

    void sync(SyncGroupRequest request, Answer<SyncGroupResponse> then) {
        tell("sync " + text(request));
        var theirs = PlainText.kafkas(request, 5, new SyncGroupRequestData());
        var future = kafka.<SyncGroupResponseData>send(
                (shard, answer) -> shard.classicGroupSync(KafkaShard.context("client", 5), theirs, answer),
                error -> new SyncGroupResponseData().setErrorCode(error.code()));
        var ticket = lab.sendClassic(t -> new ClassicCommand.Sync(t, request));
        await(new Pending<>("sync of " + request.memberId, ticket, future, 5, new SyncGroupResponse(), then));
    }

    void heartbeat(HeartbeatRequest request, Answer<HeartbeatResponse> then) {
        tell("classic heartbeat " + text(request));
        var theirs = PlainText.kafkas(request, 4, new HeartbeatRequestData());
        var answer = kafka.ask(
                shard -> shard.classicGroupHeartbeat(KafkaShard.context("client", 4), theirs),
                error -> new HeartbeatResponseData().setErrorCode(error.code()));
        var ticket = lab.sendClassic(t -> new ClassicCommand.Heartbeat(t, request, true));
        await(new Pending<>(
                "heartbeat of " + request.memberId,
                ticket,
                CompletableFuture.completedFuture(answer),
                4,
                new HeartbeatResponse(),
                then));
    }

    void leave(LeaveGroupRequest request) {
        tell("leave " + text(request) + request.members.stream().map(this::text).toList());
        var theirs = PlainText.kafkas(request, 5, new LeaveGroupRequestData());
        var answer = kafka.ask(
                shard -> shard.classicGroupLeave(KafkaShard.context("client", 5), theirs),
                error -> new LeaveGroupResponseData().setErrorCode(error.code()));
        var ticket = lab.sendClassic(t -> new ClassicCommand.Leave(t, request));
        if (answer.errorCode() == Errors.UNKNOWN_MEMBER_ID.code()) {
            answer.setErrorCode((short) 0); // Kafka's service makes it an error of each member
        }
        await(new Pending<>(
                "leave",
                ticket,
                CompletableFuture.completedFuture(answer),
                5,
                new LeaveGroupResponse(),
                (ours, kafkas) -> {}));
    }

    void modern(ConsumerGroupHeartbeatRequest request, Answer<ConsumerGroupHeartbeatResponse> then) {
        tell("heartbeat " + text(request));
        request.setGroupId(ConsumerLab.GROUP);
        var answer = heartbeatAtKafka(request);
        var ticket = lab.send(t -> new ConsumerCommand.Heartbeat(
                t, request, (short) 1, "client", "/127.0.0.1", "fresh", lab.settings, lab.catalog(), false, false));
        if (answer.errorCode() != 0 && lab.anyGroup() instanceof ClassicGroup && !pending.isEmpty()) {
            assertThat(((ConsumerGroupHeartbeatResponse) lab.answer(ticket)).errorCode)
                    .isEqualTo(answer.errorCode());
            throw new Parted(); // Kafka tells the parked of an upgrade even when it then refuses it
        }
        await(new Pending<>(
                "heartbeat of " + request.memberId,
                ticket,
                CompletableFuture.completedFuture(answer),
                1,
                new ConsumerGroupHeartbeatResponse(),
                then));
    }

    /**
     * Kafka matches patterns after it has answered, and raises the epoch then; we do before. So the member asks Kafka once
     * more when that has happened, and what it is told then counts.
     */
    private ConsumerGroupHeartbeatResponseData heartbeatAtKafka(ConsumerGroupHeartbeatRequest request) {
        int bumps = kafka.lateBumps();
        var answer = askKafka(request);
        if (kafka.lateBumps() == bumps || request.memberEpoch < 0) {
            return answer;
        }
        var again = askKafka(new ConsumerGroupHeartbeatRequest()
                .setGroupId(request.groupId)
                .setMemberId(request.memberId)
                .setInstanceId(request.instanceId)
                .setMemberEpoch(answer.memberEpoch()));
        return again.assignment() == null ? again.setAssignment(answer.assignment()) : again;
    }

    private ConsumerGroupHeartbeatResponseData askKafka(ConsumerGroupHeartbeatRequest request) {
        var theirs = PlainText.kafkas(request, 1, new ConsumerGroupHeartbeatRequestData());
        return kafka.ask(
                shard -> shard.consumerGroupHeartbeat(KafkaShard.context("client", 1), theirs),
                error -> new ConsumerGroupHeartbeatResponseData().setErrorCode(error.code()));
    }

    /** Whether the group knows, at Kafka's, what a pattern stands for. */
    boolean isMatched(String pattern) {
        var key = new ConsumerGroupRegularExpressionKey()
                .setGroupId(ConsumerLab.GROUP)
                .setRegularExpression(pattern);
        return kafkaKept.containsKey(keyText("", key));
    }

    void commit(OffsetCommitRequest request, int version) {
        tell("commit v" + version + " " + text(request));
        var theirs = PlainText.kafkas(request, 10, new OffsetCommitRequestData());
        theirs.topics().forEach(topic -> topic.setName("t"));
        var theirError = new Errors[] {Errors.NONE};
        kafka.ask(shard -> shard.commitOffset(KafkaShard.context("client", version), theirs), error -> {
            theirError[0] = error;
            return null;
        });
        var answer = (OffsetCommitResponse) lab.ask(t -> new OffsetCommand.CommitOffsets(t, request, (short) version));
        var ours = ErrorCode.forId(answer.topics.get(0).partitions.get(0).errorCode);
        assertThat(ours.name()).as("commit").isEqualTo(theirError[0].name());
        compare();
    }

    void fetch(String memberId, int epoch) {
        tell("fetch " + memberId + " " + epoch);
        var request = new OffsetFetchRequestGroup()
                .setGroupId(ConsumerLab.GROUP)
                .setMemberId(memberId)
                .setMemberEpoch(epoch);
        var theirs = new OffsetFetchRequestData.OffsetFetchRequestGroup()
                .setGroupId(ConsumerLab.GROUP)
                .setMemberId(memberId)
                .setMemberEpoch(epoch)
                .setTopics(List.of());
        String theirError;
        try {
            theirError = Errors.forCode(
                            kafka.shard().fetchOffsets(theirs, Long.MAX_VALUE).errorCode())
                    .name();
        } catch (org.apache.kafka.common.KafkaException e) {
            theirError = Errors.forException(e).name();
        }
        var answer = (OffsetFetchResponseGroup)
                lab.ask(t -> new OffsetCommand.FetchOffsets(t, request.setTopics(new ArrayList<>()), false));
        assertThat(ErrorCode.forId(answer.errorCode).name()).as("fetch").isEqualTo(theirError);
    }

    void deleteOffsets(String topic, int partition) {
        tell("delete offset " + topic + " " + partition);
        var request = new OffsetDeleteRequest().setGroupId(ConsumerLab.GROUP);
        request.topics.add(new OffsetDeleteRequest.OffsetDeleteRequestTopic()
                .setName(topic)
                .setPartitions(
                        List.of(new OffsetDeleteRequest.OffsetDeleteRequestPartition().setPartitionIndex(partition))));
        var theirs = PlainText.kafkas(request, 0, new OffsetDeleteRequestData());
        var answer = kafka.ask(
                shard -> shard.deleteOffsets(KafkaShard.context("client", 0), theirs),
                error -> new OffsetDeleteResponseData().setErrorCode(error.code()));
        var ours = lab.ask(t -> new OffsetCommand.DeleteOffsets(t, request));
        assertThat(text(ours)).as("deletion").isEqualTo(text(PlainText.ours(answer, 0, new OffsetDeleteResponse())));
        compare();
    }

    void deleteGroup() {
        tell("delete group");
        var answer = kafka.ask(
                shard -> shard.deleteGroups(KafkaShard.context("client", 2), List.of(ConsumerLab.GROUP)),
                error -> null);
        var ours = (ErrorCode) lab.ask(t -> new GroupCommand.DeleteGroup(t, ConsumerLab.GROUP));
        assertThat(ours.name())
                .as("deletion")
                .isEqualTo(Errors.forCode(answer.find(ConsumerLab.GROUP).errorCode())
                        .name());
        compare();
    }
}
