package dev.embeddedbroker.coordinator.group.classic;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A member that speaks the classic protocol, on its way with its group from one protocol to the other (KIP-848).
 *
 * @param protocols what it can speak, in its order of preference
 * @param assigned its partitions, by topic name
 */
public record Migrant(
        String memberId,
        @Nullable String instanceId,
        String clientId,
        String clientHost,
        int rebalanceTimeoutMs,
        int sessionTimeoutMs,
        List<SpokenProtocol> protocols,
        Map<String, Set<Integer>> assigned) {}
