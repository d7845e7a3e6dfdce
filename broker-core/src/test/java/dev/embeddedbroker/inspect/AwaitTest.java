package dev.embeddedbroker.inspect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.embeddedbroker.EmbeddedBroker;
import dev.embeddedbroker.inspect.Clients.Listener;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Awaits that come about, and what those that do not have to say; with stock clients. */
class AwaitTest {
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private final EmbeddedBroker broker =
            EmbeddedBroker.builder().topic("orders", 3).build().start();
    private final Inspector inspect = broker.inspect().within(PATIENCE);

    @AfterEach
    void close() {
        broker.close();
    }

    private static AwaitTimeout timeout(Runnable await) {
        try {
            await.run();
        } catch (AwaitTimeout e) {
            return e;
        }
        throw new AssertionError("it came about");
    }

    @ParameterizedTest
    @ValueSource(strings = {"classic", "consumer"})
    void pain04_consumerThatStartsAtTheEndGetsTheFirstRecordAfterItWasAwaited(String protocol) throws Exception {
        Clients.send(broker, "orders", 5); // those of before are not for it
        try (var listener = Listener.of(broker, protocol, "billing", "latest", "orders")) {
            var group = inspect.awaitAssigned("billing");
            assertThat(group.members()).singleElement().satisfies(member -> {
                assertThat(member.subscribed()).containsExactly("orders");
                assertThat(member.assigned())
                        .extracting(TopicAndPartition::partition)
                        .containsExactly(0, 1, 2);
            });

            try (var producer = Clients.producer(broker)) {
                for (int p = 0; p < 3; p++) {
                    producer.send(new ProducerRecord<>("orders", p, "k", "first of " + p))
                            .get();
                }
            }

            inspect.awaitConsumed("billing");
            assertThat(listener.taken).extracting(r -> r.value()).contains("first of 0", "first of 1", "first of 2");
            assertThat(listener.taken).extracting(r -> r.value()).doesNotContain("value 0");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"classic", "consumer"})
    void pain15_whatWasProducedIsAcknowledgedByTheConsumerUnderTestWhenConsumedWasAwaited(String protocol)
            throws Exception {
        try (var listener = Listener.of(broker, protocol, "billing", "earliest", "orders")) {
            Clients.send(broker, "orders", 40);

            var lag = inspect.awaitConsumed("billing", "orders");

            assertThat(lag.total()).isZero();
            assertThat(listener.taken).hasSize(40);
            long committed = inspect.committed("billing").values().stream()
                    .mapToLong(CommittedOffset::offset)
                    .sum();
            assertThat(committed).isEqualTo(40);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"classic", "consumer"})
    void awaitsAsManyMembersAsAreWanted(String protocol) throws Exception {
        try (var first = Listener.of(broker, protocol, "billing", "earliest", "orders");
                var second = Listener.of(broker, protocol, "billing", "earliest", "orders")) {
            var group = inspect.awaitAssigned("billing", 2);
            assertThat(group.members()).hasSize(2).allSatisfy(member -> assertThat(member.assigned())
                    .isNotEmpty());
            first.close();
            second.close();
            assertThat(inspect.awaitAssigned("billing", 0).members()).isEmpty();
        }
    }

    @Test
    void awaitRecordsGivesThemAndAwaitTopicTheTopic() throws Exception {
        try (var admin = Admin.create(broker.clientProperties())) {
            admin.createTopics(List.of(new NewTopic("later", 2, (short) 1)));
            assertThat(inspect.awaitTopic("later").partitions()).hasSize(2);
        }
        Clients.send(broker, "orders", 7);
        assertThat(inspect.awaitRecords("orders", 7)).hasSize(7);
    }

    @Test
    void committedOffsetOfAGroupWithoutMembersIsAwaited() throws Exception {
        Clients.send(broker, "orders", 10);
        try (var admin = Admin.create(broker.clientProperties())) {
            admin.alterConsumerGroupOffsets(
                    "tool", Map.of(new TopicPartition("orders", 1), new OffsetAndMetadata(2, "note")));
            var committed = inspect.awaitCommitted("tool", "orders", 1, 2);
            assertThat(committed.metadata()).isEqualTo("note");
            assertThat(inspect.group("tool")).hasValueSatisfying(group -> {
                assertThat(group.state()).isEqualTo("Empty");
                assertThat(group.members()).isEmpty();
            });
        }
    }

    // ---- what time-outs say

