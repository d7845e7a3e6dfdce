package dev.embeddedbroker.clients;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.concurrent.Future;
import java.util.function.BiFunction;
import org.apache.kafka.clients.admin.AdminClient;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;

/**
 * What every release of the stock client must be able to do, written against the oldest API among them. It is loaded
 * anew in the class loader of each release, so it shares nothing but JDK types with the test.
 */
public final class ClientScenario implements BiFunction<String, Map<String, String>, List<String>> {
    private static final List<String> CODECS = List.of("none", "gzip", "snappy", "lz4", "zstd");
    private static final int RECORDS_PER_CODEC = 60;
    private static final int LARGE_BYTES = 1_000_000;
    private static final long FIRST_TIMESTAMP_MS = 1_700_000_000_000L;
    private static final int PARTITIONS = 3;
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    @Override
    public List<String> apply(String step, Map<String, String> arguments) {
        String bootstrap = arguments.get("bootstrap");
        String topic = arguments.get("topic");
        try {
            return switch (step) {
                case "createTopic" -> createTopic(bootstrap, topic);
                case "produce" -> produce(bootstrap, topic);
                case "consumeByGroup" -> consumeByGroup(bootstrap, topic);
                case "consumeByAssignment" -> consumeByAssignment(bootstrap, topic);
                case "seekAndTimes" -> seekAndTimes(bootstrap, topic);
                case "nothingNewForTheGroup" -> nothingNewForTheGroup(bootstrap, topic);
                case "transactions" -> transactions(bootstrap, topic);
                case "readOn" -> readOn(arguments);
                default -> throw new IllegalArgumentException(step);
            };
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(step, e);
        }
    }

    /**
     * A member of a group that notes in {@code arguments}, which others look into meanwhile, each value it has read, and
     * then commits; until it finds its name there. It also notes that it was assigned something. Settings of the consumer begin with "consumer.".
     */
    private List<String> readOn(Map<String, String> arguments) {
        var settings = properties(arguments.get("bootstrap"));
        arguments.forEach((name, value) -> {
            if (name.startsWith("consumer.")) {
                settings.put(name.substring("consumer.".length()), value);
            }
        });
        settings.put("enable.auto.commit", "false");
        settings.put("auto.offset.reset", "earliest");
        settings.put("key.deserializer", "org.apache.kafka.common.serialization.StringDeserializer");
        settings.put("value.deserializer", "org.apache.kafka.common.serialization.StringDeserializer");
        String stop = "stop " + arguments.get("member");
        int count = 0;
        try (var consumer = new KafkaConsumer<String, String>(settings)) {
            consumer.subscribe(List.of(arguments.get("topic").split(",")));
            boolean isCommitted = false;
            while (!arguments.containsKey(stop) || !isCommitted) {
                for (var one : consumer.poll(Duration.ofMillis(50))) {
                    arguments.put("read " + one.value(), "");
                    count++;
                }
                isCommitted = commit(consumer);
                if (!consumer.assignment().isEmpty()) {
                    arguments.put("is assigned", "");
                }
            }
        }
        return List.of(String.valueOf(count));
    }

    /** Whether it came to be: a commit that crosses with a rebalance is refused, and its records may be read again. */
    private static boolean commit(KafkaConsumer<String, String> consumer) {
        try {
            consumer.commitSync();
            return true;
        } catch (org.apache.kafka.clients.consumer.CommitFailedException
                | org.apache.kafka.common.errors.RebalanceInProgressException crossed) {
            return false;
        }
    }

    private List<String> createTopic(String bootstrap, String topic) throws Exception {
        try (var admin = AdminClient.create(properties(bootstrap))) {
            admin.createTopics(List.of(new NewTopic(topic, PARTITIONS, (short) 1)
                            .configs(Map.of("max.message.bytes", String.valueOf(2 * LARGE_BYTES)))))
                    .all()
                    .get();
        }
        try (var producer = new KafkaProducer<byte[], byte[]>(serializers(bootstrap))) {
            int partitions = producer.partitionsFor(topic).size();
            require(partitions == PARTITIONS, partitions + " partitions");
            return List.of(topic + " has " + partitions + " partitions");
        }
    }

    /** One record per number, in every codec, with headers, null keys, null values, and one of a megabyte. */
    private List<String> produce(String bootstrap, String topic) throws Exception {
        var lines = new ArrayList<String>();
        for (String codec : CODECS) {
            var properties = serializers(bootstrap);
            properties.put("compression.type", codec);
            properties.put("max.request.size", 2 * LARGE_BYTES);
            var sent = new ArrayList<Future<RecordMetadata>>();
            try (var producer = new KafkaProducer<byte[], byte[]>(properties)) {
                for (int i = 0; i < RECORDS_PER_CODEC; i++) {
                    sent.add(producer.send(record(topic, codec, i)));
                }
                for (var one : sent) {
                    require(one.get().hasOffset(), "offset of a record in " + codec);
                }
            }
            lines.add(codec + ": " + sent.size() + " acknowledged");
        }
        return lines;
    }

