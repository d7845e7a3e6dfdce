package dev.embeddedbroker.examples.junit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embeddedbroker.junit.ClientSettings;
import dev.embeddedbroker.junit.WithBroker;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;

/**
 * Tests that use the same topic and the same group, and do not meet: {@code reset = true} takes the broker back to its start
 * before each of them, in a few milliseconds.
 */
@WithBroker(topics = "orders", reset = true)
class FreshBrokerPerTestTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @Test
    void theFirstOrderIsOrderNumberNought(
            Producer<String, String> shop, @ClientSettings("group.id=warehouse") Consumer<String, String> warehouse)
            throws Exception {
        var placed = shop.send(new ProducerRecord<>("orders", "alice", "a teapot"));
        assertThat(placed.get().offset()).isZero();

        warehouse.subscribe(List.of("orders"));
        assertThat(warehouse.poll(PATIENCE)).hasSize(1);
        warehouse.commitSync();
    }

    @Test
    void soItIsInEveryTest(
            Producer<String, String> shop, @ClientSettings("group.id=warehouse") Consumer<String, String> warehouse)
            throws Exception {
        var placed = shop.send(new ProducerRecord<>("orders", "bob", "a kettle"));
        assertThat(placed.get().offset()).isZero();

        warehouse.subscribe(List.of("orders"));
        assertThat(warehouse.poll(PATIENCE)).singleElement().satisfies(order -> assertThat(order.value())
                .isEqualTo("a kettle"));
        warehouse.commitSync();
    }
}
