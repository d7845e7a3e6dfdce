package dev.embeddedbroker.net;

import java.util.Map;

/**
 * What a listener is told by the configuration; components are named after Kafka's settings.
 *
 * @param listenerName the name in front of the address in {@code listeners}
 * @param host what to bind to
 * @param port 0 for any free port
 * @param backlog {@code socket.listen.backlog.size}
 * @param requestMaxBytes {@code socket.request.max.bytes}
 * @param sendBufferBytes {@code socket.send.buffer.bytes}; −1 leaves it to the system
 * @param receiveBufferBytes {@code socket.receive.buffer.bytes}; −1 leaves it to the system
 * @param maxConnections {@code max.connections}: when reached, nobody is accepted until somebody leaves
 * @param maxConnectionsPerIp {@code max.connections.per.ip}: when reached, further ones are closed at once
 * @param maxConnectionsPerIpOverrides {@code max.connections.per.ip.overrides}, by host name or address
 * @param connectionsMaxIdleMs {@code connections.max.idle.ms}; −1 for ever
 * @param queuedMaxRequestBytes {@code queued.max.request.bytes} for all connections together; −1 for no limit
 */
public record NetOptions(
        String listenerName,
        String host,
        int port,
        int backlog,
        int requestMaxBytes,
        int sendBufferBytes,
        int receiveBufferBytes,
        int maxConnections,
        int maxConnectionsPerIp,
        Map<String, Integer> maxConnectionsPerIpOverrides,
        long connectionsMaxIdleMs,
        long queuedMaxRequestBytes) {

    public NetOptions {
        maxConnectionsPerIpOverrides = Map.copyOf(maxConnectionsPerIpOverrides);
    }

    /** Kafka's defaults, on a free port of the loopback address. */
    public static NetOptions defaults() {
        return new NetOptions(
                "PLAINTEXT",
                "127.0.0.1",
                0,
                50,
                100 * 1024 * 1024,
                100 * 1024,
                100 * 1024,
                Integer.MAX_VALUE,
                Integer.MAX_VALUE,
                Map.of(),
                600_000,
                -1);
    }

    public NetOptions withAddress(String newHost, int newPort) {
        return new NetOptions(
                listenerName,
                newHost,
                newPort,
                backlog,
                requestMaxBytes,
                sendBufferBytes,
                receiveBufferBytes,
                maxConnections,
                maxConnectionsPerIp,
                maxConnectionsPerIpOverrides,
                connectionsMaxIdleMs,
                queuedMaxRequestBytes);
    }

    public NetOptions withRequestLimits(int newRequestMaxBytes, long newQueuedMaxRequestBytes) {
        return new NetOptions(
                listenerName,
                host,
                port,
                backlog,
                newRequestMaxBytes,
                sendBufferBytes,
                receiveBufferBytes,
                maxConnections,
                maxConnectionsPerIp,
                maxConnectionsPerIpOverrides,
                connectionsMaxIdleMs,
                newQueuedMaxRequestBytes);
    }

    public NetOptions withConnectionLimits(
            int newMaxConnections, int newMaxConnectionsPerIp, Map<String, Integer> newOverrides, long newMaxIdleMs) {
        return new NetOptions(
                listenerName,
                host,
                port,
                backlog,
                requestMaxBytes,
                sendBufferBytes,
                receiveBufferBytes,
                newMaxConnections,
                newMaxConnectionsPerIp,
                newOverrides,
                newMaxIdleMs,
                queuedMaxRequestBytes);
    }
}