    @Test
    void timeoutTellsTheGroupsThereAre() throws Exception {
        try (var listener = Listener.of(broker, "classic", "billing", "earliest", "orders")) {
            inspect.awaitAssigned("billing");
            assertThat(timeout(() -> inspect.awaitAssigned("biling", Duration.ZERO)))
                    .hasMessage("awaitAssigned(\"biling\") did not come about within 0 s:\n"
                            + "- there is no group biling (there are: billing)");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"classic", "consumer"})
    void timeoutTellsMembersAndWhatTheyHave(String protocol) throws Exception {
        try (var listener = Listener.of(broker, protocol, "billing", "earliest", "orders")) {
            inspect.awaitAssigned("billing");
            var timeout = timeout(() -> inspect.awaitAssigned("billing", 2, Duration.ofMillis(1)));
            assertThat(timeout.getMessage())
                    .startsWith("awaitAssigned(\"billing\", 2) did not come about within 1 ms:\n"
                            + "- group billing has 1 member (expected: 2)\n"
                            + "group billing: Stable, " + protocol)
                    .contains(
                            "1 member\n",
                            " at /127.0.0.1, subscribed to [orders], has [orders-0, orders-1, orders-2] (");
            assertThat(timeout(() -> inspect.awaitAssigned("billing", "payments", Duration.ZERO)))
                    .hasMessageContaining("- nobody in group billing subscribes to payments, but to [orders]");
        }
    }

    @Test
    void timeoutTellsThatASubscribedTopicDoesNotExist() throws Exception {
        try (var listener = new Listener(
                broker,
                List.of("ordrs"),
                "group.id=billing",
                "auto.offset.reset=earliest",
                "allow.auto.create.topics=false")) {
            // it is stable, with nothing assigned
            assertThat(timeout(() -> inspect.awaitAssigned("billing", Duration.ofSeconds(1))))
                    .hasMessageContaining("awaitAssigned(\"billing\") did not come about within 1 s:");
            var group = awaitStable("billing");
            assertThat(group.members().get(0).assigned()).isEmpty();
            assertThat(timeout(() -> inspect.awaitAssigned("billing", Duration.ZERO)))
                    .hasMessageContaining(
                            "- ordrs is subscribed to, but there is no such topic (there are: orders)\ngroup billing: Stable");
        }
    }

    private GroupView awaitStable(String group) {
        for (; ; ) {
            var now = inspect.group(group);
            if (now.isPresent() && now.get().isStable()) {
                return now.get();
            }
            LockSupport.parkNanos(1_000_000);
        }
    }

    @Test
    void timeoutTellsTheLagByPartition() throws Exception {
        try (var producer = Clients.producer(broker)) {
            producer.send(new ProducerRecord<>("orders", 1, "k", "v")).get();
            producer.send(new ProducerRecord<>("orders", 1, "k", "v")).get();
        }
        try (var admin = Admin.create(broker.clientProperties())) {
            admin.alterConsumerGroupOffsets("tool", Map.of(new TopicPartition("orders", 1), new OffsetAndMetadata(1)))
                    .all()
                    .get();
        }
        assertThat(timeout(() -> inspect.awaitConsumed("tool", Duration.ZERO))).hasMessage("""
                        awaitConsumed("tool") did not come about within 0 s:
                        - orders-1 has 1 offset that group tool has not committed
                        lag of group tool: 1
                          orders-0: lag 0 (nothing committed, log from 0 to 0, nobody has it)
                          orders-1: lag 1 (committed 1, log from 0 to 2, nobody has it)
                          orders-2: lag 0 (nothing committed, log from 0 to 0, nobody has it)
                        group tool: Empty, classic, no members""");
        assertThat(timeout(() -> inspect.awaitConsumed("tool", "payments", Duration.ZERO)))
                .hasMessageContaining(
                        "- group tool neither subscribes to payments nor has committed an offset of it\ngroup tool");
        assertThat(timeout(() -> inspect.awaitCommitted("tool", "orders", 1, 2, Duration.ZERO)))
                .hasMessageContaining(
                        "- group tool has committed 1 in orders-1 (expected: 2 or more)\nlag of group tool");
        assertThat(timeout(() -> inspect.awaitCommitted("tool", "orders", 0, 2, Duration.ZERO)))
                .hasMessageContaining("- group tool has committed nothing in orders-0 (expected: 2 or more)");
    }

    @Test
    void timeoutTellsTheRecordsAndTopicsThereAre() throws Exception {
        Clients.send(broker, "orders", 2);
        assertThat(timeout(() -> inspect.awaitRecords("orders", 3, Duration.ZERO))
                        .getMessage())
                .startsWith(
                        "awaitRecords(\"orders\", 3) did not come about within 0 s:\n"
                                + "- orders has at most 2 records to consume (expected: 3 or more)\ntopic orders:\n  orders-0 [0, ");
        assertThat(timeout(() -> inspect.awaitRecords("ordrs", 3, Duration.ZERO)))
                .hasMessageContaining("- there is no topic ordrs (there are: orders)");
        assertThat(timeout(() -> inspect.awaitTopic("ordrs", Duration.ZERO)))
                .hasMessageContaining("- there is no topic ordrs (there are: orders)");
    }

