package dev.embeddedbroker.examples.parallel;

import org.springframework.kafka.test.EmbeddedKafkaBroker;
import org.springframework.kafka.test.EmbeddedKafkaKraftBroker;

/** All classes share a broker of spring-kafka-test, held as its reference says. */
public abstract class SpringSharedBroker extends RoundTrips {
    private static final EmbeddedKafkaBroker BROKER = started();

    private static EmbeddedKafkaBroker started() {
        var broker = new EmbeddedKafkaKraftBroker(1, 1);
        broker.afterPropertiesSet();
        return broker;
    }

    @Override
    String bootstrapServers() {
        return BROKER.getBrokersAsString();
    }
}
