package dev.embeddedbroker.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embeddedbroker.config.BrokerConfig;
import dev.embeddedbroker.config.BrokerKeys;
import dev.embeddedbroker.config.LiveConfig;
import dev.embeddedbroker.config.SettingRules;
import dev.embeddedbroker.loop.Maintenance;
import dev.embeddedbroker.loop.ManualLoop;
import dev.embeddedbroker.metadata.BrokerImage;
import dev.embeddedbroker.metadata.BrokerRegistration;
import dev.embeddedbroker.metadata.ConfigResource;
import dev.embeddedbroker.metadata.ControllerHost;
import dev.embeddedbroker.metadata.ControllerSettings;
import dev.embeddedbroker.metadata.KRaftLog;
import dev.embeddedbroker.metadata.NewTopic;
import dev.embeddedbroker.metadata.Policies;
import dev.embeddedbroker.metadata.SnapshotSettings;
import dev.embeddedbroker.protocol.ErrorCode;
import dev.embeddedbroker.protocol.Request;
import dev.embeddedbroker.protocol.Response;
import dev.embeddedbroker.protocol.Uuid;
import dev.embeddedbroker.protocol.request.AlterConfigsRequest;
import dev.embeddedbroker.protocol.request.DescribeConfigsRequest;
import dev.embeddedbroker.protocol.request.IncrementalAlterConfigsRequest;
import dev.embeddedbroker.protocol.request.ListConfigResourcesRequest;
import dev.embeddedbroker.protocol.response.AlterConfigsResponse;
import dev.embeddedbroker.protocol.response.DescribeConfigsResponse;
import dev.embeddedbroker.protocol.response.DescribeConfigsResponse.DescribeConfigsResourceResult;
import dev.embeddedbroker.protocol.response.DescribeConfigsResponse.DescribeConfigsResult;
import dev.embeddedbroker.protocol.response.IncrementalAlterConfigsResponse;
import dev.embeddedbroker.protocol.response.ListConfigResourcesResponse;
import dev.embeddedbroker.storage.disk.MappedDisk;
import dev.embeddedbroker.storage.log.LogOptions;
import dev.embeddedbroker.storage.log.PartitionLog;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The handlers of settings over a real controller with a real log, on a loop without a thread. */
class ConfigHandlersTest {
    private static final byte TOPIC = ConfigResource.Type.TOPIC.id();
    private static final byte BROKER = ConfigResource.Type.BROKER.id();
    private static final byte LOGGER = ConfigResource.Type.BROKER_LOGGER.id();
    private static final byte METRICS = ConfigResource.Type.CLIENT_METRICS.id();
    private static final byte GROUP = ConfigResource.Type.GROUP.id();

    private static final byte SET = 0;
    private static final byte DELETE = 1;
    private static final byte APPEND = 2;
    private static final byte SUBTRACT = 3;

    @TempDir
    Path directory;

    private final ManualLoop loop = new ManualLoop();
    private final LiveConfig config = new LiveConfig(BrokerConfig.parse(Map.of()));
    private ControllerHost host;

    @BeforeEach
    void start() {
        var disk = new MappedDisk();
        var log = PartitionLog.open(
                disk,
                directory.resolve("__cluster_metadata-0"),
                LogOptions.DEFAULT,
                loop.clock().wallMs());
        host = new ControllerHost(new ControllerHost.Parts(
                0,
                "4L6g3nShT-eMCtK--X86sw",
                loop,
                new KRaftLog(disk, log),
                ControllerSettings.kafkaDefaults(),
                new SettingRules(config::now),
                Policies.NONE,
                new Random(1),
                SnapshotSettings.DEFAULT,
                new Maintenance(loop, (where, cause) -> {
                    throw new AssertionError(where, cause);
                }),
                new Maintenance(loop, (where, cause) -> {
                    throw new AssertionError(where, cause);
                })));
        host.addListener(config);
        host.start(ControllerHost.FirstStart.likeKafka(1));
        var endpoint = new BrokerImage.Endpoint("PLAINTEXT", "localhost", 9092, (short) 0);
        host.registerBroker(
                new BrokerRegistration(0, new Uuid(5, 5), null, List.of(endpoint), List.of(new Uuid(7, 7))));
        loop.runAll();
        host.client().createTopics(List.of(NewTopic.of("orders", 1)), false);
        loop.runAll();
    }

