package dev.embeddedbroker.explain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embeddedbroker.EmbeddedBroker;
import dev.embeddedbroker.explain.Cause.Kind;
import dev.embeddedbroker.fault.Verdict;
import dev.embeddedbroker.protocol.ApiKey;
import dev.embeddedbroker.protocol.ErrorCode;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.quota.ClientQuotaAlteration;
import org.apache.kafka.common.quota.ClientQuotaEntity;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@code broker.explain()} where a consumer does everything right, and the cluster does not let it have the records. */
class WhyAClientIsRefusedTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private EmbeddedBroker broker;

    @BeforeEach
    void start() {
        broker = EmbeddedBroker.builder().topic("orders", 1).build().start();
    }

    @AfterEach
    void close() {
        assertThat(broker.failure()).isEmpty();
        broker.close();
    }

    @Test
    void thePartitionIsNewAndTheGroupHasNotHeardOfIt() throws Exception {
        try (var consumer = consumer("notifier");
                var admin = Admin.create(broker.clientProperties())) {
            consumer.subscribe(List.of("orders"));
            pollUntil(consumer, Kind.NOTHING_WAS_PRODUCED);
            admin.createPartitions(Map.of("orders", NewPartitions.increaseTo(2)))
                    .all()
                    .get();
            produce(1, 10, 1);
            var cause = pollUntil(consumer, Kind.NOT_ASSIGNED);
            assertThat(cause.facts()).containsExactly("orders-1 is assigned to nobody");
            assertThat(cause.advice()).contains("metadata.max.age.ms");
        }
    }

    @Test
    void theConsumerIsOverItsQuota() throws Exception {
        try (var admin = Admin.create(broker.clientProperties())) {
            var entity = new ClientQuotaEntity(Map.of(ClientQuotaEntity.CLIENT_ID, "notifier"));
            var slow = new ClientQuotaAlteration.Op("consumer_byte_rate", 1_000.0);
            admin.alterClientQuotas(List.of(new ClientQuotaAlteration(entity, List.of(slow))))
                    .all()
                    .get();
        }
        produce(0, 100_000, 3);
        try (var consumer = consumer("notifier")) {
            consumer.subscribe(List.of("orders"));
            var cause = pollUntil(consumer, Kind.CLIENT_IS_THROTTLED);
            assertThat(cause.sentence()).contains("notifier at /127.0.0.1 is over its quota");
            assertThat(cause.advice()).contains("consumer_byte_rate");
            consumer.close(CloseOptions.timeout(Duration.ZERO)); // what it would say last would have to wait too
        }
    }

    @Test
    void theConsumerGetsErrors() throws Exception {
        var rule = broker.faults().on(ApiKey.FETCH).topic("orders").then(Verdict.answer(ErrorCode.KAFKA_STORAGE_ERROR));
        produce(0, 10, 1);
        try (var consumer = consumer("notifier")) {
            consumer.subscribe(List.of("orders"));
            var cause = pollUntil(consumer, Kind.CLIENT_GETS_ERRORS);
            assertThat(cause.sentence()).isEqualTo("notifier at /127.0.0.1 is refused orders-0: KAFKA_STORAGE_ERROR.");
            assertThat(cause.facts()).singleElement().asString().endsWith("at offset 0");
        }
        assertThat(rule.fired()).isPositive();
    }

    private KafkaConsumer<byte[], byte[]> consumer(String clientId) {
        var settings = new HashMap<String, Object>(broker.clientProperties());
        settings.put("group.id", "notifications");
        settings.put("group.protocol", "classic");
        settings.put("client.id", clientId);
        settings.put("auto.offset.reset", "earliest");
        settings.put("max.partition.fetch.bytes", "1000");
        return new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    private void produce(int partition, int bytes, int count) throws Exception {
        try (var producer =
                new KafkaProducer<>(broker.clientProperties(), new ByteArraySerializer(), new ByteArraySerializer())) {
            for (int i = 0; i < count; i++) {
                producer.send(new ProducerRecord<>("orders", partition, null, new byte[bytes]))
                        .get();
            }
        }
    }

    /** Polls until that is the cause named first. */
    private Cause pollUntil(KafkaConsumer<?, ?> consumer, Kind kind) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        var top = broker.explain("notifications", "orders").top();
        while (top.kind() != kind) {
            assertThat(System.nanoTime()).as("patience; last named: " + top).isLessThan(end);
            consumer.poll(Duration.ofMillis(20));
            top = broker.explain("notifications", "orders").top();
        }
        return top;
    }
}
