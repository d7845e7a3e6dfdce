package dev.embeddedbroker.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.embeddedbroker.EmbeddedBroker;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.Cluster;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.apache.kafka.common.metrics.KafkaMetric;
import org.apache.kafka.common.metrics.MetricsReporter;
import org.apache.kafka.common.quota.ClientQuotaAlteration;
import org.apache.kafka.common.security.auth.KafkaPrincipal;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.server.policy.AlterConfigPolicy;
import org.apache.kafka.server.policy.CreateTopicPolicy;
import org.apache.kafka.server.quota.ClientQuotaCallback;
import org.apache.kafka.server.quota.ClientQuotaEntity;
import org.apache.kafka.server.quota.ClientQuotaType;
import org.apache.kafka.server.telemetry.ClientTelemetry;
import org.apache.kafka.server.telemetry.ClientTelemetryReceiver;
import org.junit.jupiter.api.Test;

/** Classes of a user's that the broker knows by name only, with stock clients. */
class UserClassesTest {
    static final List<String> SEEN = new CopyOnWriteArrayList<>();
    static final BlockingQueue<String> PUSHED = new LinkedBlockingQueue<>();

    /** Refuses topics of more than two partitions. */
    public static final class SmallTopics implements CreateTopicPolicy {
        @Override
        public void configure(Map<String, ?> configs) {
            SEEN.add("topics configured " + configs.containsKey("create.topic.policy.class.name"));
        }

        @Override
        public void validate(RequestMetadata topic) {
            SEEN.add("create " + topic.topic() + " " + topic.numPartitions() + " " + topic.replicationFactor() + " "
                    + topic.replicasAssignments() + " " + topic.configs());
            if (topic.numPartitions() != null && topic.numPartitions() > 2) {
                throw new PolicyViolationException("too many partitions");
            }
        }

        @Override
        public void close() {
            SEEN.add("topics closed");
        }
    }

    /** Refuses any change of retention.ms, and fails on segment.ms. */
    public static final class FixedRetention implements AlterConfigPolicy {
        @Override
        public void configure(Map<String, ?> configs) {}

        @Override
        public void validate(RequestMetadata change) {
            SEEN.add("alter " + change.resource().name() + " " + change.configs());
            if (change.configs().containsKey("retention.ms")) throw new PolicyViolationException("retention is fixed");
            if (change.configs().containsKey("segment.ms")) throw new IllegalStateException("a bug");
        }

        @Override
        public void close() {}
    }

    /** Takes what clients push. */
    public static final class Telemetry implements MetricsReporter, ClientTelemetry {
        @Override
        public void configure(Map<String, ?> configs) {}

        @Override
        public void init(List<KafkaMetric> metrics) {}

        @Override
        public void metricChange(KafkaMetric metric) {}

        @Override
        public void metricRemoval(KafkaMetric metric) {}

        @Override
        public void close() {}

        @Override
        public ClientTelemetryReceiver clientReceiver() {
            return (context, payload) -> {
                var text = StandardCharsets.ISO_8859_1.decode(payload.data()).toString();
                PUSHED.add(context.clientId() + " " + context.principal() + " " + context.securityProtocol() + " "
                        + payload.contentType() + " " + text.contains("producer.connection.creation.total"));
            };
        }
    }

    /** Gives clients whose id begins with "slow" little, together, and anybody what AlterClientQuotas says. */
    public static final class SlowTogether implements ClientQuotaCallback {
        private final Map<ClientQuotaEntity, Double> told = new ConcurrentHashMap<>();

        @Override
        public void configure(Map<String, ?> configs) {
            SEEN.add("quotas configured " + configs.containsKey("client.quota.callback.class"));
        }

        @Override
        public Map<String, String> quotaMetricTags(ClientQuotaType type, KafkaPrincipal principal, String clientId) {
            return Map.of("group", principal.getName() + (clientId.startsWith("slow") ? "/slow" : "/fast"));
        }

        @Override
        public Double quotaLimit(ClientQuotaType type, Map<String, String> tags) {
            if (type != ClientQuotaType.PRODUCE || !"ANONYMOUS/slow".equals(tags.get("group"))) return null;
            return told.values().stream().findFirst().orElse(null);
        }

