package dev.embeddedbroker.recorder;

import dev.embeddedbroker.EmbeddedBroker;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** What stock clients do so that there is something to record. */
final class Traffic {

    private Traffic() {}

    static void produce(EmbeddedBroker broker, String clientId, String topic, String... values) throws Exception {
        var properties = broker.clientProperties();
        properties.put("client.id", clientId);
        try (var producer = new KafkaProducer<>(properties, new StringSerializer(), new StringSerializer())) {
            for (String value : values) {
                producer.send(new ProducerRecord<>(topic, 0, "key", value)).get();
            }
        }
    }

    static int consume(EmbeddedBroker broker, String clientId, String group, String protocol, String topic, int count) {
        var properties = broker.clientProperties();
        properties.putAll(Map.of(
                "client.id", clientId,
                "group.id", group,
                "group.protocol", protocol,
                "auto.offset.reset", "earliest"));
        int read = 0;
        try (var consumer = new KafkaConsumer<>(properties, new StringDeserializer(), new StringDeserializer())) {
            consumer.subscribe(List.of(topic));
            while (read < count) {
                read += consumer.poll(Duration.ofSeconds(1)).count();
            }
            consumer.commitSync();
        }
        return read;
    }

    static void administer(EmbeddedBroker broker) throws Exception {
        try (var admin = Admin.create(broker.clientProperties())) {
            admin.listTopics().names().get();
            admin.describeCluster().nodes().get();
            admin.listGroups().all().get();
            admin.describeConfigs(List.of(new org.apache.kafka.common.config.ConfigResource(
                            org.apache.kafka.common.config.ConfigResource.Type.BROKER, "0")))
                    .all()
                    .get();
        }
    }
}
