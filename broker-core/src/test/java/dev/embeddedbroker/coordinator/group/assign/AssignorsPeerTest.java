package dev.embeddedbroker.coordinator.group.assign;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embeddedbroker.protocol.Uuid;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.coordinator.group.api.assignor.ConsumerGroupPartitionAssignor;
import org.apache.kafka.coordinator.group.api.assignor.SubscribedTopicDescriber;
import org.apache.kafka.coordinator.group.api.assignor.SubscriptionType;
import org.apache.kafka.coordinator.group.modern.GroupSpecImpl;
import org.apache.kafka.coordinator.group.modern.MemberSubscriptionAndAssignmentImpl;
import org.junit.jupiter.api.Test;

/** The assignors compared with Kafka's own, over random groups that change step by step. */
class AssignorsPeerTest {
    private static final int HISTORIES = 400;
    private static final int STEPS = 8;

    /** One random group: what each step of its history asks both assignors. */
    private static final class Bench {
        private final Random random;
        private final boolean isUneven;
        private final Map<Uuid, Integer> topics = new TreeMap<>();
        private final Map<String, Set<Uuid>> subscriptions = new TreeMap<>();
        private final Map<String, String> instances = new HashMap<>();
        private int memberIds;

        Bench(long seed, boolean isUneven) {
            this.random = new Random(seed);
            this.isUneven = isUneven;
            int count = 1 + random.nextInt(6);
            for (int i = 0; i < count; i++) {
                topics.put(Uuid.random(random), 1 + random.nextInt(20));
            }
            for (int i = random.nextInt(8); i >= 0; i--) {
                join();
            }
        }

        void join() {
            String memberId = "m" + memberIds++;
            if (random.nextInt(3) == 0) {
                instances.put(memberId, "i" + random.nextInt(1000) + memberId);
            }
            subscriptions.put(memberId, Set.of());
            subscribe(memberId);
        }

        private void subscribe(String memberId) {
            var all = new TreeSet<>(topics.keySet());
            if (isUneven) {
                all.removeIf(topic -> random.nextInt(3) == 0);
            }
            subscriptions.put(memberId, all);
        }

        void step() {
            var members = new ArrayList<>(subscriptions.keySet());
            switch (random.nextInt(4)) {
                case 0 -> join();
                case 1 -> {
                    if (members.size() > 1) {
                        subscriptions.remove(members.get(random.nextInt(members.size())));
                    }
                }
                case 2 -> subscribe(members.get(random.nextInt(members.size())));
                default -> {
                    var ids = new ArrayList<>(topics.keySet());
                    topics.merge(ids.get(random.nextInt(ids.size())), random.nextInt(5), Integer::sum);
                }
            }
        }

        List<MemberSpec> members(Map<String, Assignment> before) {
            var specs = new ArrayList<MemberSpec>();
            subscriptions.forEach((memberId, subscribed) -> specs.add(new MemberSpec(
                    memberId,
                    instances.get(memberId),
                    null,
                    subscribed,
                    before.getOrDefault(memberId, Assignment.NONE))));
            return specs;
        }

        int partitions(Uuid topic) {
            return topics.get(topic);
        }
    }

    // ---- Kafka's side ----

    private static org.apache.kafka.common.Uuid theirs(Uuid id) {
        return new org.apache.kafka.common.Uuid(id.mostSignificantBits(), id.leastSignificantBits());
    }

    private static Uuid ours(org.apache.kafka.common.Uuid id) {
        return new Uuid(id.getMostSignificantBits(), id.getLeastSignificantBits());
    }

    private static Map<String, Assignment> askKafka(
            ConsumerGroupPartitionAssignor assignor, List<MemberSpec> members, Bench bench) {
        var specs = new TreeMap<String, MemberSubscriptionAndAssignmentImpl>();
        var inverted = new HashMap<org.apache.kafka.common.Uuid, Map<Integer, String>>();
        for (MemberSpec member : members) {
            var before = new HashMap<org.apache.kafka.common.Uuid, Set<Integer>>();
            member.before().partitions().forEach((topic, indexes) -> {
                before.put(theirs(topic), new HashSet<>(indexes));
                indexes.forEach(index -> inverted.computeIfAbsent(theirs(topic), t -> new HashMap<>())
                        .put(index, member.memberId()));
            });
            var topics = new HashSet<org.apache.kafka.common.Uuid>();
            member.topics().forEach(topic -> topics.add(theirs(topic)));
            specs.put(
                    member.memberId(),
                    new MemberSubscriptionAndAssignmentImpl(
                            Optional.empty(),
                            Optional.ofNullable(member.instanceId()),
                            topics,
                            new org.apache.kafka.coordinator.group.modern.Assignment(
                                    Collections.unmodifiableMap(before))));
        }
        boolean isHomogeneous =
                members.stream().map(MemberSpec::topics).distinct().count() == 1;
        var spec = new GroupSpecImpl(
                specs,
                isHomogeneous ? SubscriptionType.HOMOGENEOUS : SubscriptionType.HETEROGENEOUS,
                inverted,
                Optional.empty());
        var describer = new SubscribedTopicDescriber() {
            @Override
            public int numPartitions(org.apache.kafka.common.Uuid topicId) {
                return bench.partitions(ours(topicId));
            }

            @Override
            public Set<String> racksForPartition(org.apache.kafka.common.Uuid topicId, int partition) {
                return Set.of();
            }
        };
        var result = new HashMap<String, Assignment>();
        assignor.assign(spec, describer).members().forEach((memberId, assignment) -> {
            var partitions = new HashMap<Uuid, Set<Integer>>();
            assignment.partitions().forEach((topic, indexes) -> partitions.put(ours(topic), new TreeSet<>(indexes)));
            result.put(memberId, Assignment.of(partitions));
        });
        return result;
    }