    @Test
    void timeoutTellsOpenTransactions() throws Exception {
        try (var producer = Clients.producer(broker, "transactional.id=tx-7")) {
            producer.initTransactions();
            producer.beginTransaction();
            producer.send(new ProducerRecord<>("orders", 2, "k", "v")).get();

            assertThat(inspect.openTransactions()).singleElement().satisfies(open -> {
                assertThat(open.transactionalId()).isEqualTo("tx-7");
                assertThat(open.firstOffsets()).containsEntry(new TopicAndPartition("orders", 2), 0L);
            });
            assertThat(timeout(() -> inspect.awaitNoOpenTransactions(Duration.ZERO)))
                    .hasMessageStartingWith(
                            "awaitNoOpenTransactions() did not come about within 0 s:\n- open: tx-7: Ongoing,")
                    .hasMessageContaining("partitions [orders-2], open from {orders-2=0}");
            assertThat(timeout(() -> inspect.awaitQuiescent(Duration.ZERO)))
                    .hasMessageContaining("awaitQuiescent() did not come about within 0 s:\n- open: tx-7: Ongoing,");

            producer.commitTransaction();
            inspect.awaitNoOpenTransactions();
            assertThat(inspect.openTransactions()).isEmpty();
            assertThat(inspect.transactions())
                    .extracting(TransactionView::state)
                    .containsExactly("CompleteCommit");
            inspect.awaitQuiescent();
        }
    }

    // ---- transactions and lag

    @ParameterizedTest
    @ValueSource(strings = {"read_committed", "read_uncommitted"})
    void markersAndAbortedRecordsAreNotLeftToBeConsumed(String isolation) throws Exception {
        try (var producer = Clients.producer(broker, "transactional.id=tx");
                var admin = Admin.create(broker.clientProperties())) {
            producer.initTransactions();
            producer.beginTransaction();
            producer.send(new ProducerRecord<>("orders", 0, "k", "good")).get();
            producer.commitTransaction();
            producer.beginTransaction();
            producer.send(new ProducerRecord<>("orders", 0, "k", "bad")).get();
            producer.abortTransaction();
            // as listeners do that commit the offset of the last record plus one
            admin.alterConsumerGroupOffsets("shop", Map.of(new TopicPartition("orders", 0), new OffsetAndMetadata(1)))
                    .all()
                    .get();

            assertThat(inspect.awaitConsumed("shop").total()).isZero();

            producer.beginTransaction();
            producer.send(new ProducerRecord<>("orders", 0, "k", "open")).get();
            assertThat(inspect.lag("shop").total()).isZero();
            var stored = inspect.records(Selection.of("orders").uncommitted());
            assertThat(stored)
                    .extracting(StoredRecord::fate)
                    .containsExactly(RecordFate.COMMITTED, RecordFate.ABORTED, RecordFate.OPEN);
            assertThat(inspect.records("orders"))
                    .extracting(StoredRecord::valueText)
                    .containsExactly("good");
            producer.commitTransaction();
            assertThat(inspect.lag("shop").total()).isEqualTo(5);
            assertThat(isolation).startsWith("read");
        }
    }

    // ---- the broker ends

    @Test
    void closingTheBrokerWakesThoseWhoWait() throws Exception {
        var waiting = new FailingThread(() -> inspect.awaitRecords("orders", 1));
        waiting.awaitWaiting(broker);
        broker.close();
        assertThat(waiting.failure())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("the broker was stopped or closed during awaitRecords(\"orders\", 1)");
        assertThatThrownBy(() -> inspect.awaitRecords("orders", 1))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("this broker was closed");
    }

    @Test
    void aBrokerThatEndsIsNotWaitedForWhenNothingIsLeftToLookAt() {
        var await = new Await(inspect.insides(), "awaitRecords(…)", Duration.ofSeconds(60));
        broker.close();
        assertThatThrownBy(() -> await.until(looks -> Verdict.missing("records of partitions that are gone", () -> "")))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the broker was stopped or closed during awaitRecords(…)");
    }

    @Test
    void stoppedBrokerSaysSoAndAStartedOneIsLookedAtAgain() throws Exception {
        Clients.send(broker, "orders", 3);
        broker.stopBroker(0);
        assertThatThrownBy(() -> inspect.records("orders"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("broker 0 is stopped (expected: running)");
        broker.startBroker(0);
        assertThat(inspect.records("orders")).hasSize(3);
    }

    /** A thread and what it threw. */
    private static final class FailingThread {
        private final CompletableFuture<Throwable> failure = new CompletableFuture<>();

        FailingThread(Runnable work) {
            new Thread(() -> {
                        try {
                            work.run();
                            failure.completeExceptionally(new AssertionError("nothing was thrown"));
                        } catch (RuntimeException | Error e) {
                            failure.complete(e);
                        }
                    })
                    .start();
        }

        void awaitWaiting(EmbeddedBroker broker) {
            while (!isWaiting(broker)) {
                LockSupport.parkNanos(1_000_000);
            }
        }

        private static boolean isWaiting(EmbeddedBroker broker) {
            return broker.inspect().insides().changes().waiting() > 0;
        }

        Throwable failure() throws Exception {
            return failure.get(90, TimeUnit.SECONDS);
        }
    }
}
