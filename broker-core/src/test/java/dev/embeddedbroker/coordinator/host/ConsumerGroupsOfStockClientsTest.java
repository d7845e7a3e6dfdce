package dev.embeddedbroker.coordinator.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.embeddedbroker.EmbeddedBroker;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ListGroupsOptions;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.SubscriptionPattern;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.GroupType;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.GroupNotEmptyException;
import org.apache.kafka.common.errors.InvalidRegularExpression;
import org.apache.kafka.common.errors.UnsupportedAssignorException;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Groups of the consumer protocol (KIP-848), as the stock clients use them. */
class ConsumerGroupsOfStockClientsTest {
    private static final Duration STEP = Duration.ofMillis(10);
    private static final long PATIENCE_NANOS = 90_000_000_000L;

    private static Map<String, Object> properties(EmbeddedBroker broker, Map<String, Object> more) {
        var all = new HashMap<>(more);
        all.put("bootstrap.servers", broker.bootstrapServers());
        return all;
    }

    private static KafkaConsumer<String, String> consumer(EmbeddedBroker broker, Map<String, Object> more) {
        var settings = properties(broker, more);
        settings.putIfAbsent("group.id", "g");
        settings.putIfAbsent("group.protocol", "consumer");
        settings.putIfAbsent("auto.offset.reset", "earliest");
        settings.putIfAbsent("enable.auto.commit", false);
        return new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer());
    }

    private static Admin admin(EmbeddedBroker broker) {
        return Admin.create(properties(broker, Map.of()));
    }

    private static void createTopic(EmbeddedBroker broker, String topic, int partitions) throws Exception {
        try (var admin = admin(broker)) {
            admin.createTopics(List.of(new NewTopic(topic, partitions, (short) 1)))
                    .all()
                    .get();
        }
    }

    private static void produce(EmbeddedBroker broker, String topic, int count) {
        try (var producer =
                new KafkaProducer<>(properties(broker, Map.of()), new StringSerializer(), new StringSerializer())) {
            for (int i = 0; i < count; i++) {
                producer.send(new ProducerRecord<>(topic, "k" + i, "v" + i));
            }
        }
    }

    private static void pollUntil(Collection<KafkaConsumer<String, String>> consumers, BooleanSupplier isDone) {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (!isDone.getAsBoolean()) {
            assertThat(System.nanoTime()).as("deadline").isLessThan(deadline);
            consumers.forEach(consumer -> consumer.poll(STEP));
        }
    }

    private static int assigned(KafkaConsumer<String, String> consumer) {
        return consumer.assignment().size();
    }

    @Test
    void tenConsumersShareTwentyPartitionsAtOnce() throws Exception {
        try (var broker = new EmbeddedBroker().start()) {
            createTopic(broker, "t", 20);
            var consumers = new ArrayList<KafkaConsumer<String, String>>();
            try {
                for (int i = 0; i < 10; i++) {
                    var consumer = consumer(broker, Map.of());
                    consumers.add(consumer);
                    consumer.subscribe(List.of("t"));
                }
                pollUntil(consumers, () -> consumers.stream().allMatch(c -> assigned(c) == 2));
                Set<TopicPartition> all = new HashSet<>();
                consumers.forEach(consumer -> all.addAll(consumer.assignment()));
                assertThat(all).hasSize(20);
            } finally {
                consumers.forEach(KafkaConsumer::close);
            }
        }
    }

    @Test
    void committedOffsetsSurviveRestartAndAnotherMember(@TempDir Path directory) throws Exception {
        try (var broker =
                EmbeddedBroker.builder().dataDirectory(directory).build().start()) {
            createTopic(broker, "t", 1);
            produce(broker, "t", 10);
            try (var consumer = consumer(broker, Map.of())) {
                consumer.subscribe(List.of("t"));
                var read = new ArrayList<String>();
                pollUntil(List.of(), () -> {
                    consumer.poll(STEP).forEach(record -> read.add(record.value()));
                    return read.size() == 10;
                });
                consumer.commitSync(Map.of(new TopicPartition("t", 0), new OffsetAndMetadata(7)));
            }
        }
        try (var broker = EmbeddedBroker.builder()
                        .dataDirectory(directory)
                        .build()
                        .start();
                var consumer = consumer(broker, Map.of())) {
            consumer.subscribe(List.of("t"));
            var read = new ArrayList<String>();
            pollUntil(List.of(), () -> {
                consumer.poll(STEP).forEach(record -> read.add(record.value()));
                return read.size() == 3;
            });
            assertThat(read).containsExactly("v7", "v8", "v9");
        }
    }

    @Test
    void newPartitionsAndTopicsOfPatternAreNoticed() throws Exception {
        try (var broker = new EmbeddedBroker().start();
                var admin = admin(broker);
                var consumer = consumer(broker, Map.of())) {
            createTopic(broker, "a-1", 1);
            createTopic(broker, "b", 1);
            consumer.subscribe(new SubscriptionPattern("a-.*"));
            pollUntil(List.of(consumer), () -> assigned(consumer) == 1);
            createTopic(broker, "a-2", 2);
            pollUntil(List.of(consumer), () -> assigned(consumer) == 3);
            admin.createPartitions(Map.of("a-1", NewPartitions.increaseTo(4)))
                    .all()
                    .get();
            pollUntil(List.of(consumer), () -> assigned(consumer) == 6);
        }
    }

    @Test
    void badPatternsAndAssignorsAreRefused() throws Exception {
        try (var broker = new EmbeddedBroker().start();
                var lookAhead = consumer(broker, Map.of("group.id", "p"));
                var unknownAssignor = consumer(broker, Map.of("group.id", "q", "group.remote.assignor", "sticky"))) {
            lookAhead.subscribe(new SubscriptionPattern("(?=a).*"));
            assertThatThrownBy(() -> pollUntil(List.of(lookAhead), () -> false))
                    .isInstanceOf(InvalidRegularExpression.class);
            unknownAssignor.subscribe(List.of("t"));
            assertThatThrownBy(() -> pollUntil(List.of(unknownAssignor), () -> false))
                    .isInstanceOf(UnsupportedAssignorException.class)
                    .hasMessageContaining("uniform, range");
        }
    }

    @Test
    void staticMemberComesBackToItsPartitionsWithoutRebalance() throws Exception {
        try (var broker = new EmbeddedBroker().start();
                var admin = admin(broker)) {
            createTopic(broker, "t", 4);
            var other = consumer(broker, Map.of("group.instance.id", "other"));
            var first = consumer(broker, Map.of("group.instance.id", "one"));
            other.subscribe(List.of("t"));
            first.subscribe(List.of("t"));
            pollUntil(List.of(other, first), () -> assigned(other) == 2 && assigned(first) == 2);
            var theirs = first.assignment();
            var epoch = admin.describeConsumerGroups(List.of("g"))
                    .all()
                    .get()
                    .get("g")
                    .groupEpoch();
            first.close();
            try (var second = consumer(broker, Map.of("group.instance.id", "one"))) {
                second.subscribe(List.of("t"));
                pollUntil(List.of(other, second), () -> assigned(second) == 2);
                assertThat(second.assignment()).isEqualTo(theirs);
                assertThat(admin.describeConsumerGroups(List.of("g"))
                                .all()
                                .get()
                                .get("g")
                                .groupEpoch())
                        .isEqualTo(epoch);
            }
            other.close();
        }
    }

    @Test
    void groupIsListedDescribedAndDeleted() throws Exception {
        try (var broker = new EmbeddedBroker().start();
                var admin = admin(broker)) {
            createTopic(broker, "t", 3);
            try (var consumer = consumer(broker, Map.of("client.id", "me"))) {
                consumer.subscribe(List.of("t"));
                pollUntil(List.of(consumer), () -> assigned(consumer) == 3);
                var listed = admin.listGroups(new ListGroupsOptions().withTypes(Set.of(GroupType.CONSUMER)))
                        .all()
                        .get();
                assertThat(listed).singleElement().satisfies(group -> {
                    assertThat(group.groupId()).isEqualTo("g");
                    assertThat(group.groupState()).contains(GroupState.STABLE);
                    assertThat(group.protocol()).isEqualTo("consumer");
                });
                var described =
                        admin.describeConsumerGroups(List.of("g")).all().get().get("g");
                assertThat(described.type()).isEqualTo(GroupType.CONSUMER);
                assertThat(described.groupState()).isEqualTo(GroupState.STABLE);
                assertThat(described.partitionAssignor()).isEqualTo("uniform");
                assertThat(described.groupEpoch()).isEqualTo(described.targetAssignmentEpoch());
                assertThat(described.members()).singleElement().satisfies(member -> {
                    assertThat(member.clientId()).isEqualTo("me");
                    assertThat(member.host()).isEqualTo("/127.0.0.1");
                    assertThat(member.assignment().topicPartitions()).hasSize(3);
                    assertThat(member.targetAssignment().orElseThrow().topicPartitions())
                            .hasSize(3);
                    assertThat(member.memberEpoch()).isEqualTo(described.groupEpoch());
                    assertThat(member.upgraded()).contains(true);
                });
                assertThatThrownBy(() ->
                                admin.deleteConsumerGroups(List.of("g")).all().get())
                        .hasCauseInstanceOf(GroupNotEmptyException.class);
            }
            admin.deleteConsumerGroups(List.of("g")).all().get();
            assertThatThrownBy(() ->
                            admin.describeConsumerGroups(List.of("g")).all().get())
                    .hasCauseInstanceOf(GroupIdNotFoundException.class);
        }
    }

    @Test
    void emptyGroupChangesItsProtocolAndKeepsItsOffsets() throws Exception {
        try (var broker = new EmbeddedBroker().start();
                var admin = admin(broker)) {
            createTopic(broker, "t", 1);
            var partition = new TopicPartition("t", 0);
            for (String protocol : List.of("classic", "consumer", "classic", "consumer")) {
                try (var consumer = consumer(broker, Map.of("group.protocol", protocol))) {
                    consumer.subscribe(List.of("t"));
                    pollUntil(List.of(consumer), () -> assigned(consumer) == 1);
                    if (protocol.equals("classic")) {
                        consumer.commitSync(Map.of(partition, new OffsetAndMetadata(0, protocol)));
                    }
                    var committed = admin.listConsumerGroupOffsets("g")
                            .partitionsToOffsetAndMetadata()
                            .get();
                    assertThat(committed.get(partition).metadata()).isEqualTo("classic");
                    assertThat(admin.describeConsumerGroups(List.of("g"))
                                    .all()
                                    .get()
                                    .get("g")
                                    .type())
                            .isEqualTo(GroupType.parse(protocol));
                }
            }
        }
    }

    @Test
    void groupsOwnSessionTimeoutHolds() throws Exception {
        var config = Map.of(
                "group.consumer.session.timeout.ms", "3600000",
                "group.consumer.max.session.timeout.ms", "3600000",
                "group.consumer.min.session.timeout.ms", "500",
                "group.consumer.min.heartbeat.interval.ms", "100");
        var patient = EmbeddedBroker.builder();
        config.forEach(patient::config);
        try (var broker = patient.build().start();
                var admin = admin(broker)) {
            createTopic(broker, "t", 1);
            var group = new ConfigResource(ConfigResource.Type.GROUP, "g");
            admin.incrementalAlterConfigs(Map.of(
                            group,
                            List.of(
                                    new AlterConfigOp(
                                            new ConfigEntry("consumer.heartbeat.interval.ms", "500"),
                                            AlterConfigOp.OpType.SET),
                                    new AlterConfigOp(
                                            new ConfigEntry("consumer.session.timeout.ms", "1000"),
                                            AlterConfigOp.OpType.SET))))
                    .all()
                    .get();
            assertThat(admin.describeConfigs(List.of(group))
                            .all()
                            .get()
                            .get(group)
                            .get("consumer.session.timeout.ms")
                            .value())
                    .isEqualTo("1000");
            var silent = consumer(broker, Map.of());
            silent.subscribe(List.of("t"));
            pollUntil(List.of(silent), () -> assigned(silent) == 1);
            silent.close(CloseOptions.groupMembershipOperation(CloseOptions.GroupMembershipOperation.REMAIN_IN_GROUP));
            long deadline = System.nanoTime() + 4 * PATIENCE_NANOS; // much less than the hour of the other groups
            while (!members(admin).isEmpty()) {
                assertThat(System.nanoTime()).as("deadline").isLessThan(deadline);
            }
        }
    }

    @Test
    void groupsStayWithTheirProtocolWhereMigrationIsDisabled() throws Exception {
        try (var broker = EmbeddedBroker.builder()
                        .config("group.consumer.migration.policy", "disabled")
                        .build()
                        .start();
                var classic = consumer(broker, Map.of("group.protocol", "classic"));
                var modern = consumer(broker, Map.of())) {
            createTopic(broker, "t", 1);
            classic.subscribe(List.of("t"));
            pollUntil(List.of(classic), () -> assigned(classic) == 1);
            modern.subscribe(List.of("t"));
            assertThatThrownBy(() -> pollUntil(List.of(modern, classic), () -> assigned(modern) == 1))
                    .isInstanceOf(GroupIdNotFoundException.class)
                    .hasMessageContaining("online upgrade is disabled");
        }
    }

    private static Collection<MemberDescription> members(Admin admin) throws Exception {
        return admin.describeConsumerGroups(List.of("g")).all().get().get("g").members();
    }
}
