package dev.embeddedbroker.examples.parallel;

import org.springframework.kafka.test.EmbeddedKafkaBroker;
import org.springframework.kafka.test.EmbeddedKafkaKraftBroker;

/** All classes share a broker of spring-kafka-test, held as its reference says. */
public abstract class SpringSharedBroker extends RoundTrips {
    private static final EmbeddedKafkaBroker BROKER = started();

    private static EmbeddedKafkaBroker started() {
        var broker = new EmbeddedKafkaKraftBroker(1, 1);
        // without these, whoever begins a transaction waits for three brokers; @EmbeddedKafka sets them
        broker.brokerProperty("transaction.state.log.replication.factor", "1");
        broker.brokerProperty("transaction.state.log.min.isr", "1");
        broker.afterPropertiesSet();
        return broker;
    }

    @Override
    String bootstrapServers() {
        return BROKER.getBrokersAsString();
    }
}
