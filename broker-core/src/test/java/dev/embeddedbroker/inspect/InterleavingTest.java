package dev.embeddedbroker.inspect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.embeddedbroker.EmbeddedBroker;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * No wake-up is lost, whether the wait began before the state came about, after it, or at that moment: each round is one
 * change and some who wait for it, with pauses at random between them. A wait that misses its change fails by its limit.
 */
class InterleavingTest {
    private static final int ROUNDS = 150;

    private final EmbeddedBroker broker =
            EmbeddedBroker.builder().topic("orders", 1).build().start();
    private final Inspector inspect = broker.inspect().within(Duration.ofSeconds(90));
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Random random = new Random(42);

    @AfterEach
    void close() {
        threads.shutdownNow();
        broker.close();
    }

    private interface Change {
        void make(int round) throws Exception;
    }

    private void interleave(Change change, Change... waits) throws Exception {
        for (int i = 1; i <= ROUNDS; i++) {
            int round = i;
            var all = new CompletableFuture<?>[waits.length];
            for (int w = 0; w < waits.length; w++) {
                var wait = waits[w];
                int pause = random.nextInt(3000);
                all[w] = CompletableFuture.runAsync(() -> run(wait, round, pause), threads);
            }
            run(change, round, random.nextInt(3000));
            CompletableFuture.allOf(all).get(120, TimeUnit.SECONDS);
        }
        assertThat(inspect.insides().changes().waiting()).isZero();
    }

    private static void run(Change change, int round, int pause) {
        for (int i = 0; i < pause; i++) {
            Thread.onSpinWait();
        }
        try {
            change.make(round);
        } catch (Exception e) {
            throw new IllegalStateException("round " + round, e);
        }
    }

    @Test
    void recordsAreSeenByAllWhoWaitForThem() throws Exception {
        try (var producer = Clients.producer(broker)) {
            interleave(
                    round -> producer.send(new ProducerRecord<>("orders", "k", "v"))
                            .get(),
                    round -> inspect.awaitRecords("orders", round),
                    round -> inspect.awaitRecords("orders", round));
        }
    }

    @Test
    void commitsAreSeenByAllWhoWaitForThem() throws Exception {
        var place = new TopicPartition("orders", 0);
        Clients.send(broker, "orders", 1);
        try (var consumer = Clients.consumer(broker, "group.id=g", "enable.auto.commit=false")) {
            consumer.assign(List.of(place));
            interleave(
                    round -> consumer.commitSync(Map.of(place, new OffsetAndMetadata(round))),
                    round -> inspect.awaitCommitted("g", "orders", 0, round),
                    round -> inspect.awaitConsumed("g"));
        }
    }

    @Test
    void endsOfTransactionsAreSeenByAllWhoWaitForThem() throws Exception {
        try (var producer = Clients.producer(broker, "transactional.id=tx")) {
            producer.initTransactions();
            interleave(
                    round -> {
                        producer.beginTransaction();
                        producer.send(new ProducerRecord<>("orders", "k", "v"));
                        producer.commitTransaction();
                    },
                    round -> inspect.awaitRecords("orders", round),
                    round -> inspect.awaitNoOpenTransactions());
        }
    }

    @Test
    void awaitOnAThreadOfTheBrokersIsRefused() {
        var loop = inspect.insides().loops().get(0);
        assertThatThrownBy(() -> CompletableFuture.runAsync(() -> inspect.awaitTopic("orders"), loop)
                        .get(60, TimeUnit.SECONDS))
                .hasRootCauseInstanceOf(IllegalStateException.class)
                .hasMessageContaining(
                        "a thread of the broker's own (expected: another one, as this call waits for it)");
    }
}
