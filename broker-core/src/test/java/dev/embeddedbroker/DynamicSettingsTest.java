package dev.embeddedbroker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.embeddedbroker.net.WireClient;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.AlterConfigsOptions;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.errors.InvalidTimestampException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.UnsupportedCompressionTypeException;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Settings that are changed while the broker runs count from the moment their change is answered. */
class DynamicSettingsTest {
    private static final ConfigResource EVERY_BROKER = new ConfigResource(ConfigResource.Type.BROKER, "");
    private static final ConfigResource THIS_BROKER = new ConfigResource(ConfigResource.Type.BROKER, "0");
    private static final ConfigResource TOPIC = new ConfigResource(ConfigResource.Type.TOPIC, "t");
    private static final TopicPartition FIRST = new TopicPartition("t", 0);

    @TempDir
    Path directory;

    private EmbeddedBroker broker;
    private Admin admin;
    private KafkaProducer<byte[], byte[]> producer;

    @BeforeEach
    void start() {
        broker = EmbeddedBroker.builder()
                .dataDirectory(directory)
                .topic("t", 1)
                .config("group.consumer.min.heartbeat.interval.ms", "50")
                .config("group.consumer.heartbeat.interval.ms", "100")
                .build()
                .start();
        admin = Admin.create(broker.clientProperties());
        var settings = broker.clientProperties();
        settings.put("key.serializer", ByteArraySerializer.class);
        settings.put("value.serializer", ByteArraySerializer.class);
        settings.put("max.request.size", 10_000_000);
        settings.put("retries", 0);
        settings.put("enable.idempotence", false);
        producer = new KafkaProducer<>(settings);
    }

    @AfterEach
    void stop() {
        producer.close();
        admin.close();
        broker.close();
    }

    @Test
    void sizeOfMessagesForAllBrokersForOneAndForOneTopic() throws Exception {
        set(EVERY_BROKER, "message.max.bytes", "1000");
        assertRefused(2_000, RecordTooLargeException.class);
        set(THIS_BROKER, "message.max.bytes", "3000");
        send(2_000);
        set(TOPIC, "max.message.bytes", "1500");
        assertRefused(2_000, RecordTooLargeException.class);
        reset(TOPIC, "max.message.bytes");
        send(2_000);
        reset(THIS_BROKER, "message.max.bytes");
        assertRefused(2_000, RecordTooLargeException.class);
        reset(EVERY_BROKER, "message.max.bytes");
        send(2_000);
    }

    @Test
    void whatIsOnlyValidatedChangesNothing() throws Exception {
        Map<ConfigResource, Collection<AlterConfigOp>> change =
                Map.of(TOPIC, List.of(op("max.message.bytes", "10", AlterConfigOp.OpType.SET)));
        admin.incrementalAlterConfigs(change, new AlterConfigsOptions().validateOnly(true))
                .all()
                .get();
        send(2_000);
    }

    @Test
    void retentionByTheBrokersSettingAndTheTopics() throws Exception {
        long anHourAgo = System.currentTimeMillis() - TimeUnit.HOURS.toMillis(1);
        producer.send(new ProducerRecord<>("t", 0, anHourAgo, null, new byte[10]))
                .get();
        broker.runRetention();
        assertThat(startOfLog()).isZero();
        set(EVERY_BROKER, "log.retention.ms", "60000");
        set(TOPIC, "retention.ms", "-1");
        broker.runRetention();
        assertThat(startOfLog()).isZero();
        reset(TOPIC, "retention.ms");
        broker.runRetention();
        assertThat(startOfLog()).isOne();
    }

    @Test
    void timestampsAreTheBrokersOrTheirRangeIsNarrower() throws Exception {
        long longAgo = 1_000_000_000_000L;
        assertThat(sendAt(longAgo).timestamp()).isEqualTo(longAgo);
        set(EVERY_BROKER, "log.message.timestamp.type", "LogAppendTime");
        assertThat(sendAt(longAgo).timestamp()).isGreaterThan(longAgo);
        set(TOPIC, "message.timestamp.type", "CreateTime");
        set(TOPIC, "message.timestamp.before.max.ms", "1000");
        assertThatThrownBy(() -> sendAt(longAgo)).hasCauseInstanceOf(InvalidTimestampException.class);
    }

