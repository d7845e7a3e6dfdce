package dev.embeddedbroker;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;

/** Retention and compaction when a test says so, seen by stock clients. */
class MaintenanceOnDemandTest {
    private static final long LONG_AGO_MS = 1_000_000_000_000L;

    @Test
    void recordsOfLongAgoAreGoneWhenRetentionWasRun() throws Exception {
        try (var broker = EmbeddedBroker.builder().topic("old", 1).build().start();
                var admin = Admin.create(broker.clientProperties())) {
            send(broker, new ProducerRecord<>("old", 0, LONG_AGO_MS, "k", "v"));
            assertThat(earliest(admin, "old")).isZero();

            broker.runRetention();

            assertThat(earliest(admin, "old")).isEqualTo(1);
            send(broker, new ProducerRecord<>("old", 0, null, "k", "young"));
            broker.runRetention();
            assertThat(values(broker, "old", 2)).containsExactly("young");
        }
    }

    @Test
    void ofEachKeyTheNewestRecordIsLeftWhenCompactionWasRun() throws Exception {
        try (var broker = new EmbeddedBroker().start();
                var admin = Admin.create(broker.clientProperties())) {
            admin.createTopics(
                            List.of(new NewTopic("prices", 1, (short) 1).configs(Map.of("cleanup.policy", "compact"))))
                    .all()
                    .get();
            for (int i = 0; i < 10; i++) {
                send(broker, new ProducerRecord<>("prices", i % 2 == 0 ? "apple" : "pear", "price " + i));
            }

            broker.runCompaction("prices");

            assertThat(values(broker, "prices", 10)).containsExactly("price 8", "price 9");
        }
    }

    private static void send(EmbeddedBroker broker, ProducerRecord<String, String> record) throws Exception {
        try (var producer =
                new KafkaProducer<>(broker.clientProperties(), new StringSerializer(), new StringSerializer())) {
            producer.send(record).get();
        }
    }

    private static long earliest(Admin admin, String topic) throws Exception {
        var partition = new TopicPartition(topic, 0);
        return admin.listOffsets(Map.of(partition, OffsetSpec.earliest()))
                .partitionResult(partition)
                .get()
                .offset();
    }

    /** What is read from the start of partition 0 until its end offset is reached. */
    private static List<String> values(EmbeddedBroker broker, String topic, long endOffset) {
        var partition = new TopicPartition(topic, 0);
        var values = new ArrayList<String>();
        try (var consumer =
                new KafkaConsumer<>(broker.clientProperties(), new StringDeserializer(), new StringDeserializer())) {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            while (consumer.position(partition) < endOffset) {
                consumer.poll(Duration.ofMillis(100)).forEach(record -> values.add(record.value()));
            }
        }
        return values;
    }
}
