package dev.embeddedbroker.clients;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embeddedbroker.EmbeddedBroker;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.kafka.core.DefaultKafkaConsumerFactory;
import org.springframework.kafka.core.DefaultKafkaProducerFactory;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.kafka.listener.ConcurrentMessageListenerContainer;
import org.springframework.kafka.listener.ContainerProperties;
import org.springframework.kafka.listener.MessageListener;

/**
 * Spring Kafka's listener containers, three consumers each: under load a second container joins, the first one leaves, it
 * comes back, and everything sent is listened to, in order within a partition.
 */
class SpringListenersTest {
    private static final int PARTITIONS = 6;
    private static final int RECORDS_PER_PHASE = 300;
    private static final long PATIENCE_MS = 120_000;
    private static final String TOPIC = "listened";

    private final Ledger ledger = new Ledger(PARTITIONS);
    private int sent;

    @ParameterizedTest
    @Timeout(300)
    @ValueSource(strings = {"classic", "consumer"})
    void containersShareTheLoadAndLoseNothing(String protocol) throws Exception {
        try (var broker =
                EmbeddedBroker.builder().topic(TOPIC, PARTITIONS).build().start()) {
            var producers = new DefaultKafkaProducerFactory<String, String>(
                    Map.of("bootstrap.servers", broker.bootstrapServers()),
                    new StringSerializer(),
                    new StringSerializer());
            var template = new KafkaTemplate<>(producers);
            var first = container(broker, protocol, "first");
            var second = container(broker, protocol, "second");
            try {
                first.start();
                load(template);
                second.start();
                load(template);
                first.stop();
                load(template);
                first.start();
                load(template);
                second.stop();
                load(template);
                await(sent);
                assertThat(first.isRunning()).isTrue();
            } finally {
                first.stop();
                second.stop();
                producers.destroy();
            }
            assertThat(broker.failure()).isEmpty();
        }
    }

    private ConcurrentMessageListenerContainer<String, String> container(
            EmbeddedBroker broker, String protocol, String name) {
        var settings = new HashMap<String, Object>(Map.of(
                "bootstrap.servers",
                broker.bootstrapServers(),
                "group.id",
                "listeners",
                "group.protocol",
                protocol,
                "auto.offset.reset",
                "earliest"));
        var consumers = new DefaultKafkaConsumerFactory<>(settings, new StringDeserializer(), new StringDeserializer());
        var properties = new ContainerProperties(TOPIC);
        properties.setMessageListener(listener());
        properties.setConsumerRebalanceListener(
                new org.springframework.kafka.listener.ConsumerAwareRebalanceListener() {
                    @Override
                    public void onPartitionsAssigned(
                            java.util.Collection<org.apache.kafka.common.TopicPartition> partitions) {
                        partitions.forEach(partition -> LAST.get().remove(partition.partition()));
                    }
                });
        var container = new ConcurrentMessageListenerContainer<>(consumers, properties);
        container.setBeanName(name);
        container.setConcurrency(3);
        return container;
    }

    /** What this consumer's thread saw last, by partition, since it was assigned. */
    private static final ThreadLocal<Map<Integer, Long>> LAST = ThreadLocal.withInitial(ConcurrentHashMap::new);

    private MessageListener<String, String> listener() {
        return message -> {
            var last = LAST.get();
            long before = last.getOrDefault(message.partition(), -1L);
            ledger.saw(Thread.currentThread().getName(), message.partition(), before, message.offset());
            last.put(message.partition(), message.offset());
        };
    }

    private void load(KafkaTemplate<String, String> template) throws Exception {
        var acknowledged = new ArrayList<java.util.concurrent.CompletableFuture<?>>();
        for (int i = 0; i < RECORDS_PER_PHASE; i++) {
            acknowledged.add(template.send(new ProducerRecord<>(TOPIC, i % PARTITIONS, null, "record " + sent++)));
        }
        for (var one : List.copyOf(acknowledged)) {
            one.get();
        }
        await(sent - RECORDS_PER_PHASE / 2);
    }

    private void await(long records) throws InterruptedException {
        boolean isDone = ledger.awaitCount(records, PATIENCE_MS);
        assertThat(ledger.complaint()).isEmpty();
        assertThat(isDone)
                .as(ledger.count() + " of " + records + " listened to")
                .isTrue();
    }
}
