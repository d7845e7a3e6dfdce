package dev.embeddedbroker.pains;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embeddedbroker.EmbeddedBroker;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/**
 * Pain 15: what a test wants to know, only the broker knows: was it consumed by the application under test, is that all of it, where is
 * the end (smallrye 2590, 2794, spring-kafka 1231).
 */
class Pain15AssertionsTest {
    @Test
    void theBrokerSaysThatTheApplicationHasConsumedEverything() throws Exception {
        var over = new AtomicBoolean();
        try (var broker = EmbeddedBroker.builder().topic("orders", 3).build().start()) {
            var application = CompletableFuture.runAsync(() -> work(broker, over));
            Clients.produce(broker, "orders", "a", "b", "c");

            assertThat(broker.inspect().awaitConsumed("application").total()).isZero();

            over.set(true);
            application.get();
        }
    }

    private static void work(EmbeddedBroker broker, AtomicBoolean over) {
        try (var consumer =
                Clients.consumer(broker, Map.of("group.id", "application", "auto.commit.interval.ms", "10"))) {
            consumer.subscribe(List.of("orders"));
            while (!over.get()) {
                consumer.poll(Duration.ofMillis(20));
            }
        }
    }

    @Test
    void theBrokerShowsAllRecordsAndTheEndsWithoutAConsumer() throws Exception {
        try (var broker = EmbeddedBroker.builder().topic("orders", 1).build().start()) {
            Clients.produce(broker, "orders", "a", "b", "c");
            assertThat(broker.inspect().awaitRecords("orders", 3)).hasSize(3);
            assertThat(broker.inspect().endOffsets("orders")).containsEntry(0, 3L);
        }
    }
}
