package dev.embeddedbroker.examples.parallel;

import org.springframework.kafka.test.condition.EmbeddedKafkaCondition;
import org.springframework.kafka.test.context.EmbeddedKafka;

/** Each class has a broker of its own, by spring-kafka-test. */
@EmbeddedKafka
public abstract class SpringOwnBroker extends RoundTrips {
    @Override
    String bootstrapServers() {
        return EmbeddedKafkaCondition.getBroker().getBrokersAsString();
    }
}