    @Test
    void segmentsGetAnotherSize() throws Exception {
        send(600_000);
        send(600_000);
        assertThat(segments()).isOne();
        set(EVERY_BROKER, "log.segment.bytes", "1048576");
        send(600_000);
        send(600_000);
        assertThat(segments()).isGreaterThan(1);
    }

    @Test
    void compressedRecordsAreStoredAsTheTopicSaysNow() throws Exception {
        set(TOPIC, "compression.type", "gzip");
        send(100_000);
        long compressed = sizeOfLog();
        assertThat(compressed).isLessThan(10_000);
        set(TOPIC, "compression.type", "uncompressed");
        send(100_000);
        assertThat(sizeOfLog()).isGreaterThan(compressed + 100_000);
        assertThatThrownBy(() -> set(TOPIC, "compression.type", "rar"))
                .hasCauseInstanceOf(InvalidConfigurationException.class)
                .isNotInstanceOf(UnsupportedCompressionTypeException.class)
                .hasMessageContaining("compression.type is rar (expected: one of uncompressed, zstd, lz4,");
    }

    @Test
    void connectionsByAddress() throws Exception {
        set(THIS_BROKER, "max.connections.per.ip.overrides", "10.0.0.1:5");
        set(THIS_BROKER, "max.connections.per.ip", "0");
        try (var wire = connect()) {
            assertThat(wire.isClosedByServer()).isTrue();
        }
        set(THIS_BROKER, "max.connections.per.ip.overrides", "localhost:1000");
        try (var wire = connect()) {
            assertAnswered(wire);
        }
        reset(THIS_BROKER, "max.connections.per.ip");
        reset(THIS_BROKER, "max.connections.per.ip.overrides");
        try (var wire = connect()) {
            assertAnswered(wire);
        }
        assertThatThrownBy(() -> set(THIS_BROKER, "max.connections.per.ip.overrides", "nonsense"))
                .hasCauseInstanceOf(InvalidRequestException.class);
    }

    @Test
    void connectionsInAllAndWhoWaitedIsServedWhenThereIsRoom() throws Exception {
        set(EVERY_BROKER, "max.connections", "1");
        try (var waiting = connect();
                var waitingToo = connect()) {
            waiting.send(ApiKeys.API_VERSIONS, 0, 1, new ApiVersionsRequestData());
            waitingToo.send(ApiKeys.API_VERSIONS, 0, 1, new ApiVersionsRequestData());
            reset(EVERY_BROKER, "max.connections");
            assertThat(waiting.receive(ApiKeys.API_VERSIONS, 0, 1).errorCounts())
                    .hasSize(1);
            assertThat(waitingToo.receive(ApiKeys.API_VERSIONS, 0, 1).errorCounts())
                    .hasSize(1);
        }
    }

    @Test
    @Timeout(120)
    void heartbeatsOfOneGroup() throws Exception {
        assertThat(heartbeatIntervalMs("g", 100)).isEqualTo(100);
        set(new ConfigResource(ConfigResource.Type.GROUP, "g"), "consumer.heartbeat.interval.ms", "150");
        assertThat(heartbeatIntervalMs("g", 150)).isEqualTo(150);
        assertThat(heartbeatIntervalMs("other", 100)).isEqualTo(100);
    }

    @Test
    void newTopicsGoByTheBrokersSettings() throws Exception {
        set(EVERY_BROKER, "log.cleanup.policy", "compact");
        var result = admin.createTopics(List.of(new NewTopic("new", 1, (short) 1)));
        assertThat(result.config("new").get().get("cleanup.policy").value()).isEqualTo("compact");
    }

