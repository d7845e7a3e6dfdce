package dev.embeddedbroker.clients;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embeddedbroker.EmbeddedBroker;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.kafka.config.TopicBuilder;
import org.springframework.kafka.core.KafkaAdmin;

/** Spring's KafkaAdmin: topics as beans, made and changed when an application starts. */
class SpringKafkaAdminTest {
    private EmbeddedBroker broker;

    @BeforeEach
    void start() {
        broker = new EmbeddedBroker().start();
    }

    @AfterEach
    void stop() {
        broker.close();
    }

    @Test
    void topicsOfTheContextAreCreatedAndLaterChanged() throws Exception {
        try (var context = context(TopicBuilder.name("orders")
                .partitions(2)
                .replicas(1)
                .config("retention.ms", "60000")
                .build())) {
            var admin = context.getBean(KafkaAdmin.class);
            var described = admin.describeTopics("orders", "payments");
            assertThat(described.get("orders").partitions()).hasSize(2);
            assertThat(described.get("payments").partitions()).hasSize(1);
            assertThat(admin.clusterId()).hasSize(22);
        }
        try (var context = context(TopicBuilder.name("orders")
                .partitions(5)
                .replicas(1)
                .config("retention.ms", "120000")
                .config("cleanup.policy", "compact")
                .build())) {
            var admin = context.getBean(KafkaAdmin.class);
            assertThat(admin.describeTopics("orders").get("orders").partitions())
                    .hasSize(5);
            assertThat(setting("orders", "retention.ms")).isEqualTo("120000");
            assertThat(setting("orders", "cleanup.policy")).isEqualTo("compact");
        }
    }

    @Test
    void topicsAreCreatedAndDeletedOnDemand() throws Exception {
        try (var context = context(TopicBuilder.name("orders").build())) {
            var admin = context.getBean(KafkaAdmin.class);
            admin.createOrModifyTopics(
                    TopicBuilder.name("late").partitions(3).compact().build());
            assertThat(admin.describeTopics("late").get("late").partitions()).hasSize(3);
            admin.deleteTopics("late");
            try (var client = org.apache.kafka.clients.admin.Admin.create(broker.clientProperties())) {
                assertThat(client.listTopics().names().get()).containsExactlyInAnyOrder("orders", "payments");
            }
        }
    }

    private String setting(String topic, String name) throws Exception {
        var resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        try (var client = org.apache.kafka.clients.admin.Admin.create(broker.clientProperties())) {
            return client.describeConfigs(List.of(resource))
                    .all()
                    .get()
                    .get(resource)
                    .get(name)
                    .value();
        }
    }

    private GenericApplicationContext context(NewTopic orders) {
        var context = new GenericApplicationContext();
        context.registerBean(KafkaAdmin.class, () -> {
            var admin = new KafkaAdmin(Map.copyOf(broker.clientProperties()));
            admin.setFatalIfBrokerNotAvailable(true);
            admin.setModifyTopicConfigs(true);
            return admin;
        });
        context.registerBean("orders", NewTopic.class, () -> orders);
        context.registerBean(
                "others",
                KafkaAdmin.NewTopics.class,
                () -> new KafkaAdmin.NewTopics(TopicBuilder.name("payments").build()));
        context.refresh();
        return context;
    }
}
