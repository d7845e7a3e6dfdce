package dev.embeddedbroker.examples.junit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embeddedbroker.EmbeddedBroker;
import dev.embeddedbroker.explain.Cause;
import dev.embeddedbroker.junit.ClientSettings;
import dev.embeddedbroker.junit.WithBroker;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A consumer gets nothing. The broker has seen why, and is asked. */
@WithBroker(topics = {"orders", "payments"})
class WhyDidNothingArriveTest {

    @Test
    void becauseItStartedAtTheEndAfterTheRecords(
            EmbeddedBroker broker,
            Producer<String, String> shop,
            @ClientSettings({"group.id=notifications", "auto.offset.reset=latest"}) Consumer<String, String> notifier)
            throws Exception {
        shop.send(new ProducerRecord<>("orders", "alice", "a teapot")).get();

        notifier.subscribe(List.of("orders"));
        while (!isExplainedBy(broker, "notifications", Cause.Kind.STARTED_AT_LATEST)) {
            assertThat(notifier.poll(Duration.ofMillis(50))).isEmpty();
        }

        assertThat(broker.explain("notifications", "orders").toString())
                .contains("auto.offset.reset is latest", "were there already");
    }

    @Test
    void becauseItSubscribesToAnotherTopic(
            EmbeddedBroker broker,
            Producer<String, String> shop,
            @ClientSettings("group.id=bookkeeping") Consumer<String, String> bookkeeper)
            throws Exception {
        shop.send(new ProducerRecord<>("orders", "alice", "a teapot")).get();

        bookkeeper.subscribe(List.of("payments"));
        while (!isExplainedBy(broker, "bookkeeping", Cause.Kind.SUBSCRIBED_TO_ANOTHER_TOPIC)) {
            assertThat(bookkeeper.poll(Duration.ofMillis(50))).isEmpty();
        }
    }

    private static boolean isExplainedBy(EmbeddedBroker broker, String group, Cause.Kind kind) {
        return broker.explain(group, "orders").top().kind() == kind;
    }

    @Test
    void whatTheClientsSaidIsInTheFlightRecorder(
            EmbeddedBroker broker, Producer<String, String> shop, @TempDir Path directory) throws Exception {
        broker.recorder().start();
        shop.send(new ProducerRecord<>("orders", "alice", "a teapot")).get();
        broker.recorder().stop();

        // 12:30:12.481 producer-1 > PRODUCE v13 orders-0 1 record < 0.4 ms NONE orders-0@0
        assertThat(broker.recorder().recent()).contains("> PRODUCE", "orders-0 1 record <");

        broker.recorder().dumpPcapng(directory.resolve("orders.pcapng")); // for Wireshark
        broker.recorder().dumpJsonLines(directory.resolve("orders.jsonl"));
        assertThat(Files.readString(directory.resolve("orders.jsonl"))).contains("\"api\":\"PRODUCE\"");
    }
}