    /** What a member is told once its group has been at rest for long: a young one's members come more often. */
    private int heartbeatIntervalMs(String group, int mostMs) throws IOException {
        var request = new ConsumerGroupHeartbeatRequestData()
                .setGroupId(group)
                .setMemberId("member-" + group)
                .setMemberEpoch(0)
                .setRebalanceTimeoutMs(60_000)
                .setSubscribedTopicNames(List.of("t"))
                .setTopicPartitions(List.of());
        try (var wire = connect()) {
            var answer = new ConsumerGroupHeartbeatResponseData().setErrorCode((short) 15);
            while (answer.errorCode() == 14 || answer.errorCode() == 15 || answer.errorCode() == 16) { // loading
                answer = (ConsumerGroupHeartbeatResponseData) wire.ask(ApiKeys.CONSUMER_GROUP_HEARTBEAT, 1, 1, request)
                        .data();
            }
            assertThat(answer.errorCode()).isZero();
            long atRest = System.nanoTime() + Duration.ofMillis(mostMs * 15L).toNanos();
            while (System.nanoTime() < atRest || answer.heartbeatIntervalMs() < mostMs) {
                var next = request.duplicate()
                        .setMemberEpoch(answer.memberEpoch())
                        .setTopicPartitions(null)
                        .setSubscribedTopicNames(null)
                        .setRebalanceTimeoutMs(-1);
                answer = (ConsumerGroupHeartbeatResponseData)
                        wire.ask(ApiKeys.CONSUMER_GROUP_HEARTBEAT, 1, 1, next).data();
                assertThat(answer.errorCode()).isZero();
            }
            return answer.heartbeatIntervalMs();
        }
    }

    private WireClient connect() throws IOException {
        return new WireClient(new InetSocketAddress("localhost", broker.port()));
    }

    private static void assertAnswered(WireClient wire) throws IOException {
        assertThat(wire.ask(ApiKeys.API_VERSIONS, 0, 1, new ApiVersionsRequestData())
                        .errorCounts())
                .hasSize(1);
    }

    private void set(ConfigResource resource, String name, String value) throws Exception {
        admin.incrementalAlterConfigs(Map.of(resource, List.of(op(name, value, AlterConfigOp.OpType.SET))))
                .all()
                .get();
    }

    private void reset(ConfigResource resource, String name) throws Exception {
        admin.incrementalAlterConfigs(Map.of(resource, List.of(op(name, null, AlterConfigOp.OpType.DELETE))))
                .all()
                .get();
    }

    private static AlterConfigOp op(String name, String value, AlterConfigOp.OpType type) {
        return new AlterConfigOp(new ConfigEntry(name, value), type);
    }

    private void send(int bytes) throws ExecutionException, InterruptedException {
        producer.send(new ProducerRecord<>("t", 0, null, new byte[bytes])).get();
    }

    private RecordMetadata sendAt(long timestamp) throws ExecutionException, InterruptedException {
        return producer.send(new ProducerRecord<>("t", 0, timestamp, null, new byte[1]))
                .get();
    }

    private void assertRefused(int bytes, Class<? extends Exception> expected) {
        assertThatThrownBy(() -> send(bytes)).hasCauseInstanceOf(expected);
    }

    private long startOfLog() throws Exception {
        return admin.listOffsets(Map.of(FIRST, OffsetSpec.earliest()))
                .partitionResult(FIRST)
                .get()
                .offset();
    }

    private long sizeOfLog() throws Exception {
        return admin.describeLogDirs(List.of(0)).allDescriptions().get().get(0).values().stream()
                .mapToLong(dir -> dir.replicaInfos().get(FIRST).size())
                .sum();
    }

    private long segments() throws IOException {
        try (var files = Files.list(directory.resolve("t-0"))) {
            return Arrays.stream(files.toArray())
                    .filter(file -> file.toString().endsWith(".log"))
                    .count();
        }
    }
}
