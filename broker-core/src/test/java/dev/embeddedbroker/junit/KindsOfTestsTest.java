package dev.embeddedbroker.junit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embeddedbroker.EmbeddedBroker;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClient;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every kind of test that JUnit has gets what it asks for. */
@WithBroker(topics = "t")
class KindsOfTestsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @ClientSettings
    private static @Nullable Producer<String, String> ofTheClass;

    @TestTopic("own")
    private @Nullable String own;

    private static @Nullable EmbeddedBroker first;

    @BeforeAll
    static void thereIsABroker(EmbeddedBroker broker) {
        first = broker;
        assertThat(ofTheClass).isNotNull();
    }

    @AfterEach
    void itIsStillThere(Admin admin) throws Exception {
        assertThat(admin.describeCluster().nodes().get()).hasSize(1);
    }

    @AfterAll
    static void itIsThereToTheEnd(AdminClient admin) throws Exception {
        assertThat(admin.describeCluster().nodes().get()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"one", "two"})
    void parameterized(String value, TestInfo info, EmbeddedBroker broker, Producer<String, String> producer)
            throws Exception {
        assertThat(producer.send(new ProducerRecord<>(value, value)).get().offset())
                .as(info.getDisplayName())
                .isZero();
        assertThat(broker).isSameAs(first);
    }

    @RepeatedTest(2)
    void repeated(@TestTopic("mine") String topic, Producer<String, String> producer) throws Exception {
        assertThat(topic).startsWith("mine-").isNotEqualTo(own);
        assertThat(producer.send(new ProducerRecord<>(topic, "only")).get().offset())
                .isZero();
        assertThat(producer.send(new ProducerRecord<>(own, "only")).get().offset())
                .isZero();
    }

    @TestFactory
    Stream<DynamicTest> dynamic(
            EmbeddedBroker broker,
            @TestTopic(value = "dynamic", partitions = 3) String topic,
            Producer<String, String> producer,
            Consumer<String, String> consumer) {
        return Stream.of(
                DynamicTest.dynamicTest("produce", () -> producer.send(new ProducerRecord<>(topic, 2, "k", "v"))
                        .get()),
                DynamicTest.dynamicTest("consume", () -> {
                    consumer.subscribe(List.of(topic));
                    assertThat(consumer.poll(PATIENCE))
                            .singleElement()
                            .satisfies(record -> assertThat(record.partition()).isEqualTo(2));
                    assertThat(broker).isSameAs(first);
                }));
    }

    /** A nested class that says what it wants has it, and the class around it keeps its own. */
    @Nested
    @WithBroker(topics = {"inner", "innermost"})
    class WithItsOwn {
        private @Nullable EmbeddedBroker inner;

        @Test
        void theNearestAnnotationCounts(EmbeddedBroker broker, Admin admin) throws Exception {
            assertThat(admin.listTopics().names().get()).containsExactlyInAnyOrder("inner", "innermost");
            assertThat(broker).isSameAs(inner).isNotSameAs(first);
            try (var outer = Admin.create(KindsOfTestsTest.first.clientProperties())) {
                assertThat(outer.listTopics().names().get()).contains(own);
            }
        }

        @Nested
        class Deeper {
            @Test
            void andIsInherited(EmbeddedBroker broker) {
                assertThat(broker).isSameAs(inner);
            }
        }
    }

    /** One instance for all tests: its fields are filled once. */
    @Nested
    @TestInstance(TestInstance.Lifecycle.PER_CLASS)
    @WithBroker(topics = "t", reset = true)
    class WithOneInstance {
        private final Set<Producer<String, String>> seen = new HashSet<>();

        @ClientSettings("client.id=kept")
        private @Nullable Producer<String, String> producer;

        private @Nullable EmbeddedBroker here;

        @BeforeAll
        void fieldsAreThereBeforeAll(EmbeddedBroker broker) {
            assertThat(here).isSameAs(broker);
            assertThat(producer).isNotNull();
        }

        @RepeatedTest(3)
        void aClientOfTheInstanceOutlivesResets() throws Exception {
            seen.add(producer);
            assertThat(seen).hasSize(1);
            assertThat(producer.send(new ProducerRecord<>("t", "v")).get().offset())
                    .isZero();
        }
    }

    @Nested
    class Inherited extends OfNobody {}

    /** A class that is extended within. */
    abstract static class OfNobody {
        @Test
        void anInheritedTestHasTheBrokerAroundIt(EmbeddedBroker broker) {
            assertThat(broker).isSameAs(first);
        }
    }
}