    /** Committed and aborted transactions, with offsets of a group in them; a second producer fences the first. */
    private List<String> transactions(String bootstrap, String topic) throws Exception {
        var settings = serializers(bootstrap);
        settings.put("transactional.id", "tx-of-" + topic);
        var partition = new TopicPartition(topic, 0);
        boolean isFenced = false;
        try (var first = new KafkaProducer<byte[], byte[]>(settings);
                var second = new KafkaProducer<byte[], byte[]>(settings)) {
            first.initTransactions();
            for (int round = 0; round < 4; round++) {
                first.beginTransaction();
                first.send(new ProducerRecord<>(topic, 0, null, new byte[] {(byte) round}));
                first.sendOffsetsToTransaction(
                        Map.of(partition, new OffsetAndMetadata(round)),
                        new org.apache.kafka.clients.consumer.ConsumerGroupMetadata("group-of-" + topic));
                if (round % 2 == 0) {
                    first.commitTransaction();
                } else {
                    first.abortTransaction();
                }
            }
            first.beginTransaction();
            first.send(new ProducerRecord<>(topic, 0, null, new byte[] {9})).get();
            second.initTransactions();
            try {
                first.commitTransaction();
            } catch (org.apache.kafka.common.KafkaException fenced) {
                isFenced = true;
            }
            second.beginTransaction();
            second.send(new ProducerRecord<>(topic, 0, null, new byte[] {5}));
            second.commitTransaction();
        }
        var reader = group(bootstrap, topic);
        reader.put("isolation.level", "read_committed");
        var seen = new ArrayList<Byte>();
        long committed;
        try (var consumer = new KafkaConsumer<byte[], byte[]>(reader)) {
            committed = consumer.committed(java.util.Set.of(partition))
                    .get(partition)
                    .offset();
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long end = consumer.endOffsets(List.of(partition)).get(partition);
            long deadline = System.nanoTime() + PATIENCE.toNanos();
            while (consumer.position(partition) < end) {
                require(System.nanoTime() < deadline, "at " + consumer.position(partition) + " of " + end);
                consumer.poll(Duration.ofMillis(50)).forEach(record -> seen.add(record.value()[0]));
            }
        }
        return List.of("read " + seen + ", committed " + committed + ", fenced " + isFenced);
    }

    private List<String> consumeByGroup(String bootstrap, String topic) {
        var seen = new HashMap<String, ConsumerRecord<byte[], byte[]>>();
        try (var consumer = new KafkaConsumer<byte[], byte[]>(group(bootstrap, topic))) {
            consumer.subscribe(List.of(topic));
            readAll(consumer, seen);
            consumer.commitSync();
            for (var partition : partitions(topic)) {
                OffsetAndMetadata committed =
                        consumer.committed(java.util.Set.of(partition)).get(partition);
                require(
                        committed != null && committed.offset() == consumer.position(partition),
                        "committed " + committed + " at position " + consumer.position(partition));
            }
        }
        checkContent(seen);
        return List.of("group read " + seen.size() + " records");
    }

    private List<String> consumeByAssignment(String bootstrap, String topic) {
        var seen = new HashMap<String, ConsumerRecord<byte[], byte[]>>();
        try (var consumer = new KafkaConsumer<byte[], byte[]>(deserializers(bootstrap))) {
            consumer.assign(partitions(topic));
            consumer.seekToBeginning(partitions(topic));
            readAll(consumer, seen);
        }
        checkContent(seen);
        return List.of("assignment read " + seen.size() + " records");
    }

    private List<String> seekAndTimes(String bootstrap, String topic) {
        var lines = new ArrayList<String>();
        try (var consumer = new KafkaConsumer<byte[], byte[]>(deserializers(bootstrap))) {
            consumer.assign(partitions(topic));
            for (var partition : partitions(topic)) {
                long end = consumer.endOffsets(List.of(partition)).get(partition);
                long begin = consumer.beginningOffsets(List.of(partition)).get(partition);
                long middle = (begin + end) / 2;
                consumer.seek(partition, middle);
                var first = firstOf(consumer, partition);
                require(first.offset() == middle, "seek to " + middle + " read " + first.offset());
                var found = consumer.offsetsForTimes(Map.of(partition, first.timestamp()))
                        .get(partition);
                require(found != null && found.offset() <= middle, "offset for " + first.timestamp() + ": " + found);
                require(found.timestamp() >= first.timestamp(), "timestamp " + found.timestamp());
                var none = consumer.offsetsForTimes(Map.of(partition, FIRST_TIMESTAMP_MS * 2))
                        .get(partition);
                require(none == null, "offset for a time to come: " + none);
                lines.add(partition + ": " + begin + " to " + end);
            }
        }
        return lines;
    }

    /** A group that has committed everything gets one new record, and nothing that it had before. */
    private List<String> nothingNewForTheGroup(String bootstrap, String topic) throws Exception {
        try (var producer = new KafkaProducer<byte[], byte[]>(serializers(bootstrap))) {
            producer.send(new ProducerRecord<>(topic, 0, bytes("new"), bytes("new")))
                    .get();
        }
        try (var consumer = new KafkaConsumer<byte[], byte[]>(group(bootstrap, topic))) {
            consumer.subscribe(List.of(topic));
            long deadlineNanos = System.nanoTime() + PATIENCE.toNanos();
            while (System.nanoTime() < deadlineNanos) {
                for (var record : consumer.poll(Duration.ofMillis(100))) {
                    require("new".equals(text(record.key())), "record " + record + " came twice");
                    return List.of("only the new record, at offset " + record.offset());
                }
            }
        }
        throw new IllegalStateException("the new record did not come in " + PATIENCE);
    }

