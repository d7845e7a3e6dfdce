package dev.embeddedbroker.node;

import dev.embeddedbroker.config.BrokerConfig;
import dev.embeddedbroker.config.BrokerKeys;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An address of the broker: what it binds, and what clients are told to connect to.
 *
 * @param name of the listener, as in {@code listeners}
 * @param bindHost empty for every interface
 * @param bindPort 0 for a free one
 * @param advertisedHost never empty
 * @param advertisedPort 0 for the port that was bound
 */
record Listener(String name, String bindHost, int bindPort, String advertisedHost, int advertisedPort) {

    /** The listeners that clients may use; those of the controller are left out, which is in this process. */
    static List<Listener> of(BrokerConfig config, String fallbackHost) {
        var advertised = new HashMap<String, Endpoint>();
        List<String> advertisedTexts = config.find(BrokerKeys.ADVERTISED_LISTENERS);
        if (advertisedTexts != null) {
            for (String text : advertisedTexts) {
                var endpoint = Endpoint.parse("advertised.listeners", text);
                advertised.put(endpoint.name(), endpoint);
            }
        }
        var controllerNames = config.get(BrokerKeys.CONTROLLER_LISTENER_NAMES);
        var protocols = protocols(config.get(BrokerKeys.LISTENER_SECURITY_PROTOCOL_MAP));
        var found = new ArrayList<Listener>();
        for (String text : config.get(BrokerKeys.LISTENERS)) {
            var endpoint = Endpoint.parse("listeners", text);
            if (controllerNames.contains(endpoint.name())) {
                continue;
            }
            requirePlaintext(endpoint.name(), protocols);
            var told = advertised.getOrDefault(endpoint.name(), endpoint);
            found.add(new Listener(
                    endpoint.name(),
                    endpoint.host(),
                    endpoint.port(),
                    told.host().isEmpty() || told.host().equals("0.0.0.0") ? fallbackHost : told.host(),
                    told.port()));
        }
        if (found.isEmpty()) {
            throw new IllegalArgumentException("listeners is " + config.get(BrokerKeys.LISTENERS)
                    + " (expected: at least one that is not the controller's)");
        }
        return found;
    }

    private static Map<String, String> protocols(String map) {
        var protocols = new HashMap<String, String>();
        for (String pair : map.split(",", -1)) {
            int colon = pair.indexOf(':');
            if (colon > 0) {
                protocols.put(
                        pair.substring(0, colon).strip(),
                        pair.substring(colon + 1).strip());
            }
        }
        return protocols;
    }

    private static void requirePlaintext(String name, Map<String, String> protocols) {
        String protocol = protocols.get(name);
        if (protocol == null) {
            throw new IllegalArgumentException(
                    "listener " + name + " has no protocol in listener.security.protocol.map (expected: one)");
        }
        if (!protocol.equals("PLAINTEXT")) {
            throw new IllegalArgumentException("listener " + name + " is " + protocol
                    + " (expected: PLAINTEXT): TLS and SASL are not there yet, see docs/unsupported.md");
        }
    }

    /** One entry of {@code listeners}: {@code NAME://host:port}. */
    private record Endpoint(String name, String host, int port) {
        static Endpoint parse(String setting, String text) {
            int scheme = text.indexOf("://");
            int colon = text.lastIndexOf(':');
            if (scheme < 1 || colon < scheme + 3) {
                throw invalid(setting, text, null);
            }
            String host = text.substring(scheme + 3, colon);
            if (host.startsWith("[") && host.endsWith("]")) {
                host = host.substring(1, host.length() - 1);
            }
            int port;
            try {
                port = Integer.parseInt(text.substring(colon + 1));
            } catch (NumberFormatException e) {
                throw invalid(setting, text, e);
            }
            if (port < 0 || port > 65535) {
                throw invalid(setting, text, null);
            }
            return new Endpoint(text.substring(0, scheme), host, port);
        }

        private static IllegalArgumentException invalid(String setting, String text, @Nullable Throwable cause) {
            return new IllegalArgumentException(setting + " has " + text + " (expected: NAME://host:port)", cause);
        }
    }
}
