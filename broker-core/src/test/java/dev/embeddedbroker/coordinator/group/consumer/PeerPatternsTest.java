package dev.embeddedbroker.coordinator.group.consumer;

import dev.embeddedbroker.protocol.Uuid;
import dev.embeddedbroker.protocol.request.ConsumerGroupHeartbeatRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * Random histories of consumer groups, lived through by our machine and by Apache Kafka's: members subscribe with names and
 * with patterns, vote for a sticky assignor or another one, come, go and die; topics are made and grow; brokers restart.
 */
class PeerPatternsTest {
    private static final int HISTORIES =
            Integer.getInteger("peer.histories", Boolean.getBoolean("long.tests") ? 6_000 : 150);
    private static final List<String> PATTERNS = List.of("t.*", "t|u", "[tv]", "v+", "nothing", ".*");
    private static final List<String> REFUSED = List.of("(", "(?!t)u", "(a)\\1");

    /** Kafka does not match patterns more often than every 10 s. */
    private static final int BETWEEN_MATCHES_MS = 10_001;

    /** One history. */
    private static final class History extends PeerHistory {
        private final String favourite; // one alone: of equal votes Kafka takes one by the order of a hash table
        private final List<Member> members = new ArrayList<>();
        private int memberIds;
        private boolean isNoticed;

        History(long seed) {
            super(seed, random -> Twins.withPatterns());
            favourite = random.nextInt(3) == 0 ? "uniform" : "range";
            grow("t");
            grow("u");
            for (int i = 0; i < 4; i++) {
                members.add(new Member(random.nextInt(3) == 0 ? "i" + i : null));
            }
        }

        @Override
        void grow(String topic) {
            isNoticed = false;
            super.grow(topic);
        }

        /** Whether there is nothing to assign but for what is asked next, so that Kafka too does it in one step. */
        private boolean isCalm() {
            var group = twins.lab.anyGroup();
            return group == null
                    || group.isEmpty()
                    || (isNoticed && group.stateName().equals("Stable"));
        }

        @Override
        void step() {
            switch (random.nextInt(24)) {
                case 0 -> twins.advance(random.nextInt(4_000));
                case 1 -> twins.advance(random.nextInt(6) == 0 ? random.nextInt(60_000) : random.nextInt(10_000));
                case 2 -> grow(any(List.copyOf(sizes.keySet())));
                case 3 -> makeTopic();
                case 4 -> {
                    if (random.nextInt(3) == 0) {
                        twins.restart();
                    }
                }
                default -> any(members).act();
            }
        }

        /** A topic nobody has named yet is made while the group is calm, and noticed before anything else happens. */
        private void makeTopic() {
            String name = "tv".charAt(random.nextInt(2)) + "w".repeat(random.nextInt(3));
            if (sizes.containsKey(name)) {
                return;
            }
            twins.advance(BETWEEN_MATCHES_MS);
            var calm = members.stream().filter(Member::isIn).toList();
            if (!calm.isEmpty() && isCalm()) {
                grow(name);
                any(calm).beatSilently();
            }
        }

        /** A member that behaves as the stock client does. */
        private final class Member {
            private final String instanceId;
            private String memberId;
            private int epoch;
            private String pattern = "";
            private boolean isKnownStatic; // its successor has what it had
            private final Map<Uuid, Set<Integer>> owned = new TreeMap<>();

            Member(String instanceId) {
                this.instanceId = instanceId;
                this.memberId = "m" + memberIds++;
            }

            void act() {
                switch (random.nextInt(16)) {
                    case 0 -> leave();
                    case 1 -> die();
                    case 2 -> changeSubscription();
                    case 3 -> voteAnew();
                    case 4 -> beatSilently();
                    default -> {
                        if (epoch > 0) {
                            beat();
                        } else {
                            join();
                        }
                    }
                }
            }

            private boolean isIn() {
                var known = twins.lab.anyGroup() instanceof ConsumerGroup group ? group.member(memberId) : null;
                return known != null && known.epoch() == epoch;
            }

            private void die() {
                if (instanceId == null) {
                    memberId = "m" + memberIds++;
                    forget();
                }
            }

            private void forget() {
                epoch = 0;
                pattern = "";
                owned.clear();
            }

            private void join() {
                owned.clear();
                var request = new ConsumerGroupHeartbeatRequest()
                        .setMemberEpoch(0)
                        .setRebalanceTimeoutMs(15_000)
                        .setTopicPartitions(new ArrayList<>());
                boolean isOneChange = subscribe(request);
                if (isOneChange && random.nextInt(3) == 0) {
                    request.setServerAssignor(favourite);
                }
                send(request);
            }

            /**
             * What a pattern stands for may be looked for anew when the member has nothing to lose.
             *
             * @return whether all of it raises the group's epoch by one at most, at Kafka's too
             */
            private boolean subscribe(ConsumerGroupHeartbeatRequest request) {
                String wanted = random.nextInt(12) == 0 ? any(REFUSED) : any(PATTERNS);
                boolean isMatched = twins.isMatched(wanted);
                boolean mayTakeIt = isMatched || (pattern.isEmpty() && owned.isEmpty() && !isKnownStatic && isCalm());
                if (mayTakeIt && random.nextBoolean()) {
                    if (!isMatched) {
                        twins.advance(BETWEEN_MATCHES_MS);
                    }
                    request.setSubscribedTopicRegex(wanted);
                } else if (random.nextBoolean()) {
                    request.setSubscribedTopicRegex("");
                }
                boolean hasPattern = request.subscribedTopicRegex != null && !request.subscribedTopicRegex.isEmpty();
                if (!hasPattern || (isMatched && random.nextBoolean())) {
                    request.setSubscribedTopicNames(List.of(any(List.copyOf(sizes.keySet()))));
                }
                return !hasPattern || isMatched;
            }

            private void changeSubscription() {
                if (epoch > 0) {
                    var request = new ConsumerGroupHeartbeatRequest()
                            .setMemberEpoch(epoch)
                            .setTopicPartitions(Owned.reported(owned));
                    subscribe(request);
                    send(request);
                }
            }

            private void voteAnew() {
                if (epoch > 0) {
                    send(new ConsumerGroupHeartbeatRequest()
                            .setMemberEpoch(epoch)
                            .setServerAssignor(favourite));
                }
            }

            private void beat() {
                send(new ConsumerGroupHeartbeatRequest()
                        .setMemberEpoch(epoch)
                        .setTopicPartitions(Owned.reported(owned)));
            }

            void beatSilently() {
                if (epoch > 0) {
                    send(new ConsumerGroupHeartbeatRequest().setMemberEpoch(epoch));
                }
            }

            private void leave() {
                send(new ConsumerGroupHeartbeatRequest()
                        .setMemberEpoch(instanceId != null && random.nextInt(3) > 0 ? -2 : -1));
                forget();
            }

            private void send(ConsumerGroupHeartbeatRequest request) {
                twins.modern(request.setMemberId(memberId).setInstanceId(instanceId), (ours, kafkas) -> {
                    if (ours.errorCode != 0) {
                        forget();
                        return;
                    }
                    isNoticed |= ours.memberEpoch > 0;
                    epoch = Math.max(0, ours.memberEpoch);
                    isKnownStatic = instanceId != null;
                    if (request.subscribedTopicRegex != null) {
                        pattern = request.subscribedTopicRegex;
                    }
                    Owned.take(ours, owned);
                });
            }
        }
    }

    @Test
    void kafkaAnswersAndKeepsTheSame() {
        PeerHistory.live("peer histories with patterns", HISTORIES, History::new);
    }
}
