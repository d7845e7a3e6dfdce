package dev.embeddedbroker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.CreateTopicsOptions;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.ThrottlingQuotaExceededException;
import org.apache.kafka.common.quota.ClientQuotaAlteration;
import org.apache.kafka.common.quota.ClientQuotaEntity;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Quotas as stock clients meet them. What they see of them are throttle times in answers, which their metrics show. */
class QuotasTest {
    private static final TopicPartition ORDERS = new TopicPartition("orders", 0);

    private EmbeddedBroker broker;
    private Admin admin;

    @BeforeEach
    void start() {
        broker = EmbeddedBroker.builder()
                .config("quota.window.num", "3") // what is free is free in two seconds
                .topic("orders", 1)
                .build()
                .start();
        admin = Admin.create(broker.clientProperties());
    }

    @AfterEach
    void stop() {
        admin.close(Duration.ZERO);
        broker.close();
    }

    private void quota(Map<String, String> entity, String name, Double value) throws Exception {
        var alteration = new ClientQuotaAlteration(
                new ClientQuotaEntity(entity), List.of(new ClientQuotaAlteration.Op(name, value)));
        admin.alterClientQuotas(List.of(alteration)).all().get();
    }

    private Map<String, Object> properties(String clientId) {
        var properties = new HashMap<String, Object>(broker.clientProperties());
        properties.put("client.id", clientId);
        return properties;
    }

    private KafkaProducer<byte[], byte[]> producer(String clientId) {
        var properties = properties(clientId);
        properties.put("metrics.recording.level", "DEBUG");
        return new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
    }

    private static double metric(Map<MetricName, ? extends Metric> metrics, String name) {
        return metrics.entrySet().stream()
                .filter(entry -> entry.getKey().name().equals(name))
                .mapToDouble(entry -> ((Number) entry.getValue().metricValue()).doubleValue())
                .filter(value -> !Double.isNaN(value))
                .max()
                .orElse(0);
    }

    private static void send(KafkaProducer<byte[], byte[]> producer, int bytes) throws Exception {
        producer.send(new ProducerRecord<>("orders", new byte[bytes])).get();
    }

    @Test
    void aProducerOverItsByteRateIsThrottledAndOthersAreNot() throws Exception {
        quota(Map.of(ClientQuotaEntity.CLIENT_ID, "fast"), "producer_byte_rate", 10_000.0);
        try (var fast = producer("fast");
                var other = producer("other")) {
            send(fast, 21_000); // at once, whatever the machine's speed: 1 000 bytes more than are free
            send(other, 21_000);
            assertThat(metric(fast.metrics(), "produce-throttle-time-max")).isPositive();
            assertThat(metric(other.metrics(), "produce-throttle-time-max")).isZero();
        }
    }

    @Test
    void aQuotaCountsAtOnceAndIsGoneAtOnce() throws Exception {
        try (var producer = producer("fast")) {
            send(producer, 100_000);
            assertThat(metric(producer.metrics(), "produce-throttle-time-max")).isZero();
            var everybody = new HashMap<String, String>();
            everybody.put(ClientQuotaEntity.USER, null);
            quota(everybody, "producer_byte_rate", 10_000.0);
            send(producer, 21_000);
            assertThat(metric(producer.metrics(), "produce-throttle-time-max")).isPositive();
            quota(everybody, "producer_byte_rate", null);
        }
        try (var producer = producer("fast")) {
            send(producer, 900_000);
            assertThat(metric(producer.metrics(), "produce-throttle-time-max")).isZero();
        }
    }

