package dev.embeddedbroker.coordinator.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embeddedbroker.EmbeddedBroker;
import dev.embeddedbroker.net.WireClient;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.JoinGroupRequestData.JoinGroupRequestProtocol;
import org.apache.kafka.common.message.JoinGroupRequestData.JoinGroupRequestProtocolCollection;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.message.SyncGroupRequestData.SyncGroupRequestAssignment;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.HeartbeatResponse;
import org.apache.kafka.common.requests.JoinGroupResponse;
import org.apache.kafka.common.requests.SyncGroupResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A heartbeat of a Java consumer, whose answer waits while the group is at rest, and what ends the wait. */
class HeldHeartbeatTest {
    private static final int HEARTBEAT = 4;

    private EmbeddedBroker broker;
    private WireClient member;
    private int requests;

    @BeforeEach
    void start() throws IOException {
        // sessions so long that nothing but what a test does ends the wait within its time
        broker = EmbeddedBroker.builder()
                .topic("orders", 1)
                .config("group.max.session.timeout.ms", "3600000")
                .build()
                .start();
        member = new WireClient(new InetSocketAddress("localhost", broker.port()));
        member.ask(
                ApiKeys.API_VERSIONS,
                3,
                ++requests,
                new ApiVersionsRequestData()
                        .setClientSoftwareName("apache-kafka-java")
                        .setClientSoftwareVersion("4.4.0"));
    }

    @AfterEach
    void stop() throws Exception {
        member.close();
        assertThat(broker.failure()).isEmpty();
        broker.close();
    }

    @Test
    void itIsToldAtOnceThatTheGroupIsCoordinatedHereNoMore() throws Exception {
        String memberId = join();
        broker.recorder().start();
        member.send(
                ApiKeys.HEARTBEAT,
                HEARTBEAT,
                ++requests,
                new HeartbeatRequestData()
                        .setGroupId("readers")
                        .setMemberId(memberId)
                        .setGenerationId(1));
        awaitServed();
        try (var admin = Admin.create(broker.clientProperties())) {
            admin.deleteTopics(List.of("__consumer_offsets")).all().get(60, TimeUnit.SECONDS);
        }
        var answer = (HeartbeatResponse) member.receive(ApiKeys.HEARTBEAT, HEARTBEAT, requests);
        assertThat(answer.error()).isEqualTo(Errors.NOT_COORDINATOR);
    }

    private void awaitServed() {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (broker.recorder()
                .exchanges(each -> each.apiName().equals("HEARTBEAT"))
                .isEmpty()) {
            assertThat(System.nanoTime()).isLessThan(deadline);
            Thread.onSpinWait();
        }
    }

    private String join() throws IOException {
        var request = new JoinGroupRequestData()
                .setGroupId("readers")
                .setProtocolType("consumer")
                .setSessionTimeoutMs(3_600_000)
                .setRebalanceTimeoutMs(60_000)
                .setProtocols(new JoinGroupRequestProtocolCollection(
                        List.of(new JoinGroupRequestProtocol().setName("range").setMetadata(new byte[0]))
                                .iterator()));
        var first = (JoinGroupResponse) member.ask(ApiKeys.JOIN_GROUP, 9, ++requests, request);
        assertThat(first.error()).isEqualTo(Errors.MEMBER_ID_REQUIRED);
        String memberId = first.data().memberId();
        var joined = (JoinGroupResponse) member.ask(ApiKeys.JOIN_GROUP, 9, ++requests, request.setMemberId(memberId));
        assertThat(joined.error()).isEqualTo(Errors.NONE);
        var synced = (SyncGroupResponse) member.ask(
                ApiKeys.SYNC_GROUP,
                5,
                ++requests,
                new SyncGroupRequestData()
                        .setGroupId("readers")
                        .setGenerationId(1)
                        .setMemberId(memberId)
                        .setProtocolType("consumer")
                        .setProtocolName("range")
                        .setAssignments(List.of(new SyncGroupRequestAssignment()
                                .setMemberId(memberId)
                                .setAssignment(new byte[0]))));
        assertThat(Errors.forCode(synced.data().errorCode())).isEqualTo(Errors.NONE);
        return memberId;
    }
}
