package dev.embeddedbroker.pains;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embeddedbroker.EmbeddedBroker;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Pain 4: the consumer under test got nothing, or not the first record, and nobody says why: it was not assigned yet, and starts at the
 * latest (spring-kafka 539, 2978, hono 2743, a year of intermittent failures at Smile CDR).
 */
class Pain04GotNothingTest {
    private static final Map<String, Object> LATEST = Map.of("group.id", "readers", "auto.offset.reset", "latest");

    @Test
    void aConsumerThatWasAssignedMissesNothing() throws Exception {
        try (var broker = EmbeddedBroker.builder().topic("orders", 3).build().start();
                var consumer = Clients.consumer(broker, LATEST)) {
            consumer.subscribe(List.of("orders"));
            var values = CompletableFuture.supplyAsync(() -> Clients.poll(consumer, 1));
            broker.inspect().awaitAssigned("readers");
            Clients.produce(broker, "orders", "the first");
            assertThat(values.get()).containsExactly("the first");
        }
    }

    @Test
    void theBrokerSaysWhyAConsumerGotNothing() throws Exception {
        try (var broker = EmbeddedBroker.builder().topic("orders", 1).build().start()) {
            Clients.produce(broker, "orders", "too early");
            try (var consumer = Clients.consumer(broker, LATEST)) {
                consumer.subscribe(List.of("orders"));
                assertThat(Stream.generate(() -> consumer.poll(Duration.ofMillis(50)))
                                .limit(600)
                                .map(nothing ->
                                        broker.explain("readers", "orders").toString())
                                .anyMatch(why -> why.contains("latest")))
                        .isTrue();
            }
        }
    }
}
