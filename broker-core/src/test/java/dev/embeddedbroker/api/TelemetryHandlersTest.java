package dev.embeddedbroker.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embeddedbroker.loop.Maintenance;
import dev.embeddedbroker.metadata.ConfigChange;
import dev.embeddedbroker.metadata.ConfigResource;
import dev.embeddedbroker.metadata.TestNode;
import dev.embeddedbroker.protocol.ApiKey;
import dev.embeddedbroker.protocol.ErrorCode;
import dev.embeddedbroker.protocol.Uuid;
import dev.embeddedbroker.protocol.request.GetTelemetrySubscriptionsRequest;
import dev.embeddedbroker.protocol.request.PushTelemetryRequest;
import dev.embeddedbroker.protocol.response.GetTelemetrySubscriptionsResponse;
import dev.embeddedbroker.protocol.response.PushTelemetryResponse;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The rules of KIP-714 as ClientMetricsManager of Kafka has them. */
class TelemetryHandlersTest {
    private static final Uuid ID = new Uuid(7, 7);

    @TempDir
    Path directory;

    private TestNode node;
    private GetTelemetrySubscriptionsHandler get;
    private PushTelemetryHandler push;
    private boolean receiverFails;

    @BeforeEach
    void start() {
        node = TestNode.started(directory, 1);
        var clients = new TelemetryClients();
        TelemetryReceiver receiver = (context, pushed) -> {
            if (receiverFails) throw new IOException("full");
        };
        get = new GetTelemetrySubscriptionsHandler(clients, node.loop, node.host, 10, new Random(1));
        push = new PushTelemetryHandler(
                clients,
                node.loop,
                node.host,
                new PushTelemetryHandler.Destination(receiver, new Maintenance(Runnable::run, (where, bug) -> {}), 10));
    }

    @AfterEach
    void stop() {
        node.close();
    }

    @Test
    void aClientIsAskedForWhatFitsIt() {
        subscribe("mine", "metrics", "a.,b.", "interval.ms", "1000", "match", "client_id=te.*");
        subscribe("another's", "metrics", "c.", "interval.ms", "100", "match", "client_id=x");
        var answer = get(Uuid.ZERO);
        assertThat(answer.clientInstanceId).isNotEqualTo(Uuid.ZERO);
        assertThat(answer.requestedMetrics).containsExactly("a.", "b.");
        assertThat(answer.pushIntervalMs).isEqualTo(1000);
        assertThat(answer.telemetryMaxBytes).isEqualTo(10);
        assertThat(answer.deltaTemporality).isTrue();
        assertThat(answer.acceptedCompressionTypes).containsExactly((byte) 4, (byte) 3, (byte) 1, (byte) 2);
    }

    @Test
    void askingTooEarlyIsThrottledUnlessSubscriptionsChanged() {
        assertThat(get(ID).pushIntervalMs).isEqualTo(300_000);
        assertThat(get(ID).errorCode).isEqualTo(ErrorCode.THROTTLING_QUOTA_EXCEEDED.id());
        subscribe("new", "metrics", "*");
        assertThat(get(ID).requestedMetrics).containsExactly("*");
    }

    @Test
    void pushesAreRefusedInKafkasOrder() {
        assertThat(push(Uuid.ZERO, 0, 0, 1, false)).isEqualTo(ErrorCode.INVALID_REQUEST);
        int id = get(ID).subscriptionId;
        assertThat(push(ID, id + 1, 0, 1, false)).isEqualTo(ErrorCode.UNKNOWN_SUBSCRIPTION_ID);
        assertThat(push(ID, id, 0, 1, false)).isEqualTo(ErrorCode.THROTTLING_QUOTA_EXCEEDED);
        node.loop.advanceMs(300_000);
        assertThat(push(ID, id, 9, 1, false)).isEqualTo(ErrorCode.UNSUPPORTED_COMPRESSION_TYPE);
        node.loop.advanceMs(300_000);
        assertThat(push(ID, id, 0, 11, false)).isEqualTo(ErrorCode.TELEMETRY_TOO_LARGE);
        node.loop.advanceMs(300_000);
        assertThat(push(ID, id, 0, 10, false)).isEqualTo(ErrorCode.NONE);
        assertThat(push(ID, id, 0, 10, true)).isEqualTo(ErrorCode.NONE);
        assertThat(push(ID, id, 0, 10, false)).isEqualTo(ErrorCode.INVALID_REQUEST);
    }

    @Test
    void aReceiverThatFailsAndBytesThatAreNoneAreInvalidRecords() {
        int id = get(ID).subscriptionId;
        receiverFails = true;
        assertThat(push(ID, id, 0, 1, false)).isEqualTo(ErrorCode.INVALID_RECORD);
        receiverFails = false;
        node.loop.advanceMs(300_000);
        assertThat(push(ID, id, 1, 10, false)).isEqualTo(ErrorCode.INVALID_RECORD);
    }

    private void subscribe(String name, String... settings) {
        var changes = new java.util.ArrayList<ConfigChange>();
        for (int i = 0; i < settings.length; i += 2) {
            changes.add(new ConfigChange(settings[i], ConfigChange.Op.SET, settings[i + 1]));
        }
        var resource = new ConfigResource(ConfigResource.Type.CLIENT_METRICS, name);
        var done = node.controller.incrementalAlterConfigs(Map.of(resource, List.copyOf(changes)), false);
        node.loop.runAll();
        assertThat(done).isDone();
    }

    private GetTelemetrySubscriptionsResponse get(Uuid id) {
        var asked = new RecordedRequest(node.loop, ApiKey.GET_TELEMETRY_SUBSCRIPTIONS, 0)
                .handledBy(get, new GetTelemetrySubscriptionsRequest().setClientInstanceId(id));
        node.loop.runAll();
        return (GetTelemetrySubscriptionsResponse) asked.response();
    }

    private ErrorCode push(Uuid id, int subscription, int compression, int bytes, boolean terminating) {
        var request = new PushTelemetryRequest()
                .setClientInstanceId(id)
                .setSubscriptionId(subscription)
                .setCompressionType((byte) compression)
                .setMetrics(new byte[bytes])
                .setTerminating(terminating);
        var asked = new RecordedRequest(node.loop, ApiKey.PUSH_TELEMETRY, 0).handledBy(push, request);
        node.loop.runAll();
        return ErrorCode.forId(((PushTelemetryResponse) asked.response()).errorCode);
    }
}
