package dev.embeddedbroker.examples.junit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embeddedbroker.EmbeddedBroker;
import dev.embeddedbroker.junit.ClientSettings;
import dev.embeddedbroker.junit.WithBroker;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;

/** A shop's test: an order is placed, a notification goes out. */
@WithBroker(topics = {"orders:3", "notifications"})
class NotificationsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @Test
    void aPlacedOrderIsNotified(
            EmbeddedBroker broker,
            Producer<String, String> shop,
            @ClientSettings("group.id=customer") Consumer<String, String> customer)
            throws Exception {
        try (var notifier = new Notifier(broker.clientProperties())) {
            notifier.start();

            shop.send(new ProducerRecord<>("orders", "alice", "a teapot")).get();

            customer.subscribe(List.of("notifications"));
            assertThat(customer.poll(PATIENCE)).singleElement().satisfies(notification -> {
                assertThat(notification.key()).isEqualTo("alice");
                assertThat(notification.value()).isEqualTo("Thank you for ordering a teapot");
            });
        }
    }
}
