package dev.embeddedbroker.metadata;

import dev.embeddedbroker.protocol.Uuid;
import dev.embeddedbroker.protocol.record.metadata.RegisterBrokerRecord;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One registered broker.
 *
 * @param epoch the offset of its registration in the metadata log
 * @param incarnation names one run of the broker's process
 * @param fenced whether it may not lead (yet)
 * @param logDirs ids of its log directories (KIP-858)
 */
public record BrokerImage(
        int id,
        @Nullable String rack,
        List<Endpoint> endpoints,
        long epoch,
        Uuid incarnation,
        boolean fenced,
        boolean inControlledShutdown,
        List<Uuid> logDirs) {

    public BrokerImage {
        endpoints = List.copyOf(endpoints);
        logDirs = List.copyOf(logDirs);
    }

    /** Where a listener of a broker is reached; {@code securityProtocol} is Kafka's number (0 PLAINTEXT, 1 SSL, …). */
    public record Endpoint(String listener, String host, int port, short securityProtocol) {
        /** As a registration keeps it. */
        RegisterBrokerRecord.BrokerEndpoint toRecord() {
            return new RegisterBrokerRecord.BrokerEndpoint()
                    .setName(listener)
                    .setHost(host)
                    .setPort(port)
                    .setSecurityProtocol(securityProtocol);
        }
    }

    /** Whether it may lead partitions and be shown to clients. */
    public boolean isActive() {
        return !fenced && !inControlledShutdown;
    }

    public @Nullable Endpoint endpoint(String listener) {
        for (var endpoint : endpoints) {
            if (endpoint.listener().equals(listener)) return endpoint;
        }
        return null;
    }
}
