package dev.embeddedbroker.peer;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** What is done with stock clients between the calls, to both brokers alike. */
final class Deeds {
    private static final long FIRST_TIMESTAMP = 1_700_000_000_000L;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private Deeds() {}

    static void on(List<Side> sides, Script.Deed deed) throws Exception {
        for (Side side : sides) {
            switch (deed.words().get(0)) {
                case "produce" -> produce(side, deed.words());
                case "transaction" -> transaction(side, deed.words());
                case "commit" -> commit(side, deed.words());
                default -> throw new AssertionError(deed.toString());
            }
        }
    }

    /** produce TOPIC PARTITION COUNT: records a second apart. */
    private static void produce(Side side, List<String> words) throws Exception {
        var more = Map.<String, Object>of("enable.idempotence", false);
        try (var producer = new KafkaProducer<byte[], byte[]>(properties(side, more))) {
            for (int i = 0; i < Integer.parseInt(words.get(3)); i++) {
                producer.send(record(words.get(1), Integer.parseInt(words.get(2)), i))
                        .get();
            }
        }
    }

    /** transaction ID TOPIC PARTITION commit|abort|open. */
    private static void transaction(Side side, List<String> words) throws Exception {
        var more = Map.<String, Object>of("transactional.id", words.get(1), "transaction.timeout.ms", 600_000);
        try (var producer = new KafkaProducer<byte[], byte[]>(properties(side, more))) {
            producer.initTransactions();
            producer.beginTransaction();
            producer.send(record(words.get(2), Integer.parseInt(words.get(3)), 0))
                    .get();
            switch (words.get(4)) {
                case "commit" -> producer.commitTransaction();
                case "abort" -> producer.abortTransaction();
                case "open" -> producer.close(Duration.ZERO);
                default -> throw new AssertionError(words.toString());
            }
        }
    }

    /** commit GROUP classic|consumer TOPIC OFFSET: a member joins, commits an offset of partition 0, and leaves. */
    private static void commit(Side side, List<String> words) {
        var settings = properties(
                side,
                Map.of(
                        "group.id",
                        words.get(1),
                        "group.protocol",
                        words.get(2),
                        "auto.offset.reset",
                        "earliest",
                        "enable.auto.commit",
                        false));
        try (var consumer = new KafkaConsumer<byte[], byte[]>(settings)) {
            consumer.subscribe(List.of(words.get(3)));
            long end = System.nanoTime() + PATIENCE.toNanos();
            while (consumer.poll(Duration.ofMillis(100)).isEmpty()) { // until it has joined and read something
                assertThat(System.nanoTime())
                        .as(words + " on " + side.bootstrapServers() + ": nothing read; it has "
                                + consumer.assignment())
                        .isLessThan(end);
            }
            var offset = new OffsetAndMetadata(Long.parseLong(words.get(4)), "note");
            consumer.commitSync(Map.of(new TopicPartition(words.get(3), 0), offset));
        }
    }

    private static ProducerRecord<byte[], byte[]> record(String topic, int partition, int i) {
        return new ProducerRecord<>(
                topic, partition, FIRST_TIMESTAMP + i * 1000L, bytes("key" + i), bytes("value" + i));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static Map<String, Object> properties(Side side, Map<String, Object> more) {
        var all = new HashMap<>(more);
        all.put("bootstrap.servers", side.bootstrapServers());
        all.put("key.serializer", ByteArraySerializer.class);
        all.put("value.serializer", ByteArraySerializer.class);
        all.put("key.deserializer", ByteArrayDeserializer.class);
        all.put("value.deserializer", ByteArrayDeserializer.class);
        return all;
    }
}
