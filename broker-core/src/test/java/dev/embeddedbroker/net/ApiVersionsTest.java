package dev.embeddedbroker.net;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embeddedbroker.api.ClientSoftware;
import dev.embeddedbroker.api.Features;
import dev.embeddedbroker.api.RequestContext;
import dev.embeddedbroker.protocol.ApiKey;
import dev.embeddedbroker.protocol.response.MetadataResponse;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import org.apache.kafka.clients.ApiVersions;
import org.apache.kafka.clients.BootstrapConfiguration;
import org.apache.kafka.clients.ClientRequest;
import org.apache.kafka.clients.ManualMetadataUpdater;
import org.apache.kafka.clients.MetadataRecoveryStrategy;
import org.apache.kafka.clients.NetworkClient;
import org.apache.kafka.clients.NetworkClientUtils;
import org.apache.kafka.clients.NodeApiVersions;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.network.PlaintextChannelBuilder;
import org.apache.kafka.common.network.Selector;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ApiVersionsResponse;
import org.apache.kafka.common.requests.MetadataRequest;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.common.utils.internals.LogContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What Kafka's own client classes make of our ApiVersions. */
@Timeout(60)
class ApiVersionsTest {

    private static final Features FEATURES = new Features(
            Map.of(
                    "metadata.version", new Features.Range((short) 7, (short) 30),
                    "group.version", new Features.Range((short) 0, (short) 1)),
            Map.of("metadata.version", (short) 30, "group.version", (short) 1, "share.version", (short) 0),
            42);

    private final TestServer server = new TestServer(FEATURES);
    private final LinkedBlockingQueue<ClientSoftware> software = new LinkedBlockingQueue<>();

    @BeforeEach
    void start() {
        server.on(ApiKey.METADATA, (RequestContext context, Object request) -> {
            software.add(context.connection().software());
            context.reply(new MetadataResponse());
        });
        server.on(ApiKey.PRODUCE, (context, request) -> context.replyNothing());
        server.start(1);
    }

    @AfterEach
    void stop() {
        server.close();
        assertThat(server.failures).isEmpty();
    }

    private static ApiVersionsRequestData request() {
        return new ApiVersionsRequestData()
                .setClientSoftwareName("apache-kafka-java")
                .setClientSoftwareVersion("4.4.0");
    }

    private ApiVersionsResponse ask(int version, ApiVersionsRequestData request) throws Exception {
        try (var client = server.connect()) {
            return (ApiVersionsResponse) client.ask(ApiKeys.API_VERSIONS, version, 1, request);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5})
    void everyVersionTellsTheTablesRanges(int version) throws Exception {
        var response = ask(version, request());
        assertThat(response.data().errorCode()).isZero();
        assertThat(response.data().apiKeys()).hasSize(3);
        assertThat(response.apiVersion((short) 18).minVersion()).isZero();
        assertThat(response.apiVersion((short) 18).maxVersion()).isEqualTo((short) 5);
        assertThat(response.apiVersion((short) 3).maxVersion()).isEqualTo(ApiKeys.METADATA.latestVersion());
        assertThat(response.zkMigrationReady()).isFalse();
        assertThat(response.throttleTimeMs()).isZero();
    }

    @Test
    void produceIsToldFromVersion0ThoughItIsRefusedBelow3() throws Exception {
        var produce = ask(4, request()).apiVersion((short) 0);
        assertThat(produce.minVersion()).isZero();
        assertThat(produce.maxVersion()).isEqualTo(ApiKeys.PRODUCE.latestVersion());
        try (var client = server.connect()) {
            client.send(WireClient.framed(new byte[] {0, 0, 0, 2, 0, 0, 0, 1, -1, -1}));
            assertThat(client.isClosedByServer()).isTrue();
        }
    }

    @ParameterizedTest
    @CsvSource({"0,0,-1", "2,0,-1", "3,1,42", "4,2,42", "5,2,42"})
    void featuresAreToldFromVersion3AndThoseFromLevel0FromVersion4(int version, int supported, long epoch)
            throws Exception {
        var data = ask(version, request()).data();
        assertThat(data.supportedFeatures()).hasSize(supported);
        assertThat(data.finalizedFeaturesEpoch()).isEqualTo(epoch);
        assertThat(data.finalizedFeatures()).hasSize(version < 3 ? 0 : 2);
    }

