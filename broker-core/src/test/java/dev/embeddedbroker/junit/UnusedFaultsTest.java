package dev.embeddedbroker.junit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embeddedbroker.EmbeddedBroker;
import dev.embeddedbroker.fault.FaultRule;
import dev.embeddedbroker.fault.Verdict;
import dev.embeddedbroker.protocol.ApiKey;
import dev.embeddedbroker.protocol.ErrorCode;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.platform.engine.TestExecutionResult;

/** A test fails whose faults never came. The classes it runs are not found by a build. */
class UnusedFaultsTest {

    private static Stream<Throwable> failuresOf(Class<?> type) {
        return Engine.run(type).failed().stream().map(event -> event.getRequiredPayload(TestExecutionResult.class)
                .getThrowable()
                .orElseThrow());
    }

    @WithBroker(topics = "orders")
    static class Faulty {
        @Test
        void unused(EmbeddedBroker broker) {
            rule(broker, "payments");
        }

        @Test
        void used(EmbeddedBroker broker, Producer<String, String> shop) throws Exception {
            rule(broker, "orders");
            shop.send(new ProducerRecord<>("orders", "a teapot")).get();
        }
    }

    private static FaultRule rule(EmbeddedBroker broker, String topic) {
        return broker.faults()
                .on(ApiKey.PRODUCE)
                .topic(topic)
                .first(1)
                .then(Verdict.answer(ErrorCode.NOT_LEADER_OR_FOLLOWER));
    }

    @Test
    void aTestWhoseFaultNeverCameFails() {
        assertThat(failuresOf(Faulty.class).map(Throwable::getMessage))
                .singleElement()
                .asString()
                .contains("never fired", "payments");
    }

    @WithBroker(topics = "orders")
    static class FaultyClass {
        private static @Nullable FaultRule rule;

        @BeforeAll
        static void fail(EmbeddedBroker broker) {
            rule = rule(broker, "payments");
        }

        @Test
        void one() {
            assertThat(rule).isNotNull();
        }
    }

    @Test
    void aFaultOfAClassMayComeInAnyOfItsTests() {
        assertThat(failuresOf(FaultyClass.class).map(Throwable::toString))
                .as("of the class, when it ends")
                .singleElement()
                .asString()
                .contains("never fired", "payments");
    }
}
