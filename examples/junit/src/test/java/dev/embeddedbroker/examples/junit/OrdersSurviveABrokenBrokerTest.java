package dev.embeddedbroker.examples.junit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embeddedbroker.EmbeddedBroker;
import dev.embeddedbroker.fault.Verdict;
import dev.embeddedbroker.junit.BrokerScope;
import dev.embeddedbroker.junit.ClientSettings;
import dev.embeddedbroker.junit.WithBroker;
import dev.embeddedbroker.protocol.ApiKey;
import dev.embeddedbroker.protocol.ErrorCode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A shop's tests: whatever the broker does, an order is placed once, and the notification goes out. */
@WithBroker(
        topics = {"orders:3", "notifications"},
        scope = BrokerScope.PER_METHOD)
class OrdersSurviveABrokenBrokerTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @AfterEach
    void everyFaultMustHaveFired(EmbeddedBroker broker) {
        broker.faults().requireAllUsed();
    }

    @Test
    void anOrderIsPlacedThoughThePartitionsLeaderMoves(EmbeddedBroker broker, Producer<String, String> shop)
            throws Exception {
        var moved = broker.faults()
                .on(ApiKey.PRODUCE)
                .topic("orders")
                .first(2)
                .then(Verdict.answer(ErrorCode.NOT_LEADER_OR_FOLLOWER));

        shop.send(new ProducerRecord<>("orders", "alice", "a teapot")).get();

        assertThat(moved.fired()).isEqualTo(2);
    }

    @Test
    void anOrderWhoseAnswerIsLostIsNotPlacedTwice(
            EmbeddedBroker broker, @ClientSettings("request.timeout.ms=500") Producer<String, String> shop)
            throws Exception {
        broker.faults().on(ApiKey.PRODUCE).topic("orders").first(1).then(Verdict.dropAnswer());

        var first = shop.send(new ProducerRecord<>("orders", 0, "alice", "a teapot"))
                .get();
        var second =
                shop.send(new ProducerRecord<>("orders", 0, "alice", "a cup")).get();

        assertThat(first.offset()).isZero();
        assertThat(second.offset()).isEqualTo(1); // 2, if the teapot had been ordered twice
    }

    @Test
    void anOrderIsNotifiedThoughTheNotifiersGroupIsAway(
            EmbeddedBroker broker,
            Producer<String, String> shop,
            @ClientSettings("group.id=customer") Consumer<String, String> customer)
            throws Exception {
        broker.faults()
                .on(ApiKey.JOIN_GROUP)
                .group("notifier")
                .first(3)
                .then(Verdict.answer(ErrorCode.COORDINATOR_NOT_AVAILABLE));
        try (var notifier = new Notifier(broker.clientProperties())) {
            notifier.start();
            shop.send(new ProducerRecord<>("orders", "alice", "a teapot")).get();

            assertThat(notifications(customer, 1)).containsExactly("Thank you for ordering a teapot");
        }
    }

    @Test
    void ordersAreNotifiedThoughTheBrokerIsKilledInBetween(
            EmbeddedBroker broker,
            Producer<String, String> shop,
            @ClientSettings("group.id=customer") Consumer<String, String> customer)
            throws Exception {
        try (var notifier = new Notifier(broker.clientProperties())) {
            notifier.start();
            shop.send(new ProducerRecord<>("orders", "alice", "a teapot")).get();
            assertThat(notifications(customer, 1)).containsExactly("Thank you for ordering a teapot");

            broker.crashBroker(0);
            broker.startBroker(0);

            shop.send(new ProducerRecord<>("orders", "bob", "a cup")).get();
            assertThat(notifications(customer, 1)).containsExactly("Thank you for ordering a cup");
        }
    }

    private static List<String> notifications(Consumer<String, String> customer, int count) {
        if (customer.subscription().isEmpty()) {
            customer.subscribe(List.of("notifications"));
        }
        var read = new ArrayList<String>();
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (read.size() < count && System.nanoTime() < deadline) {
            customer.poll(Duration.ofSeconds(1)).forEach(notification -> read.add(notification.value()));
        }
        return read;
    }
}
