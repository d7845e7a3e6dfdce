package dev.embeddedbroker.examples.parallel;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;

/** What each of the many classes tests, with whatever broker it has: three tests as users write them. */
abstract class RoundTrips {
    private static final Duration PATIENCE = Duration.ofSeconds(120);

    private final String topic = "topic-" + UUID.randomUUID();
    private final String group = "group-" + UUID.randomUUID();

    /** Where the broker is. */
    abstract String bootstrapServers();

    private Map<String, Object> settings(String... more) {
        var settings = new HashMap<String, Object>();
        settings.put("bootstrap.servers", bootstrapServers());
        for (int i = 0; i < more.length; i += 2) {
            settings.put(more[i], more[i + 1]);
        }
        return settings;
    }

    private void createTopic() throws Exception {
        try (var admin = Admin.create(settings())) {
            admin.createTopics(List.of(new NewTopic(topic, 3, (short) 1))).all().get();
        }
    }

    private KafkaProducer<String, String> producer(String... more) {
        return new KafkaProducer<>(settings(more), new StringSerializer(), new StringSerializer());
    }

    private List<String> read(int count, String... more) {
        var settings = settings(more);
        settings.put("group.id", group);
        settings.put("auto.offset.reset", "earliest");
        settings.put("enable.auto.commit", "false");
        settings.put("max.poll.records", "5");
        try (var consumer = new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
            consumer.subscribe(List.of(topic));
            var values = new ArrayList<String>();
            long deadline = System.nanoTime() + PATIENCE.toNanos();
            while (values.size() < count && System.nanoTime() < deadline) {
                consumer.poll(Duration.ofMillis(100)).forEach(record -> values.add(record.value()));
            }
            consumer.commitSync();
            return values;
        }
    }

    @Test
    void recordsOfOneKeyStayInOrder() throws Exception {
        createTopic();
        var sent = new ArrayList<String>();
        try (var producer = producer()) {
            for (int i = 0; i < 20; i++) {
                sent.add("value-" + i);
                var unused = producer.send(new ProducerRecord<>(topic, "key", "value-" + i));
            }
        }
        assertThat(read(20)).isEqualTo(sent);
    }

    @Test
    void aGroupGoesOnWhereItCommitted() throws Exception {
        createTopic();
        try (var producer = producer()) {
            producer.send(new ProducerRecord<>(topic, 0, "key", "first")).get();
            assertThat(read(1)).containsExactly("first");
            producer.send(new ProducerRecord<>(topic, 0, "key", "second")).get();
            assertThat(read(1)).containsExactly("second");
        }
    }

    @Test
    void whatIsAbortedIsNotRead() throws Exception {
        createTopic();
        try (var producer = producer("transactional.id", topic)) {
            producer.initTransactions();
            for (String value : List.of("aborted", "committed")) {
                producer.beginTransaction();
                var unused = producer.send(new ProducerRecord<>(topic, 0, "key", value));
                if (value.equals("aborted")) {
                    producer.flush();
                    producer.abortTransaction();
                } else {
                    producer.commitTransaction();
                }
            }
        }
        assertThat(read(1, "isolation.level", "read_committed")).containsExactly("committed");
    }
}
