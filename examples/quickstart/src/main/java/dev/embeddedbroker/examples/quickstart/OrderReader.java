package dev.embeddedbroker.examples.quickstart;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.StringDeserializer;

/** A stock consumer in a group: reads a record, commits its offset, goes on. */
final class OrderReader implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final String group;
    private final KafkaConsumer<String, String> consumer;

    OrderReader(String bootstrapServers, String group) {
        this.group = group;
        consumer = new KafkaConsumer<>(
                Map.of(
                        ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        bootstrapServers,
                        ConsumerConfig.GROUP_ID_CONFIG,
                        group,
                        ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                        "earliest",
                        ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                        false,
                        ConsumerConfig.MAX_POLL_RECORDS_CONFIG,
                        1),
                new StringDeserializer(),
                new StringDeserializer());
        consumer.subscribe(List.of("orders"));
    }

    /** Reads and commits exactly {@code count} records, or fails after twenty seconds. */
    List<String> read(int count) {
        var lines = new ArrayList<String>();
        long deadlineNanos = System.nanoTime() + PATIENCE.toNanos();
        while (lines.size() < count) {
            for (var record : consumer.poll(Duration.ofMillis(100))) {
                lines.add("%s  <-  offset %d  order %s  %s"
                        .formatted(group, record.offset(), record.key(), record.value()));
            }
            consumer.commitSync();
            if (System.nanoTime() > deadlineNanos) {
                throw new IllegalStateException(
                        group + " got " + lines.size() + " of " + count + " orders in " + PATIENCE);
            }
        }
        return lines;
    }

    @Override
    public void close() {
        consumer.close();
    }
}
