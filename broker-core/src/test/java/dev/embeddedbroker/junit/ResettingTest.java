package dev.embeddedbroker.junit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.embeddedbroker.EmbeddedBroker;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.RegisterExtension;

/** {@code reset = true}: every test finds the broker as after its start. The classes it runs are not found by a build. */
class ResettingTest {
    private static final TopicPartition T = new TopicPartition("t", 0);
    private static final Set<EmbeddedBroker> BROKERS = ConcurrentHashMap.newKeySet();
    private static volatile CountDownLatch together = new CountDownLatch(0);

    @BeforeEach
    void forget() {
        BROKERS.clear();
        together = new CountDownLatch(0);
    }

    /** Nothing is there of other tests; then something is. */
    private static void findNothingAndLeaveSomething(
            EmbeddedBroker broker, Admin admin, Producer<String, String> producer) throws Exception {
        BROKERS.add(broker);
        together.countDown();
        assertThat(together.await(60, TimeUnit.SECONDS)).isTrue();
        assertThat(admin.listTopics().names().get()).containsExactly("t");
        assertThat(admin.listOffsets(Map.of(T, OffsetSpec.latest()))
                        .partitionResult(T)
                        .get()
                        .offset())
                .isZero();
        producer.send(new ProducerRecord<>("t", "value")).get();
        broker.createTopic("left", 1);
    }

    @WithBroker(topics = "t", reset = true)
    static class PerClass {
        @BeforeAll
        static void leftForNobody(EmbeddedBroker broker) {
            broker.createTopic("of-before-all", 1);
        }

        @RepeatedTest(3)
        void test(EmbeddedBroker broker, Admin admin, Producer<String, String> producer) throws Exception {
            findNothingAndLeaveSomething(broker, admin, producer);
        }
    }

    @WithBroker(topics = "t", reset = true, scope = BrokerScope.PER_RUN)
    static class PerRun {
        @Test
        void one(EmbeddedBroker broker, Admin admin, Producer<String, String> producer) throws Exception {
            findNothingAndLeaveSomething(broker, admin, producer);
        }
    }

    static class PerRunToo extends PerRun {}

    /** A class that others extend, with one broker for all of them. */
    abstract static class Base {
        @RegisterExtension
        static final BrokerExtension KAFKA = BrokerExtension.of(
                        EmbeddedBroker.builder().topic("t", 1))
                .perRun()
                .resetting();

        @RepeatedTest(2)
        void test(Admin admin, Producer<String, String> producer) throws Exception {
            findNothingAndLeaveSomething(KAFKA.broker(), admin, producer);
        }
    }

    static class OfBase extends Base {}

    static class OfBaseToo extends Base {}

    @Test
    void testsOfAClassDoNotMeet() {
        Engine.run(PerClass.class).assertStatistics(stats -> stats.failed(0));
        assertThat(BROKERS).hasSize(1);
    }

    @Test
    void classesOneAfterTheOtherShareABroker() {
        Engine.run(PerRun.class, PerRunToo.class).assertStatistics(stats -> stats.failed(0));
        assertThat(BROKERS).hasSize(1);
    }

    @Test
    void classesAtOnceHaveABrokerEach() {
        together = new CountDownLatch(2);
        Engine.runParallelClasses(PerRun.class, PerRunToo.class).assertStatistics(stats -> stats.failed(0));
        assertThat(BROKERS).hasSize(2);
    }

    @Test
    void classesThatExtendOneWithARegisteredExtensionShareItsBroker() {
        Engine.run(OfBase.class, OfBaseToo.class).assertStatistics(stats -> stats.failed(0));
        assertThat(BROKERS).hasSize(1);
    }

    @Test
    void aTestThatBeginsWhileAnotherRunsIsRefused() {
        try (var broker = new EmbeddedBroker().start();
                var held = new Held(broker, true, () -> {})) {
            var first = held.begin();
            assertThatThrownBy(held::begin)
                    .isInstanceOf(ExtensionConfigurationException.class)
                    .hasMessageContaining("SAME_THREAD");
            assertThat(first.end()).isEmpty();
            assertThat(held.begin().end()).isEmpty();
        }
    }
}