    @AfterEach
    void stop() {
        host.close();
    }

    @Test
    void topicOverrideIsSetDescribedAndDeleted() {
        assertThat(alter(TOPIC, "orders", SET, "retention.ms", "1000")).isEqualTo("NONE");
        assertThat(describe(TOPIC, "orders", "retention.ms").value).isEqualTo("1000");
        assertThat(describe(TOPIC, "orders", "retention.ms").configSource).isEqualTo((byte) 1);

        assertThat(alter(TOPIC, "orders", DELETE, "retention.ms", null)).isEqualTo("NONE");
        assertThat(describe(TOPIC, "orders", "retention.ms").value).isEqualTo("604800000");
        assertThat(describe(TOPIC, "orders", "retention.ms").configSource).isEqualTo((byte) 5);
    }

    @Test
    void validateOnlyChangesNothing() {
        var request = request(TOPIC, "orders", SET, "retention.ms", "1000").setValidateOnly(true);
        assertThat(results(request)).isEqualTo("NONE");
        assertThat(describe(TOPIC, "orders", "retention.ms").value).isEqualTo("604800000");
    }

    @Test
    void listsGrowAndShrinkFromTheirDefault() {
        assertThat(alter(TOPIC, "orders", APPEND, "cleanup.policy", "compact")).isEqualTo("NONE");
        assertThat(describe(TOPIC, "orders", "cleanup.policy").value).isEqualTo("delete,compact");
        assertThat(alter(TOPIC, "orders", SUBTRACT, "cleanup.policy", "delete")).isEqualTo("NONE");
        assertThat(describe(TOPIC, "orders", "cleanup.policy").value).isEqualTo("compact");
        assertThat(alter(TOPIC, "orders", APPEND, "retention.ms", "1")).isEqualTo("INVALID_CONFIG");
    }

    @Test
    void wrongTopicChangesAreRefusedWithKafkasCodes() {
        assertThat(alter(TOPIC, "orders", SET, "no.such", "1")).isEqualTo("INVALID_CONFIG");
        assertThat(alter(TOPIC, "orders", SET, "retention.ms", "x")).isEqualTo("INVALID_CONFIG");
        assertThat(alter(TOPIC, "orders", SET, "retention.ms", null)).isEqualTo("INVALID_REQUEST");
        assertThat(alter(TOPIC, "orders", (byte) 9, "retention.ms", "1")).isEqualTo("INVALID_REQUEST");
        assertThat(alter(TOPIC, "nowhere", SET, "retention.ms", "1")).isEqualTo("UNKNOWN_TOPIC_OR_PARTITION");
        assertThat(alter(TOPIC, "", SET, "retention.ms", "1")).isEqualTo("INVALID_REQUEST");
        assertThat(alter(TOPIC, "a b", SET, "retention.ms", "1")).isEqualTo("INVALID_TOPIC_EXCEPTION");
        assertThat(alter((byte) 99, "x", SET, "retention.ms", "1")).isEqualTo("INVALID_REQUEST");
    }

    @Test
    void resourcesAndSettingsThatComeTwiceAreRefused() {
        var twice = request(TOPIC, "orders", SET, "retention.ms", "1000");
        twice.resources.add(twice.resources.get(0));
        assertThat(results(twice)).isEqualTo("INVALID_REQUEST,INVALID_REQUEST");

        var doubled = request(TOPIC, "orders", SET, "retention.ms", "1000");
        doubled.resources.get(0).configs.add(doubled.resources.get(0).configs.get(0));
        assertThat(results(doubled)).isEqualTo("INVALID_REQUEST");
    }

