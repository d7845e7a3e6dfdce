package dev.embeddedbroker.coordinator.group.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embeddedbroker.coordinator.EventCodec.RecordBytes;
import dev.embeddedbroker.coordinator.Outcome;
import dev.embeddedbroker.coordinator.Ticket;
import dev.embeddedbroker.coordinator.TimerOp;
import dev.embeddedbroker.coordinator.group.Group;
import dev.embeddedbroker.coordinator.group.GroupCodec;
import dev.embeddedbroker.coordinator.group.GroupCommand;
import dev.embeddedbroker.coordinator.group.GroupEvent;
import dev.embeddedbroker.coordinator.group.GroupRouter;
import dev.embeddedbroker.coordinator.group.GroupSettings;
import dev.embeddedbroker.coordinator.group.assign.TopicCatalog;
import dev.embeddedbroker.coordinator.group.classic.ClassicCommand;
import dev.embeddedbroker.coordinator.group.offsets.OffsetEvent.TransactionEnded;
import dev.embeddedbroker.protocol.ErrorCode;
import dev.embeddedbroker.protocol.Response;
import dev.embeddedbroker.protocol.Uuid;
import dev.embeddedbroker.protocol.WireWriter;
import dev.embeddedbroker.protocol.request.ConsumerGroupHeartbeatRequest;
import dev.embeddedbroker.protocol.response.ConsumerGroupHeartbeatResponse;
import dev.embeddedbroker.time.Moment;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A group machine on a bench, with topics to subscribe to and members that behave as a consumer does. Time stands still
 * unless it is moved. Each command is decided twice and must come to the same, without a change.
 */
final class ConsumerLab {
    /** What those who join are said to have seen of others on their way. */
    boolean areOthersComing;

    static final String GROUP = "g";
    static final int REBALANCE_MS = 30_000;

    private final GroupCodec codec = new GroupCodec();
    private final Map<Object, Due> timers = new LinkedHashMap<>();
    private final List<RecordBytes> log = new ArrayList<>();
    private final List<Marker> markers = new ArrayList<>();
    private final Map<Ticket, Object> answers = new HashMap<>();
    private final Set<Ticket> issued = new HashSet<>();
    private Map<String, TopicCatalog.TopicShape> topics = new TreeMap<>();
    private long topicsVersion;
    private GroupSettings groupSettings = GroupSettings.defaults();
    private GroupRouter machine = new GroupRouter(groupSettings);
    private Moment now = new Moment(1_000_000, 0);
    private long tickets;
    private int freshIds;
    ConsumerSettings settings = ConsumerSettings.defaults();

    private record Due(Moment at, GroupCommand command) {}

    /** The end of a transaction, after so many records. */
    private record Marker(int after, TransactionEnded end) {}

    ConsumerLab() {}

    ConsumerLab(GroupSettings settings) {
        groupSettings = settings;
        machine = new GroupRouter(settings);
        arm(machine.rearm(now));
    }

    // ---- topics ----

    ConsumerLab topic(String name, int partitions) {
        topics = new TreeMap<>(topics);
        var known = topics.get(name);
        topics.put(
                name,
                new TopicCatalog.TopicShape(
                        known == null ? new Uuid(9, ++topicsVersion) : known.id(),
                        name,
                        Collections.nCopies(partitions, List.of())));
        topicsVersion++;
        return this;
    }

    ConsumerLab deleteTopic(String name) {
        topics = new TreeMap<>(topics);
        topics.remove(name);
        topicsVersion++;
        return this;
    }

    Uuid id(String topic) {
        return topics.get(topic).id();
    }

    int partitionsOf(Collection<String> names) {
        return names.stream()
                .filter(topics::containsKey)
                .mapToInt(name -> topics.get(name).partitionCount())
                .sum();
    }

    TopicCatalog catalog() {
        var present = topics;
        long version = topicsVersion;
        return new TopicCatalog() {
            @Override
            public long version() {
                return version;
            }

            @Override
            public @Nullable TopicShape topic(String name) {
                return present.get(name);
            }

            @Override
            public @Nullable TopicShape topic(Uuid id) {
                return present.values().stream()
                        .filter(topic -> topic.id().equals(id))
                        .findFirst()
                        .orElse(null);
            }

            @Override
            public Collection<String> names() {
                return present.keySet();
            }
        };
    }

    // ---- time and the log ----

    long nowMs() {
        return now.wallMs();
    }

    ConsumerLab advance(long ms) {
        Moment until = now.plusMs(ms);
        while (true) {
            var next = timers.entrySet().stream()
                    .filter(e -> until.isAtOrAfter(e.getValue().at()))
                    .min(Comparator.comparing(e -> e.getValue().at().nanos()));
            if (next.isEmpty()) {
                now = until;
                return this;
            }
            var due = timers.remove(next.get().getKey());
            now = due.at().isAtOrAfter(now) ? due.at() : now;
            act(due.command());
        }
    }

    int timerCount() {
        return (int) timers.keySet().stream()
                .filter(key -> !key.toString().equals("EXPIRY"))
                .count();
    }