    @ParameterizedTest
    @ValueSource(ints = {6, 99, 32767, -1})
    void versionWeDoNotKnowIsAnsweredInTheFormOfVersion0WithOurRange(int version) throws Exception {
        try (var client = server.connect()) {
            byte[] header = {0, 18, (byte) (version >> 8), (byte) version, 0, 0, 0, 9, -1, -1, 0, 77, 88, 99};
            client.send(WireClient.framed(header));
            var bytes = client.receive();
            assertThat(bytes.getInt()).isEqualTo(9);
            assertThat(bytes.remaining()).isEqualTo(2 + 4 + 6);
            var response = ApiVersionsResponse.parse(
                    new org.apache.kafka.common.protocol.ByteBufferAccessor(bytes), (short) Math.min(5, version));
            assertThat(response.data().errorCode()).isEqualTo(Errors.UNSUPPORTED_VERSION.code());
            assertThat(response.data().apiKeys()).hasSize(1);
            assertThat(response.apiVersion((short) 18).maxVersion()).isEqualTo((short) 5);
            // and the connection goes on
            client.ask(ApiKeys.API_VERSIONS, 0, 10, request());
        }
    }

    @ParameterizedTest
    @CsvSource({"'',4.4.0", "kafka,''", "-kafka,4.4.0", "kafka.,1", "ka fka,1", "kafka,'4.4.0\n'", "käfka,1"})
    void softwareNotNamedByKip511IsAnInvalidRequestFromVersion3(String name, String version) throws Exception {
        var request = request().setClientSoftwareName(name).setClientSoftwareVersion(version);
        for (int v = 3; v <= 5; v++) {
            var response = ask(v, request);
            assertThat(response.data().errorCode()).isEqualTo(Errors.INVALID_REQUEST.code());
            assertThat(response.data().apiKeys()).isEmpty();
        }
        assertThat(ask(2, request).data().errorCode()).isZero();
    }

    @Test
    void softwareIsRememberedOnItsConnection() throws Exception {
        try (var client = server.connect()) {
            client.ask(ApiKeys.METADATA, 12, 1, new org.apache.kafka.common.message.MetadataRequestData());
            client.ask(ApiKeys.API_VERSIONS, 3, 2, request());
            client.ask(ApiKeys.METADATA, 12, 3, new org.apache.kafka.common.message.MetadataRequestData());
        }
        assertThat(software).containsExactly(ClientSoftware.UNKNOWN, new ClientSoftware("apache-kafka-java", "4.4.0"));
    }

    @ParameterizedTest
    @CsvSource({
        "cluster, 1, 0",
        ", -1, 0",
        "cluster, 2, 129",
        "another, 1, 129",
        "cluster, -1, 42",
        ", 1, 42",
    })
    void clientThatMeansAnotherNodeIsSentBackToItsBootstrapServers(String clusterId, int nodeId, int error)
            throws Exception {
        var request = request().setClusterId(clusterId).setNodeId(nodeId);
        assertThat(ask(5, request).data().errorCode()).isEqualTo((short) error);
        assertThat(ask(4, request).data().errorCode()).isZero();
    }

    @Test
    void networkClientOfKafkaAgreesOnVersionsAndAsks() throws Exception {
        var address = server.server().address();
        var node = new Node(1, address.getHostString(), address.getPort());
        var versions = new ApiVersions();
        var log = new LogContext();
        var metrics = new Metrics();
        var channels = new PlaintextChannelBuilder(null);
        channels.configure(Map.of());
        var client = new NetworkClient(
                new Selector(10_000, metrics, Time.SYSTEM, "test", channels, log),
                new ManualMetadataUpdater(java.util.List.of(node)),
                "network-client",
                5,
                0,
                0,
                64 * 1024,
                64 * 1024,
                10_000,
                10_000,
                10_000,
                Time.SYSTEM,
                true,
                versions,
                log,
                MetadataRecoveryStrategy.NONE,
                BootstrapConfiguration.DISABLED,
                true);
        try (metrics;
                client) {
            assertThat(NetworkClientUtils.awaitReady(client, node, Time.SYSTEM, 10_000))
                    .isTrue();
            NodeApiVersions agreed = versions.get(node.idString());
            assertThat(agreed.latestUsableVersion(ApiKeys.METADATA)).isEqualTo(ApiKeys.METADATA.latestVersion());
            ClientRequest request = client.newClientRequest(
                    node.idString(), MetadataRequest.Builder.allTopics(), Time.SYSTEM.milliseconds(), true);
            var response = NetworkClientUtils.sendAndReceive(client, request, Time.SYSTEM);
            assertThat(response.hasResponse()).isTrue();
        }
        assertThat(software.take().name()).isEqualTo("apache-kafka-java");
    }
}
