package dev.embeddedbroker.coordinator.group.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embeddedbroker.coordinator.Ticket;
import dev.embeddedbroker.coordinator.group.classic.ClassicCommand;
import dev.embeddedbroker.protocol.ErrorCode;
import dev.embeddedbroker.protocol.request.HeartbeatRequest;
import dev.embeddedbroker.protocol.request.JoinGroupRequest;
import dev.embeddedbroker.protocol.request.JoinGroupRequest.JoinGroupRequestProtocol;
import dev.embeddedbroker.protocol.request.LeaveGroupRequest;
import dev.embeddedbroker.protocol.request.SyncGroupRequest;
import dev.embeddedbroker.protocol.request.SyncGroupRequest.SyncGroupRequestAssignment;
import dev.embeddedbroker.protocol.response.HeartbeatResponse;
import dev.embeddedbroker.protocol.response.JoinGroupResponse;
import dev.embeddedbroker.protocol.response.LeaveGroupResponse;
import dev.embeddedbroker.protocol.response.SyncGroupResponse;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.Assignment;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.Subscription;
import org.apache.kafka.clients.consumer.internals.ConsumerProtocol;
import org.apache.kafka.common.TopicPartition;

/**
 * A consumer of the classic protocol on the bench: it joins, syncs and heartbeats as the stock one does, speaks through
 * Kafka's own classes, and as a leader gives every partition of the topics it knows to the members in turn.
 */
final class ClassicClient {
    static final int SESSION_MS = 12_000;
    static final int REBALANCE_MS = 30_000;

    private final ConsumerLab lab;
    private final List<String> topics;
    private List<String> protocols = List.of("cooperative-sticky", "range");
    private String instanceId;
    private short subscriptionVersion = 3;
    private Ticket joining;
    private Ticket syncing;
    String memberId = "";
    int generation = -1;
    final Map<String, Set<Integer>> owned = new TreeMap<>();
    ErrorCode error = ErrorCode.NONE;

    ClassicClient(ConsumerLab lab, String... topics) {
        this.lab = lab;
        this.topics = List.of(topics);
    }

    ClassicClient named(String id) {
        instanceId = id;
        return this;
    }

    ClassicClient speaking(String... names) {
        protocols = List.of(names);
        return this;
    }

    ClassicClient withSubscriptionsOf(int version) {
        subscriptionVersion = (short) version;
        return this;
    }

    /** Takes what answers came, and asks what is to be asked next; until everybody waits. */
    ClassicClient proceed() {
        for (int i = 0; i < 10 && step(); i++) {}
        return this;
    }

    private boolean step() {
        if (joining != null) {
            return lab.answer(joining) instanceof JoinGroupResponse answer && joined(answer);
        }
        if (syncing != null) {
            return lab.answer(syncing) instanceof SyncGroupResponse answer && synced(answer);
        }
        return false;
    }

    ClassicClient join() {
        send();
        return proceed();
    }

    private void send() {
        var request = new JoinGroupRequest()
                .setGroupId(ConsumerLab.GROUP)
                .setMemberId(memberId)
                .setGroupInstanceId(instanceId)
                .setSessionTimeoutMs(SESSION_MS)
                .setRebalanceTimeoutMs(REBALANCE_MS)
                .setProtocolType("consumer");
        for (String name : protocols) {
            request.protocols.add(new JoinGroupRequestProtocol().setName(name).setMetadata(subscription()));
        }
        String fresh = lab.freshId();
        joining = lab.sendClassic(
                ticket -> new ClassicCommand.Join(ticket, request, "old", "/127.0.0.1", fresh, (short) 9));
    }

    byte[] subscription() {
        List<TopicPartition> has = new ArrayList<>();
        owned.forEach((topic, indexes) -> indexes.forEach(index -> has.add(new TopicPartition(topic, index))));
        var bytes = ConsumerProtocol.serializeSubscription(new Subscription(topics, null, has), subscriptionVersion);
        return bytes(bytes);
    }

    private static byte[] bytes(ByteBuffer buffer) {
        byte[] array = new byte[buffer.remaining()];
        buffer.get(array);
        return array;
    }

    private boolean joined(JoinGroupResponse answer) {
        joining = null;
        error = ErrorCode.forId(answer.errorCode);
        switch (error) {
            case NONE -> {
                memberId = answer.memberId;
                generation = answer.generationId;
                sync(answer);
            }
            case MEMBER_ID_REQUIRED -> {
                memberId = answer.memberId;
                send();
            }
            case UNKNOWN_MEMBER_ID -> {
                lose();
                send();
            }
            case REBALANCE_IN_PROGRESS -> send();
            default -> {
                return false;
            }
        }
        return true;
    }

