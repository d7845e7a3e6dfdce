package dev.embeddedbroker.examples.springboot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embeddedbroker.junit.WithBroker;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.clients.consumer.Consumer;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;

/** An order is placed, a notification goes out: through the application's own template, listener and topics. */
@SpringBootTest
@WithBroker
class OrderNotificationTest {
    @Test
    void aPlacedOrderIsNotified(@Autowired OrderService orders, Consumer<String, String> customer) {
        orders.place("alice", "a teapot");

        customer.subscribe(List.of("notifications"));
        assertThat(customer.poll(Duration.ofSeconds(60))).singleElement().satisfies(notification -> {
            assertThat(notification.key()).isEqualTo("alice");
            assertThat(notification.value()).isEqualTo("Thank you for ordering a teapot");
        });
    }
}
