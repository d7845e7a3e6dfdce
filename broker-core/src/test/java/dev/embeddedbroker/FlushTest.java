package dev.embeddedbroker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embeddedbroker.storage.disk.MappedDisk;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code flush.messages}: what is acknowledged is durable, and nobody else waits for that. */
class FlushTest {

    @TempDir
    Path directory;

    private static KafkaProducer<String, String> producer(EmbeddedBroker broker, String acks) {
        Map<String, Object> config = new HashMap<>(broker.clientProperties());
        config.put("acks", acks);
        config.put("enable.idempotence", acks.equals("all"));
        return new KafkaProducer<>(config, new StringSerializer(), new StringSerializer());
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "all"})
    void anFsyncThatTakesLongHoldsUpItsOwnAcknowledgementsOnly(String acks) throws Exception {
        var disk = new FaultyDisk(new MappedDisk());
        try (var broker = EmbeddedBroker.builder()
                        .dataDirectory(directory)
                        .disk(disk.disk())
                        .config("num.network.threads", "1")
                        .topic("other", 1)
                        .build()
                        .start();
                var admin = Admin.create(broker.clientProperties());
                var producer = producer(broker, acks);
                var another = producer(broker, acks)) {
            admin.createTopics(List.of(new NewTopic("durable", 1, (short) 1).configs(Map.of("flush.messages", "1"))))
                    .all()
                    .get();
            var fsynced = new AtomicBoolean();
            disk.hold((operation, path) -> operation.equals("force") && path.contains("/durable-0/"));
            Future<RecordMetadata> held;
            try {
                var tooEarly = new AtomicBoolean();
                held = producer.send(
                        new ProducerRecord<>("durable", 0, null, "a"), (sent, failure) -> tooEarly.set(!fsynced.get()));
                assertThat(disk.arrived().await(60, TimeUnit.SECONDS)).isTrue();
                another.send(new ProducerRecord<>("other", 0, null, "b")).get();
                assertThat(endOf(admin, "other")).isEqualTo(1);
                assertThat(endOf(admin, "durable")).isZero(); // not yet to be seen
                assertThat(tooEarly).isFalse();
            } finally {
                fsynced.set(true);
                disk.release();
            }
            assertThat(held.get().offset()).isZero();
            assertThat(endOf(admin, "durable")).isEqualTo(1);
            assertThat(broker.failure()).isEmpty();
        }
    }

    private static long endOf(Admin admin, String topic) throws Exception {
        var partition = new TopicPartition(topic, 0);
        return admin.listOffsets(Map.of(partition, OffsetSpec.latest()))
                .partitionResult(partition)
                .get()
                .offset();
    }

    @Test
    void transactionsAndGroupsWorkWhenEveryRecordIsFlushed() throws Exception {
        try (var broker = EmbeddedBroker.builder()
                .dataDirectory(directory)
                .config("log.flush.interval.messages", "1")
                .config("offsets.topic.num.partitions", "2")
                .config("transaction.state.log.num.partitions", "2")
                .topic("in", 1)
                .topic("out", 2)
                .build()
                .start()) {
            try (var producer = producer(broker, "all")) {
                for (int i = 0; i < 20; i++) {
                    producer.send(new ProducerRecord<>("in", 0, null, "v" + i));
                }
            }
            Map<String, Object> transactional = new HashMap<>(broker.clientProperties());
            transactional.put("transactional.id", "tx");
            Map<String, Object> reading = new HashMap<>(broker.clientProperties());
            reading.put("group.id", "g");
            reading.put("auto.offset.reset", "earliest");
            reading.put("isolation.level", "read_committed");
            reading.put("enable.auto.commit", false);
            reading.put("max.poll.records", 5);
            try (var producer = new KafkaProducer<>(transactional, new StringSerializer(), new StringSerializer());
                    var consumer = new KafkaConsumer<>(reading, new StringDeserializer(), new StringDeserializer())) {
                producer.initTransactions();
                consumer.subscribe(List.of("in"));
                int copied = 0;
                while (copied < 20) {
                    var records = consumer.poll(Duration.ofSeconds(60));
                    if (records.isEmpty()) continue;
                    producer.beginTransaction();
                    records.forEach(record -> producer.send(
                            new ProducerRecord<>("out", (int) record.offset() % 2, null, record.value())));
                    var next = new OffsetAndMetadata(consumer.position(new TopicPartition("in", 0)));
                    producer.sendOffsetsToTransaction(
                            Map.of(new TopicPartition("in", 0), next), consumer.groupMetadata());
                    producer.commitTransaction();
                    copied += records.count();
                }
            }
            reading.remove("group.id");
            List<String> copies = new ArrayList<>();
            try (var consumer = new KafkaConsumer<>(reading, new StringDeserializer(), new StringDeserializer())) {
                consumer.assign(List.of(new TopicPartition("out", 0), new TopicPartition("out", 1)));
                while (copies.size() < 20) {
                    consumer.poll(Duration.ofSeconds(60)).forEach(record -> copies.add(record.value()));
                }
            }
            assertThat(copies).doesNotHaveDuplicates();
            assertThat(broker.failure()).isEmpty();
        }
    }
}
