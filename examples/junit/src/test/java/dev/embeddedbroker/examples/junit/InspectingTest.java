package dev.embeddedbroker.examples.junit;

import static dev.embeddedbroker.assertj.BrokerAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.embeddedbroker.EmbeddedBroker;
import dev.embeddedbroker.fixture.Source;
import dev.embeddedbroker.inspect.AwaitTimeout;
import dev.embeddedbroker.junit.BrokerScope;
import dev.embeddedbroker.junit.WithBroker;
import java.time.Duration;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.Test;

/** The shop's tests without a client of their own: orders are put in, and the broker is asked what became of them. */
@WithBroker(
        topics = {"orders:3", "notifications"},
        scope = BrokerScope.PER_METHOD)
class InspectingTest {

    @Test
    void everyOrderIsNotifiedOnce(EmbeddedBroker broker) throws Exception {
        try (var notifier = new Notifier(broker.clientProperties())) {
            notifier.start();
            broker.inspect().awaitAssigned("notifier"); // it is ready: nothing sent from now on is missed

            broker.fixtures().csv("orders", Source.resource(getClass(), "orders.csv"));
            broker.inspect().awaitConsumed("notifier"); // it has read all of them, and said so

            assertThat(broker)
                    .topic("notifications")
                    .hasRecords(3)
                    .containsKeys("alice", "bob")
                    .containsRecord("bob", "Thank you for ordering a kettle, \"large\"");
            assertThat(broker).group("notifier").isStable().hasMembers(1).hasNoLag();
        }
    }

    @Test
    void ordersWaitForANotifierThatIsAway(EmbeddedBroker broker) throws Exception {
        broker.fixtures().produce("orders", "alice", "a teapot");
        try (var notifier = new Notifier(broker.clientProperties())) {
            notifier.start();
            broker.inspect().awaitConsumed("notifier", "orders");
        }
        broker.inspect().awaitAssigned("notifier", 0); // it has left

        broker.fixtures().jsonLines("orders", Source.resource(getClass(), "orders.jsonl"));

        assertThat(broker).group("notifier").hasMembers(0).hasLag(2);
        assertThat(broker)
                .topic("orders")
                .records(new StringDeserializer()::deserialize, new StringDeserializer()::deserialize)
                .filteredOn(order -> "shop".equals(order.headerText("channel")))
                .singleElement()
                .extracting(order -> order.value())
                .isEqualTo("{\"item\": \"teapot\", \"pieces\": 1}");
    }

    @Test
    void aWaitInVainSaysHowThingsStand(EmbeddedBroker broker) {
        broker.fixtures().produce("orders", "alice", "a teapot");

        assertThatThrownBy(() -> broker.inspect().awaitRecords("orders", 2, Duration.ofMillis(10)))
                .isInstanceOf(AwaitTimeout.class)
                .hasMessageContaining("orders has at most 1 records to consume (expected: 2 or more)");
    }
}
