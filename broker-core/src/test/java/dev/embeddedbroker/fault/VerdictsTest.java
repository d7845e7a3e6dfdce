package dev.embeddedbroker.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.embeddedbroker.EmbeddedBroker;
import dev.embeddedbroker.protocol.ApiKey;
import dev.embeddedbroker.protocol.ErrorCode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeClusterOptions;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.CorruptRecordException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What each verdict does to stock clients, and that the rule says that it did. */
@Timeout(180)
class VerdictsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private final EmbeddedBroker broker = EmbeddedBroker.builder()
            .topic("orders", 2)
            .topic("others", 1)
            .build()
            .start();

    @AfterEach
    void close() {
        assertThat(broker.failure()).isEmpty();
        broker.close();
    }

    private KafkaProducer<String, String> producer(Map<String, Object> more) {
        var settings = new HashMap<>(broker.clientProperties());
        settings.put("retry.backoff.ms", 10);
        settings.put("reconnect.backoff.ms", 10);
        settings.putAll(more);
        return new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer());
    }

    private KafkaConsumer<String, String> consumer(Map<String, Object> more) {
        var settings = new HashMap<>(broker.clientProperties());
        settings.put("auto.offset.reset", "earliest");
        settings.put("retry.backoff.ms", 10);
        settings.put("reconnect.backoff.ms", 10);
        settings.putAll(more);
        return new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer());
    }

    private static ProducerRecord<String, String> order(int partition, String value) {
        return new ProducerRecord<>("orders", partition, "k", value);
    }

    private static List<String> poll(KafkaConsumer<String, String> consumer, int count) {
        var values = new ArrayList<String>();
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (values.size() < count && System.nanoTime() < deadline) {
            consumer.poll(Duration.ofMillis(100)).forEach(record -> values.add(record.value()));
        }
        return values;
    }

    /** All that is in the topic now. */
    private List<String> stored(String topic, int partition) throws Exception {
        var tp = new TopicPartition(topic, partition);
        try (var consumer = consumer(Map.of())) {
            consumer.assign(List.of(tp));
            consumer.seekToBeginning(List.of(tp));
            long end = consumer.endOffsets(List.of(tp)).get(tp);
            return poll(consumer, (int) end);
        }
    }

    // ---- answer

    @Test
    void aProducerRetriesNotLeaderOrFollowerAndOtherPartitionsAreServed() throws Exception {
        var rule = broker.faults()
                .on(ApiKey.PRODUCE)
                .topic("orders")
                .partition(1)
                .first(2)
                .then(Verdict.answer(ErrorCode.NOT_LEADER_OR_FOLLOWER));
        try (var producer = producer(Map.of("linger.ms", 50))) {
            var first = producer.send(order(0, "a"));
            var second = producer.send(order(1, "b"));
            assertThat(first.get().offset()).isZero();
            assertThat(second.get().offset()).isZero();
        }
        assertThat(rule.fired()).isEqualTo(2);
        assertThat(rule.isOver()).isTrue();
        assertThat(rule.log()).allSatisfy(hit -> assertThat(hit.about()).isEqualTo("orders-1"));
        assertThat(stored("orders", 0)).containsExactly("a");
        assertThat(stored("orders", 1)).containsExactly("b");
        broker.faults().requireAllUsed();
    }

    @Test
    void theFirstOfSeveralBatchesInFlightMayBeRefusedAndOrderIsKept() throws Exception {
        var rule = broker.faults()
                .on(ApiKey.PRODUCE)
                .topic("orders")
                .first(1)
                .then(Verdict.answer(ErrorCode.NOT_LEADER_OR_FOLLOWER));
        var values = IntStream.range(0, 200).mapToObj(i -> "v" + i).toList();
        try (var producer = producer(Map.of("linger.ms", 0, "batch.size", 20))) {
            var answers =
                    values.stream().map(value -> producer.send(order(0, value))).toList();
            for (int i = 0; i < values.size(); i++) {
                assertThat(answers.get(i).get().offset()).isEqualTo(i);
            }
        }
        assertThat(rule.fired()).isOne();
        assertThat(stored("orders", 0)).isEqualTo(values);
    }

    @Test
    void anErrorThatIsNotRetriedReachesTheCaller() {
        broker.faults().on(ApiKey.PRODUCE).topic("orders").then(Verdict.answer(ErrorCode.TOPIC_AUTHORIZATION_FAILED));
        try (var producer = producer(Map.of())) {
            assertThatThrownBy(() -> producer.send(order(0, "a")).get())
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(TopicAuthorizationException.class);
        }
    }

    @Test
    void aConsumerFindsItsCoordinatorAgain() throws Exception {
        var missing = broker.faults()
                .on(ApiKey.JOIN_GROUP, ApiKey.OFFSET_FETCH)
                .group("readers")
                .first(3)
                .then(Verdict.answer(ErrorCode.COORDINATOR_NOT_AVAILABLE));
        try (var producer = producer(Map.of());
                var consumer = consumer(Map.of("group.id", "readers"))) {
            producer.send(order(0, "a")).get();
            consumer.subscribe(List.of("orders"));
            assertThat(poll(consumer, 1)).containsExactly("a");
        }
        assertThat(missing.fired()).isEqualTo(3);
    }

    @Test
    void aMemberThatIsUnknownAllOfASuddenRejoins() throws Exception {
        try (var producer = producer(Map.of());
                var consumer = consumer(
                        Map.of("group.id", "readers", "heartbeat.interval.ms", 100, "session.timeout.ms", 6000))) {
            producer.send(order(0, "a")).get();
            consumer.subscribe(List.of("orders"));
            assertThat(poll(consumer, 1)).containsExactly("a");
            String before = consumer.groupMetadata().memberId();

            var rule = broker.faults()
                    .on(ApiKey.HEARTBEAT)
                    .group("readers")
                    .first(1)
                    .then(Verdict.answer(ErrorCode.UNKNOWN_MEMBER_ID));
            long deadline = System.nanoTime() + PATIENCE.toNanos();
            while (consumer.groupMetadata().memberId().equals(before) && System.nanoTime() < deadline
                    || consumer.assignment().isEmpty()) {
                consumer.poll(Duration.ofMillis(50));
            }
            assertThat(rule.fired()).isOne();
            assertThat(consumer.groupMetadata().memberId()).isNotEqualTo(before);
        }
    }

    @Test
    void aFetchErrorOfOnePartitionLeavesTheOtherAlone() throws Exception {
        try (var producer = producer(Map.of());
                var consumer = consumer(Map.of())) {
            producer.send(order(0, "a")).get();
            producer.send(order(1, "b")).get();
            consumer.assign(List.of(new TopicPartition("orders", 0), new TopicPartition("orders", 1)));
            var rule = broker.faults()
                    .on(ApiKey.FETCH)
                    .topic("orders")
                    .partition(1)
                    .then(Verdict.answer(ErrorCode.NOT_LEADER_OR_FOLLOWER));
            assertThat(poll(consumer, 1)).containsExactly("a");
            consumer.poll(Duration.ofMillis(10));
            rule.awaitFired(1, PATIENCE);
            rule.release();
            assertThat(poll(consumer, 1)).containsExactly("b");
        }
    }

    @Test
    void aFetchSessionThatIsOpenAlreadyIsMetByARuleOfItsTopic() throws Exception {
        try (var producer = producer(Map.of());
                var consumer = consumer(Map.of())) {
            producer.send(order(0, "a")).get();
            consumer.assign(List.of(new TopicPartition("orders", 0)));
            assertThat(poll(consumer, 1)).containsExactly("a");
            consumer.poll(Duration.ofMillis(10)); // an incremental fetch, which names nothing
            var rule = broker.faults()
                    .on(ApiKey.FETCH)
                    .topic("orders")
                    .first(1)
                    .then(Verdict.answer(ErrorCode.TOPIC_AUTHORIZATION_FAILED));
            Throwable seen = null;
            long deadline = System.nanoTime() + PATIENCE.toNanos();
            while (seen == null && System.nanoTime() < deadline) {
                seen = catchThrowable(() -> consumer.poll(Duration.ofMillis(50)));
            }
            assertThat(seen).isInstanceOf(TopicAuthorizationException.class);
            assertThat(rule.fired()).isOne();
            producer.send(order(0, "b")).get();
            assertThat(poll(consumer, 1)).containsExactly("b");
        }
    }

    @Test
    void aTransactionIsAbortedForAnEpochThatIsInvalidAndTheNextOneGoesThrough() throws Exception {
        try (var producer = producer(Map.of("transactional.id", "payments"))) {
            producer.initTransactions();
            producer.beginTransaction();
            var rule = broker.faults()
                    .on(ApiKey.PRODUCE)
                    .transactionalId("payments")
                    .first(1)
                    .then(Verdict.answer(ErrorCode.INVALID_PRODUCER_EPOCH));
            assertThatThrownBy(() -> producer.send(order(0, "lost")).get())
                    .hasCauseInstanceOf(org.apache.kafka.common.errors.InvalidProducerEpochException.class);
            producer.abortTransaction();
            producer.beginTransaction();
            producer.send(order(0, "kept"));
            producer.commitTransaction();
            assertThat(rule.fired()).isOne();
        }
        try (var consumer = consumer(Map.of("isolation.level", "read_committed"))) {
            consumer.assign(List.of(new TopicPartition("orders", 0)));
            assertThat(poll(consumer, 1)).containsExactly("kept");
        }
    }

    @Test
    void aProducerThatIsFencedAtTheEndOfItsTransactionIsDone() throws Exception {
        var rule = broker.faults()
                .on(ApiKey.END_TXN)
                .transactionalId("payments")
                .then(Verdict.answer(ErrorCode.PRODUCER_FENCED));
        try (var producer = producer(Map.of("transactional.id", "payments"))) {
            producer.initTransactions();
            producer.beginTransaction();
            producer.send(order(0, "a"));
            assertThatThrownBy(producer::commitTransaction).isInstanceOf(ProducerFencedException.class);
        }
        assertThat(rule.fired()).isPositive();
    }

    @Test
    void acksZeroIsAnsweredByClosingTheConnection() throws Exception {
        var rule = broker.faults()
                .on(ApiKey.PRODUCE)
                .partition(0)
                .first(1)
                .then(Verdict.answer(ErrorCode.NOT_LEADER_OR_FOLLOWER));
        try (var producer = producer(Map.of("acks", "0", "enable.idempotence", false))) {
            producer.send(order(0, "lost")).get();
            rule.awaitFired(1, PATIENCE);
        }
        assertThat(stored("orders", 0)).isEmpty();
    }

    // ---- lost on the way

    @Test
    void anIdempotentProducerSurvivesALostAnswerWithoutADuplicate() throws Exception {
        var rule = broker.faults().on(ApiKey.PRODUCE).first(1).then(Verdict.dropAnswer());
        try (var producer = producer(Map.of("request.timeout.ms", 500, "delivery.timeout.ms", 60_000))) {
            var answers = IntStream.range(0, 5)
                    .mapToObj(i -> producer.send(order(0, "v" + i)))
                    .toList();
            for (var answer : answers) {
                answer.get();
            }
        }
        assertThat(rule.fired()).isOne();
        assertThat(stored("orders", 0)).containsExactly("v0", "v1", "v2", "v3", "v4");
    }

    @Test
    void withoutIdempotenceALostAnswerMakesADuplicate() throws Exception {
        broker.faults().on(ApiKey.PRODUCE).first(1).then(Verdict.dropAnswer());
        try (var producer = producer(
                Map.of("request.timeout.ms", 500, "delivery.timeout.ms", 60_000, "enable.idempotence", false))) {
            assertThat(producer.send(order(0, "twice")).get().offset()).isPositive();
        }
        assertThat(stored("orders", 0)).startsWith("twice", "twice").containsOnly("twice");
        broker.faults().requireAllUsed();
    }

    @Test
    void aLostRequestIsSentAgain() throws Exception {
        var rule = broker.faults().on(ApiKey.PRODUCE).first(1).then(Verdict.dropRequest());
        try (var producer = producer(Map.of("request.timeout.ms", 500, "delivery.timeout.ms", 60_000))) {
            assertThat(producer.send(order(0, "once")).get().offset()).isZero();
        }
        assertThat(rule.fired()).isOne();
        assertThat(stored("orders", 0)).containsExactly("once");
    }

    @Test
    void aClosedConnectionIsOpenedAgainBeforeAndAfterServing() throws Exception {
        var before = broker.faults().on(ApiKey.PRODUCE).nth(1).then(Verdict.disconnect());
        var after = broker.faults().on(ApiKey.PRODUCE).nth(1).then(Verdict.disconnectAfter());
        try (var producer = producer(Map.of("enable.idempotence", false))) {
            assertThat(producer.send(order(0, "v")).get().offset()).isOne();
        }
        assertThat(before.fired()).isOne();
        assertThat(after.fired()).isOne();
        assertThat(stored("orders", 0)).containsExactly("v", "v");
    }

    // ---- slow

    @Test
    void delaysAddUpAndTheAnswerComes() throws Exception {
        var before = broker.faults().on(ApiKey.DESCRIBE_CLUSTER).then(Verdict.delay(Duration.ofMillis(50)));
        var after = broker.faults().on(ApiKey.DESCRIBE_CLUSTER).then(Verdict.delayAnswer(Duration.ofMillis(50)));
        try (var admin = Admin.create(broker.clientProperties())) {
            long begin = System.nanoTime();
            assertThat(admin.describeCluster().nodes().get()).hasSize(1);
            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThanOrEqualTo(Duration.ofMillis(100));
        }
        assertThat(before.fired()).isOne();
        assertThat(after.fired()).isOne();
    }

    @Test
    void aThrottledProducerIsToldAndItsConnectionWaits() throws Exception {
        var rule = broker.faults().on(ApiKey.PRODUCE).first(1).then(Verdict.throttle(Duration.ofMillis(200)));
        try (var producer = producer(Map.of())) {
            producer.send(order(0, "a")).get();
            producer.send(order(0, "b")).get();
            var throttled = producer.metrics().entrySet().stream()
                    .filter(each -> each.getKey().name().equals("produce-throttle-time-max"))
                    .map(each -> (Double) each.getValue().metricValue())
                    .toList();
            assertThat(throttled).containsExactly(200.0);
        }
        assertThat(rule.fired()).isOne();
    }

    @Test
    void aStalledConnectionGoesOnWhenItsRuleIsReleased() throws Exception {
        var rule = broker.faults().on(ApiKey.PRODUCE).clientId("slow").then(Verdict.stall());
        try (var slow = producer(Map.of("client.id", "slow"));
                var quick = producer(Map.of("client.id", "quick"))) {
            var stalled = slow.send(order(0, "late"));
            rule.awaitFired(1, PATIENCE);
            quick.send(order(0, "early")).get();
            assertThat(stalled).isNotDone();
            assertThat(rule.held()).isOne();
            rule.release();
            assertThat(stalled.get(90, TimeUnit.SECONDS).offset()).isOne();
            slow.send(order(0, "after")).get();
        }
        assertThat(rule.held()).isZero();
        assertThat(stored("orders", 0)).containsExactly("early", "late", "after");
    }

    @Test
    void aStalledRequestIsServedThoughItsClientHasGone() throws Exception {
        var rule = broker.faults().on(ApiKey.CREATE_TOPICS).first(1).then(Verdict.stall());
        var leaving = Admin.create(broker.clientProperties());
        var created =
                leaving.createTopics(List.of(new org.apache.kafka.clients.admin.NewTopic("zombie", 1, (short) 1)));
        rule.awaitFired(1, PATIENCE);
        leaving.close(Duration.ZERO);
        assertThatThrownBy(() -> created.all().get()).isInstanceOf(ExecutionException.class);
        rule.release();
        try (var admin = Admin.create(broker.clientProperties())) {
            long deadline = System.nanoTime() + PATIENCE.toNanos();
            while (!admin.listTopics().names().get().contains("zombie") && System.nanoTime() < deadline) {
                Thread.onSpinWait();
            }
            assertThat(admin.listTopics().names().get()).contains("zombie");
        }
    }

    // ---- damaged, doubled

    @Test
    void aConsumerNoticesADamagedRecordAndReadsOnWhenItIsWholeAgain() throws Exception {
        try (var producer = producer(Map.of());
                var consumer = consumer(Map.of())) {
            producer.send(order(0, "a")).get();
            producer.send(order(1, "b")).get();
            var rule = broker.faults()
                    .on(ApiKey.FETCH)
                    .topic("orders")
                    .partition(0)
                    .first(1)
                    .then(Verdict.corrupt());
            consumer.assign(List.of(new TopicPartition("orders", 0)));
            Throwable seen = null;
            long deadline = System.nanoTime() + PATIENCE.toNanos();
            while (seen == null && System.nanoTime() < deadline) {
                seen = catchThrowable(() -> consumer.poll(Duration.ofMillis(50)));
            }
            assertThat(seen).isInstanceOf(KafkaException.class).hasMessageContaining("orders-0");
            assertThat(seen.toString() + seen.getCause()).containsIgnoringCase("corrupt");
            assertThat(rule.fired()).isOne();
        }
        assertThat(stored("orders", 0)).containsExactly("a"); // nothing is damaged where it is kept
    }

    @Test
    void aDamagedProduceIsRefusedAsCorrupt() throws Exception {
        var rule = broker.faults().on(ApiKey.PRODUCE).first(1).then(Verdict.corrupt());
        try (var producer = producer(Map.of("retries", 0, "enable.idempotence", false))) {
            assertThatThrownBy(() -> producer.send(order(0, "a")).get())
                    .hasCauseInstanceOf(CorruptRecordException.class);
            producer.send(order(0, "b")).get();
        }
        assertThat(rule.fired()).isOne();
        assertThat(stored("orders", 0)).containsExactly("b");
    }

    @Test
    void aDoubledProduceIsWrittenOnceByAnIdempotentProducerAndTwiceByAnother() throws Exception {
        var rule = broker.faults().on(ApiKey.PRODUCE).times(2).then(Verdict.duplicate());
        try (var producer = producer(Map.of())) {
            assertThat(producer.send(order(0, "once")).get().offset()).isZero();
        }
        try (var producer = producer(Map.of("enable.idempotence", false))) {
            assertThat(producer.send(order(1, "twice")).get().offset()).isOne();
        }
        assertThat(rule.fired()).isEqualTo(2);
        assertThat(stored("orders", 0)).containsExactly("once");
        assertThat(stored("orders", 1)).containsExactly("twice", "twice");
    }

    // ---- rules together

    @Test
    void rulesComeAndGoWhileClientsAreConnected() throws Exception {
        try (var admin = Admin.create(broker.clientProperties())) {
            for (int round = 0; round < 3; round++) {
                var rule = broker.faults()
                        .on(ApiKey.DESCRIBE_CLUSTER)
                        .then(Verdict.answer(ErrorCode.CLUSTER_AUTHORIZATION_FAILED));
                assertThatThrownBy(() -> admin.describeCluster(new DescribeClusterOptions())
                                .nodes()
                                .get())
                        .hasMessageContaining("Answered by a fault rule");
                rule.release();
                assertThat(admin.describeCluster().nodes().get()).hasSize(1);
                assertThat(rule.fired()).isOne();
            }
        }
        assertThat(broker.faults().rules()).hasSize(3);
        broker.faults().clear();
        assertThat(broker.faults().rules()).isEmpty();
    }
}
