package dev.embeddedbroker.coordinator.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.embeddedbroker.EmbeddedBroker;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.GroupNotEmptyException;
import org.apache.kafka.common.errors.GroupSubscribedToTopicException;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Groups, as the stock clients use them. */
class GroupsOfStockClientsTest {
    private static final Duration STEP = Duration.ofMillis(50);
    private static final long PATIENCE_NANOS = 90_000_000_000L;

    private static Map<String, Object> properties(EmbeddedBroker broker, Map<String, Object> more) {
        var all = new HashMap<String, Object>(more);
        all.put("bootstrap.servers", broker.bootstrapServers());
        return all;
    }

    private static KafkaConsumer<String, String> consumer(EmbeddedBroker broker, Map<String, Object> more) {
        var settings = properties(broker, more);
        settings.putIfAbsent("group.id", "g");
        settings.putIfAbsent("auto.offset.reset", "earliest");
        settings.putIfAbsent("enable.auto.commit", false);
        return new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer());
    }

    private static void produce(EmbeddedBroker broker, String topic, int partitions, int each) {
        try (var producer =
                new KafkaProducer<>(properties(broker, Map.of()), new StringSerializer(), new StringSerializer())) {
            for (int i = 0; i < each; i++) {
                for (int p = 0; p < partitions; p++) {
                    producer.send(new ProducerRecord<>(topic, p, "k", "v" + i));
                }
            }
        }
    }

    private static void createTopic(EmbeddedBroker broker, String topic, int partitions) throws Exception {
        try (var admin = Admin.create(properties(broker, Map.of()))) {
            admin.createTopics(List.of(new NewTopic(topic, partitions, (short) 1)))
                    .all()
                    .get();
        }
    }

    private static List<ConsumerRecord<String, String>> read(KafkaConsumer<String, String> consumer, int count) {
        var records = new ArrayList<ConsumerRecord<String, String>>();
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (records.size() < count && System.nanoTime() < deadline) {
            consumer.poll(STEP).forEach(records::add);
        }
        assertThat(records).hasSize(count);
        return records;
    }

    private static void pollUntilShared(List<KafkaConsumer<String, String>> consumers, int partitions) {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (System.nanoTime() < deadline) {
            var all = new HashSet<TopicPartition>();
            int sum = 0;
            boolean everyoneHasSome = true;
            for (var consumer : consumers) {
                consumer.poll(STEP);
                sum += consumer.assignment().size();
                everyoneHasSome &= !consumer.assignment().isEmpty();
                all.addAll(consumer.assignment());
            }
            if (everyoneHasSome && sum == partitions && all.size() == partitions) {
                return;
            }
        }
        throw new AssertionError("not shared: "
                + consumers.stream().map(KafkaConsumer::assignment).toList());
    }

    @Test
    void groupConsumesCommitsAndGoesOnAfterARestart(@TempDir Path directory) throws Exception {
        try (var broker =
                EmbeddedBroker.builder().dataDirectory(directory).build().start()) {
            createTopic(broker, "t", 2);
            produce(broker, "t", 2, 10);
            try (var consumer = consumer(broker, Map.of())) {
                consumer.subscribe(List.of("t"));
                read(consumer, 20);
                consumer.commitSync(Map.of(
                        new TopicPartition("t", 0), new OffsetAndMetadata(10, "ten"),
                        new TopicPartition("t", 1), new OffsetAndMetadata(7)));
            }
        }
        try (var broker = EmbeddedBroker.builder()
                        .dataDirectory(directory)
                        .build()
                        .start();
                var consumer = consumer(broker, Map.of())) {
            assertThat(consumer.committed(Set.of(new TopicPartition("t", 0))))
                    .containsEntry(new TopicPartition("t", 0), new OffsetAndMetadata(10, "ten"));
            consumer.subscribe(List.of("t"));
            assertThat(read(consumer, 3))
                    .allSatisfy(r -> assertThat(r.partition()).isEqualTo(1));
        }
    }

    @Test
    void membersShareAndTakeOver() throws Exception {
        for (String assignor : List.of(
                "org.apache.kafka.clients.consumer.RangeAssignor",
                "org.apache.kafka.clients.consumer.CooperativeStickyAssignor")) {
            try (var broker = new EmbeddedBroker().start()) {
                createTopic(broker, "t", 4);
                Map<String, Object> settings =
                        Map.of("partition.assignment.strategy", assignor, "heartbeat.interval.ms", 100);
                try (var first = consumer(broker, settings)) {
                    first.subscribe(List.of("t"));
                    pollUntilShared(List.of(first), 4);
                    try (var second = consumer(broker, settings);
                            var third = consumer(broker, settings)) {
                        second.subscribe(List.of("t"));
                        third.subscribe(List.of("t"));
                        pollUntilShared(List.of(first, second, third), 4);
                    }
                    pollUntilShared(List.of(first), 4);
                }
            }
        }
    }

    @Test
    void staticMemberComesBackWithoutARebalance() throws Exception {
        try (var broker = new EmbeddedBroker().start()) {
            createTopic(broker, "t", 2);
            Map<String, Object> mine = Map.of("group.instance.id", "i", "heartbeat.interval.ms", 100);
            try (var other = consumer(broker, Map.of("group.instance.id", "j", "heartbeat.interval.ms", 100))) {
                other.subscribe(List.of("t"));
                Set<TopicPartition> had;
                int generation;
                try (var first = consumer(broker, mine)) {
                    first.subscribe(List.of("t"));
                    pollUntilShared(List.of(other, first), 2);
                    had = Set.copyOf(first.assignment());
                    generation = first.groupMetadata().generationId();
                }
                try (var again = consumer(broker, mine)) {
                    again.subscribe(List.of("t"));
                    pollUntilShared(List.of(other, again), 2);
                    assertThat(again.assignment()).isEqualTo(had);
                    assertThat(again.groupMetadata().generationId()).isEqualTo(generation);
                }
            }
        }
    }

    @Test
    void administratorSeesAndDeletesGroupsAndOffsets() throws Exception {
        try (var broker = new EmbeddedBroker().start();
                var admin = Admin.create(properties(broker, Map.of()))) {
            assertThat(admin.listGroups().all().get()).isEmpty();
            createTopic(broker, "t", 1);
            produce(broker, "t", 1, 5);
            var partition = new TopicPartition("t", 0);
            try (var consumer = consumer(broker, Map.of("client.id", "c"))) {
                consumer.subscribe(List.of("t"));
                read(consumer, 5);
                consumer.commitSync();
                var described =
                        admin.describeConsumerGroups(List.of("g")).all().get().get("g");
                assertThat(described.groupState()).isEqualTo(GroupState.STABLE);
                assertThat(described.partitionAssignor()).isEqualTo("range");
                assertThat(described.members()).singleElement().satisfies(member -> {
                    assertThat(member.clientId()).isEqualTo("c");
                    assertThat(member.host()).isEqualTo("/127.0.0.1");
                    assertThat(member.assignment().topicPartitions()).containsExactly(partition);
                });
                assertThat(admin.listGroups().all().get()).singleElement().satisfies(group -> {
                    assertThat(group.groupId()).isEqualTo("g");
                    assertThat(group.groupState()).contains(GroupState.STABLE);
                });
                assertThatThrownBy(() ->
                                admin.deleteConsumerGroups(List.of("g")).all().get())
                        .hasCauseInstanceOf(GroupNotEmptyException.class);
                assertThatThrownBy(() -> admin.deleteConsumerGroupOffsets("g", Set.of(partition))
                                .all()
                                .get())
                        .hasCauseInstanceOf(GroupSubscribedToTopicException.class);
            }
            assertThat(admin.listConsumerGroupOffsets("g")
                            .partitionsToOffsetAndMetadata()
                            .get())
                    .containsEntry(partition, new OffsetAndMetadata(5, Optional.of(0), ""));
            admin.alterConsumerGroupOffsets("g", Map.of(partition, new OffsetAndMetadata(2)))
                    .all()
                    .get();
            assertThat(admin.listConsumerGroupOffsets("g")
                            .partitionsToOffsetAndMetadata()
                            .get()
                            .get(partition)
                            .offset())
                    .isEqualTo(2);
            admin.deleteConsumerGroupOffsets("g", Set.of(partition)).all().get();
            assertThat(admin.listConsumerGroupOffsets("g")
                            .partitionsToOffsetAndMetadata()
                            .get())
                    .isEmpty();
            admin.deleteConsumerGroups(List.of("g")).all().get();
            assertThatThrownBy(
                            () -> admin.deleteConsumerGroups(List.of("g")).all().get())
                    .hasCauseInstanceOf(GroupIdNotFoundException.class);
        }
    }

    @Test
    void offsetsGoWithTheirTopic() throws Exception {
        try (var broker = new EmbeddedBroker().start();
                var admin = Admin.create(properties(broker, Map.of()))) {
            createTopic(broker, "t", 1);
            var partition = new TopicPartition("t", 0);
            admin.alterConsumerGroupOffsets("g", Map.of(partition, new OffsetAndMetadata(2)))
                    .all()
                    .get();
            admin.deleteTopics(List.of("t")).all().get();
            assertThat(admin.listConsumerGroupOffsets("g")
                            .partitionsToOffsetAndMetadata()
                            .get())
                    .isEmpty();
        }
    }
}
