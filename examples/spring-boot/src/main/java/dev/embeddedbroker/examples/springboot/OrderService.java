package dev.embeddedbroker.examples.springboot;

import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.stereotype.Service;

/** Where customers place their orders. */
@Service
class OrderService {
    private final KafkaTemplate<String, String> kafka;

    OrderService(KafkaTemplate<String, String> kafka) {
        this.kafka = kafka;
    }

    /** When it returns, Kafka has the order. */
    void place(String customer, String item) {
        kafka.send("orders", customer, item).join();
    }
}
