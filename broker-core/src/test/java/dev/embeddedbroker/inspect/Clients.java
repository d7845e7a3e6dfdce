package dev.embeddedbroker.inspect;

import dev.embeddedbroker.EmbeddedBroker;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** Stock clients, as the tests of this package use them. */
final class Clients {
    private Clients() {}

    static KafkaProducer<String, String> producer(EmbeddedBroker broker, String... settings) {
        return new KafkaProducer<>(properties(broker, settings), new StringSerializer(), new StringSerializer());
    }

    static KafkaConsumer<String, String> consumer(EmbeddedBroker broker, String... settings) {
        return new KafkaConsumer<>(properties(broker, settings), new StringDeserializer(), new StringDeserializer());
    }

    private static Map<String, Object> properties(EmbeddedBroker broker, String... settings) {
        var properties = new HashMap<>(broker.clientProperties());
        for (String setting : settings) {
            int equals = setting.indexOf('=');
            properties.put(setting.substring(0, equals), setting.substring(equals + 1));
        }
        return properties;
    }

    static void send(EmbeddedBroker broker, String topic, int records) throws Exception {
        try (var producer = producer(broker)) {
            for (int i = 0; i < records; i++) {
                producer.send(new ProducerRecord<>(topic, "key " + i, "value " + i))
                        .get();
            }
        }
    }

    /** The application under test: a consumer on a thread of its own, which commits what it has taken. */
    static final class Listener implements AutoCloseable {
        final ConcurrentLinkedQueue<ConsumerRecord<String, String>> taken = new ConcurrentLinkedQueue<>();
        private final KafkaConsumer<String, String> consumer;
        private final Thread thread;

        Listener(EmbeddedBroker broker, Collection<String> topics, String... settings) {
            consumer = consumer(broker, settings);
            thread = new Thread(() -> work(topics), "listener");
            thread.start();
        }

        static Listener of(EmbeddedBroker broker, String protocol, String group, String reset, String... topics) {
            return new Listener(
                    broker,
                    List.of(topics),
                    "group.protocol=" + protocol,
                    "group.id=" + group,
                    "auto.offset.reset=" + reset,
                    "enable.auto.commit=false");
        }

        private void work(Collection<String> topics) {
            try (consumer) {
                consumer.subscribe(topics);
                while (!Thread.currentThread().isInterrupted()) {
                    var records = consumer.poll(Duration.ofSeconds(1));
                    records.forEach(taken::add);
                    if (!records.isEmpty()) {
                        consumer.commitSync();
                    }
                }
            } catch (WakeupException e) {
                System.getLogger("listener").log(System.Logger.Level.DEBUG, "ended");
            }
        }

        @Override
        public void close() throws Exception {
            consumer.wakeup();
            thread.join();
        }
    }
}