    ConsumerLab restart(GroupSettings changed) {
        groupSettings = changed;
        return restart();
    }

    ConsumerLab restart() {
        machine = replay();
        timers.clear();
        issued.removeIf(ticket -> !answers.containsKey(ticket)); // whoever was parked is gone
        arm(machine.rearm(now));
        return this;
    }

    GroupRouter replay() {
        var fresh = new GroupRouter(groupSettings);
        for (int i = 0; i <= log.size(); i++) {
            int at = i;
            markers.stream().filter(marker -> marker.after() == at).forEach(marker -> fresh.apply(marker.end()));
            if (i < log.size()) {
                fresh.apply(decoded(log.get(i)));
            }
        }
        return fresh;
    }

    private GroupEvent decoded(RecordBytes record) {
        return record.producer() == null
                ? codec.decode(record.key(), record.value())
                : codec.decodeInTransaction(record.producer(), record.key(), record.value());
    }

    /** A transaction's marker gets into the log. */
    void endTransaction(long producerId, boolean commit) {
        var end = new TransactionEnded(producerId, commit);
        markers.add(new Marker(log.size(), end));
        machine.apply(end);
    }

    int logSize() {
        return log.size();
    }

    Group anyGroup() {
        return machine.group(GROUP);
    }

    GroupRouter machine() {
        return machine;
    }

    ConsumerGroup group() {
        return (ConsumerGroup) machine.group(GROUP);
    }

    // ---- acting ----

    Object ask(Function<Ticket, GroupCommand> command) {
        var ticket = send(command);
        assertThat(answers).containsKey(ticket);
        return answers.get(ticket);
    }

    /** Something happens that nobody asked for. */
    void tell(GroupCommand command) {
        act(command);
    }

    /** Asks something that may be answered later. */
    Ticket send(Function<Ticket, GroupCommand> command) {
        var ticket = new Ticket(++tickets);
        issued.add(ticket);
        act(command.apply(ticket));
        return ticket;
    }

    /** The answer to what was sent; null while there is none. */
    @Nullable
    Object answer(Ticket ticket) {
        return answers.get(ticket);
    }

    /** Asks as a client of the classic protocol. */
    Ticket sendClassic(Function<Ticket, ClassicCommand> request) {
        return send(ticket -> new GroupCommand.InContext(request.apply(ticket), settings, catalog()));
    }

    /** A classic client's id, as it has it made by the broker. */
    String freshId() {
        return "old-" + String.format("%03d", ++freshIds);
    }

    ClassicClient classic(String... topicNames) {
        return new ClassicClient(this, topicNames);
    }

    List<RecordBytes> log() {
        return log;
    }

    String topicName(Uuid id) {
        return topics.values().stream()
                .filter(topic -> topic.id().equals(id))
                .findFirst()
                .orElseThrow()
                .name();
    }

    boolean hasTimerOf(String groupId) {
        return timers.keySet().stream().anyMatch(key -> key.toString().contains("groupId=" + groupId));
    }

    Set<Ticket> unanswered() {
        var open = new HashSet<>(issued);
        open.removeAll(answers.keySet());
        return open;
    }

    private void act(GroupCommand command) {
        String before = machine.groups().toString();
        var outcome = machine.decide(command, now);
        assertThat(text(machine.decide(command, now))).as("second decision").isEqualTo(text(outcome));
        assertThat(machine.groups().toString()).as("state after deciding").isEqualTo(before);
        for (var event : outcome.events()) {
            var record = codec.encode(event);
            if (record == null) {
                machine.apply(event);
            } else {
                log.add(record);
                machine.apply(decoded(record)); // what is applied is what was written
            }
        }
        arm(outcome.timers());
        outcome.replies().forEach(reply -> {
            assertThat(issued).contains(reply.ticket());
            assertThat(answers.put(reply.ticket(), reply.answer())).isNull();
        });
    }

    private String text(Outcome<GroupCommand, GroupEvent> outcome) {
        var text = new StringBuilder();
        for (var event : outcome.events()) {
            var record = codec.encode(event);
            text.append(record == null ? event : record.key() + "=" + record.value() + record.hashCode())
                    .append('\n');
        }
        outcome.replies().forEach(reply -> {
            var out = new WireWriter(64);
            if (reply.answer() instanceof Response response) {
                response.write(out, response.highestSupportedVersion());
            }
            text.append(reply.ticket()).append(out.toByteBuffer().hashCode()).append('\n');
        });
        return text.append(outcome.timers()).toString();
    }

    private void arm(List<TimerOp<GroupCommand>> ops) {
        for (var op : ops) {
            if (op instanceof TimerOp.ArmIfAbsent<GroupCommand> arm) {
                timers.putIfAbsent(arm.key(), new Due(now.plusMs(arm.delayMs()), arm.onExpiry()));
                continue;
            }
            timers.remove(op.key());
            if (op instanceof TimerOp.Pace<GroupCommand> pace) {
                timers.put(pace.key(), new Due(now.plusMs(pace.delayMs()), pace.onExpiry()));
            }
            if (op instanceof TimerOp.Arm<GroupCommand> arm) {
                timers.put(arm.key(), new Due(now.plusMs(arm.delayMs()), arm.onExpiry()));
            }
        }
    }

