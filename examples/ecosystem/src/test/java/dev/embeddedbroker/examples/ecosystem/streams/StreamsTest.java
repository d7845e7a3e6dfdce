package dev.embeddedbroker.examples.ecosystem.streams;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embeddedbroker.EmbeddedBroker;
import dev.embeddedbroker.examples.ecosystem.Topics;
import dev.embeddedbroker.examples.ecosystem.streams.StreamsApp.Restored;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.kafka.common.serialization.LongDeserializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Grouped;
import org.apache.kafka.streams.kstream.JoinWindows;
import org.apache.kafka.streams.kstream.Materialized;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.kstream.StreamJoined;
import org.apache.kafka.streams.kstream.Suppressed;
import org.apache.kafka.streams.kstream.TimeWindows;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Kafka Streams, with both of its guarantees: what comes out of an application is what its input says, record by record. */
@Timeout(300)
class StreamsTest {
    private static final int PARTITIONS = 3;
    private static final long START_MS = 1_700_000_000_000L;

    private static final List<String> KEYS = List.of("a", "b", "c", "d", "e");

    private static EmbeddedBroker broker;
    private static Topics topics;

    @TempDir
    Path state;

    @BeforeAll
    static void start() {
        // the records are years old: they would go half a minute after the start
        broker = EmbeddedBroker.builder()
                .config("log.initial.task.delay.ms", "3600000")
                .build()
                .start();
        topics = new Topics(broker.bootstrapServers());
    }

    @AfterAll
    static void stop() {
        topics.close();
        broker.close();
    }

    @AfterEach
    void brokerMetNoBugOfItsOwn() {
        assertThat(broker.failure()).isEmpty();
    }

    private Properties config(String application, Guarantee guarantee) {
        return StreamsApp.config(broker.bootstrapServers(), application, guarantee, state);
    }

    @ParameterizedTest
    @EnumSource
    void everyWordIsCountedOnce(Guarantee guarantee) throws Exception {
        String name = guarantee.of("words");
        topics.create(PARTITIONS, name, name + "-out");
        var words = new WordCount(1);
        words.send(topics, name, 300);
        try (var app = StreamsApp.start(WordCount.topology(name, name + "-out"), config(name, guarantee))) {
            words.send(topics, name, 300);
            topics.await(
                    app::check,
                    name + "-out",
                    new LongDeserializer(),
                    "all counts",
                    seen -> seen.size() >= words.total());
        }
        assertThat(topics.all(name + "-out", new LongDeserializer())).isEqualTo(words.ledger());
        topics.assertAllCommitted(name, name);
        assertThat(topics.names())
                .contains(name + "-counts-repartition", name + "-counts-changelog")
                .contains(name);
    }

    @ParameterizedTest
    @EnumSource
    void streamMeetsTheTableAsItWasAtItsTime(Guarantee guarantee) throws Exception {
        String name = guarantee.of("prices");
        topics.create(PARTITIONS, name, name + "-orders", name + "-out");
        Map<String, List<String>> expected = new TreeMap<>();
        for (int day = 0; day < 5; day++) {
            for (int item = 0; item < 10; item++) {
                topics.send(name, START_MS + day * 1000, "item-" + item, "price " + day);
                topics.send(name + "-orders", START_MS + day * 1000 + 500, "item-" + item, "order " + day);
                topics.send(name + "-orders", START_MS + day * 1000 + 500, "unknown-" + item, "order " + day);
            }
        }
        for (int item = 0; item < 10; item++) {
            expected.put(
                    "item-" + item,
                    IntStream.range(0, 5)
                            .mapToObj(day -> "order " + day + " price " + day)
                            .toList());
        }
        topics.flush();
        var builder = new StreamsBuilder();
        builder.<String, String>stream(name + "-orders")
                .join(builder.<String, String>table(name), (order, price) -> order + " " + price)
                .to(name + "-out");
        try (var app = StreamsApp.start(builder.build(), config(name, guarantee))) {
            topics.await(app::check, name + "-out", new StringDeserializer(), "all orders", seen -> seen.size() >= 50);
        }
        assertThat(topics.all(name + "-out", new StringDeserializer())).isEqualTo(expected);
        topics.assertAllCommitted(name, name + "-orders");
    }

    @ParameterizedTest
    @EnumSource
    void streamsMeetWithinTheWindow(Guarantee guarantee) throws Exception {
        String name = guarantee.of("clicks");
        topics.create(PARTITIONS, name, name + "-views", name + "-out");
        Map<String, List<String>> expected = new TreeMap<>();
        for (int user = 0; user < 10; user++) {
            topics.send(name + "-views", START_MS, "user-" + user, "v0");
            topics.send(name, START_MS + 900, "user-" + user, "c0");
        }
        for (int user = 0; user < 10; user++) {
            topics.send(name + "-views", START_MS + 1900, "user-" + user, "v1");
            topics.send(name, START_MS + 2901, "user-" + user, "c1");
            expected.put("user-" + user, List.of("v0 c0", "v1 c0"));
        }
        topics.flush();
        var builder = new StreamsBuilder();
        builder.<String, String>stream(name + "-views")
                .join(
                        builder.<String, String>stream(name),
                        (view, click) -> view + " " + click,
                        JoinWindows.ofTimeDifferenceWithNoGrace(Duration.ofSeconds(1)),
                        StreamJoined.as("joined"))
                .to(name + "-out");
        try (var app = StreamsApp.start(builder.build(), config(name, guarantee))) {
            app.await("all to be read", () -> committed(name));
        }
        assertThat(topics.all(name + "-out", new StringDeserializer())).isEqualTo(expected);
    }