        @Override
        public void updateQuota(ClientQuotaType type, ClientQuotaEntity entity, double value) {
            SEEN.add("quota " + type + " " + text(entity) + " " + value);
            told.put(entity, value);
        }

        @Override
        public void removeQuota(ClientQuotaType type, ClientQuotaEntity entity) {
            SEEN.add("no quota " + type + " " + text(entity) + " " + told.remove(entity));
        }

        private static String text(ClientQuotaEntity entity) {
            return entity.configEntities().stream()
                    .map(part -> part.entityType() + "=" + part.name())
                    .toList()
                    .toString();
        }

        @Override
        public boolean quotaResetRequired(ClientQuotaType type) {
            return false;
        }

        @Override
        public boolean updateClusterMetadata(Cluster cluster) {
            for (String topic : cluster.topics()) {
                SEEN.add("topic " + topic + " led by "
                        + cluster.leaderFor(new TopicPartition(topic, 0)).id());
            }
            return false;
        }

        @Override
        public void close() {
            SEEN.add("quotas closed");
        }
    }

    @Test
    void theUsersClassDecidesQuotas() throws Exception {
        SEEN.clear();
        try (var broker = EmbeddedBroker.builder()
                        .config("client.quota.callback.class", SlowTogether.class.getName())
                        .config("quota.window.num", "3")
                        .topic("orders", 1)
                        .build()
                        .start();
                var admin = Admin.create(broker.clientProperties())) {
            var nobody = new HashMap<String, String>();
            nobody.put("user", "alice");
            nobody.put("client-id", null);
            alterQuota(admin, nobody, 1_000.0);
            assertThat(throttleTimeOf(broker, "fast-1")).isZero();
            assertThat(throttleTimeOf(broker, "slow-1")).isPositive();
            assertThat(throttleTimeOf(broker, "slow-2")).isPositive();
            alterQuota(admin, nobody, null);
            assertThat(throttleTimeOf(broker, "slow-3")).isZero();
        }
        assertThat(SEEN)
                .containsSubsequence(
                        "quotas configured true",
                        "topic orders led by 0",
                        "quota PRODUCE [USER=alice, DEFAULT_CLIENT_ID=<default>] 1000.0",
                        "no quota PRODUCE [USER=alice, DEFAULT_CLIENT_ID=<default>] 1000.0",
                        "quotas closed");
    }

    private static void alterQuota(Admin admin, Map<String, String> entity, Double value) throws Exception {
        var op = new ClientQuotaAlteration.Op("producer_byte_rate", value);
        var change =
                new ClientQuotaAlteration(new org.apache.kafka.common.quota.ClientQuotaEntity(entity), List.of(op));
        admin.alterClientQuotas(List.of(change)).all().get();
    }

    private static double throttleTimeOf(EmbeddedBroker broker, String clientId) throws Exception {
        var properties = new HashMap<String, Object>(broker.clientProperties());
        properties.put("client.id", clientId);
        try (var producer = new KafkaProducer<>(properties, new StringSerializer(), new StringSerializer())) {
            producer.send(new ProducerRecord<>("orders", "x".repeat(3_000))).get();
            return producer.metrics().entrySet().stream()
                    .filter(entry -> entry.getKey().name().equals("produce-throttle-time-max"))
                    .mapToDouble(entry -> (Double) entry.getValue().metricValue())
                    .filter(value -> !Double.isNaN(value))
                    .max()
                    .orElse(0);
        }
    }

