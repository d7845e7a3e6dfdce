package dev.embeddedbroker.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;
import static org.junit.platform.testkit.engine.EventConditions.event;
import static org.junit.platform.testkit.engine.EventConditions.finishedWithFailure;

import dev.embeddedbroker.EmbeddedBroker;
import dev.embeddedbroker.junit.BrokerScope;
import dev.embeddedbroker.junit.ClientSettings;
import dev.embeddedbroker.junit.WithBroker;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.assertj.core.api.Condition;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Events;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.ContextConfiguration;
import org.springframework.test.context.ContextHierarchy;
import org.springframework.test.context.TestPropertySource;
import org.springframework.test.context.junit.jupiter.SpringJUnitConfig;

/** Which Spring tests share a broker, and when it ends. The classes it runs are not found by a build. */
class SpringContextBrokersTest {
    private static final ConcurrentLinkedQueue<EmbeddedBroker> BROKERS = new ConcurrentLinkedQueue<>();

    @BeforeEach
    void forget() {
        BROKERS.clear();
    }

    private static Events run(Class<?>... classes) {
        return EngineTestKit.engine("junit-jupiter")
                .configurationParameter("junit.jupiter.execution.parallel.enabled", "true")
                .configurationParameter("junit.jupiter.execution.parallel.mode.classes.default", "concurrent")
                .configurationParameter("junit.jupiter.execution.parallel.config.strategy", "fixed")
                .configurationParameter("junit.jupiter.execution.parallel.config.fixed.parallelism", "4")
                .selectors(Arrays.stream(classes).map(type -> selectClass(type)).toList())
                .execute()
                .allEvents();
    }

    private static void runGreen(Class<?>... classes) {
        var events = run(classes);
        assertThat(events.failed().list()).isEmpty();
        assertThat(events.succeeded().list()).isNotEmpty();
    }

    private static Set<EmbeddedBroker> distinctBrokers() {
        return Set.copyOf(BROKERS);
    }

    private static void assertThatIsClosed(EmbeddedBroker broker) {
        assertThatThrownBy(broker::bootstrapServers)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
    }

    /** What tests note: their broker, which serves them. */
    private static void use(EmbeddedBroker broker, Producer<String, String> producer) throws Exception {
        producer.send(new ProducerRecord<>("t", "value")).get();
        BROKERS.add(broker);
    }

    /** A bean that knows the address, and while the context closes still finds the broker there. */
    @Configuration(proxyBeanMethods = false)
    static class Config {
        @Bean
        Client client(@Value("${spring.kafka.bootstrap-servers}") String servers, EmbeddedBroker broker) {
            return new Client(servers, broker);
        }
    }

    /** Stands for whatever an application has that talks to Kafka. */
    record Client(String servers, EmbeddedBroker broker) implements DisposableBean {
        @Override
        public void destroy() {
            assertThat(broker.bootstrapServers()).isEqualTo(servers);
        }
    }

    @SpringJUnitConfig(Config.class)
    @WithBroker(topics = "t")
    static class One {
        @Autowired
        @Nullable
        EmbeddedBroker autowired;

        @Nullable
        EmbeddedBroker field;

        @ClientSettings
        @Nullable
        Producer<String, String> producer;

        @RepeatedTest(2)
        void test(
                EmbeddedBroker parameter,
                @Autowired Client client,
                @Value("${spring.embedded.kafka.brokers}") String old)
                throws Exception {
            assertThat(parameter).isSameAs(autowired).isSameAs(field).isSameAs(client.broker());
            assertThat(parameter.bootstrapServers()).isEqualTo(client.servers()).isEqualTo(old);
            use(parameter, producer);
        }
    }

    /** The annotations the other way round. */
    @WithBroker(topics = "t")
    @SpringJUnitConfig(Config.class)
    static class Equal {
        @Test
        void test(EmbeddedBroker broker, Producer<String, String> producer) throws Exception {
            use(broker, producer);
        }
    }

    @SpringJUnitConfig(Config.class)
    @WithBroker(topics = "t", config = "auto.create.topics.enable=false")
    static class Different extends Equal {}

    @Test
    void sameSettingsAreTheSameContextAndTheSameBroker() {
        runGreen(One.class, Equal.class);
        assertThat(BROKERS).hasSize(3);
        assertThat(distinctBrokers()).hasSize(1).allSatisfy(broker -> assertThat(broker.bootstrapServers())
                .as("in the cache, and so running")
                .isNotNull());
    }

    @Test
    void otherSettingsAreAnotherBrokerAtTheSameTime() {
        runGreen(One.class, Different.class);
        assertThat(distinctBrokers()).hasSize(2);
    }

    @TestInstance(TestInstance.Lifecycle.PER_CLASS)
    @DirtiesContext(classMode = DirtiesContext.ClassMode.AFTER_EACH_TEST_METHOD)
    abstract static class Dirtied {
        @Nullable
        EmbeddedBroker field;

        @RepeatedTest(2)
        void test(EmbeddedBroker broker, Producer<String, String> producer, Consumer<String, String> consumer)
                throws Exception {
            assertThat(field).isSameAs(broker);
            use(broker, producer);
            consumer.subscribe(List.of("t"));
            assertThat(consumer.poll(Duration.ofSeconds(60))).hasSize(1);
        }
    }

    @SpringJUnitConfig(Config.class)
    @WithBroker(topics = "t")
    @TestPropertySource(properties = "of=dirtied")
    static class DirtiedSpringFirst extends Dirtied {}

