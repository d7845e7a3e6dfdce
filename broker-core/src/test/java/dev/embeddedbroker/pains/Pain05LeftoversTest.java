package dev.embeddedbroker.pains;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embeddedbroker.EmbeddedBroker;
import dev.embeddedbroker.junit.TestTopic;
import dev.embeddedbroker.junit.WithBroker;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.RepeatedTest;

/**
 * Pain 5: what one test leaves, the next one finds: records, committed offsets, groups, open transactions (spring-kafka 1114,
 * 2264, testcontainers 4011, smallrye 2029, embedded-kafka 103).
 */
class Pain05LeftoversTest {
    private static void leave(EmbeddedBroker broker, String topic) throws Exception {
        Clients.produce(broker, topic, "left");
        assertThat(Clients.consume(broker, topic, "group", 1))
                .as("of this test alone")
                .containsExactly("left");
        try (var producer = Clients.producer(broker, Map.of("transactional.id", "never-ended"))) {
            producer.initTransactions();
            producer.beginTransaction();
            producer.send(new ProducerRecord<>(topic, "undecided")).get();
        }
    }

    /** By a reset: the same group, the same topic, the same transactional id. */
    @Nested
    @WithBroker(topics = "orders", reset = true)
    class Reset {
        @RepeatedTest(3)
        void everyTestFindsTheBrokerAsAfterItsStart(EmbeddedBroker broker, Admin admin) throws Exception {
            assertThat(admin.listTopics(new ListTopicsOptions().listInternal(true))
                            .names()
                            .get())
                    .containsExactly("orders");
            assertThat(admin.listGroups().all().get()).isEmpty();
            assertThat(admin.listTransactions().all().get()).isEmpty();
            leave(broker, "orders");
        }
    }

    /** By names of a test's own, where tests share a broker at the same time. */
    @Nested
    @WithBroker
    class NamesOfItsOwn {
        @RepeatedTest(3)
        void everyTestHasATopicOfItsOwn(EmbeddedBroker broker, @TestTopic("orders") String orders) throws Exception {
            Clients.produce(broker, orders, "mine");
            assertThat(Clients.consume(broker, orders, "group-of-" + orders, 1)).containsExactly("mine");
        }
    }
}
