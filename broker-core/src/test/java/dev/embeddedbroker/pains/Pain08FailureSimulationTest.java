package dev.embeddedbroker.pains;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.embeddedbroker.EmbeddedBroker;
import dev.embeddedbroker.clients.ClientRelease;
import dev.embeddedbroker.fault.Verdict;
import dev.embeddedbroker.net.FreePort;
import dev.embeddedbroker.protocol.ApiKey;
import dev.embeddedbroker.protocol.ErrorCode;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Pain 8: an application that is to be seen failing, and a broker that can't be made to fail. */
@Timeout(180)
class Pain08FailureSimulationTest {
    private EmbeddedBroker broker;

    @BeforeEach
    void start() throws IOException {
        broker = EmbeddedBroker.builder()
                .port(FreePort.any())
                .topic("orders", 1)
                .build()
                .start();
    }

    @AfterEach
    void close() {
        broker.close();
    }

    private KafkaProducer<String, String> producer(Map<String, Object> more) {
        var settings = new HashMap<>(broker.clientProperties());
        settings.put("retry.backoff.ms", 10);
        settings.put("reconnect.backoff.ms", 10);
        settings.putAll(more);
        return new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer());
    }

    /** open-telemetry/otel-arrow #3563: a test of faults passed although the fault never fired. */
    @Test
    void aFaultTestThatPassesThoughTheFaultNeverFired() throws Exception {
        broker.faults().on(ApiKey.PRODUCE).topic("order").then(Verdict.answer(ErrorCode.NOT_LEADER_OR_FOLLOWER));
        try (var producer = producer(Map.of())) {
            producer.send(new ProducerRecord<>("orders", "v")).get();
        }
        assertThatThrownBy(broker.faults()::requireAllUsed)
                .hasMessageContaining("topic is \"order\"")
                .hasMessageContaining("kept out 1, which had topics [orders]");
    }

    /** akka/alpakka-kafka #1233: after a stop and a start the port is another one. */
    @Test
    void stopAndStartKeepThePortAndTheData() throws Exception {
        int port = broker.port();
        try (var producer = producer(Map.of())) {
            producer.send(new ProducerRecord<>("orders", "before")).get();
            broker.stopBroker(0);
            broker.startBroker(0);
            assertThat(broker.port()).isEqualTo(port);
            assertThat(producer.send(new ProducerRecord<>("orders", "after"))
                            .get()
                            .offset())
                    .isOne();
        }
    }

    /** salesforce/kafka-junit #40: a broker that is killed rather than shut down. */
    @Test
    void anUncleanKillOfTheBroker() throws Exception {
        try (var producer = producer(Map.of())) {
            producer.send(new ProducerRecord<>("orders", "before")).get();
            broker.crashBroker(0);
            broker.startBroker(0);
            assertThat(producer.send(new ProducerRecord<>("orders", "after"))
                            .get()
                            .offset())
                    .isOne();
        }
    }

    /** apache/kafka #22860, a proxy in Kafka's own tests: {@code injectError(END_TXN, ...).once()}. */
    @Test
    void anErrorInjectedOnceIntoTheEndOfATransaction() {
        var rule =
                broker.faults().on(ApiKey.END_TXN).nth(1).then(Verdict.answer(ErrorCode.COORDINATOR_LOAD_IN_PROGRESS));
        try (var producer = producer(Map.of("transactional.id", "t"))) {
            producer.initTransactions();
            producer.beginTransaction();
            producer.send(new ProducerRecord<>("orders", "v"));
            producer.commitTransaction();
        }
        assertThat(rule.fired()).isOne();
    }

    /** kroxylicious-junit5 #86: a broker that is gone for a while is found again. */
    @Test
    void aBrokerThatIsAwayForAWhile() throws Exception {
        try (var admin = Admin.create(
                Map.of("bootstrap.servers", broker.bootstrapServers(), "reconnect.backoff.max.ms", "100"))) {
            assertThat(admin.describeCluster().nodes().get()).hasSize(1);
            broker.crashBroker(0);
            var asked = admin.describeCluster().nodes();
            broker.startBroker(0);
            assertThat(asked.get()).hasSize(1);
        }
    }

    /** confluent-kafka-dotnet #1134, Dekaf #199: the faults of librdkafka's mock, for clients that are not librdkafka's. */
    @Test
    void clientsOfAnyAgeMeetTheSameFaults() throws Exception {
        for (String version : new String[] {"2.8.2", "3.9.2"}) {
            // 2.8 is not idempotent unless told to be, and changes the order of what it sends again
            var trouble = version.startsWith("2.")
                    ? Verdict.delay(Duration.ofMillis(10))
                    : Verdict.answer(ErrorCode.NOT_LEADER_OR_FOLLOWER);
            var moved = broker.faults()
                    .on(ApiKey.PRODUCE)
                    .topic("age-" + version)
                    .first(2)
                    .then(trouble);
            var missing = broker.faults()
                    .on(ApiKey.FIND_COORDINATOR)
                    .first(1)
                    .then(Verdict.answer(ErrorCode.COORDINATOR_NOT_AVAILABLE));
            var offsets = broker.faults()
                    .on(ApiKey.FETCH)
                    .topic("age-" + version)
                    .first(2)
                    .then(Verdict.answer(ErrorCode.NOT_LEADER_OR_FOLLOWER));
            var arguments = Map.of("bootstrap", broker.bootstrapServers(), "topic", "age-" + version);
            try (var client = new ClientRelease(version)) {
                client.run("createTopic", arguments);
                client.run("produce", arguments);
                client.run("consumeByGroup", arguments);
            }
            assertThat(moved.fired()).isEqualTo(2);
            assertThat(missing.fired()).isOne();
            assertThat(offsets.fired()).isEqualTo(2);
            broker.faults().clear();
        }
    }
}
