package dev.embeddedbroker.examples.springboot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embeddedbroker.EmbeddedBroker;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.kafka.core.KafkaAdmin;
import org.springframework.test.context.DynamicPropertyRegistrar;

/** A broker by bean definition, where the annotation can't say what is wanted. */
@SpringBootTest
class OwnBrokerTest {
    @TestConfiguration(proxyBeanMethods = false)
    static class Kafka {
        @Bean
        EmbeddedBroker broker() {
            return EmbeddedBroker.builder().temporaryDirectory().build().start();
        }

        @Bean
        DynamicPropertyRegistrar address(EmbeddedBroker broker) {
            return properties -> properties.add("spring.kafka.bootstrap-servers", broker::bootstrapServers);
        }
    }

    @Test
    void theApplicationUsesTheBean(@Autowired EmbeddedBroker broker, @Autowired KafkaAdmin admin) {
        assertThat(admin.getConfigurationProperties().get("bootstrap.servers").toString())
                .contains(broker.bootstrapServers());
        assertThat(admin.describeTopics("orders").get("orders").partitions()).hasSize(3);
    }
}
