package dev.embeddedbroker.clients;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import dev.embeddedbroker.EmbeddedBroker;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Predicate;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/**
 * A stock client meets a new topic and a new group without once being told to come back later. What the broker answered
 * is taken from the client's own log.
 */
class NoBackOffTest {
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    /** Errors that a client answers with {@code retry.backoff.ms}; on the wire they are numbers. */
    private static final Map<Integer, String> COME_BACK_LATER = Map.of(
            3, "UNKNOWN_TOPIC_OR_PARTITION",
            5, "LEADER_NOT_AVAILABLE",
            6, "NOT_LEADER_OR_FOLLOWER",
            14, "COORDINATOR_LOAD_IN_PROGRESS",
            15, "COORDINATOR_NOT_AVAILABLE",
            16, "NOT_COORDINATOR",
            22, "ILLEGAL_GENERATION",
            25, "UNKNOWN_MEMBER_ID",
            27, "REBALANCE_IN_PROGRESS",
            100, "UNKNOWN_TOPIC_ID");

    private static final Pattern RECEIVED = Pattern.compile("Received (\\w+) response from node");
    private static final Pattern ERROR_CODE = Pattern.compile("[eE]rrorCode=(\\d+)");

    private final ClientLog log = new ClientLog();

    @BeforeEach
    void listen() {
        log.begin();
    }

    @AfterEach
    void stopListening() {
        log.end();
    }

    @Test
    void firstProduceToANewTopicNeedsOneMetadataAnswerAndNoRetry() throws Exception {
        try (var broker = new EmbeddedBroker().start()) {
            produceOne(broker, "fresh");
        }
        assertNobodyCameBackLater();
        assertThat(log.answers("METADATA"))
                .as(log.toString())
                .hasSizeLessThanOrEqualTo(3); // start, the topic, and it again if the client asked twice
        assertThat(log.answers("PRODUCE")).as(log.toString()).hasSize(1);
    }

    @Test
    void firstMemberOfANewClassicGroupJoinsWithoutRetry() throws Exception {
        try (var broker = new EmbeddedBroker().start()) {
            produceOne(broker, "fresh");
            consumeOne(broker, "fresh", Map.of());
        }
        assertNobodyCameBackLater();
        assertThat(log.answers("FIND_COORDINATOR")).as(log.toString()).hasSize(1);
        assertThat(log.answers("JOIN_GROUP")).as(log.toString()).hasSizeBetween(1, 2); // KIP-394: once to get an id
        assertThat(log.answers("SYNC_GROUP")).as(log.toString()).hasSize(1);
        assertThat(log.answers("OFFSET_COMMIT")).as(log.toString()).hasSize(1);
    }

    @Test
    void consumerThatComesBeforeTheTopicGetsItWithoutRetry() throws Exception {
        try (var broker = new EmbeddedBroker().start();
                var consumer = consumer(broker, "early", Map.of("allow.auto.create.topics", "true"))) {
            consumer.subscribe(List.of("not-there-yet"));
            while (consumer.assignment().isEmpty()) {
                consumer.poll(Duration.ofMillis(10));
            }
            produceOne(broker, "not-there-yet");
            assertThat(poll(consumer)).isEqualTo("v");
        }
        assertNobodyCameBackLater();
    }

    private void assertNobodyCameBackLater() {
        assertThat(log.answers("METADATA")).as(log.toString()).isNotEmpty();
        assertThat(log.linesWhere(NoBackOffTest::saysComeBackLater)).isEmpty();
    }

    private static boolean saysComeBackLater(String line) {
        return RECEIVED.matcher(line).find()
                && ERROR_CODE
                        .matcher(line)
                        .results()
                        .map(MatchResult::group)
                        .map(text -> Integer.parseInt(text.substring(text.indexOf('=') + 1)))
                        .anyMatch(COME_BACK_LATER::containsKey);
    }

    private static void produceOne(EmbeddedBroker broker, String topic) throws Exception {
        try (var producer =
                new KafkaProducer<>(broker.clientProperties(), new StringSerializer(), new StringSerializer())) {
            producer.send(new ProducerRecord<>(topic, "k", "v")).get();
        }
    }

    private static void consumeOne(EmbeddedBroker broker, String topic, Map<String, Object> more) {
        try (var consumer = consumer(broker, "new-group", more)) {
            consumer.subscribe(List.of(topic));
            assertThat(poll(consumer)).isEqualTo("v");
        }
    }

    private static KafkaConsumer<String, String> consumer(
            EmbeddedBroker broker, String group, Map<String, Object> more) {
        var settings = new HashMap<>(broker.clientProperties());
        settings.putAll(Map.of("group.id", group, "auto.offset.reset", "earliest"));
        settings.putAll(more);
        return new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer());
    }

    private static String poll(KafkaConsumer<String, String> consumer) {
        long deadlineNanos = System.nanoTime() + PATIENCE.toNanos();
        while (System.nanoTime() < deadlineNanos) {
            for (var record : consumer.poll(Duration.ofSeconds(1))) {
                return record.value();
            }
        }
        throw new AssertionError("nothing came in " + PATIENCE);
    }

    /** What the clients log at DEBUG, every answer among it. <b>Owner:</b> any thread. */
    private static final class ClientLog extends AppenderBase<ILoggingEvent> {
        private final Queue<String> lines = new ConcurrentLinkedQueue<>();
        private final Logger clients = (Logger) LoggerFactory.getLogger("org.apache.kafka.clients.NetworkClient");

        void begin() {
            setContext((LoggerContext) LoggerFactory.getILoggerFactory());
            start();
            clients.setLevel(Level.DEBUG);
            clients.setAdditive(false);
            clients.addAppender(this);
        }

        void end() {
            clients.detachAppender(this);
            clients.setAdditive(true);
            clients.setLevel(null);
            stop();
        }

        @Override
        protected void append(ILoggingEvent event) {
            lines.add(Objects.requireNonNull(event.getFormattedMessage()));
        }

        List<String> linesWhere(Predicate<String> wanted) {
            return lines.stream().filter(wanted).toList();
        }

        /** The answers of that API key. */
        List<String> answers(String key) {
            return linesWhere(line -> line.contains("Received " + key + " response"));
        }

        @Override
        public String toString() {
            return String.join("\n", lines);
        }
    }
}