    @Test
    void brokerSettingOfRunTimeIsInForceWhenTheAnswerComes() {
        assertThat(alter(BROKER, "", SET, "message.max.bytes", "5000")).isEqualTo("NONE");
        assertThat(config.now().get(BrokerKeys.MESSAGE_MAX_BYTES)).isEqualTo(5000);
        assertThat(alter(BROKER, "0", SET, "message.max.bytes", "6000")).isEqualTo("NONE");
        assertThat(config.now().get(BrokerKeys.MESSAGE_MAX_BYTES)).isEqualTo(6000);
        assertThat(describe(TOPIC, "orders", "max.message.bytes").value).isEqualTo("6000");
        assertThat(describe(BROKER, "", "message.max.bytes").value).isEqualTo("5000");
    }

    @Test
    void wrongBrokerChangesAreRefused() {
        assertThat(alter(BROKER, "0", SET, "num.partitions", "3")).isEqualTo("INVALID_REQUEST");
        assertThat(alter(BROKER, "2", SET, "message.max.bytes", "3")).isEqualTo("INVALID_REQUEST");
        assertThat(alter(BROKER, "x", SET, "message.max.bytes", "3")).isEqualTo("INVALID_REQUEST");
        assertThat(alter(BROKER, "0", SET, "message.max.bytes", "-3")).isEqualTo("INVALID_REQUEST");
        assertThat(alter(BROKER, "", SET, "listeners", "PLAINTEXT://:1")).isEqualTo("INVALID_REQUEST");
        assertThat(alter(BROKER, "0", SET, "ssl.keystore.location", "x")).isEqualTo("INVALID_REQUEST");
        assertThat(alter(LOGGER, "0", SET, "no.such.logger", "INFO")).isEqualTo("INVALID_CONFIG");
        assertThat(alter(LOGGER, "0", SET, "root", "LOUD")).isEqualTo("INVALID_CONFIG");
        assertThat(alter(LOGGER, "0", DELETE, "root", null)).isEqualTo("INVALID_REQUEST");
    }

    @Test
    void groupsAndSubscriptionsHaveSettings() {
        assertThat(alter(GROUP, "g", SET, "share.auto.offset.reset", "earliest"))
                .isEqualTo("NONE");
        assertThat(alter(GROUP, "g", SET, "consumer.session.timeout.ms", "1")).isEqualTo("INVALID_CONFIG");
        assertThat(describe(GROUP, "g", "share.auto.offset.reset").value).isEqualTo("earliest");
        assertThat(alter(METRICS, "m", SET, "interval.ms", "1000")).isEqualTo("NONE");
        assertThat(alter(METRICS, "m", SET, "interval.ms", "1")).isEqualTo("INVALID_REQUEST");
        assertThat(alter(METRICS, "m", SET, "match", "x=y")).isEqualTo("INVALID_CONFIG");
        assertThat(list()).containsEntry(GROUP, List.of("g")).containsEntry(METRICS, List.of("m"));
        assertThat(list()).containsEntry(TOPIC, List.of("orders")).containsEntry(BROKER, List.of("0"));
    }

    @Test
    void alterConfigsReplacesAllOverrides() {
        alter(TOPIC, "orders", SET, "retention.ms", "1000");
        var request = new AlterConfigsRequest();
        request.resources.add(new AlterConfigsRequest.AlterConfigsResource()
                .setResourceType(TOPIC)
                .setResourceName("orders"));
        request.resources
                .get(0)
                .configs
                .add(new AlterConfigsRequest.AlterableConfig()
                        .setName("segment.bytes")
                        .setValue("2000000"));
        var handler = new AlterConfigsHandler(host.client(), host, config, 0);
        var response = (AlterConfigsResponse) answer(handler, request, 2);

        assertThat(response.responses.get(0).errorCode).isZero();
        assertThat(host.image().configs(ConfigResource.topic("orders"))).isEqualTo(Map.of("segment.bytes", "2000000"));
    }

    @Test
    void describeRefusesWhatKafkaRefuses() {
        assertThat(describeError(TOPIC, "nowhere")).isEqualTo("UNKNOWN_TOPIC_OR_PARTITION");
        assertThat(describeError(TOPIC, "a b")).isEqualTo("INVALID_TOPIC_EXCEPTION");
        assertThat(describeError(BROKER, "7")).isEqualTo("INVALID_REQUEST");
        assertThat(describeError(BROKER, "x")).isEqualTo("INVALID_REQUEST");
        assertThat(describeError(LOGGER, "")).isEqualTo("INVALID_REQUEST");
        assertThat(describeError(LOGGER, "0")).isEqualTo("NONE");
        assertThat(describeError(GROUP, "")).isEqualTo("INVALID_REQUEST");
        assertThat(describeError(METRICS, "")).isEqualTo("INVALID_REQUEST");
        assertThat(describeError((byte) 77, "x")).isEqualTo("INVALID_REQUEST");
    }