    // ---- what an assignment is like ----

    private static Assignment of(Map<String, Assignment> assignment, MemberSpec member) {
        return assignment.getOrDefault(member.memberId(), Assignment.NONE);
    }

    private static int kept(List<MemberSpec> members, Map<String, Assignment> assignment) {
        int kept = 0;
        for (MemberSpec member : members) {
            for (var topic : member.before().partitions().entrySet()) {
                for (int index : topic.getValue()) {
                    kept += of(assignment, member).contains(topic.getKey(), index) ? 1 : 0;
                }
            }
        }
        return kept;
    }

    private static int spread(List<MemberSpec> members, Map<String, Assignment> assignment) {
        var sizes = members.stream()
                .mapToInt(member -> of(assignment, member).size())
                .summaryStatistics();
        return sizes.getMax() - sizes.getMin();
    }

    private static void requireComplete(List<MemberSpec> members, Map<String, Assignment> assignment, Bench bench) {
        var owners = new HashMap<Partition, String>();
        for (MemberSpec member : members) {
            of(assignment, member).partitions().forEach((topic, indexes) -> {
                assertThat(member.topics()).contains(topic);
                indexes.forEach(index -> assertThat(owners.put(new Partition(topic, index), member.memberId()))
                        .as("other owner of %s-%s", topic, index)
                        .isNull());
            });
        }
        var all = new HashSet<Partition>();
        members.forEach(member -> member.topics().forEach(topic -> {
            for (int i = 0; i < bench.partitions(topic); i++) {
                all.add(new Partition(topic, i));
            }
        }));
        assertThat(owners.keySet()).isEqualTo(all);
    }

    /** Nobody could give a partition to another subscriber of its topic who has two fewer. */
    private static void requireLevel(List<MemberSpec> members, Map<String, Assignment> assignment) {
        for (MemberSpec rich : members) {
            for (Uuid topic : of(assignment, rich).partitions().keySet()) {
                for (MemberSpec poor : members) {
                    if (poor.topics().contains(topic)) {
                        assertThat(of(assignment, rich).size()
                                        - of(assignment, poor).size())
                                .as("%s against %s", rich, poor)
                                .isLessThanOrEqualTo(1);
                    }
                }
            }
        }
    }

    // ---- the tests ----

    @Test
    void rangeIsKafkas() {
        for (int seed = 0; seed < HISTORIES; seed++) {
            var bench = new Bench(seed, seed % 2 == 0);
            Map<String, Assignment> before = Map.of();
            for (int step = 0; step < STEPS; step++) {
                var members = bench.members(before);
                var assignment = new RangeAssignor().assign(members, bench::partitions);
                var kafkas = askKafka(new org.apache.kafka.coordinator.group.assignor.RangeAssignor(), members, bench);
                for (MemberSpec member : members) {
                    assertThat(of(assignment, member))
                            .as("seed %s step %s %s", seed, step, member.memberId())
                            .isEqualTo(of(kafkas, member));
                }
                before = assignment;
                bench.step();
            }
        }
    }

    @Test
    void uniformIsAsEvenAndAsStickyAsKafkas() {
        int keptByUs = 0;
        int keptByKafka = 0;
        for (int seed = 0; seed < HISTORIES; seed++) {
            var bench = new Bench(seed, seed % 2 == 0);
            Map<String, Assignment> before = Map.of();
            for (int step = 0; step < STEPS; step++) {
                var members = bench.members(before);
                var assignment = new UniformAssignor().assign(members, bench::partitions);
                assertThat(new UniformAssignor().assign(members, bench::partitions))
                        .isEqualTo(assignment);
                var kafkas =
                        askKafka(new org.apache.kafka.coordinator.group.assignor.UniformAssignor(), members, bench);
                requireComplete(members, assignment, bench);
                requireLevel(members, assignment);
                boolean isHomogeneous =
                        members.stream().map(MemberSpec::topics).distinct().count() == 1;
                if (isHomogeneous) {
                    assertThat(spread(members, assignment)).isLessThanOrEqualTo(1);
                    assertThat(kept(members, assignment))
                            .as("seed %s step %s", seed, step)
                            .isGreaterThanOrEqualTo(kept(members, kafkas));
                }
                keptByUs += kept(members, assignment);
                keptByKafka += kept(members, kafkas);
                before = assignment;
                bench.step();
            }
        }
        assertThat(keptByUs).isGreaterThan(keptByKafka * 99 / 100); // with unlike subscriptions both are heuristics
    }

    @Test
    void largeGroupsAreAssignedQuickly() {
        var topics = new TreeMap<Uuid, Integer>();
        var random = new Random(1);
        for (int i = 0; i < 50; i++) {
            topics.put(Uuid.random(random), 40);
        }
        var members = new ArrayList<MemberSpec>();
        for (int i = 0; i < 200; i++) {
            var subscribed = new TreeSet<>(topics.keySet());
            subscribed.removeIf(topic -> random.nextInt(4) == 0);
            members.add(new MemberSpec("m" + i, null, null, subscribed, Assignment.NONE));
        }
        var assignment = new UniformAssignor().assign(members, topics::get);
        requireLevel(members, assignment);
        assertThat(spread(members, assignment)).isLessThanOrEqualTo(1);
    }
}
