package dev.embeddedbroker.examples.quickstart;

import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;

/** A stock producer, with its defaults: idempotent and acks=all. */
final class OrderShop implements AutoCloseable {
    private final KafkaProducer<String, String> producer;

    OrderShop(String bootstrapServers) {
        producer = new KafkaProducer<>(
                Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers),
                new StringSerializer(),
                new StringSerializer());
    }

    String place(Order order) throws Exception {
        String text = order.customer() + " wants " + order.item();
        var where =
                producer.send(new ProducerRecord<>("orders", order.id(), text)).get();
        return "order %s  offset %d  %s".formatted(order.id(), where.offset(), text);
    }

    @Override
    public void close() {
        producer.close();
    }
}