    private static ProducerRecord<byte[], byte[]> record(String topic, String codec, int i) {
        byte[] key = i % 7 == 3 ? null : bytes("key-" + i);
        byte[] value = i % 11 == 5 ? null : i == 20 ? large() : bytes("value-" + codec + "-" + i);
        var record = new ProducerRecord<>(topic, i % PARTITIONS, FIRST_TIMESTAMP_MS + i * 1000L, key, value);
        record.headers()
                .add("id", bytes(codec + "/" + i))
                .add("empty", new byte[0])
                .add("null", null);
        return record;
    }

    private static byte[] large() {
        byte[] value = new byte[LARGE_BYTES];
        for (int i = 0; i < value.length; i++) {
            value[i] = (byte) (i * 31 >> 3);
        }
        return value;
    }

    private static void readAll(
            KafkaConsumer<byte[], byte[]> consumer, Map<String, ConsumerRecord<byte[], byte[]>> seen) {
        int wanted = CODECS.size() * RECORDS_PER_CODEC;
        long deadlineNanos = System.nanoTime() + PATIENCE.toNanos();
        while (seen.size() < wanted) {
            for (var record : consumer.poll(Duration.ofMillis(100))) {
                String id = text(record.headers().lastHeader("id").value());
                require(seen.put(id, record) == null, id + " came twice");
            }
            require(System.nanoTime() < deadlineNanos, "got " + seen.size() + " of " + wanted + " in " + PATIENCE);
        }
    }

    private static void checkContent(Map<String, ConsumerRecord<byte[], byte[]>> seen) {
        var lastOffset = new HashMap<TopicPartition, Long>();
        for (String codec : CODECS) {
            for (int i = 0; i < RECORDS_PER_CODEC; i++) {
                var actual = seen.get(codec + "/" + i);
                var expected = record(actual.topic(), codec, i);
                require(Arrays.equals(expected.key(), actual.key()), "key of " + codec + "/" + i);
                require(Arrays.equals(expected.value(), actual.value()), "value of " + codec + "/" + i);
                require(Objects.equals(expected.timestamp(), actual.timestamp()), "timestamp of " + codec + "/" + i);
                require(headers(expected.headers()).equals(headers(actual.headers())), "headers of " + codec + "/" + i);
                var partition = new TopicPartition(actual.topic(), actual.partition());
                Long before = lastOffset.put(partition, actual.offset());
                require(before == null || before < actual.offset(), "order in " + partition);
            }
        }
    }

    private static List<String> headers(Iterable<Header> headers) {
        var list = new ArrayList<String>();
        headers.forEach(h -> list.add(h.key() + "=" + (h.value() == null ? null : text(h.value()))));
        return list;
    }

    private static ConsumerRecord<byte[], byte[]> firstOf(
            KafkaConsumer<byte[], byte[]> consumer, TopicPartition partition) {
        long deadlineNanos = System.nanoTime() + PATIENCE.toNanos();
        while (System.nanoTime() < deadlineNanos) {
            var records = consumer.poll(Duration.ofMillis(100)).records(partition);
            if (!records.isEmpty()) {
                return records.get(0);
            }
        }
        throw new IllegalStateException("nothing from " + partition + " in " + PATIENCE);
    }

    private static List<TopicPartition> partitions(String topic) {
        var list = new ArrayList<TopicPartition>();
        for (int i = 0; i < PARTITIONS; i++) {
            list.add(new TopicPartition(topic, i));
        }
        return list;
    }

    private static Properties properties(String bootstrap) {
        var properties = new Properties();
        properties.put("bootstrap.servers", bootstrap);
        return properties;
    }

    private static Properties serializers(String bootstrap) {
        var properties = properties(bootstrap);
        properties.put("key.serializer", "org.apache.kafka.common.serialization.ByteArraySerializer");
        properties.put("value.serializer", "org.apache.kafka.common.serialization.ByteArraySerializer");
        properties.put("acks", "all");
        return properties;
    }

    private static Properties deserializers(String bootstrap) {
        var properties = properties(bootstrap);
        properties.put("key.deserializer", "org.apache.kafka.common.serialization.ByteArrayDeserializer");
        properties.put("value.deserializer", "org.apache.kafka.common.serialization.ByteArrayDeserializer");
        properties.put("enable.auto.commit", "false");
        properties.put("auto.offset.reset", "earliest");
        return properties;
    }

    private static Properties group(String bootstrap, String topic) {
        var properties = deserializers(bootstrap);
        properties.put("group.id", "group-of-" + topic);
        return properties;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(byte[] bytes) {
        return bytes == null ? null : new String(bytes, StandardCharsets.UTF_8);
    }

    private static void require(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError(what);
        }
    }
}
