package dev.embeddedbroker.examples.springboot;

import org.apache.kafka.clients.admin.NewTopic;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.kafka.config.TopicBuilder;

/** The application: where to find Kafka is for {@code spring.kafka.bootstrap-servers} to say. */
@SpringBootApplication
public class Shop {
    /** Starts it, as in production. */
    public static void main(String[] arguments) {
        SpringApplication.run(Shop.class, arguments);
    }

    @Bean
    NewTopic orders() {
        return TopicBuilder.name("orders").partitions(3).replicas(1).build();
    }

    @Bean
    NewTopic notifications() {
        return TopicBuilder.name("notifications").partitions(1).replicas(1).build();
    }
}