    @WithBroker(topics = "t")
    @SpringJUnitConfig(Config.class)
    @TestPropertySource(properties = "of=dirtied too")
    static class DirtiedBrokerFirst extends Dirtied {}

    @Test
    void aDirtyContextEndsItsBroker() {
        runGreen(DirtiedSpringFirst.class);
        assertThat(distinctBrokers()).hasSize(2).allSatisfy(SpringContextBrokersTest::assertThatIsClosed);
    }

    @Test
    void aDirtyContextEndsItsBrokerWhicheverAnnotationIsFirst() {
        runGreen(DirtiedBrokerFirst.class);
        assertThat(distinctBrokers()).hasSize(2).allSatisfy(SpringContextBrokersTest::assertThatIsClosed);
    }

    @SpringJUnitConfig(Config.class)
    @WithBroker(topics = "t")
    @TestPropertySource(properties = "of=nested")
    static class Outer {
        @Test
        void outside(EmbeddedBroker broker, Producer<String, String> producer) throws Exception {
            use(broker, producer);
        }

        @Nested
        class Inner {
            @Test
            void inside(EmbeddedBroker broker, Producer<String, String> producer) throws Exception {
                use(broker, producer);
            }
        }

        @Nested
        @WithBroker(topics = "t:2")
        class Other {
            @Test
            void inside(EmbeddedBroker broker, Producer<String, String> producer) throws Exception {
                assertThat(producer.partitionsFor("t")).hasSize(2);
                use(broker, producer);
            }
        }
    }

    @Test
    void nestedTestsHaveTheOuterBrokerUnlessTheyAskForAnother() {
        runGreen(Outer.class);
        assertThat(BROKERS).hasSize(3);
        assertThat(distinctBrokers()).hasSize(2);
    }

    @SpringJUnitConfig
    @ContextHierarchy({@ContextConfiguration(classes = Config.class), @ContextConfiguration(classes = Child.class)})
    @WithBroker(topics = "t")
    static class InHierarchy {
        @Test
        void test(
                EmbeddedBroker broker,
                Producer<String, String> producer,
                @Autowired Client ofParent,
                @Value("#{address}") String ofChild)
                throws Exception {
            assertThat(ofParent.broker()).isSameAs(broker);
            assertThat(ofChild).isEqualTo(broker.bootstrapServers());
            use(broker, producer);
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Child {
        @Bean
        String address(@Value("${spring.kafka.bootstrap-servers}") String servers) {
            return servers;
        }
    }

    @SpringJUnitConfig(Config.class)
    @TestPropertySource(properties = "name=t")
    @WithBroker(
            topics = "${name}:${count:3}",
            config = {"num.partitions=${default:5}", "auto.create.topics.enable=true"})
    static class WithPlaceholders {
        @Test
        void test(EmbeddedBroker broker, Producer<String, String> producer) throws Exception {
            assertThat(producer.partitionsFor("t")).hasSize(3);
            assertThat(producer.partitionsFor("made-on-demand")).hasSize(5);
            use(broker, producer);
        }
    }

    @Test
    void placeholdersAreResolved() {
        runGreen(WithPlaceholders.class);
    }

    @Test
    void aHierarchyOfContextsHasOneBroker() {
        runGreen(InHierarchy.class);
    }

    @SpringJUnitConfig(Broken.class)
    @WithBroker(topics = "t")
    static class NeverThere {
        @Test
        void test() {}
    }

    @Configuration(proxyBeanMethods = false)
    static class Broken {
        @Bean
        String broken(EmbeddedBroker broker) {
            BROKERS.add(broker);
            throw new IllegalStateException("broken on purpose");
        }
    }

    @Test
    void aContextThatFailsToStartClosesItsBroker() {
        run(NeverThere.class).failed().assertThatEvents().hasSize(1);
        assertThat(BROKERS).hasSize(1).allSatisfy(SpringContextBrokersTest::assertThatIsClosed);
    }

    @SpringJUnitConfig(Config.class)
    @WithBroker(topics = "t", scope = BrokerScope.PER_METHOD)
    static class WithScope {
        @Test
        void test() {}
    }

    @Test
    void aScopeIsRefusedBecauseTheContextDecides() {
        run(WithScope.class)
                .failed()
                .assertThatEvents()
                .haveExactly(
                        1,
                        event(finishedWithFailure(new Condition<>(
                                failure -> failure.getMessage()
                                        .contains("has the scope PER_METHOD (expected: none on a Spring test"),
                                "says what was expected"))));
    }

    /** A configuration of its own for each of many contexts. */
    @SpringJUnitConfig(Config.class)
    abstract static class Many {
        @RepeatedTest(3)
        void test(EmbeddedBroker broker, Producer<String, String> producer, Consumer<String, String> consumer)
                throws Exception {
            use(broker, producer);
        }
    }

    @WithBroker(topics = {"t", "a"})
    static class A extends Many {}

    @WithBroker(topics = {"t", "b"})
    static class B extends Many {}

    @WithBroker(topics = {"t", "c"})
    static class C extends Many {}

    @WithBroker(topics = {"t", "d"})
    static class D extends Many {}

    @Test
    void contextsInParallelHaveBrokersOfTheirOwn() {
        runGreen(A.class, B.class, C.class, D.class);
        assertThat(distinctBrokers().stream().map(EmbeddedBroker::port).collect(Collectors.toSet()))
                .hasSize(4);
    }
}
