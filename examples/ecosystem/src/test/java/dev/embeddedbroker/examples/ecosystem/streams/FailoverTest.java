package dev.embeddedbroker.examples.ecosystem.streams;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embeddedbroker.EmbeddedBroker;
import dev.embeddedbroker.examples.ecosystem.Topics;
import dev.embeddedbroker.examples.ecosystem.streams.StreamsApp.Restored;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.LongDeserializer;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TaskMetadata;
import org.apache.kafka.streams.ThreadMetadata;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Kafka Streams while brokers and instances go away under it. */
@Timeout(300)
class FailoverTest {
    private static final int PARTITIONS = 3;
    private static final int BROKER = 0;

    @TempDir
    Path directory;

    /** Exactly once: each count is there once. At least once: none is missing; a request whose answer was lost may count again. */
    @ParameterizedTest
    @EnumSource
    void brokerStartedAgainUnderLoadLosesNothing(Guarantee guarantee) throws Exception {
        try (var broker = EmbeddedBroker.builder()
                        .dataDirectory(directory.resolve("broker"))
                        .build()
                        .start();
                var topics = new Topics(broker.bootstrapServers())) {
            topics.create(PARTITIONS, "lines", "out");
            var words = new WordCount(3);
            var config =
                    StreamsApp.config(broker.bootstrapServers(), "words", guarantee, directory.resolve("instance"));
            try (var app = StreamsApp.start(WordCount.topology("lines", "out"), config)) {
                for (int life = 0; life < 4; life++) {
                    int before = words.total();
                    words.send(topics, "lines", 200);
                    topics.await(
                            app::check, "out", new LongDeserializer(), "some counts", seen -> seen.size() > before);
                    broker.stopBroker(BROKER);
                    broker.startBroker(BROKER);
                }
                topics.await(
                        app::check, "out", new LongDeserializer(), "all counts", seen -> seen.size() >= words.total());
            }
            assertCounted(guarantee, words, topics.all("out", new LongDeserializer()));
            topics.assertAllCommitted("words", "lines");
            assertThat(broker.failure()).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource
    void brokerKilledUnderLoadLosesNothing(Guarantee guarantee) throws Exception {
        killOften(2, guarantee);
    }

    @ParameterizedTest
    @EnumSource
    @Tag("long")
    @EnabledIfSystemProperty(named = "long.tests", matches = "true")
    void brokerKilledTwentyTimesUnderLoadLosesNothing(Guarantee guarantee) throws Exception {
        killOften(20, guarantee);
    }

    private void killOften(int kills, Guarantee guarantee) throws Exception {
        try (var broker = new BrokerProcess(directory.resolve("broker"));
                var topics = new Topics(broker.bootstrapServers())) {
            topics.create(PARTITIONS, "lines", "out");
            var words = new WordCount(5);
            var config =
                    StreamsApp.config(broker.bootstrapServers(), "words", guarantee, directory.resolve("instance"));
            try (var app = StreamsApp.start(WordCount.topology("lines", "out"), config)) {
                for (int kill = 0; kill < kills; kill++) {
                    int before = words.total();
                    words.send(topics, "lines", 200);
                    topics.await(
                            app::check, "out", new LongDeserializer(), "some counts", seen -> seen.size() > before);
                    broker.killAndRestart();
                }
                topics.await(
                        app::check, "out", new LongDeserializer(), "all counts", seen -> seen.size() >= words.total());
            }
            assertCounted(guarantee, words, topics.all("out", new LongDeserializer()));
            topics.assertAllCommitted("words", "lines");
        }
    }

    /** The second instance holds a copy of the first one's state, so taking over needs nothing of the changelog that it has not got. */
    @ParameterizedTest
    @EnumSource
    void standbyTakesOverWithTheStateItHas(Guarantee guarantee) throws Exception {
        try (var broker = new EmbeddedBroker().start();
                var topics = new Topics(broker.bootstrapServers())) {
            topics.create(PARTITIONS, "lines", "out");
            var words = new WordCount(4);
            try (var second = instance(broker, guarantee, "b")) {
                try (var first = instance(broker, guarantee, "a")) {
                    words.send(topics, "lines", 300);
                    awaitShared(first, second);
                    topics.await(
                            second::check,
                            "out",
                            new LongDeserializer(),
                            "all counts",
                            seen -> seen.size() >= words.total());
                    awaitCopies(second, guarantee);
                    second.restored().clear();
                }
                words.send(topics, "lines", 300);
                topics.await(
                        second::check,
                        "out",
                        new LongDeserializer(),
                        "all counts",
                        seen -> seen.size() >= words.total());
                second.awaitRunning();
                assertThat(second.restored()).as("stores taken over").isNotEmpty();
                assertThat(second.restored().values())
                        .as("records of the changelog that the standby had not got")
                        .extracting(Restored::records)
                        .containsOnly(0L);
            }
            assertCounted(guarantee, words, topics.all("out", new LongDeserializer()));
            topics.assertAllCommitted("words", "lines");
            assertThat(broker.failure()).isEmpty();
        }
    }

    private StreamsApp instance(EmbeddedBroker broker, Guarantee guarantee, String name) {
        var config = StreamsApp.config(broker.bootstrapServers(), "words", guarantee, directory.resolve(name));
        config.put(StreamsConfig.NUM_STANDBY_REPLICAS_CONFIG, 1);
        config.put(StreamsConfig.PROBING_REBALANCE_INTERVAL_MS_CONFIG, 60_000);
        return StreamsApp.start(WordCount.topology("lines", "out"), config);
    }

    /** Waits until each store's partition is kept by both instances, by one of them as a standby. */
    private static void awaitShared(StreamsApp first, StreamsApp second) {
        first.await("both instances to have all stores", () -> {
            Set<TopicPartition> counted = new HashSet<>(stores(first, false));
            counted.addAll(stores(second, false));
            return counted.size() == PARTITIONS
                    && stores(first, true).size() + stores(second, true).size() == PARTITIONS
                    && !stores(first, false).isEmpty();
        });
    }

    /**
     * Waits until the copies that {@code instance} keeps of the other one's stores are complete. A changelog written in
     * transactions ends with a marker, which Kafka Streams counts as one that is missing.
     */
    private static void awaitCopies(StreamsApp instance, Guarantee guarantee) {
        long marker = guarantee == Guarantee.EXACTLY_ONCE ? 1 : 0;
        instance.await("standbys to catch up", () -> {
            var lags = instance.streams().allLocalStorePartitionLags().getOrDefault("counts", Map.of());
            return lags.size() == PARTITIONS && lags.values().stream().allMatch(lag -> lag.offsetLag() <= marker);
        });
    }

    private static Set<TopicPartition> stores(StreamsApp app, boolean standby) {
        return app.streams().metadataForLocalThreads().stream()
                .flatMap(thread -> tasks(thread, standby).stream())
                .flatMap(task -> task.topicPartitions().stream())
                .filter(partition -> partition.topic().endsWith("repartition"))
                .collect(Collectors.toSet());
    }

    private static Set<TaskMetadata> tasks(ThreadMetadata thread, boolean standby) {
        return standby ? thread.standbyTasks() : thread.activeTasks();
    }

    private static void assertCounted(Guarantee guarantee, WordCount words, Map<String, List<Long>> found) {
        if (guarantee == Guarantee.EXACTLY_ONCE) {
            assertThat(found).isEqualTo(words.ledger());
        } else {
            assertThat(found).containsOnlyKeys(words.ledger().keySet());
            words.ledger().forEach((word, counts) -> assertThat(found.get(word)).containsAll(counts));
        }
    }
}
