package dev.embeddedbroker.examples.springboot;

import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.kafka.support.KafkaHeaders;
import org.springframework.messaging.handler.annotation.Header;
import org.springframework.messaging.handler.annotation.Payload;
import org.springframework.stereotype.Component;

/** Thanks for every order. */
@Component
class NotificationListener {
    private final KafkaTemplate<String, String> kafka;

    NotificationListener(KafkaTemplate<String, String> kafka) {
        this.kafka = kafka;
    }

    @KafkaListener(topics = "orders", groupId = "notifications")
    void onOrder(@Header(KafkaHeaders.RECEIVED_KEY) String customer, @Payload String item) {
        kafka.send("notifications", customer, "Thank you for ordering " + item).join();
    }
}
