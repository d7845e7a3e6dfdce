package dev.embeddedbroker.metadata;

import dev.embeddedbroker.protocol.Uuid;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a broker says of itself when it joins. */
public record BrokerRegistration(
        int id, Uuid incarnation, @Nullable String rack, List<BrokerImage.Endpoint> endpoints, List<Uuid> logDirs) {

    public BrokerRegistration {
        endpoints = List.copyOf(endpoints);
        logDirs = List.copyOf(logDirs);
    }
}
