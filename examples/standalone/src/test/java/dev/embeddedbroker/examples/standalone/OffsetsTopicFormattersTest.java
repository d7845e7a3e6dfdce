package dev.embeddedbroker.examples.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embeddedbroker.EmbeddedBroker;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.MessageFormatter;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.tools.consumer.GroupMetadataMessageFormatter;
import org.apache.kafka.tools.consumer.OffsetsMessageFormatter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What {@code kafka-console-consumer --formatter} prints of {@code __consumer_offsets}, by Kafka's own formatters. */
class OffsetsTopicFormattersTest {
    private static final TopicPartition LOG = new TopicPartition("__consumer_offsets", 0);
    private static final int OFFSET_COMMIT = 1;
    private static final int GROUP_METADATA = 2;

    @Test
    @Timeout(180)
    void everyCommitAndEveryClassicGroupIsPrinted() throws Exception {
        try (var broker = EmbeddedBroker.builder()
                .config("offsets.topic.num.partitions", "1")
                .topic("t", 1)
                .build()
                .start()) {
            String bootstrap = broker.bootstrapServers();
            consumeOne(bootstrap, "readers", "classic");
            consumeOne(bootstrap, "others", "consumer");
            try (var admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
                admin.deleteConsumerGroups(List.of("readers")).all().get();
            }
            var records = whole(bootstrap);
            assertThat(printed(new OffsetsMessageFormatter(), records))
                    .hasSize(count(records, OFFSET_COMMIT))
                    .anySatisfy(line -> assertThat(line)
                            .contains("\"group\":\"readers\"", "\"topic\":\"t\"", "\"partition\":0", "\"offset\":1"))
                    .anySatisfy(line -> assertThat(line).contains("\"group\":\"others\"", "\"offset\":1"))
                    .anySatisfy(line -> assertThat(line).contains("\"group\":\"readers\"", "\"value\":null"));
            assertThat(printed(new GroupMetadataMessageFormatter(), records))
                    .hasSize(count(records, GROUP_METADATA))
                    .anySatisfy(line -> assertThat(line)
                            .contains("\"group\":\"readers\"", "\"protocolType\":\"consumer\"", "\"generation\":1"))
                    .anySatisfy(line -> assertThat(line).contains("\"group\":\"readers\"", "\"value\":null"));
        }
    }

    private static void consumeOne(String bootstrap, String group, String protocol) throws Exception {
        try (var producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrap), new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>("t", new byte[1])).get();
        }
        try (var consumer = consumer(bootstrap, Map.of("group.id", group, "group.protocol", protocol))) {
            consumer.subscribe(List.of("t"));
            while (consumer.poll(Duration.ofSeconds(1)).isEmpty()) {
                // it comes
            }
            consumer.commitSync(
                    Map.of(new TopicPartition("t", 0), new org.apache.kafka.clients.consumer.OffsetAndMetadata(1)));
            consumer.unsubscribe();
        }
    }

    private static List<ConsumerRecord<byte[], byte[]>> whole(String bootstrap) {
        var records = new ArrayList<ConsumerRecord<byte[], byte[]>>();
        try (var consumer = consumer(bootstrap, Map.of())) {
            consumer.assign(List.of(LOG));
            consumer.seekToBeginning(List.of(LOG));
            long end = consumer.endOffsets(List.of(LOG)).get(LOG);
            while (consumer.position(LOG) < end) {
                consumer.poll(Duration.ofMillis(200)).forEach(records::add);
            }
        }
        return records;
    }

    private static KafkaConsumer<byte[], byte[]> consumer(String bootstrap, Map<String, Object> settings) {
        var all = new HashMap<String, Object>(settings);
        all.put("bootstrap.servers", bootstrap);
        all.put("auto.offset.reset", "earliest");
        return new KafkaConsumer<>(all, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    /** How many records are of a kind, which is the first short of the key. */
    private static int count(List<ConsumerRecord<byte[], byte[]>> records, int kind) {
        return (int) records.stream()
                .filter(record -> ByteBuffer.wrap(record.key()).getShort() == kind)
                .count();
    }

    /** What is printed of each record of which anything is. */
    private static List<String> printed(MessageFormatter formatter, List<ConsumerRecord<byte[], byte[]>> records) {
        var texts = new ArrayList<String>();
        try (formatter) {
            formatter.configure(Map.of());
            for (var record : records) {
                var bytes = new ByteArrayOutputStream();
                formatter.writeTo(record, new PrintStream(bytes, true, StandardCharsets.UTF_8));
                texts.add(bytes.toString(StandardCharsets.UTF_8));
            }
        }
        return texts.stream().filter(text -> !text.isEmpty()).toList();
    }
}
