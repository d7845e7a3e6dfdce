package dev.embeddedbroker.coordinator.group.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embeddedbroker.protocol.ErrorCode;
import dev.embeddedbroker.protocol.Uuid;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Random histories of consumer groups: members come and go, topics too, answers get lost, the broker restarts. */
class RandomConsumersTest {
    private static final int HISTORIES = 300;
    private static final int STEPS = 60;
    private static final List<String> TOPICS = List.of("a", "b", "c");

    /** One history. */
    private static final class History {
        private final Random random;
        private final ConsumerLab lab = new ConsumerLab();
        private final Map<String, ConsumerLab.Client> clients = new HashMap<>();
        private final Map<String, Integer> sizes = new HashMap<>();
        private int ids;

        History(long seed) {
            random = new Random(seed);
            grow("a");
        }

        private void grow(String topic) {
            sizes.merge(topic, 1 + random.nextInt(4), Integer::sum);
            lab.topic(topic, sizes.get(topic));
        }

        private ConsumerLab.Client any() {
            var all = new ArrayList<>(new TreeSet<>(clients.keySet()));
            return clients.get(all.get(random.nextInt(all.size())));
        }

        void step() {
            lab.advance(random.nextInt(8) == 0 ? random.nextInt(50_000) : random.nextInt(2_000));
            switch (clients.isEmpty() ? 0 : random.nextInt(12)) {
                case 0 -> join();
                case 1 -> {
                    var client = any();
                    client.leave();
                    clients.remove(client.memberId);
                }
                case 2 -> grow(TOPICS.get(random.nextInt(TOPICS.size())));
                case 3 -> clients.remove(any().memberId); // it died
                case 4 -> restart();
                case 5 -> any().beatSilently();
                case 6 -> any().beatInVain();
                default -> beat(any());
            }
            check();
        }

        private void join() {
            String id = "m" + ids++;
            var names = new TreeSet<String>();
            for (String topic : TOPICS) {
                if (random.nextBoolean()) {
                    names.add(topic);
                }
            }
            var client = lab.client(id, names.toArray(new String[0]));
            clients.put(id, client.join(request -> {
                if (random.nextInt(4) == 0) {
                    request.setSubscribedTopicRegex(random.nextBoolean() ? "[ab]" : "c");
                }
                if (random.nextInt(4) == 0) {
                    request.setServerAssignor("range");
                }
            }));
        }

        private void beat(ConsumerLab.Client client) {
            client.beat();
            if (client.error() == ErrorCode.FENCED_MEMBER_EPOCH || client.error() == ErrorCode.UNKNOWN_MEMBER_ID) {
                client.join(); // gives up everything and starts over
            }
            assertThat(client.error()).isIn(ErrorCode.NONE, ErrorCode.GROUP_ID_NOT_FOUND);
        }

        private void restart() {
            String before = String.valueOf(lab.anyGroup());
            lab.restart();
            assertThat(String.valueOf(lab.anyGroup())).isEqualTo(before);
        }

        /** Nobody has what another has or has to give up. */
        private void check() {
            assertThat(String.valueOf(lab.replay().group(ConsumerLab.GROUP))).isEqualTo(String.valueOf(lab.anyGroup()));
            if (lab.anyGroup() == null) {
                return;
            }
            var owners = new HashMap<Uuid, Map<Integer, String>>();
            for (ConsumerMember member : lab.group().members()) {
                for (var held : List.of(member.assigned(), member.revoking())) {
                    held.forEach((topic, index, epoch) -> assertThat(owners.computeIfAbsent(topic, t -> new HashMap<>())
                                    .put(index, member.memberId()))
                            .as("other owner of %s", index)
                            .isNull());
                }
                assertThat(member.epoch()).isLessThanOrEqualTo(lab.group().targetEpoch());
            }
        }

        /** The living heartbeat on; the dead time out; then everything is somebody's. */
        void settle() {
            for (int round = 0; round < 30; round++) {
                lab.advance(5_000);
                clients.values().forEach(this::beat);
            }
            if (clients.isEmpty()) {
                return;
            }
            assertThat(lab.group().stateName()).isEqualTo("Stable");
            assertThat(lab.group().members()).hasSameSizeAs(clients.keySet());
            Set<String> subscribed = new HashSet<>(lab.group().topicNames());
            int owned =
                    clients.values().stream().mapToInt(ConsumerLab.Client::size).sum();
            assertThat(owned).isEqualTo(lab.partitionsOf(subscribed));
        }
    }

    @Test
    void noPartitionHasTwoOwnersAndEveryGroupSettles() {
        for (int seed = 0; seed < HISTORIES; seed++) {
            var history = new History(seed);
            int step = 0;
            try {
                for (; step < STEPS; step++) {
                    history.step();
                }
                history.settle();
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("seed " + seed + " step " + step, e);
            }
        }
    }
}
