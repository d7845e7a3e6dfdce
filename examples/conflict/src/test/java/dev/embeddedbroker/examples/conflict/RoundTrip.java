package dev.embeddedbroker.examples.conflict;

import dev.embeddedbroker.EmbeddedBroker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** A broker is started; a record is produced and consumed; the broker is closed. Answers the values that were consumed. */
public final class RoundTrip implements Callable<List<String>> {
    @Override
    public List<String> call() throws Exception {
        try (var broker = EmbeddedBroker.builder().topic("orders", 3).build().start()) {
            var settings = new HashMap<>(broker.clientProperties());
            settings.put("group.id", "shop");
            settings.put("auto.offset.reset", "earliest");
            try (var producer = new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer());
                    var consumer = new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
                producer.send(new ProducerRecord<>("orders", "alice", "a teapot"))
                        .get();
                consumer.subscribe(List.of("orders"));
                var values = new ArrayList<String>();
                consumer.poll(Duration.ofSeconds(60)).forEach(record -> values.add(record.value()));
                return values;
            }
        }
    }
}
