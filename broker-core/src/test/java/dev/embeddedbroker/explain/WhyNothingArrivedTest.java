package dev.embeddedbroker.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.embeddedbroker.EmbeddedBroker;
import dev.embeddedbroker.explain.Cause.Kind;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RecordDeserializationException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code broker.explain()}: each way a stock consumer gets nothing is set up, and must be the first cause named. */
class WhyNothingArrivedTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final TopicPartition ORDERS = new TopicPartition("orders", 0);

    private EmbeddedBroker broker;

    @BeforeEach
    void start() {
        broker = EmbeddedBroker.builder()
                .topic("orders", 1)
                .topic("wide", 2)
                .config("auto.create.topics.enable", "false")
                .build()
                .start();
    }

    @AfterEach
    void close() {
        assertThat(broker.failure()).isEmpty();
        broker.close();
    }

    // ---- what the tests do

    private KafkaProducer<String, String> producer(String... settings) {
        return new KafkaProducer<>(properties(settings), new StringSerializer(), new StringSerializer());
    }

    private KafkaConsumer<String, String> consumer(String... settings) {
        return new KafkaConsumer<>(properties(settings), new StringDeserializer(), new StringDeserializer());
    }

    private Map<String, Object> properties(String... settings) {
        var properties = new HashMap<>(broker.clientProperties());
        properties.put("enable.auto.commit", "false");
        for (int i = 0; i < settings.length; i += 2) {
            properties.put(settings[i], settings[i + 1]);
        }
        return properties;
    }

    private void produce(String topic, String... values) throws Exception {
        try (var producer = producer()) {
            for (String value : values) {
                producer.send(new ProducerRecord<>(topic, 0, "key", value)).get();
            }
        }
    }

    private static void poll(KafkaConsumer<?, ?> consumer, BooleanSupplier until) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!until.getAsBoolean()) {
            assertThat(System.nanoTime()).as("patience").isLessThan(end);
            consumer.poll(Duration.ofMillis(20));
        }
    }

    private int fetches() {
        return broker.recorder()
                .exchanges(each -> each.apiName().equals("FETCH"))
                .size();
    }

    private Cause top(String group, String topic) {
        var explanation = broker.explain(group, topic);
        assertThat(explanation.toString()).contains(explanation.top().sentence());
        return explanation.top();
    }

    /** Polls until that is the cause. */
    private Cause pollUntilTop(KafkaConsumer<?, ?> consumer, String group, String topic, Kind kind) {
        return pollUntilTop(consumer, () -> {}, group, topic, kind);
    }

    /** The same; something else is done too each time. */
    private Cause pollUntilTop(KafkaConsumer<?, ?> consumer, Runnable too, String group, String topic, Kind kind) {
        var found = new AtomicReference<Cause>();
        poll(consumer, () -> {
            too.run();
            found.set(top(group, topic));
            return found.get().kind() == kind;
        });
        return found.get();
    }

    private static String facts(Cause cause) {
        return String.join("\n", cause.facts());
    }

    // ---- names

    @Test
    void theTopicIsSpeltWrong() throws Exception {
        produce("orders", "one", "two", "three");
        var cause = top("notifications", "ordrs");
        assertThat(cause.kind()).isEqualTo(Kind.TOPIC_DOES_NOT_EXIST);
        assertThat(cause.sentence()).contains("no topic ordrs", "orders");
        assertThat(facts(cause)).contains("orders got 3 records");
    }

    @ParameterizedTest
    @ValueSource(strings = {"classic", "consumer"})
    void theConsumerSubscribesToAnotherTopic(String protocol) throws Exception {
        try (var admin = Admin.create(properties())) {
            admin.createTopics(List.of(new org.apache.kafka.clients.admin.NewTopic("ordrs", 1, (short) 1)))
                    .all()
                    .get();
        }
        produce("orders", "one");
        try (var consumer =
                consumer("group.id", "notifications", "group.protocol", protocol, "client.id", "notifier")) {
            consumer.subscribe(List.of("ordrs"));
            poll(consumer, () -> !consumer.assignment().isEmpty());
            var cause = pollUntilTop(consumer, "notifications", "orders", Kind.SUBSCRIBED_TO_ANOTHER_TOPIC);
            assertThat(cause.sentence()).contains("ordrs");
            assertThat(facts(cause)).contains("notifier at /127.0.0.1 subscribes to [ordrs]", "orders got 1 record");
            assertThat(cause.advice()).contains("ordrs");
            assertThat(top("notifications", "ordrs"))
                    .satisfies(other -> assertThat(other.kind()).isEqualTo(Kind.NOTHING_WAS_PRODUCED))
                    .satisfies(other -> assertThat(other.sentence()).contains("records were produced to orders"));
        }
    }

    @Test
    void thePatternMatchesNoTopic() throws Exception {
        produce("orders", "one");
        try (var consumer = consumer("group.id", "notifications", "group.protocol", "classic")) {
            consumer.subscribe(Pattern.compile("payments-.*"));
            consumer.poll(Duration.ofMillis(100));
            var cause = pollUntilTop(consumer, "notifications", "orders", Kind.SUBSCRIPTION_MATCHES_NOTHING);
            assertThat(cause.advice()).contains("orders, wide");
        }
    }

    @Test
    void thePatternOfTheBrokerMatchesNoTopic() throws Exception {
        produce("orders", "one");
        try (var consumer = consumer("group.id", "notifications", "group.protocol", "consumer")) {
            consumer.subscribe(new org.apache.kafka.clients.consumer.SubscriptionPattern("payments-.*"));
            var cause = pollUntilTop(consumer, "notifications", "orders", Kind.SUBSCRIPTION_MATCHES_NOTHING);
            assertThat(cause.sentence()).contains("payments-.*").contains("orders");
        }
    }

    // ---- groups

    @Test
    void nobodyEverJoined() throws Exception {
        produce("orders", "one");
        try (var consumer = consumer("group.id", "notifications")) {
            consumer.subscribe(List.of("orders")); // and never polls
            assertThat(top("notifications", "orders").kind()).isEqualTo(Kind.GROUP_DOES_NOT_EXIST);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"classic", "consumer"})
    void theConsumerHadLeftAlready(String protocol) throws Exception {
        try (var consumer =
                consumer("group.id", "notifications", "group.protocol", protocol, "client.id", "notifier")) {
            consumer.subscribe(List.of("orders"));
            poll(consumer, () -> !consumer.assignment().isEmpty());
            consumer.commitSync(Map.of(ORDERS, new OffsetAndMetadata(0)));
        }
        produce("orders", "one");
        var cause = top("notifications", "orders");
        assertThat(cause.kind()).isEqualTo(Kind.GROUP_HAS_NO_MEMBERS);
        assertThat(facts(cause)).contains("the last to leave was notifier at /127.0.0.1 at ");
    }

    @Test
    void aMemberThatDoesNotPollHoldsUpTheRebalance() throws Exception {
        produce("orders", "one");
        try (var sleeping =
                        consumer("group.id", "notifications", "group.protocol", "classic", "client.id", "sleeping");
                var waiting =
                        consumer("group.id", "notifications", "group.protocol", "classic", "client.id", "waiting")) {
            sleeping.subscribe(List.of("orders"));
            poll(sleeping, () -> !sleeping.assignment().isEmpty());
            waiting.subscribe(List.of("orders"));
            var cause = pollUntilTop(waiting, "notifications", "orders", Kind.REBALANCE_IN_PROGRESS);
            assertThat(facts(cause)).contains("sleeping at /127.0.0.1 was last heard");
            waiting.close(CloseOptions.timeout(Duration.ZERO)); // it would say that it leaves when its join is answered
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"classic", "consumer"})
    void thereAreMoreMembersThanPartitions(String protocol) throws Exception {
        try (var one = consumer(
                        "group.id", "notifications", "group.protocol", protocol, "auto.offset.reset", "earliest");
                var two = consumer(
                        "group.id", "notifications", "group.protocol", protocol, "auto.offset.reset", "earliest")) {
            one.subscribe(List.of("orders"));
            two.subscribe(List.of("orders"));
            produce("orders", "one");
            var cause = pollUntilTop(
                    one,
                    () -> two.poll(Duration.ofMillis(20)),
                    "notifications",
                    "orders",
                    Kind.MORE_MEMBERS_THAN_PARTITIONS);
            assertThat(cause.sentence()).contains("1 partition", "2 members", "1 of them gets nothing");
            assertThat(facts(cause)).contains(" has nothing", "{orders=[0]}");
        }
    }

    // ---- positions

    @ParameterizedTest
    @ValueSource(strings = {"classic", "consumer"})
    void theConsumerStartedAtLatestAfterTheRecords(String protocol) throws Exception {
        produce("orders", "one", "two", "three");
        try (var consumer =
                consumer("group.id", "notifications", "group.protocol", protocol, "client.id", "notifier")) {
            consumer.subscribe(List.of("orders"));
            var cause = pollUntilTop(consumer, "notifications", "orders", Kind.STARTED_AT_LATEST);
            assertThat(cause.sentence()).contains("latest");
            assertThat(facts(cause))
                    .contains("orders-0: notifier at /127.0.0.1 asked for the end at ")
                    .contains("was told 3; 3 records (offsets 0 to 2, the newest stamped at ");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"classic", "consumer"})
    void anEarlierTestHasCommittedBehindTheRecords(String protocol) throws Exception {
        produce("orders", "one", "two");
        try (var earlier = consumer(
                "group.id",
                "notifications",
                "group.protocol",
                protocol,
                "client.id",
                "earlier",
                "auto.offset.reset",
                "earliest")) {
            earlier.subscribe(List.of("orders"));
            poll(earlier, () -> earlier.assignment().contains(ORDERS) && earlier.position(ORDERS) == 2);
            earlier.commitSync();
        }
        try (var consumer = consumer(
                "group.id",
                "notifications",
                "group.protocol",
                protocol,
                "client.id",
                "later",
                "auto.offset.reset",
                "earliest")) {
            consumer.subscribe(List.of("orders"));
            var cause = pollUntilTop(consumer, "notifications", "orders", Kind.COMMITTED_BEHIND_THE_RECORDS);
            assertThat(facts(cause)).contains("orders-0: committed is 2, by earlier at /127.0.0.1 at ", "ends at 2");
        }
    }

    @Test
    void theCommittedOffsetIsOutOfRange() throws Exception {
        produce("orders", "one", "two");
        try (var consumer =
                consumer("group.id", "notifications", "group.protocol", "classic", "client.id", "notifier")) {
            consumer.subscribe(List.of("orders"));
            poll(consumer, () -> consumer.assignment().contains(ORDERS));
            consumer.seek(ORDERS, 1_000);
            var cause = pollUntilTop(consumer, "notifications", "orders", Kind.OFFSET_WAS_OUT_OF_RANGE);
            assertThat(facts(cause)).contains("notifier at /127.0.0.1 asked for offset 1000 at ");
        }
    }

    // ---- transactions

    @ParameterizedTest
    @ValueSource(strings = {"classic", "consumer"})
    void anOpenTransactionHoldsTheRecordsBack(String protocol) throws Exception {
        try (var producer = producer("transactional.id", "tx-7");
                var consumer = consumer(
                        "group.id",
                        "notifications",
                        "group.protocol",
                        protocol,
                        "isolation.level",
                        "read_committed",
                        "auto.offset.reset",
                        "earliest")) {
            producer.initTransactions();
            producer.beginTransaction();
            producer.send(new ProducerRecord<>("orders", "one")).get();
            produce("orders", "behind it");
            consumer.subscribe(List.of("orders"));
            poll(consumer, () -> !consumer.assignment().isEmpty());
            var cause = pollUntilTop(consumer, "notifications", "orders", Kind.OPEN_TRANSACTION);
            assertThat(facts(cause))
                    .contains("orders-0: what is from offset 0 to 1 waits for transaction tx-7 of producer ")
                    .contains("first offset 0", "timeout 60000 ms", "open since ");
            producer.abortTransaction();
        }
    }

    @Test
    void theTransactionsWereAborted() throws Exception {
        try (var producer = producer("transactional.id", "tx-7");
                var consumer = consumer(
                        "group.id",
                        "notifications",
                        "isolation.level",
                        "read_committed",
                        "auto.offset.reset",
                        "earliest")) {
            producer.initTransactions();
            producer.beginTransaction();
            producer.send(new ProducerRecord<>("orders", "one")).get();
            producer.send(new ProducerRecord<>("orders", "two")).get();
            producer.abortTransaction();
            consumer.subscribe(List.of("orders"));
            var cause = pollUntilTop(consumer, "notifications", "orders", Kind.TRANSACTIONS_WERE_ABORTED);
            assertThat(facts(cause)).contains("orders-0: all 2 records from offset 0 on were aborted");
        }
    }

    // ---- records that are not there

    @Test
    void nothingWasProduced() {
        try (var consumer = consumer("group.id", "notifications")) {
            consumer.subscribe(List.of("orders"));
            pollUntilTop(consumer, "notifications", "orders", Kind.NOTHING_WAS_PRODUCED);
        }
    }

    @Test
    void theRecordsWereDeleted() throws Exception {
        produce("orders", "one", "two");
        try (var admin = Admin.create(properties())) {
            admin.deleteRecords(Map.of(ORDERS, RecordsToDelete.beforeOffset(2)))
                    .all()
                    .get();
        }
        try (var consumer = consumer("group.id", "notifications", "auto.offset.reset", "earliest")) {
            consumer.subscribe(List.of("orders"));
            var cause = pollUntilTop(consumer, "notifications", "orders", Kind.RECORDS_ARE_GONE);
            assertThat(facts(cause)).contains("2 records (offsets 0 to 1) are gone; the log starts at 2 and ends at 2");
        }
    }

    @Test
    void theRecordsAreInAnotherPartitionThanTheOneAssignedByHand() throws Exception {
        produce("wide", "one");
        try (var consumer =
                consumer("group.id", "notifications", "client.id", "notifier", "auto.offset.reset", "earliest")) {
            consumer.assign(List.of(new TopicPartition("wide", 1)));
            var cause = pollUntilTop(consumer, "notifications", "wide", Kind.RECORDS_ARE_IN_OTHER_PARTITIONS);
            assertThat(facts(cause))
                    .contains("wide-1 is read by notifier at /127.0.0.1 and never got a record")
                    .contains("wide-0 has offset 0");
        }
    }

    // ---- clients

    @ParameterizedTest
    @ValueSource(strings = {"classic", "consumer"})
    void thePartitionIsPaused(String protocol) throws Exception {
        var paused = new TopicPartition("wide", 0);
        try (var consumer = consumer(
                "group.id",
                "notifications",
                "group.protocol",
                protocol,
                "auto.offset.reset",
                "earliest",
                "fetch.max.wait.ms",
                "20")) {
            consumer.subscribe(List.of("wide"));
            poll(consumer, () -> consumer.assignment().size() == 2);
            consumer.pause(List.of(paused));
            broker.recorder().start();
            poll(consumer, () -> fetches() >= 4); // one that was on its way may still have asked for it
            broker.recorder().stop();
            produce("wide", "one");
            var cause = pollUntilTop(consumer, "notifications", "wide", Kind.PARTITION_IS_PAUSED);
            assertThat(cause.sentence()).contains("wide-0", "paused");
            assertThat(facts(cause)).contains("wide-0: offset 0 could be read");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"classic", "consumer"})
    void theConsumerIsAssignedAndDoesNotPoll(String protocol) throws Exception {
        try (var consumer = consumer(
                "group.id",
                "notifications",
                "group.protocol",
                protocol,
                "client.id",
                "sleeper",
                "auto.offset.reset",
                "earliest")) {
            consumer.subscribe(List.of("orders"));
            produce("orders", "one");
            poll(consumer, () -> consumer.assignment().contains(ORDERS) && consumer.position(ORDERS) == 1);
            poll(consumer, () -> top("notifications", "orders").kind() == Kind.EVERYTHING_WAS_CONSUMED);
            produce("orders", "two");
            produce("orders", "three");
            // without another poll() the background has fetched once at most, and asks no more
            var cause = top("notifications", "orders");
            assertThat(cause.kind()).isIn(Kind.CONSUMER_DOES_NOT_POLL, Kind.RECORDS_ARE_WITH_THE_CLIENT);
            assertThat(cause.sentence()).contains("sleeper at /127.0.0.1", "poll()");
        }
    }

    /** Throws for one value. */
    private static final class Poisoned implements Deserializer<String> {
        @Override
        public String deserialize(String topic, byte[] data) {
            throw new SerializationException("poison");
        }
    }

    @Test
    void aDeserializerThatThrowsCannotBeSeenButIsGuessed() throws Exception {
        produce("orders", "poison");
        produce("orders", "after it");
        try (var consumer = new KafkaConsumer<>(
                properties("group.id", "notifications", "client.id", "victim", "auto.offset.reset", "earliest"),
                new StringDeserializer(),
                new Poisoned())) {
            consumer.subscribe(List.of("orders"));
            assertThatThrownBy(() -> poll(consumer, () -> false)).isInstanceOf(RecordDeserializationException.class);
            var cause = top("notifications", "orders");
            assertThat(cause.kind()).isEqualTo(Kind.RECORDS_ARE_WITH_THE_CLIENT);
            assertThat(cause.sentence()).contains("victim", "deserializer");
            assertThat(cause.advice()).contains("RecordDeserializationException", "at offset 0");
        }
    }

    @Test
    void everythingWasConsumed() throws Exception {
        produce("orders", "one");
        try (var consumer = consumer("group.id", "notifications", "auto.offset.reset", "earliest")) {
            consumer.subscribe(List.of("orders"));
            pollUntilTop(consumer, "notifications", "orders", Kind.EVERYTHING_WAS_CONSUMED);
        }
    }

    @Test
    void theLastRequestsOfTheGroupsClientsAreToldWhenTheyWereRecorded() throws Exception {
        broker.recorder().start();
        produce("orders", "one");
        try (var consumer = consumer("group.id", "notifications", "client.id", "notifier")) {
            consumer.subscribe(List.of("orders"));
            pollUntilTop(consumer, "notifications", "orders", Kind.STARTED_AT_LATEST);
            assertThat(broker.explain("notifications", "orders").toString())
                    .contains("The last requests of its clients:", "notifier > FETCH");
        }
    }
}
