package dev.embeddedbroker.assertj;

import static dev.embeddedbroker.assertj.BrokerAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.embeddedbroker.EmbeddedBroker;
import dev.embeddedbroker.fixture.FixtureRecord;
import dev.embeddedbroker.inspect.Decoder;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What assertions on a broker accept, and what they say when they fail. */
class BrokerAssertionsTest {
    private final EmbeddedBroker broker = EmbeddedBroker.builder()
            .topic("orders", 1)
            .topic("empty", 2)
            .build()
            .start();

    @BeforeEach
    void fill() throws Exception {
        broker.fixtures()
                .produce(
                        FixtureRecord.of("orders", "alice", "a teapot").timestamp(0),
                        FixtureRecord.of("orders", "bob", "a kettle").timestamp(0),
                        FixtureRecord.of("orders", "alice", "100 %")
                                .timestamp(0)
                                .header("type", "text"));
        try (var admin = Admin.create(broker.clientProperties())) {
            admin.alterConsumerGroupOffsets("tool", Map.of(new TopicPartition("orders", 0), new OffsetAndMetadata(2)))
                    .all()
                    .get();
        }
    }

    @AfterEach
    void close() {
        broker.close();
    }

    @Test
    void whatIsSoIsAccepted() {
        assertThat(broker)
                .hasTopic("orders")
                .hasNoTopic("payments")
                .hasNoOpenTransactions()
                .hasNotFailed();
        assertThat(broker)
                .topic("orders")
                .hasPartitions(1)
                .hasRecords(3)
                .containsKeys("alice", "bob")
                .containsValues("a kettle", "100 %")
                .containsRecord("bob", "a kettle");
        assertThat(broker).topic("empty").isEmpty();
        assertThat(broker)
                .group("tool")
                .exists()
                .isInState("Empty")
                .hasMembers(0)
                .hasCommitted("orders", 0, 2)
                .hasLag(1);
        assertThat(broker).group("nobody").hasCommittedNothing();
        assertThat(broker).openTransactions().isEmpty();
        assertThat(broker)
                .topic("orders")
                .records()
                .extracting(record -> record.keyText())
                .contains("bob");
        assertThat(broker)
                .topic("orders")
                .records(new StringDeserializer()::deserialize, new StringDeserializer()::deserialize)
                .extracting(record -> record.value())
                .containsExactly("a teapot", "a kettle", "100 %");
    }

    /** One that tells its types by headers. */
    private static final class Typed implements Deserializer<String> {
        @Override
        public String deserialize(String topic, byte[] data) {
            throw new IllegalStateException("headers are wanted");
        }

        @Override
        public String deserialize(String topic, Headers headers, byte[] data) {
            var type = headers.lastHeader("type");
            return (type == null ? "untyped" : new String(type.value())) + " " + new String(data);
        }
    }

    @Test
    void deserializersThatWantHeadersGetThem() {
        Decoder<String> decoder = Decoder.of(new Typed());
        assertThat(broker)
                .topic("orders")
                .records(new StringDeserializer()::deserialize, decoder)
                .extracting(record -> record.value())
                .containsExactly("untyped a teapot", "untyped a kettle", "text 100 %");
        assertThatThrownBy(() -> Decoder.of("no deserializer"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("deserializer is a java.lang.String (expected: a org.apache.kafka");
        assertThatThrownBy(() -> broker.inspect()
                        .records("orders", new StringDeserializer()::deserialize, (topic, bytes) -> {
                            throw new IllegalStateException("no JSON");
                        }))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the value of orders-0@0 can't be decoded: \"a teapot\": no JSON");
    }

    private static void fails(ThrowingCallable assertion, String message) {
        assertThatThrownBy(assertion).isInstanceOf(AssertionError.class).hasMessageContaining(message);
    }

    @Test
    void failureTellsTheStateThereIs() {
        fails(
                () -> assertThat(broker).topic("orders").hasRecords(2),
                "Expecting topic orders to have 2 records, but it has 3:\n"
                        + "  orders-0@0 \"alice\" = \"a teapot\" at 1970-01-01T00:00:00Z\n  orders-0@1");
        fails(
                () -> assertThat(broker).topic("orders").containsKeys("carol", "bob"),
                "records of the keys [carol, bob], but it has none of [carol]:\n  orders-0@0");
        fails(() -> assertThat(broker).topic("orders").containsRecord("bob", "x"), "a record bob = x, but it has:\n");
        fails(() -> assertThat(broker).topic("empty").containsValues("x"), "it has none of [x]: none");
        fails(
                () -> assertThat(broker).topic("payments"),
                "Expecting a topic payments, but there are:\n  empty, orders");
        fails(() -> assertThat(broker).group("tol").isStable(), "Expecting a group tol, but there are:\n  tool");
        fails(
                () -> assertThat(broker).group("tool").isStable(),
                "Expecting group tool to be stable, but it is not:\ngroup tool: Empty, classic, no members");
        fails(() -> assertThat(broker).group("tool").hasMembers(2), "to have 2 members, but it has 0:\ngroup tool");
        fails(
                () -> assertThat(broker).group("tool").hasNoLag(),
                "to have a lag of 0, but:\nlag of group tool: 1\n"
                        + "  orders-0: lag 1 (committed 2, log from 0 to 3, nobody has it)");
        fails(
                () -> assertThat(broker).group("tool").hasCommitted("orders", 0, 3),
                "to have committed 3 in orders-0, but it has 2 there. All it has committed:\n  orders-0@2");
        fails(() -> assertThat(broker).as("after the sale").topic("orders").isEmpty(), "[after the sale]");
    }

    @Test
    void openTransactionsAreTold() throws Exception {
        var settings = broker.clientProperties();
        settings.put("transactional.id", "tx-7");
        try (var producer = new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer())) {
            producer.initTransactions();
            producer.beginTransaction();
            producer.send(new ProducerRecord<>("orders", "k", "v")).get();
            fails(
                    () -> assertThat(broker).hasNoOpenTransactions(),
                    "Expecting no open transactions, but there are:\n  tx-7: Ongoing");
            assertThat(broker).openTransactions().hasSize(1);
            assertThat(broker).topic("orders").hasRecords(3);
            producer.abortTransaction();
        }
        assertThat(broker).hasNoOpenTransactions();
    }
}