    @Test
    void everythingIsDescribedAndCanBeWrittenInEveryVersion() {
        for (short version = 1; version <= 4; version++) {
            for (var each : Map.of(TOPIC, "orders", BROKER, "0", LOGGER, "0", GROUP, "g", METRICS, "m")
                    .entrySet()) {
                var response = describe(each.getKey(), each.getValue(), version);
                var writer = new dev.embeddedbroker.protocol.WireWriter(1024);
                response.write(writer, version);
                assertThat(writer.size()).isPositive();
            }
        }
    }

    private String alter(byte type, String name, byte op, String setting, String value) {
        return results(request(type, name, op, setting, value));
    }

    private static IncrementalAlterConfigsRequest request(
            byte type, String name, byte op, String setting, String value) {
        var resource = new IncrementalAlterConfigsRequest.AlterConfigsResource()
                .setResourceType(type)
                .setResourceName(name);
        resource.configs.add(new IncrementalAlterConfigsRequest.AlterableConfig()
                .setName(setting)
                .setConfigOperation(op)
                .setValue(value));
        var request = new IncrementalAlterConfigsRequest();
        request.resources.add(resource);
        return request;
    }

    private String results(IncrementalAlterConfigsRequest request) {
        var handler = new IncrementalAlterConfigsHandler(host.client(), host, config, 0);
        var response = (IncrementalAlterConfigsResponse) answer(handler, request, 1);
        return String.join(
                ",",
                response.responses.stream()
                        .map(each -> ErrorCode.forId(each.errorCode).name())
                        .toList());
    }

    private DescribeConfigsResourceResult describe(byte type, String name, String setting) {
        return describe(type, name, (short) 4).results.get(0).configs.stream()
                .filter(each -> each.name.equals(setting))
                .findFirst()
                .orElseThrow();
    }

    private String describeError(byte type, String name) {
        DescribeConfigsResult result = describe(type, name, (short) 4).results.get(0);
        return ErrorCode.forId(result.errorCode).name();
    }

    private DescribeConfigsResponse describe(byte type, String name, short version) {
        var request = new DescribeConfigsRequest().setIncludeSynonyms(true).setIncludeDocumentation(version >= 3);
        request.resources.add(new DescribeConfigsRequest.DescribeConfigsResource()
                .setResourceType(type)
                .setResourceName(name)
                .setConfigurationKeys(null));
        return (DescribeConfigsResponse) answer(new DescribeConfigsHandler(host, config, 0), request, version);
    }

    private Map<Byte, List<String>> list() {
        var response = (ListConfigResourcesResponse)
                answer(new ListConfigResourcesHandler(host), new ListConfigResourcesRequest(), 1);
        var byType = new TreeMap<Byte, List<String>>();
        response.configResources.forEach(each -> byType.computeIfAbsent(each.resourceType, type -> new ArrayList<>())
                .add(each.resourceName));
        return byType;
    }

    private <Q extends Request> Response answer(ApiHandler<Q> handler, Q request, int version) {
        var answers = new ArrayList<Response>();
        var context = (RequestContext) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {RequestContext.class}, (proxy, method, arguments) -> {
                    switch (method.getName()) {
                        case "reply" -> answers.add((Response) arguments[0]);
                        case "fail" -> throw new AssertionError((Throwable) arguments[0]);
                        case "version" -> {
                            return (short) version;
                        }
                        case "loop" -> {
                            return loop;
                        }
                        default -> throw new UnsupportedOperationException(method.getName());
                    }
                    return null;
                });
        loop.run(() -> handler.handle(context, request));
        loop.runAll();
        assertThat(answers).hasSize(1);
        return answers.get(0);
    }
}
