package dev.embeddedbroker.pains;

import dev.embeddedbroker.EmbeddedBroker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** What tests of users do with stock clients. */
final class Clients {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private Clients() {}

    static KafkaProducer<String, String> producer(EmbeddedBroker broker, Map<String, Object> more) {
        var settings = broker.clientProperties();
        settings.putAll(more);
        return new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer());
    }

    static KafkaConsumer<String, String> consumer(EmbeddedBroker broker, Map<String, Object> more) {
        var settings = broker.clientProperties();
        settings.put("auto.offset.reset", "earliest");
        settings.putAll(more);
        return new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer());
    }

    static void produce(EmbeddedBroker broker, String topic, String... values) throws Exception {
        try (var producer = producer(broker, Map.of())) {
            for (String value : values) {
                producer.send(new ProducerRecord<>(topic, "key", value)).get();
            }
        }
    }

    /** Reads so many records in a group, commits, and leaves. */
    static List<String> consume(EmbeddedBroker broker, String topic, String group, int count) {
        try (var consumer = consumer(broker, Map.of("group.id", group))) {
            consumer.subscribe(List.of(topic));
            return poll(consumer, count);
        }
    }

    static List<String> poll(KafkaConsumer<String, String> consumer, int count) {
        var values = new ArrayList<String>();
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (values.size() < count && System.nanoTime() < deadline) {
            consumer.poll(Duration.ofMillis(100)).forEach(record -> values.add(record.value()));
        }
        return values;
    }
}