    private static boolean committed(String name) {
        try {
            topics.assertAllCommitted(name, name);
            topics.assertAllCommitted(name, name + "-views");
            return true;
        } catch (AssertionError notYet) {
            return false;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** Each window's count comes once, when the window is over; what comes later than the grace period allows is left out. */
    @ParameterizedTest
    @EnumSource
    void closedWindowsAreReportedOnceAndWhole(Guarantee guarantee) throws Exception {
        String name = guarantee.of("windows");
        topics.create(PARTITIONS, name, name + "-out");
        for (int i = 0; i < 100; i++) {
            sendToEach(name, START_MS + i * 100);
        }
        sendToEach(name, START_MS + 8999); // late, within the grace period
        sendToEach(name, START_MS + 12_000); // ends the windows to 10 s
        sendToEach(name, START_MS + 500); // too late
        sendToEach(name, START_MS + 60_000); // ends that one too
        topics.flush();
        var builder = new StreamsBuilder();
        builder.<String, String>stream(name)
                .groupBy((key, value) -> key, Grouped.as("by-key"))
                .windowedBy(TimeWindows.ofSizeAndGrace(Duration.ofSeconds(1), Duration.ofSeconds(1)))
                .count(Materialized.with(Serdes.String(), Serdes.Long()))
                .suppress(Suppressed.untilWindowCloses(Suppressed.BufferConfig.unbounded()))
                .toStream()
                .map((window, count) ->
                        new KeyValue<>(window.key(), (window.window().start() - START_MS) + " " + count))
                .to(name + "-out", Produced.with(Serdes.String(), Serdes.String()));
        try (var app = StreamsApp.start(builder.build(), config(name, guarantee))) {
            topics.await(app::check, name + "-out", new StringDeserializer(), "all windows", seen -> seen.size() >= 55);
        }
        Map<String, List<String>> expected = new TreeMap<>();
        for (String key : KEYS) {
            expected.put(
                    key,
                    List.of(
                            "0 10", "1000 10", "2000 10", "3000 10", "4000 10", "5000 10", "6000 10", "7000 10",
                            "8000 11", "9000 10", "12000 1"));
        }
        assertThat(topics.all(name + "-out", new StringDeserializer())).isEqualTo(expected);
    }

    private static void sendToEach(String topic, long timestamp) {
        KEYS.forEach(key -> topics.send(topic, timestamp, key, "x"));
    }

    @ParameterizedTest
    @EnumSource
    void restartedInstanceGoesOnWhereItWas(Guarantee guarantee) throws Exception {
        String name = guarantee.of("restart");
        topics.create(PARTITIONS, name, name + "-out");
        var words = new WordCount(2);
        var topology = WordCount.topology(name, name + "-out");
        for (int life = 0; life < 3; life++) {
            words.send(topics, name, 100);
            try (var app = StreamsApp.start(topology, config(name, guarantee))) {
                topics.await(
                        app::check,
                        name + "-out",
                        new LongDeserializer(),
                        "all counts",
                        seen -> seen.size() >= words.total());
                if (life == 2) {
                    assertThat(app.restored().values())
                            .extracting(Restored::from)
                            .containsOnly(0L);
                    assertThat(app.restored().values().stream()
                                    .mapToLong(Restored::records)
                                    .sum())
                            .as("records restored from the changelog")
                            .isPositive();
                }
            }
            assertThat(topics.all(name + "-out", new LongDeserializer())).isEqualTo(words.ledger());
            topics.assertAllCommitted(name, name);
            if (life == 1) {
                Directories.deleteWhatIsIn(state);
            }
        }
    }

    /** Filled from a topic whole before the application runs; the stream's records find it there. */
    @ParameterizedTest
    @EnumSource
    void globalTableIsThereFromTheStart(Guarantee guarantee) throws Exception {
        String name = guarantee.of("countries");
        topics.create(PARTITIONS, name, name + "-visits", name + "-out");
        Map<String, List<String>> expected = new TreeMap<>();
        for (int i = 0; i < 20; i++) {
            topics.send(name, "code-" + i, "country " + i);
            topics.send(name + "-visits", "visitor-" + i, "code-" + (19 - i));
            expected.put("visitor-" + i, List.of("country " + (19 - i)));
        }
        topics.flush();
        var builder = new StreamsBuilder();
        var countries = builder.globalTable(name, Consumed.with(Serdes.String(), Serdes.String()));
        builder.<String, String>stream(name + "-visits")
                .join(countries, (visitor, code) -> code, (code, country) -> country)
                .to(name + "-out");
        try (var app = StreamsApp.start(builder.build(), config(name, guarantee))) {
            topics.await(app::check, name + "-out", new StringDeserializer(), "all visits", seen -> seen.size() >= 20);
        }
        assertThat(topics.all(name + "-out", new StringDeserializer())).isEqualTo(expected);
    }
}
