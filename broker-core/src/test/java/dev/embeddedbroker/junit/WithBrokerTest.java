package dev.embeddedbroker.junit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embeddedbroker.EmbeddedBroker;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.ConfigResource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The extension as its users meet it. */
@WithBroker(
        topics = {"orders:3", "audit"},
        config = {"message.max.bytes=2000", "log.retention.hours = 7"})
class WithBrokerTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static @Nullable EmbeddedBroker ofTheClass;

    private @Nullable EmbeddedBroker broker;

    @ClientSettings({"client.id=from-a-field", "acks=1"})
    private @Nullable KafkaProducer<UUID, byte[]> producer;

    private @Nullable Admin notOurs;

    private final EmbeddedBroker fromTheConstructor;

    WithBrokerTest(EmbeddedBroker broker) {
        fromTheConstructor = broker;
    }

    @BeforeAll
    static void theBrokerIsThere(EmbeddedBroker broker) {
        assertThat(broker).isSameAs(ofTheClass);
    }

    @BeforeEach
    void fieldsAreThere() {
        assertThat(broker).isSameAs(ofTheClass).isSameAs(fromTheConstructor);
        assertThat(producer).isNotNull();
        assertThat(notOurs)
                .as("a client without @ClientSettings is the test's own")
                .isNull();
    }

    @Test
    void recordsGoThroughInjectedClients(
            Producer<String, Long> producer,
            @ClientSettings("group.id=readers") Consumer<String, Long> consumer,
            KafkaConsumer<String, Long> other)
            throws Exception {
        producer.send(new ProducerRecord<>("audit", "k", 7L)).get();
        for (var each : List.of(consumer, other)) {
            each.subscribe(List.of("audit"));
            assertThat(each.poll(PATIENCE)).singleElement().satisfies(record -> {
                assertThat(record.key()).isEqualTo("k");
                assertThat(record.value()).isEqualTo(7L);
            });
        }
        assertThat(consumer.groupMetadata().groupId()).isEqualTo("readers");
        assertThat(other.groupMetadata().groupId()).startsWith("test-");
    }

    @Test
    void topicsAndSettingsAreThoseOfTheAnnotation(Admin admin) throws Exception {
        var topics =
                admin.describeTopics(List.of("orders", "audit")).allTopicNames().get();
        assertThat(topics.get("orders").partitions()).hasSize(3);
        assertThat(topics.get("audit").partitions()).hasSize(1);
        assertThat(admin.describeConfigs(List.of(Topics.AUDIT)).all().get().get(Topics.AUDIT))
                .satisfies(config -> {
                    assertThat(config.get("max.message.bytes").value()).isEqualTo("2000");
                    assertThat(config.get("retention.ms").value()).isEqualTo(String.valueOf(7 * 3_600_000));
                });
    }

    @Nested
    class Within {
        @Test
        void nestedClassesUseTheOuterBroker(EmbeddedBroker inner) {
            assertThat(inner).isSameAs(broker);
        }
    }

    /** Names that the tests ask for. */
    private static final class Topics {
        static final ConfigResource AUDIT = new ConfigResource(ConfigResource.Type.TOPIC, "audit");
    }

    /** An extension with a builder, per class. */
    @Nested
    class Registered {
        @RegisterExtension
        static final BrokerExtension KAFKA =
                BrokerExtension.of(EmbeddedBroker.builder().topic("mine", 2));

        @Test
        void theFieldHasTheBroker() throws Exception {
            try (var admin = Admin.create(KAFKA.broker().clientProperties())) {
                assertThat(admin.listTopics().names().get()).containsExactly("mine");
            }
            assertThat(KAFKA.broker()).isNotSameAs(broker);
            assertThat(Map.copyOf(KAFKA.broker().clientProperties())).containsKey("bootstrap.servers");
        }
    }
}
