package dev.embeddedbroker.node;

import dev.embeddedbroker.config.BrokerConfig;
import dev.embeddedbroker.config.BrokerKeys;
import dev.embeddedbroker.config.ConnectionOverrides;
import dev.embeddedbroker.net.NetOptions;

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
                ConnectionOverrides.parse(own.get(BrokerKeys.MAX_CONNECTIONS_PER_IP_OVERRIDES)),
                own.get(BrokerKeys.CONNECTIONS_MAX_IDLE_MS),
                own.get(BrokerKeys.QUEUED_MAX_REQUEST_BYTES));
    }
}
