package dev.embeddedbroker.coordinator.group.assign;

import dev.embeddedbroker.protocol.Uuid;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A member as an assignor sees it.
 *
 * @param instanceId of a static member (KIP-345)
 * @param rackId told by the client; the assignors of Kafka 4.4 do not look at it
 * @param topics the existing topics it subscribes to
 * @param before what it was meant to have until now
 */
public record MemberSpec(
        String memberId,
        @Nullable String instanceId,
        @Nullable String rackId,
        Set<Uuid> topics,
        Assignment before) {}