    @Test
    void policiesHaveTheirSay() throws Exception {
        SEEN.clear();
        try (var broker = EmbeddedBroker.builder()
                        .config("create.topic.policy.class.name", SmallTopics.class.getName())
                        .config("alter.config.policy.class.name", FixedRetention.class.getName())
                        .build()
                        .start();
                var admin = Admin.create(broker.clientProperties())) {
            admin.createTopics(List.of(new NewTopic("small", Optional.of(2), Optional.empty())))
                    .all()
                    .get();
            var assigned = new NewTopic("assigned", Map.of(0, List.of(0)));
            admin.createTopics(List.of(assigned)).all().get();
            assertRefused(
                    () -> admin.createTopics(List.of(new NewTopic("big", 3, (short) 1)))
                            .all()
                            .get(),
                    PolicyViolationException.class,
                    "too many partitions");
            assertThat(admin.listTopics().names().get()).isEqualTo(Set.of("small", "assigned"));

            set(admin, "max.message.bytes", "1000");
            assertRefused(() -> set(admin, "retention.ms", "1"), PolicyViolationException.class, "retention is fixed");
            assertRefused(
                    () -> set(admin, "segment.ms", "1"),
                    org.apache.kafka.common.errors.UnknownServerException.class,
                    "did not foresee");
        }
        assertThat(SEEN)
                .containsExactly(
                        "topics configured true",
                        "create small 2 1 null {}",
                        "create assigned null null {0=[0]} {}",
                        "create big 3 1 null {}",
                        "alter small {max.message.bytes=1000}",
                        "alter small {retention.ms=1}",
                        "alter small {segment.ms=1}",
                        "topics closed");
    }

    private static Object set(Admin admin, String name, String value) throws Exception {
        var op = new AlterConfigOp(new ConfigEntry(name, value), AlterConfigOp.OpType.SET);
        return admin.incrementalAlterConfigs(
                        Map.of(new ConfigResource(ConfigResource.Type.TOPIC, "small"), List.of(op)))
                .all()
                .get();
    }

    private interface Asked {
        Object get() throws Exception;
    }

    private static void assertRefused(Asked asked, Class<? extends Exception> type, String message) {
        assertThatThrownBy(asked::get)
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isInstanceOf(type)
                .hasMessageContaining(message);
    }

    @Test
    void aClassThatCannotBeUsedStopsTheStartAndIsNamed() {
        assertCannotStart("alter.config.policy.class.name", "no.such.Policy")
                .hasMessage("alter.config.policy.class.name is no.such.Policy (expected: a class on the class path)");
        assertCannotStart("alter.config.policy.class.name", SmallTopics.class.getName())
                .hasMessageContaining(
                        "expected: an implementation of org.apache.kafka.server.policy.AlterConfigPolicy");
        assertCannotStart("metric.reporters", "no.such.Reporter").hasMessageContaining("metric.reporters is no.such");
    }

    private static org.assertj.core.api.AbstractThrowableAssert<?, ?> assertCannotStart(String name, String value) {
        var broker = EmbeddedBroker.builder().config(name, value).build();
        return assertThatThrownBy(broker::start).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aStockProducerPushesItsMetricsToTheReceiver() throws Exception {
        PUSHED.clear();
        try (var broker = EmbeddedBroker.builder()
                        .config("metric.reporters", Telemetry.class.getName())
                        .topic("orders", 1)
                        .build()
                        .start();
                var admin = Admin.create(broker.clientProperties())) {
            var subscription = new ConfigResource(ConfigResource.Type.CLIENT_METRICS, "all");
            admin.incrementalAlterConfigs(Map.of(
                            subscription,
                            List.of(
                                    new AlterConfigOp(new ConfigEntry("metrics", "*"), AlterConfigOp.OpType.SET),
                                    new AlterConfigOp(new ConfigEntry("interval.ms", "200"), AlterConfigOp.OpType.SET),
                                    new AlterConfigOp(
                                            new ConfigEntry("match", "client_id=chatty"), AlterConfigOp.OpType.SET))))
                    .all()
                    .get();
            var properties = new HashMap<>(broker.clientProperties());
            properties.put("client.id", "chatty");
            try (var producer = new KafkaProducer<>(properties, new StringSerializer(), new StringSerializer())) {
                producer.send(new ProducerRecord<>("orders", "hello")).get();
                assertThat(producer.clientInstanceId(Duration.ofSeconds(60))).isNotNull();
                assertThat(PUSHED.poll(60, TimeUnit.SECONDS)).isEqualTo("chatty User:ANONYMOUS PLAINTEXT OTLP true");
            }
        }
    }

    @Test
    void withoutAReceiverClientsDoNotPush() {
        try (var broker = new EmbeddedBroker().start()) {
            var properties = new HashMap<>(broker.clientProperties());
            try (var producer = new KafkaProducer<>(properties, new StringSerializer(), new StringSerializer())) {
                assertThat(producer.clientInstanceId(Duration.ofMillis(500))).isNull();
            }
        }
    }
}
