package dev.embeddedbroker.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embeddedbroker.loop.ManualLoop;
import dev.embeddedbroker.protocol.ApiKey;
import dev.embeddedbroker.protocol.Request;
import dev.embeddedbroker.protocol.request.HeartbeatRequest;
import dev.embeddedbroker.protocol.request.OffsetCommitRequest;
import dev.embeddedbroker.protocol.request.OffsetFetchRequest;
import org.junit.jupiter.api.Test;

/** Which members are known to be connected. */
class MemberConnectionsTest {
    private final MemberConnections members = new MemberConnections();

    private void says(ApiKey api, int version, Request request) {
        members.filter(new RecordedRequest(new ManualLoop(), api, version), request, (context, passed) -> {});
    }

    @Test
    void aMemberThatHeartbeatsIsThere() {
        says(ApiKey.HEARTBEAT, 4, new HeartbeatRequest().setGroupId("g").setMemberId("m"));
        assertThat(members.has("m")).isTrue();
        assertThat(members.has("another")).isFalse();
    }

    /** The first thing it says over a new connection may be that: a reset before its next heartbeat would forget it. */
    @Test
    void aMemberThatCommitsIsThere() {
        says(ApiKey.OFFSET_COMMIT, 8, new OffsetCommitRequest().setGroupId("g").setMemberId("m"));
        assertThat(members.has("m")).isTrue();
    }

    @Test
    void whoIsNoMemberIsNot() {
        says(ApiKey.OFFSET_COMMIT, 8, new OffsetCommitRequest().setGroupId("g").setMemberId(""));
        says(ApiKey.OFFSET_FETCH, 7, new OffsetFetchRequest().setGroupId("g"));
        assertThat(members.has("")).isFalse();
    }
}
