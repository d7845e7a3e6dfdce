package dev.embeddedbroker.spring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embeddedbroker.EmbeddedBroker;
import dev.embeddedbroker.junit.WithBroker;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.annotation.EnableKafka;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.kafka.config.ConcurrentKafkaListenerContainerFactory;
import org.springframework.kafka.core.DefaultKafkaConsumerFactory;
import org.springframework.kafka.core.DefaultKafkaProducerFactory;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.kafka.core.ProducerFactory;
import org.springframework.test.context.junit.jupiter.SpringJUnitConfig;

/** Spring Kafka with factories of the application's own: by the bean, or by the property. */
@SpringJUnitConfig
@WithBroker(topics = "heard:3")
class SpringKafkaWithoutBootTest {
    @Configuration(proxyBeanMethods = false)
    @EnableKafka
    static class Application {
        final BlockingQueue<String> heard = new LinkedBlockingQueue<>();

        @Bean
        ProducerFactory<String, String> producers(EmbeddedBroker broker) {
            return new DefaultKafkaProducerFactory<>(
                    broker.clientProperties(), new StringSerializer(), new StringSerializer());
        }

        @Bean
        KafkaTemplate<String, String> template(ProducerFactory<String, String> producers) {
            return new KafkaTemplate<>(producers);
        }

        @Bean
        ConcurrentKafkaListenerContainerFactory<String, String> kafkaListenerContainerFactory(
                @Value("${spring.kafka.bootstrap-servers}") String servers) {
            var listeners = new ConcurrentKafkaListenerContainerFactory<String, String>();
            listeners.setConsumerFactory(new DefaultKafkaConsumerFactory<>(
                    Map.of("bootstrap.servers", servers, "auto.offset.reset", "earliest"),
                    new StringDeserializer(),
                    new StringDeserializer()));
            return listeners;
        }

        @KafkaListener(topics = "heard", groupId = "listeners", concurrency = "3")
        void hear(String value) {
            heard.add(value);
        }
    }

    @Test
    void whatATemplateSendsAListenerHears(
            @Autowired KafkaTemplate<String, String> template, @Autowired Application application) throws Exception {
        template.send("heard", "key", "value").join();
        assertThat(application.heard.poll(60, TimeUnit.SECONDS)).isEqualTo("value");
    }
}
