package dev.embeddedbroker.coordinator.group.classic;

import dev.embeddedbroker.coordinator.group.classic.EmbeddedProtocol.Subscription;
import java.util.List;
import java.util.Map;

/**
 * A classic group of consumers as it leaves for the consumer protocol.
 *
 * @param subscriptions by member id
 * @param hasUserData whether an assignor of the members' own gave somebody more than partitions
 */
public record Emigration(
        int generation, List<Migrant> members, Map<String, Subscription> subscriptions, boolean hasUserData) {}
