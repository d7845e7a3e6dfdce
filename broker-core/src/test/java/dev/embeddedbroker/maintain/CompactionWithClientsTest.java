package dev.embeddedbroker.maintain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embeddedbroker.node.BrokerNode;
import dev.embeddedbroker.node.NodeSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Compaction of a running broker, seen by stock clients, before and after a restart. */
class CompactionWithClientsTest {
    private static final TopicPartition TABLE = new TopicPartition("table", 0);

    @TempDir
    Path directory;

    @Test
    void clientsFindTheNewestRecordOfEachKeyAndTheirCommits() throws Exception {
        var settings = new NodeSettings("127.0.0.1", 0, directory, false, Map.of(), List.of());
        List<String> newest;
        try (var node = BrokerNode.start(settings)) {
            createTable(node);
            try (var producer = producer(node)) {
                fill(producer, 0);
                commitOften(node);
                compact(node);
                newest = read(node);
                assertThat(newest).containsExactly("12:k0=12", "13:k1=13", "14:k2=14");
                fill(producer, 1);
            }
            compact(node);
            newest = read(node);
            assertThat(newest).containsExactly("27:k0=12", "28:k1=13", "29:k2=14");
            assertThat(committed(node)).isEqualTo(14);
            settings = node.stop();
        }
        try (var again = BrokerNode.start(settings)) {
            assertThat(read(again)).isEqualTo(newest);
            assertThat(committed(again)).isEqualTo(14);
            assertThat(again.failure()).isEmpty();
        }
    }

    private static void compact(BrokerNode node) throws Exception {
        node.logMaintenance().runCompactionNow("table").get(90, TimeUnit.SECONDS);
        node.logMaintenance().runCompactionNow("__consumer_offsets").get(90, TimeUnit.SECONDS);
    }

    private static void createTable(BrokerNode node) throws Exception {
        try (var admin = Admin.create(Map.of("bootstrap.servers", node.bootstrapServers()))) {
            admin.createTopics(
                            List.of(new NewTopic("table", 1, (short) 1).configs(Map.of("cleanup.policy", "compact"))))
                    .all()
                    .get();
        }
    }

    private static KafkaProducer<String, String> producer(BrokerNode node) {
        return new KafkaProducer<>(
                Map.of("bootstrap.servers", node.bootstrapServers()), new StringSerializer(), new StringSerializer());
    }

    /** One batch for each record, from an idempotent producer. */
    private static void fill(KafkaProducer<String, String> producer, int round) throws Exception {
        for (int i = 0; i < 15; i++) {
            var sent = producer.send(new ProducerRecord<>("table", "k" + i % 3, "" + i));
            assertThat(sent.get().offset()).isEqualTo(15 * round + i);
        }
    }

    private static KafkaConsumer<String, String> consumer(BrokerNode node) {
        return new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers",
                        node.bootstrapServers(),
                        "group.id",
                        "readers",
                        "enable.auto.commit",
                        "false",
                        "isolation.level",
                        "read_committed"),
                new StringDeserializer(),
                new StringDeserializer());
    }

    private static void commitOften(BrokerNode node) {
        try (var consumer = consumer(node)) {
            consumer.assign(List.of(TABLE));
            for (int i = 0; i < 15; i++) {
                consumer.commitSync(Map.of(TABLE, new OffsetAndMetadata(i)));
            }
        }
    }

    private static long committed(BrokerNode node) {
        try (var consumer = consumer(node)) {
            return consumer.committed(java.util.Set.of(TABLE)).get(TABLE).offset();
        }
    }

    private static List<String> read(BrokerNode node) {
        List<String> records = new ArrayList<>();
        try (var consumer = consumer(node)) {
            consumer.assign(List.of(TABLE));
            consumer.seekToBeginning(List.of(TABLE));
            long end = consumer.endOffsets(List.of(TABLE)).get(TABLE);
            while (consumer.position(TABLE) < end) {
                consumer.poll(Duration.ofMillis(200))
                        .forEach(record -> records.add(record.offset() + ":" + record.key() + "=" + record.value()));
            }
        }
        return records;
    }
}
