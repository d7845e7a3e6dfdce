package dev.embeddedbroker.junit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.platform.testkit.engine.EventConditions.event;
import static org.junit.platform.testkit.engine.EventConditions.finishedWithFailure;
import static org.junit.platform.testkit.engine.TestExecutionResultConditions.message;

import dev.embeddedbroker.EmbeddedBroker;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.platform.testkit.engine.Events;

/** How long brokers and clients live, and what a wrong use is told. The classes it runs are not found by a build. */
class BrokerExtensionTest {
    private static final ConcurrentLinkedQueue<EmbeddedBroker> BROKERS = new ConcurrentLinkedQueue<>();
    private static final ConcurrentLinkedQueue<Producer<String, String>> PRODUCERS = new ConcurrentLinkedQueue<>();

    @BeforeEach
    void forget() {
        BROKERS.clear();
        PRODUCERS.clear();
    }

    private static Events run(Class<?>... classes) {
        return Engine.runParallel(classes);
    }

    private static Set<EmbeddedBroker> distinctBrokers() {
        Set<EmbeddedBroker> distinct = ConcurrentHashMap.newKeySet();
        distinct.addAll(BROKERS);
        return distinct;
    }

    /** What tests note: their broker, which serves them. */
    private static void use(EmbeddedBroker broker, Producer<String, String> producer) throws Exception {
        producer.send(new ProducerRecord<>("t", "value")).get();
        BROKERS.add(broker);
        PRODUCERS.add(producer);
    }

    @WithBroker(topics = "t")
    static class PerClass {
        @RepeatedTest(3)
        void test(EmbeddedBroker broker, Producer<String, String> producer) throws Exception {
            use(broker, producer);
        }
    }

    @WithBroker(topics = "t", scope = BrokerScope.PER_METHOD)
    @TestInstance(TestInstance.Lifecycle.PER_CLASS)
    static class PerMethod {
        @Test
        void one(EmbeddedBroker broker, Producer<String, String> producer) throws Exception {
            use(broker, producer);
        }

        @Test
        void two(EmbeddedBroker broker, Producer<String, String> producer) throws Exception {
            use(broker, producer);
        }
    }

    @WithBroker(topics = "t", scope = BrokerScope.PER_RUN)
    static class PerRun {
        @Test
        void test(EmbeddedBroker broker, Producer<String, String> producer) throws Exception {
            use(broker, producer);
        }
    }

    /** The same annotation on another class. */
    static class PerRunToo extends PerRun {}

    @WithBroker(topics = "t", config = "auto.create.topics.enable=false", scope = BrokerScope.PER_RUN)
    static class PerRunOtherwise extends PerRun {}

    static class RegisteredPerMethod {
        @RegisterExtension
        final BrokerExtension kafka = BrokerExtension.of(EmbeddedBroker.builder());

        @RepeatedTest(2)
        void test(Producer<String, String> producer) throws Exception {
            use(kafka.broker(), producer);
        }
    }

    private static void assertThatIsClosed(EmbeddedBroker broker) {
        assertThatThrownBy(broker::bootstrapServers)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
    }

    @Test
    void aClassHasOneBrokerThatEndsWithIt() {
        run(PerClass.class).assertStatistics(stats -> stats.failed(0));
        assertThat(BROKERS).hasSize(3);
        assertThat(distinctBrokers()).hasSize(1).allSatisfy(BrokerExtensionTest::assertThatIsClosed);
        assertThat(Set.copyOf(PRODUCERS)).as("clients of parameters").hasSize(3);
        assertThat(PRODUCERS).allSatisfy(BrokerExtensionTest::assertThatIsClosed);
    }

    private static void assertThatIsClosed(Producer<String, String> producer) {
        assertThatThrownBy(() -> producer.send(new ProducerRecord<>("t", "late")))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aMethodHasABrokerOfItsOwn() {
        run(PerMethod.class).assertStatistics(stats -> stats.failed(0));
        assertThat(distinctBrokers()).hasSize(2).allSatisfy(BrokerExtensionTest::assertThatIsClosed);
    }

    @Test
    void anExtensionInAnInstanceFieldIsPerMethod() {
        run(RegisteredPerMethod.class).assertStatistics(stats -> stats.failed(0));
        assertThat(distinctBrokers()).hasSize(2).allSatisfy(BrokerExtensionTest::assertThatIsClosed);
    }

    @Test
    void aRunHasOneBrokerForAllThatAskForTheSame() {
        run(PerRun.class, PerRunToo.class, PerRunOtherwise.class).assertStatistics(stats -> stats.failed(0));
        assertThat(BROKERS).hasSize(3);
        assertThat(distinctBrokers()).hasSize(2).allSatisfy(BrokerExtensionTest::assertThatIsClosed);
    }

    /** What is asked for does not exist. */
    static class Wrong {
        @WithBroker(topics = "t:many")
        static class Partitions {
            @Test
            void test() {}
        }

        @WithBroker(config = "no-value")
        static class Config {
            @Test
            void test() {}
        }

        @WithBroker
        static class Value {
            @Test
            void test(Producer<String, StringBuilder> producer) {}
        }

        @WithBroker(scope = BrokerScope.PER_METHOD)
        static class Constructor {
            Constructor(EmbeddedBroker broker) {
                BROKERS.add(broker);
            }

            @Test
            void test() {}
        }
    }

    @Test
    void aWrongUseIsToldWhatWasExpected() {
        assertFailure(Wrong.Partitions.class, "topic is 't:many' (expected: name or name:partitions)");
        assertFailure(Wrong.Config.class, "setting is 'no-value' (expected: name=value)");
        assertFailure(Wrong.Value.class, "value.serializer in @ClientSettings");
        assertFailure(Wrong.Constructor.class, "PER_METHOD (expected: another scope)");
    }

    private static void assertFailure(Class<?> type, String words) {
        run(type).assertThatEvents().haveExactly(1, event(finishedWithFailure(message(text -> text.contains(words)))));
    }
}
