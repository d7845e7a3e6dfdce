package dev.embeddedbroker.coordinator.group;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embeddedbroker.coordinator.group.classic.ClassicGroup;
import dev.embeddedbroker.coordinator.group.classic.GroupView;
import dev.embeddedbroker.protocol.ErrorCode;
import dev.embeddedbroker.protocol.request.LeaveGroupRequest.MemberIdentity;
import dev.embeddedbroker.protocol.request.SyncGroupRequest.SyncGroupRequestAssignment;
import dev.embeddedbroker.protocol.response.JoinGroupResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Some clients doing anything at any time to one group, and what must hold whatever they do. The bench itself checks that
 * deciding twice gives equal outcomes and changes nothing, and that no ticket is answered twice.
 */
class RandomHistoriesTest {
    private static final int CLIENTS = 5;
    private static final int STEPS = 400;
    private static final long LONGER_THAN_ANYTHING_MS = 20 * 60 * 1000;

    private Random random;
    private GroupLab lab;
    private final List<Client> clients = new ArrayList<>();
    private int generation;

    private static final class Client {
        private final String instanceId;
        private String memberId = "";
        private int generation = -1;
        private JoinGroupResponse joined;
        private GroupLab.Asked<JoinGroupResponse> joining;

        Client(String instanceId) {
            this.instanceId = instanceId;
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
    void holdsWhateverClientsDo(long seed) {
        random = new Random(seed);
        lab = new GroupLab(GroupSettings.defaults()
                .withInitialRebalanceDelayMs(random.nextBoolean() ? 0 : 3_000)
                .withMaxSize(random.nextBoolean() ? 3 : Integer.MAX_VALUE));
        for (int i = 0; i < CLIENTS; i++) {
            clients.add(new Client(random.nextInt(3) == 0 ? "instance" + i : null));
        }
        for (int step = 0; step < STEPS; step++) {
            step(clients.get(random.nextInt(CLIENTS)));
            check("seed " + seed + ", step " + step);
        }
        finish("seed " + seed);
    }

    private void step(Client client) {
        learn(client);
        switch (random.nextInt(14)) {
            case 0, 1, 2, 3 -> join(client);
            case 4, 5, 6 -> sync(client);
            case 7, 8 -> lab.heartbeat(client.memberId, client.generation, client.instanceId);
            case 9 -> leave(client);
            case 10 -> lab.commitAs(client.memberId, client.generation, random.nextInt(100));
            case 11 -> lab.advance(random.nextInt(4_000));
            case 12 -> lab.advance(random.nextInt(8) == 0 ? random.nextInt(100_000) : 10);
            default -> rare();
        }
    }

    private void rare() {
        switch (random.nextInt(6)) {
            case 0 -> {
                lab.restart(); // a generation that was not stored is forgotten
                generation = 0;
            }
            case 1 -> lab.deleteGroup();
            case 2 -> lab.deleteOffset("t", 0);
            case 3 -> clients.set(random.nextInt(CLIENTS), new Client(null));
            default -> lab.describe(6);
        }
    }

    private void join(Client client) {
        var names = random.nextInt(4) == 0 ? new String[] {"sticky", "range"} : new String[] {"range", "sticky"};
        client.joining = lab.join(random.nextInt(5) == 0 ? 3 : 9, r -> r.setMemberId(client.memberId)
                .setGroupInstanceId(client.instanceId)
                .setProtocols(GroupLab.protocols(names)));
    }

    private void learn(Client client) {
        if (client.joining == null || client.joining.isParked()) {
            return;
        }
        var answer = client.joining.answer();
        client.joining = null;
        switch (ErrorCode.forId(answer.errorCode)) {
            case NONE -> {
                assertThat(answer.generationId).isPositive();
                client.joined = answer;
                client.memberId = answer.memberId;
                client.generation = answer.generationId;
            }
            case MEMBER_ID_REQUIRED -> client.memberId = answer.memberId;
            case UNKNOWN_MEMBER_ID, FENCED_INSTANCE_ID -> client.memberId = "";
            default -> {}
        }
    }

    private void sync(Client client) {
        if (client.joined != null && !client.joined.members.isEmpty() && random.nextInt(5) > 0) {
            String protocol = client.joined.protocolName;
            lab.sync(client.memberId, client.generation, r -> {
                r.setProtocolName(protocol).setGroupInstanceId(client.instanceId);
                client.joined.members.forEach(m -> r.assignments.add(new SyncGroupRequestAssignment()
                        .setMemberId(m.memberId)
                        .setAssignment(GroupLab.bytes(m.memberId))));
            });
        } else {
            lab.sync(client.memberId, client.generation, r -> r.setProtocolName(null));
        }
    }

    private void leave(Client client) {
        lab.leave(new MemberIdentity()
                .setMemberId(random.nextInt(4) == 0 ? "" : client.memberId)
                .setGroupInstanceId(client.instanceId));
        client.memberId = "";
    }

    private void check(String where) {
        var group = (ClassicGroup) lab.machine().group(GroupLab.GROUP);
        var replayed = (ClassicGroup) lab.replay().group(GroupLab.GROUP);
        assertThat(lab.replay().offsets().toString())
                .as("replayed offsets, %s", where)
                .isEqualTo(lab.machine().offsets().toString());
        if (group == null) {
            assertThat(lab.hasTimerOf(GroupLab.GROUP))
                    .as("timers of no group, %s", where)
                    .isFalse();
            assertThat(lab.unanswered()).as("parked in no group, %s", where).isEmpty();
            assertThat(replayed).as("replayed, %s", where).isNull();
            generation = 0;
            return;
        }
        var view = new GroupView(group);
        assertThat(view.generation()).as("generation, %s", where).isGreaterThanOrEqualTo(generation);
        generation = view.generation();
        assertThat(view.parked()).as("parked, %s", where).isEqualTo(lab.unanswered());
        if (view.memberIds().isEmpty()) {
            assertThat(view.leader()).as("leader of nobody, %s", where).isNull();
        } else {
            assertThat(view.memberIds()).as("leader, %s", where).contains(view.leader());
        }
        assertThat(view.memberIds()).as("members and handed-out ids, %s", where).noneMatch(view.pendingIds()::contains);
        if (view.isAtRest() && replayed != null) {
            assertThat(new GroupView(replayed).hardState())
                    .as("replayed, %s", where)
                    .isEqualTo(view.hardState());
        }
    }

    private void finish(String where) {
        lab.advance(LONGER_THAN_ANYTHING_MS);
        assertThat(lab.unanswered()).as("never answered, %s", where).isEmpty();
        var group = lab.machine().group(GroupLab.GROUP);
        if (group != null) {
            assertThat(group.isEmpty()).as("empty in the end, %s", where).isTrue();
            assertThat(lab.hasTimerOf(GroupLab.GROUP))
                    .as("timers in the end, %s", where)
                    .isFalse();
        }
    }
}
