package dev.embeddedbroker.config;

import java.util.List;

/** Listeners, connections and sockets. */
interface SocketKeys {
    KeyGroup ALL_SOCKET = new KeyGroup(Scope.BROKER);

    ConfigKey<Long> SOCKET_CONNECTION_SETUP_TIMEOUT_MS = ALL_SOCKET
            .ofLong("socket.connection.setup.timeout.ms", 10_000L)
            .doc("First time limit for opening a connection to another broker.");
    ConfigKey<Long> SOCKET_CONNECTION_SETUP_TIMEOUT_MAX_MS = ALL_SOCKET
            .ofLong("socket.connection.setup.timeout.max.ms", 30_000L)
            .doc("Longest time limit for opening a connection to another broker.");
    ConfigKey<List<String>> LISTENERS = ALL_SOCKET
            .ofList("listeners", List.of("PLAINTEXT://:9092"))
            .someWords()
            .high()
            .perBroker()
            .effective()
            .doc("Addresses this broker listens on.");
    ConfigKey<List<String>> ADVERTISED_LISTENERS = ALL_SOCKET
            .ofList("advertised.listeners", null)
            .someWords()
            .high()
            .effective()
            .doc("Addresses clients are told to connect to; listeners when absent.");
    ConfigKey<String> LISTENER_SECURITY_PROTOCOL_MAP = ALL_SOCKET
            .ofString(
                    "listener.security.protocol.map",
                    "SASL_SSL:SASL_SSL,PLAINTEXT:PLAINTEXT,SSL:SSL,SASL_PLAINTEXT:SASL_PLAINTEXT")
            .low()
            .perBroker()
            .effective()
            .doc("Security protocol of each listener name.");
    ConfigKey<Integer> SOCKET_SEND_BUFFER_BYTES = ALL_SOCKET
            .ofInt("socket.send.buffer.bytes", 102_400)
            .high()
            .effective()
            .doc("Send buffer of a socket; -1 for the system's own.");
    ConfigKey<Integer> SOCKET_RECEIVE_BUFFER_BYTES = ALL_SOCKET
            .ofInt("socket.receive.buffer.bytes", 102_400)
            .high()
            .effective()
            .doc("Receive buffer of a socket; -1 for the system's own.");
    ConfigKey<Integer> SOCKET_REQUEST_MAX_BYTES = ALL_SOCKET
            .ofInt("socket.request.max.bytes", 104_857_600)
            .atLeast(1)
            .high()
            .effective()
            .doc("Largest request a connection may send.");
    ConfigKey<Integer> SOCKET_LISTEN_BACKLOG_SIZE = ALL_SOCKET
            .ofInt("socket.listen.backlog.size", 50)
            .atLeast(1)
            .effective()
            .doc("Connections that may wait to be accepted.");
    ConfigKey<Integer> MAX_CONNECTIONS_PER_IP = ALL_SOCKET
            .ofInt("max.connections.per.ip", Integer.MAX_VALUE)
            .atLeast(0)
            .clusterWide()
            .effective()
            .doc("Connections allowed from one address.");
    ConfigKey<String> MAX_CONNECTIONS_PER_IP_OVERRIDES = ALL_SOCKET
            .ofString("max.connections.per.ip.overrides", "")
            .clusterWide()
            .effective()
            .doc("Connections allowed from named addresses, as host:number.");
    ConfigKey<Integer> MAX_CONNECTIONS = ALL_SOCKET
            .ofInt("max.connections", Integer.MAX_VALUE)
            .atLeast(0)
            .clusterWide()
            .effective()
            .doc("Connections allowed in all.");
    ConfigKey<Integer> MAX_CONNECTION_CREATION_RATE = ALL_SOCKET
            .ofInt("max.connection.creation.rate", Integer.MAX_VALUE)
            .atLeast(0)
            .clusterWide()
            .doc("New connections allowed per second.");
    ConfigKey<Long> CONNECTIONS_MAX_IDLE_MS = ALL_SOCKET
            .ofLong("connections.max.idle.ms", 600_000L)
            .effective()
            .doc("Idle time after which a connection is closed.");
    ConfigKey<Integer> CONNECTION_FAILED_AUTHENTICATION_DELAY_MS = ALL_SOCKET
            .ofInt("connection.failed.authentication.delay.ms", 100)
            .atLeast(0)
            .low()
            .doc("Wait before a connection that failed to authenticate is closed.");
    ConfigKey<Integer> QUEUED_MAX_REQUESTS =
            ALL_SOCKET.ofInt("queued.max.requests", 500).atLeast(1).high().doc("Requests that may wait for a thread.");
    ConfigKey<Long> QUEUED_MAX_REQUEST_BYTES = ALL_SOCKET
            .ofLong("queued.max.request.bytes", -1L)
            .effective()
            .doc("Bytes of requests that may wait for a thread; -1 for no limit.");
    ConfigKey<Integer> NUM_NETWORK_THREADS = ALL_SOCKET
            .ofInt("num.network.threads", 3)
            .atLeast(1)
            .high()
            .clusterWide()
            .effective()
            .doc("Threads that read and write sockets, one a core at most; unless given, one for two cores at most.");
    ConfigKey<String> SECURITY_INTER_BROKER_PROTOCOL = ALL_SOCKET
            .ofString("security.inter.broker.protocol", "PLAINTEXT")
            .oneOf("PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL")
            .doc("Security protocol between brokers.");
    ConfigKey<String> INTER_BROKER_LISTENER_NAME =
            ALL_SOCKET.ofString("inter.broker.listener.name", null).doc("Listener brokers use among themselves.");
}