    private void lose() {
        memberId = "";
        generation = -1;
        owned.clear();
    }

    private void sync(JoinGroupResponse joined) {
        var request = new SyncGroupRequest()
                .setGroupId(ConsumerLab.GROUP)
                .setMemberId(memberId)
                .setGroupInstanceId(instanceId)
                .setGenerationId(generation)
                .setProtocolType(joined.protocolType)
                .setProtocolName(joined.protocolName);
        assign(joined)
                .forEach((id, partitions) -> request.assignments.add(new SyncGroupRequestAssignment()
                        .setMemberId(id)
                        .setAssignment(bytes(ConsumerProtocol.serializeAssignment(new Assignment(partitions))))));
        syncing = lab.sendClassic(ticket -> new ClassicCommand.Sync(ticket, request));
    }

    private Map<String, List<TopicPartition>> assign(JoinGroupResponse joined) {
        Map<String, List<TopicPartition>> all = new TreeMap<>();
        if (joined.members.isEmpty()) {
            return all;
        }
        joined.members.forEach(member -> all.put(member.memberId, new ArrayList<>()));
        var ids = List.copyOf(all.keySet());
        int turn = 0;
        for (String topic : topics) {
            for (int index = 0; index < lab.partitionsOf(List.of(topic)); index++) {
                all.get(ids.get(turn++ % ids.size())).add(new TopicPartition(topic, index));
            }
        }
        return all;
    }

    private boolean synced(SyncGroupResponse answer) {
        syncing = null;
        error = ErrorCode.forId(answer.errorCode);
        switch (error) {
            case NONE -> {
                var before = owned.toString();
                boolean isRevoked = take(answer.assignment);
                if (isRevoked && protocols.get(0).startsWith("cooperative") && !before.equals(owned.toString())) {
                    send(); // it tells that it gave something up
                    return true;
                }
                return false;
            }
            case REBALANCE_IN_PROGRESS -> send();
            case UNKNOWN_MEMBER_ID, ILLEGAL_GENERATION -> {
                lose();
                send();
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    private boolean take(byte[] assignment) {
        Map<String, Set<Integer>> before = new TreeMap<>(owned);
        owned.clear();
        if (assignment.length > 0) {
            ConsumerProtocol.deserializeAssignment(ByteBuffer.wrap(assignment))
                    .partitions()
                    .forEach(p -> owned.computeIfAbsent(p.topic(), t -> new TreeSet<>())
                            .add(p.partition()));
        }
        return before.entrySet().stream()
                .anyMatch(e -> !owned.getOrDefault(e.getKey(), Set.of()).containsAll(e.getValue()));
    }

    /** One heartbeat, and what follows from it. */
    ClassicClient beat() {
        proceed();
        if (joining != null || syncing != null) {
            return this;
        }
        error = heartbeat();
        switch (error) {
            case REBALANCE_IN_PROGRESS -> send();
            case UNKNOWN_MEMBER_ID, ILLEGAL_GENERATION -> {
                lose();
                send();
            }
            default -> {}
        }
        return proceed();
    }

    /** A heartbeat whose answer moves nothing. */
    ErrorCode heartbeat() {
        var request = new HeartbeatRequest()
                .setGroupId(ConsumerLab.GROUP)
                .setMemberId(memberId)
                .setGroupInstanceId(instanceId)
                .setGenerationId(generation);
        var ticket = lab.sendClassic(t -> new ClassicCommand.Heartbeat(t, request, true));
        return ErrorCode.forId(((HeartbeatResponse) lab.answer(ticket)).errorCode);
    }

    ErrorCode leave() {
        var request = new LeaveGroupRequest()
                .setGroupId(ConsumerLab.GROUP)
                .setMembers(List.of(new LeaveGroupRequest.MemberIdentity()
                        .setMemberId(memberId)
                        .setGroupInstanceId(instanceId)));
        var ticket = lab.sendClassic(t -> new ClassicCommand.Leave(t, request));
        var answer = (LeaveGroupResponse) lab.answer(ticket);
        assertThat(answer.errorCode).isZero();
        lose();
        return ErrorCode.forId(answer.members.get(0).errorCode);
    }

    boolean isParked() {
        return joining != null || syncing != null;
    }

    int size() {
        return owned.values().stream().mapToInt(Set::size).sum();
    }
}
