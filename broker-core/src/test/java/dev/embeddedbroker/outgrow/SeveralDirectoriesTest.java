package dev.embeddedbroker.outgrow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embeddedbroker.EmbeddedBroker;
import dev.embeddedbroker.net.FreePort;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionReplica;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several log directories of one broker, handed to Apache Kafka and back. */
class SeveralDirectoriesTest {
    private static final int PARTITIONS = 5;

    @TempDir
    Path parent;

    private String roots() {
        return parent.resolve("a") + "," + parent.resolve("b");
    }

    private EmbeddedBroker ours(int port) {
        var builder = EmbeddedBroker.builder()
                .port(port)
                .config("node.id", Integer.toString(ApacheKafka.NODE_ID))
                .config("log.dirs", roots());
        ApacheKafka.SMALL.forEach(builder::config);
        return builder.build().start();
    }

    @Test
    void kafkaFindsEveryPartitionWhereWeLeftItAndWeWhereKafkaDid() throws Exception {
        int port = FreePort.any();
        String bootstrap = "localhost:" + port;
        Map<String, Set<TopicPartition>> left;
        Seen seen;
        try (var broker = ours(port);
                var admin = Admin.create(broker.clientProperties())) {
            admin.createTopics(List.of(new NewTopic("orders", PARTITIONS, (short) 1)))
                    .all()
                    .get();
            produce(bootstrap, "first");
            move(admin, 0);
            produce(bootstrap, "second");
            left = where(admin);
            seen = Seen.of(bootstrap);
            assertThat(broker.failure()).isEmpty();
        }
        assertThat(left).hasSize(2).allSatisfy((root, partitions) -> assertThat(partitions)
                .isNotEmpty());
        try (var kafka = ApacheKafka.start(parent.resolve("a"), port, Map.of("log.dirs", roots()));
                var admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
            Seen.of(bootstrap).assertSameAs(seen);
            assertThat(where(admin)).isEqualTo(left);
            assertThat(kafka.repairs()).isEmpty();
            assertThat(kafka.complaints()).isEmpty();
            produce(bootstrap, "third");
            move(admin, 0);
            move(admin, 1);
            left = where(admin);
            seen = Seen.of(bootstrap);
        }
        try (var broker = ours(port);
                var admin = Admin.create(broker.clientProperties())) {
            Seen.of(bootstrap).assertSameAs(seen);
            assertThat(where(admin)).isEqualTo(left);
            produce(bootstrap, "fourth");
            assertThat(broker.failure()).isEmpty();
        }
    }

    private static void produce(String bootstrap, String value) throws Exception {
        try (var producer = new KafkaProducer<>(
                Map.<String, Object>of("bootstrap.servers", bootstrap),
                new StringSerializer(),
                new StringSerializer())) {
            for (int i = 0; i < PARTITIONS; i++) {
                producer.send(new ProducerRecord<>("orders", i, "k", value)).get();
            }
        }
    }

    /** Moves a partition of orders into the other directory, and waits until it is there. */
    private void move(Admin admin, int partition) throws Exception {
        var orders = new TopicPartition("orders", partition);
        var from = where(admin).entrySet().stream()
                .filter(root -> root.getValue().contains(orders))
                .findFirst()
                .orElseThrow()
                .getKey();
        var to = parent.resolve(from.endsWith("a") ? "b" : "a").toString();
        var replica = new TopicPartitionReplica("orders", partition, ApacheKafka.NODE_ID);
        admin.alterReplicaLogDirs(Map.of(replica, to)).all().get();
        long end = System.nanoTime() + Duration.ofSeconds(120).toNanos();
        while (where(admin).get(from).contains(orders) || !where(admin).get(to).contains(orders)) {
            assertThat(System.nanoTime()).as("still waiting").isLessThan(end);
        }
    }

    /** The partitions that are in each directory, copies on their way not counted. */
    private static Map<String, Set<TopicPartition>> where(Admin admin) throws Exception {
        var where = new TreeMap<String, Set<TopicPartition>>();
        admin.describeLogDirs(List.of(ApacheKafka.NODE_ID))
                .allDescriptions()
                .get()
                .get(ApacheKafka.NODE_ID)
                .forEach((root, description) -> {
                    var here = new LinkedHashMap<>(description.replicaInfos());
                    here.values().removeIf(replica -> replica.isFuture());
                    where.put(root, Set.copyOf(here.keySet()));
                });
        return where;
    }
}
