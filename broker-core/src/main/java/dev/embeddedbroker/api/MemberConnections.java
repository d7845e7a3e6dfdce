package dev.embeddedbroker.api;

import dev.embeddedbroker.protocol.Request;
import dev.embeddedbroker.protocol.request.ConsumerGroupHeartbeatRequest;
import dev.embeddedbroker.protocol.request.HeartbeatRequest;
import dev.embeddedbroker.protocol.request.JoinGroupRequest;
import dev.embeddedbroker.protocol.request.OffsetCommitRequest;
import dev.embeddedbroker.protocol.request.SyncGroupRequest;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Which members of groups are connected: those whose last word came over a connection that is still open.
 *
 * <p><b>Owner:</b> none; any thread.
 */
public final class MemberConnections implements RequestFilter {
    private final Map<String, ConnectionInfo> byMember = new ConcurrentHashMap<>();

    /** Whether the client of that member id is there. */
    public boolean has(String memberId) {
        var connection = byMember.get(memberId);
        return connection != null && connection.isOpen();
    }

    @Override
    public void filter(RequestContext context, Request request, Next next) {
        switch (context.api()) {
            case JOIN_GROUP -> note(((JoinGroupRequest) request).memberId, context);
            case SYNC_GROUP -> note(((SyncGroupRequest) request).memberId, context);
            case HEARTBEAT -> note(((HeartbeatRequest) request).memberId, context);
            case CONSUMER_GROUP_HEARTBEAT -> note(((ConsumerGroupHeartbeatRequest) request).memberId, context);
            case OFFSET_COMMIT -> note(((OffsetCommitRequest) request).memberId, context);
            default -> {
                // says nothing of members
            }
        }
        next.proceed(context, request);
    }

    private void note(String memberId, RequestContext context) {
        var connection = context.connection();
        if (!memberId.isEmpty() && byMember.put(memberId, connection) != connection) {
            connection.onClose(() -> byMember.remove(memberId, connection));
        }
    }
}
