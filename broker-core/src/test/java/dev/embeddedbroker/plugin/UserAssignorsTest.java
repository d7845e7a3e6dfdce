package dev.embeddedbroker.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.embeddedbroker.EmbeddedBroker;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.Configurable;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.coordinator.group.api.assignor.ConsumerGroupPartitionAssignor;
import org.apache.kafka.coordinator.group.api.assignor.GroupAssignment;
import org.apache.kafka.coordinator.group.api.assignor.GroupSpec;
import org.apache.kafka.coordinator.group.api.assignor.MemberAssignment;
import org.apache.kafka.coordinator.group.api.assignor.PartitionAssignorException;
import org.apache.kafka.coordinator.group.api.assignor.SubscribedTopicDescriber;
import org.junit.jupiter.api.Test;

/** Server-side assignors of the user's, with stock consumers. */
class UserAssignorsTest {
    private static final long PATIENCE_NANOS = 120_000_000_000L;
    private static final Duration STEP = Duration.ofMillis(10);

    /** Gives everything to the member whose rack is "best", and looks at all there is to look at. */
    public static class BestRack implements ConsumerGroupPartitionAssignor, Configurable {
        private String clusterSetting;

        @Override
        public void configure(Map<String, ?> configs) {
            clusterSetting = String.valueOf(configs.get("best.rack"));
        }

        @Override
        public String name() {
            return "best-rack";
        }

        @Override
        public GroupAssignment assign(GroupSpec group, SubscribedTopicDescriber topics) {
            Map<String, MemberAssignment> all = new HashMap<>();
            for (String member : group.memberIds()) {
                var subscription = group.memberSubscription(member);
                Map<Uuid, Set<Integer>> partitions = new HashMap<>();
                if (subscription.rackId().equals(java.util.Optional.of(clusterSetting))) {
                    for (Uuid topic : subscription.subscribedTopicIds()) {
                        Set<Integer> indexes = new HashSet<>();
                        for (int i = 0; i < topics.numPartitions(topic); i++) {
                            if (group.isPartitionAssignable(topic, i)) {
                                indexes.add(i);
                            }
                        }
                        partitions.put(topic, indexes);
                    }
                }
                assertThat(group.memberAssignment(member).partitions()).isNotNull();
                all.put(member, () -> partitions);
            }
            return new GroupAssignment(all);
        }
    }

    /** Never manages. */
    public static final class Failing extends BestRack {
        @Override
        public String name() {
            return "failing";
        }

        @Override
        public GroupAssignment assign(GroupSpec group, SubscribedTopicDescriber topics) {
            throw new PartitionAssignorException("no idea");
        }
    }

    /** Kafka's own one as somebody else's, under another name. */
    public static final class KafkasUniform extends org.apache.kafka.coordinator.group.assignor.UniformAssignor {
        @Override
        public String name() {
            return "kafkas-uniform";
        }
    }

    private static EmbeddedBroker broker(String assignors) {
        return EmbeddedBroker.builder()
                .config("group.consumer.assignors", assignors)
                .config("best.rack", "best")
                .build()
                .start();
    }

    private static KafkaConsumer<String, String> consumer(EmbeddedBroker broker, String assignor, String rack) {
        return new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers",
                        broker.bootstrapServers(),
                        "group.id",
                        "g",
                        "group.protocol",
                        "consumer",
                        "group.remote.assignor",
                        assignor,
                        "client.rack",
                        rack),
                new StringDeserializer(),
                new StringDeserializer());
    }

    @SafeVarargs
    private static void pollUntil(BooleanSupplier isDone, KafkaConsumer<String, String>... consumers) {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (!isDone.getAsBoolean()) {
            assertThat(System.nanoTime()).as("deadline").isLessThan(deadline);
            for (var consumer : consumers) {
                consumer.poll(STEP);
            }
        }
    }

    private static void createTopic(EmbeddedBroker broker) throws Exception {
        try (var admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            admin.createTopics(List.of(new NewTopic("t", 4, (short) 1))).all().get();
        }
    }

    @Test
    void userAssignorDecidesWhoGetsWhat() throws Exception {
        try (var broker = broker("uniform," + BestRack.class.getName() + "," + KafkasUniform.class.getName())) {
            createTopic(broker);
            try (var poor = consumer(broker, "best-rack", "worst");
                    var rich = consumer(broker, "best-rack", "best")) {
                poor.subscribe(List.of("t"));
                rich.subscribe(List.of("t"));
                pollUntil(
                        () -> rich.assignment().size() == 4 && poor.assignment().isEmpty(), poor, rich);
            }
            try (var one = consumer(broker, "kafkas-uniform", "");
                    var other = consumer(broker, "kafkas-uniform", "")) {
                one.subscribe(List.of("t"));
                other.subscribe(List.of("t"));
                pollUntil(
                        () -> one.assignment().size() == 2 && other.assignment().size() == 2, one, other);
            }
            assertThat(broker.failure()).isEmpty();
        }
    }

    @Test
    void failureOfAnAssignorIsToldTheMember() throws Exception {
        try (var broker = broker("uniform," + Failing.class.getName())) {
            createTopic(broker);
            try (var consumer = consumer(broker, "failing", "")) {
                consumer.subscribe(List.of("t"));
                assertThatThrownBy(() -> pollUntil(() -> !consumer.assignment().isEmpty(), consumer))
                        .isInstanceOf(KafkaException.class)
                        .hasMessageContaining("no idea");
            }
            assertThat(broker.failure()).isEmpty();
        }
    }

    @Test
    void classThatCannotServeIsRefusedAtTheStart() {
        assertThatThrownBy(() -> broker("no.such.Assignor")).hasMessageContaining("no.such.Assignor");
        assertThatThrownBy(() -> broker("java.lang.String")).hasMessageContaining("ConsumerGroupPartitionAssignor");
        assertThatThrownBy(() -> broker("uniform,org.apache.kafka.coordinator.group.assignor.UniformAssignor"))
                .hasMessageContaining("two assignors have the name uniform");
    }
}
