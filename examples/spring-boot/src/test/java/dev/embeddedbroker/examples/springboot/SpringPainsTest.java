package dev.embeddedbroker.examples.springboot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embeddedbroker.EmbeddedBroker;
import dev.embeddedbroker.junit.WithBroker;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.core.env.Environment;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.kafka.config.KafkaListenerEndpointRegistry;
import org.springframework.kafka.core.ConsumerFactory;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.test.annotation.DirtiesContext;

/** What users of spring-kafka's tests have suffered from, by the numbers of the issues in which they said so. */
class SpringPainsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** spring-kafka #539, #2978: the test sends before the listener has its partitions, and the listener gets nothing. */
    @Nested
    @SpringBootTest
    @WithBroker(topics = "news")
    class AListenerMissedTheFirstRecord {
        @TestConfiguration(proxyBeanMethods = false)
        static class Listening {
            final BlockingQueue<String> received = new LinkedBlockingQueue<>();

            @KafkaListener(id = "late", topics = "news", autoStartup = "false")
            void onNews(String news) {
                received.add(news);
            }
        }

        @Test
        void whatWasSentBeforeItJoinedIsHeard(
                @Autowired KafkaTemplate<String, String> kafka,
                @Autowired KafkaListenerEndpointRegistry listeners,
                @Autowired Listening listening)
                throws Exception {
            kafka.send("news", "sent too early").join();
            listeners.getListenerContainer("late").start();
            assertThat(listening.received.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                    .isEqualTo("sent too early");
        }
    }

    /** spring-kafka #1114, #2291: a test meets what an earlier one left behind. */
    @Nested
    @SpringBootTest
    @WithBroker
    @DirtiesContext(classMode = DirtiesContext.ClassMode.BEFORE_EACH_TEST_METHOD)
    class TestsMeetTheLeftoversOfOthers {
        @RepeatedTest(2)
        void aNewContextHasAnEmptyBroker(@Autowired OrderService orders, Consumer<String, String> customer) {
            orders.place("bob", "a kettle");
            customer.subscribe(List.of("notifications"));
            assertThat(customer.poll(PATIENCE)).hasSize(1);
            assertThat(customer.endOffsets(customer.assignment()).values()).containsExactly(1L);
        }
    }

    /** spring-kafka #2264: a new context for each test costs more than the test. */
    @Nested
    @SpringBootTest
    @WithBroker(
            topics = {"orders:3", "notifications"},
            reset = true)
    class ANewContextForEachTestIsSlow {
        @RepeatedTest(3)
        void theBrokerIsEmptyAgainAndTheListenerGoesOn(
                @Autowired OrderService orders, Consumer<String, String> customer) {
            orders.place("dave", "a spoon");
            customer.subscribe(List.of("notifications"));
            assertThat(customer.poll(PATIENCE)).hasSize(1);
            assertThat(customer.endOffsets(customer.assignment()).values()).containsExactly(1L);
        }
    }

    /** An application whose own settings name its brokers in more than one place, and decide where listeners begin. */
    @Nested
    @SpringBootTest(
            properties = {
                "spring.kafka.bootstrap-servers=production:9092",
                "spring.kafka.consumer.bootstrap-servers=production:9092",
                "spring.kafka.producer.bootstrap-servers=production:9092",
                "spring.kafka.consumer.auto-offset-reset=latest",
                "shop.kafka=${spring.kafka.bootstrap-servers}",
            })
    @WithBroker
    class TheTestTalkedToProduction {
        @Test
        void everyClientGoesToTheBroker(
                EmbeddedBroker broker,
                @Autowired ConsumerFactory<?, ?> consumers,
                @Autowired KafkaTemplate<?, ?> kafka,
                @Autowired Environment environment) {
            assertThat(consumers
                            .getConfigurationProperties()
                            .get("bootstrap.servers")
                            .toString())
                    .contains(broker.bootstrapServers());
            assertThat(kafka.getProducerFactory()
                            .getConfigurationProperties()
                            .get(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG)
                            .toString())
                    .contains(broker.bootstrapServers());
            assertThat(environment.getProperty("shop.kafka"))
                    .as("a property of the application's own")
                    .isEqualTo(broker.bootstrapServers());
        }

        @Test
        void whereListenersBeginStaysTheApplicationsToSay(@Autowired ConsumerFactory<?, ?> consumers) {
            assertThat(consumers.getConfigurationProperties()).containsEntry("auto.offset.reset", "latest");
        }

        /** spring-kafka publishes its broker as System properties, where the next test finds it. */
        @Test
        void nothingIsLeftInSystemProperties() {
            assertThat(System.getProperties().stringPropertyNames())
                    .doesNotContain("spring.kafka.bootstrap-servers", "spring.embedded.kafka.brokers");
        }
    }

    /** spring-kafka #2582: {@code @EmbeddedKafka} is disabled where contexts are made ahead of time; this suite runs both ways. */
    @Nested
    @SpringBootTest
    @WithBroker
    class ContextsMadeAheadOfTimeHadNoBroker {
        @Test
        void theyHaveOne(EmbeddedBroker broker, @Autowired OrderService orders) {
            orders.place("carol", "a cup");
            assertThat(broker.port()).isPositive();
        }
    }
}