    ConsumerGroupHeartbeatResponse heartbeat(ConsumerGroupHeartbeatRequest request) {
        return heartbeat(1, request);
    }

    ConsumerGroupHeartbeatResponse heartbeat(int version, ConsumerGroupHeartbeatRequest request) {
        return (ConsumerGroupHeartbeatResponse) ask(ticket -> new ConsumerCommand.Heartbeat(
                ticket,
                request.setGroupId(GROUP),
                (short) version,
                "client",
                "/127.0.0.1",
                "fresh-" + tickets,
                settings,
                catalog(),
                areOthersComing,
                false));
    }

    dev.embeddedbroker.protocol.response.ConsumerGroupDescribeResponse.DescribedGroup describe() {
        return (dev.embeddedbroker.protocol.response.ConsumerGroupDescribeResponse.DescribedGroup)
                ask(ticket -> new ConsumerCommand.Describe(ticket, GROUP, catalog(), "uniform"));
    }

    static ErrorCode error(ConsumerGroupHeartbeatResponse response) {
        return ErrorCode.forId(response.errorCode);
    }

    static ConsumerGroupHeartbeatRequest joinRequest(String memberId, String... topicNames) {
        return new ConsumerGroupHeartbeatRequest()
                .setMemberId(memberId)
                .setMemberEpoch(0)
                .setRebalanceTimeoutMs(REBALANCE_MS)
                .setSubscribedTopicNames(new ArrayList<>(List.of(topicNames)))
                .setTopicPartitions(new ArrayList<>());
    }

    Client client(String memberId, String... topicNames) {
        return new Client(memberId, topicNames);
    }

    /** A member as the stock consumer is one: it reports what it has, and gives up what it is told to. */
    final class Client {
        final String memberId;
        private final List<String> topicNames;
        private boolean tellsEverything;
        int epoch;
        final Map<Uuid, Set<Integer>> owned = new TreeMap<>();
        ConsumerGroupHeartbeatResponse last;

        Client(String memberId, String... topicNames) {
            this.memberId = memberId;
            this.topicNames = List.of(topicNames);
        }

        Client join() {
            return join(request -> {});
        }

        Client join(Consumer<ConsumerGroupHeartbeatRequest> change) {
            owned.clear();
            var request = joinRequest(memberId, topicNames.toArray(new String[0]));
            change.accept(request);
            return take(heartbeat(request));
        }

        /** One heartbeat that tells what it owns, after what it was told before was done. */
        Client beat() {
            return beat(request -> {});
        }

        Client beat(Consumer<ConsumerGroupHeartbeatRequest> change) {
            var request = new ConsumerGroupHeartbeatRequest()
                    .setMemberId(memberId)
                    .setMemberEpoch(epoch)
                    .setTopicPartitions(Owned.reported(owned));
            if (tellsEverything) {
                request.setRebalanceTimeoutMs(REBALANCE_MS).setSubscribedTopicNames(topicNames);
                tellsEverything = false;
            }
            change.accept(request);
            return take(heartbeat(request));
        }

        /** A heartbeat whose answer does not arrive: the next one tells everything. */
        Client beatInVain() {
            int epochBefore = epoch;
            var ownedBefore = Map.copyOf(owned);
            beat();
            epoch = epochBefore;
            owned.clear();
            owned.putAll(ownedBefore);
            tellsEverything = true;
            return this;
        }

        /** A heartbeat that tells nothing, as of a member that is busy giving something up. */
        Client beatSilently() {
            return take(heartbeat(
                    new ConsumerGroupHeartbeatRequest().setMemberId(memberId).setMemberEpoch(epoch)));
        }

        Client leave(int how, @Nullable String instanceId) {
            last = heartbeat(new ConsumerGroupHeartbeatRequest()
                    .setMemberId(memberId)
                    .setMemberEpoch(how)
                    .setInstanceId(instanceId));
            return this;
        }

        Client leave() {
            return leave(-1, null);
        }

        private Client take(ConsumerGroupHeartbeatResponse response) {
            last = response;
            if (response.errorCode == 0) {
                epoch = response.memberEpoch;
                Owned.take(response, owned);
            }
            return this;
        }

        int size() {
            return owned.values().stream().mapToInt(Set::size).sum();
        }

        ErrorCode error() {
            return ConsumerLab.error(last);
        }
    }

    /** Lets the members heartbeat in turn until nothing changes. */
    void settle(Client... clients) {
        for (int round = 0; round < 12; round++) {
            for (Client client : clients) {
                client.beat();
                assertThat(client.error()).isEqualTo(ErrorCode.NONE);
            }
        }
        assertThat(group().stateName()).isEqualTo("Stable");
    }
}
