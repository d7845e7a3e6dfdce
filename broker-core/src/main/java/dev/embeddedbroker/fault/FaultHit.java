package dev.embeddedbroker.fault;

import dev.embeddedbroker.protocol.ApiKey;
import java.time.Instant;

/**
 * A request that a rule struck.
 *
 * @param time by the broker's clock
 * @param connection the connection's name: both addresses and a number
 * @param clientId empty if the client has none
 * @param api which kind of request it was
 * @param version the version that the client wrote it in
 * @param correlationId the number that the client gave it
 * @param about the topics, partitions, groups and transactional ids of it that the rule is about, as a text
 */
public record FaultHit(
        Instant time, String connection, String clientId, ApiKey api, int version, int correlationId, String about) {}
