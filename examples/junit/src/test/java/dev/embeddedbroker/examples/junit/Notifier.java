package dev.embeddedbroker.examples.junit;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** The application under test: it reads orders in a group, and writes a notification for each. */
final class Notifier implements AutoCloseable {
    private final KafkaConsumer<String, String> orders;
    private final KafkaProducer<String, String> notifications;
    private final Thread thread = new Thread(this::work, "notifier");

    Notifier(Map<String, Object> kafka) {
        var settings = new HashMap<>(kafka);
        settings.put("group.id", "notifier");
        settings.put("auto.offset.reset", "earliest");
        orders = new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer());
        notifications = new KafkaProducer<>(kafka, new StringSerializer(), new StringSerializer());
    }

    void start() {
        thread.start();
    }

    @SuppressWarnings("FutureReturnValueIgnored") // flush() waits for them
    private void work() {
        try (orders;
                notifications) {
            orders.subscribe(List.of("orders"));
            while (!Thread.currentThread().isInterrupted()) {
                for (var order : orders.poll(Duration.ofSeconds(1))) {
                    notifications.send(new ProducerRecord<>(
                            "notifications", order.key(), "Thank you for ordering " + order.value()));
                }
                notifications.flush();
                orders.commitSync();
            }
        } catch (WakeupException e) {
            System.getLogger("notifier").log(System.Logger.Level.DEBUG, "ended");
        }
    }

    @Override
    public void close() throws Exception {
        orders.wakeup();
        thread.join();
    }
}