    @Test
    void aConsumerOverItsByteRateGetsEverythingInTheEnd() throws Exception {
        try (var producer = producer("any")) {
            for (int i = 0; i < 30; i++) {
                send(producer, 1_000);
            }
        }
        quota(Map.of(ClientQuotaEntity.CLIENT_ID, "slow"), "consumer_byte_rate", 10_000.0); // 20 000 are free
        var properties = properties("slow");
        properties.put("max.partition.fetch.bytes", "15000");
        try (var consumer = new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.assign(List.of(ORDERS));
            consumer.seek(ORDERS, 0);
            pollUntil(() -> {
                pollUntil(() -> {
                    consumer.poll(Duration.ofMillis(100));
                    return consumer.position(ORDERS) == 30;
                });
                consumer.seek(ORDERS, 0); // again, if the machine is too slow to be over the rate
                return metric(consumer.metrics(), "fetch-throttle-time-max") > 0;
            });
        }
    }

    private static void pollUntil(BooleanSupplier done) {
        long end = System.nanoTime() + Duration.ofSeconds(120).toNanos();
        while (!done.getAsBoolean()) {
            assertThat(System.nanoTime()).as("still waiting").isLessThan(end);
        }
    }

    @Test
    void aClientThatTakesMuchTimeIsThrottled() throws Exception {
        quota(
                Map.of(ClientQuotaEntity.CLIENT_ID, "busy"),
                "request_percentage",
                0.01); // a fifth of a ms in two seconds
        try (var busy = producer("busy")) {
            pollUntil(() -> {
                try {
                    send(busy, 10_000);
                } catch (Exception e) {
                    throw new AssertionError(e);
                }
                return metric(busy.metrics(), "produce-throttle-time-max") > 0;
            });
            assertThat(metric(busy.metrics(), "produce-throttle-time-max")).isLessThanOrEqualTo(1_000); // one sample
        }
    }

    @Test
    void changesOfPartitionsOverTheRateAreRefused() throws Exception {
        quota(Map.of(ClientQuotaEntity.CLIENT_ID, "maker"), "controller_mutation_rate", 0.001);
        var once = new CreateTopicsOptions().retryOnQuotaViolation(false);
        try (var maker = Admin.create(properties("maker"))) {
            maker.createTopics(List.of(new NewTopic("one", 2, (short) 1)), once)
                    .all()
                    .get();
            var refused = maker.createTopics(List.of(new NewTopic("two", 2, (short) 1)), once);
            assertThatThrownBy(() -> refused.all().get())
                    .isInstanceOf(ExecutionException.class)
                    .cause()
                    .isInstanceOfSatisfying(ThrottlingQuotaExceededException.class, e -> assertThat(e.throttleTimeMs())
                            .isPositive());
        }
        assertThat(admin.listTopics().names().get()).contains("one").doesNotContain("two");
        admin.createPartitions(Map.of("one", NewPartitions.increaseTo(20)))
                .all()
                .get();
        admin.deleteTopics(List.of("one")).all().get();
    }

    @Test
    void anAddressThatConnectsTooOftenIsTurnedAway() throws Exception {
        quota(Map.of(ClientQuotaEntity.IP, "127.0.0.1"), "connection_creation_rate", 1.0);
        int port = Integer.parseInt(broker.bootstrapServers().split(":", -1)[1]);
        int turnedAway = 0;
        for (int i = 0; i < 1_000 && turnedAway == 0; i++) { // two are free in two seconds
            try (var socket = new java.net.Socket("127.0.0.1", port)) {
                if (!isServed(socket)) {
                    turnedAway++;
                }
            }
        }
        assertThat(turnedAway).isOne();
        quota(Map.of(ClientQuotaEntity.IP, "127.0.0.1"), "connection_creation_rate", null);
        try (var socket = new java.net.Socket("127.0.0.1", port)) {
            assertThat(isServed(socket)).isTrue();
        }
    }

    /** Whether ApiVersions v0 is answered, rather than the connection closed. */
    private static boolean isServed(java.net.Socket socket) throws Exception {
        socket.setSoTimeout(60_000);
        var out = new java.io.DataOutputStream(socket.getOutputStream());
        out.write(new byte[] {0, 0, 0, 10, 0, 18, 0, 0, 0, 0, 0, 1, (byte) 0xff, (byte) 0xff});
        try {
            return socket.getInputStream().read() >= 0;
        } catch (java.net.SocketException e) {
            return false;
        }
    }
}
