package dev.embeddedbroker.node;

import dev.embeddedbroker.config.BrokerConfig;
import dev.embeddedbroker.config.BrokerKeys;
import dev.embeddedbroker.net.NetOptions;
import java.util.HashMap;
import java.util.Map;

/** What the broker's settings say about one listener's sockets. */
final class NetSettings {
    private NetSettings() {}

    static NetOptions of(Listener listener, BrokerConfig config) {
        var own = config.forListener(listener.name());
        return new NetOptions(
                listener.name(),
                listener.bindHost().isEmpty() ? "0.0.0.0" : listener.bindHost(),
                listener.bindPort(),
                own.get(BrokerKeys.SOCKET_LISTEN_BACKLOG_SIZE),
                own.get(BrokerKeys.SOCKET_REQUEST_MAX_BYTES),
                own.get(BrokerKeys.SOCKET_SEND_BUFFER_BYTES),
                own.get(BrokerKeys.SOCKET_RECEIVE_BUFFER_BYTES),
                own.get(BrokerKeys.MAX_CONNECTIONS),
                own.get(BrokerKeys.MAX_CONNECTIONS_PER_IP),
                perIp(own.get(BrokerKeys.MAX_CONNECTIONS_PER_IP_OVERRIDES)),
                own.get(BrokerKeys.CONNECTIONS_MAX_IDLE_MS),
                own.get(BrokerKeys.QUEUED_MAX_REQUEST_BYTES));
    }

    private static Map<String, Integer> perIp(String text) {
        var overrides = new HashMap<String, Integer>();
        for (String pair : text.split(",", -1)) {
            if (pair.isBlank()) {
                continue;
            }
            int colon = pair.lastIndexOf(':');
            try {
                overrides.put(
                        pair.substring(0, colon).strip(),
                        Integer.parseInt(pair.substring(colon + 1).strip()));
            } catch (IndexOutOfBoundsException | NumberFormatException e) {
                throw new IllegalArgumentException(
                        "max.connections.per.ip.overrides has " + pair + " (expected: host:number)", e);
            }
        }
        return overrides;
    }
}
