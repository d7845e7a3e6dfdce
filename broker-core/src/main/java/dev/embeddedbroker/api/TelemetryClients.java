package dev.embeddedbroker.api;

import dev.embeddedbroker.config.ClientMetricsRules;
import dev.embeddedbroker.metadata.ClusterImage;
import dev.embeddedbroker.metadata.ConfigResource;
import dev.embeddedbroker.protocol.ErrorCode;
import dev.embeddedbroker.protocol.Uuid;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;

/**
 * The clients that push metrics, and what each was asked for (KIP-714): the subscriptions in the cluster's image whose
 * patterns fit the client.
 *
 * <p><b>Owner:</b> loop 0. Not thread-safe.
 */
public final class TelemetryClients {
    private static final int CLIENTS_MAX = 16_384;
    private static final long IDLE_MIN_MS = 60_000;
    private static final int DEFAULT_INTERVAL_MS = 300_000;
    private static final String ALL = "*";

    /** Least recently heard of first. */
    private final LinkedHashMap<Uuid, Client> clients = new LinkedHashMap<>(16, 0.75f, true);

    private Map<String, Map<String, String>> subscriptions = Map.of();
    private int version;

    /** One client, for as long as the subscriptions stay as they are. Owner: loop 0. */
    static final class Client {
        final Map<String, String> labels;
        final int version;
        final int subscriptionId;
        final List<String> metrics;
        final int intervalMs;
        ErrorCode lastError = ErrorCode.NONE;
        boolean terminating;
        private long lastGetMs = Long.MIN_VALUE / 2;
        private long lastPushMs = Long.MIN_VALUE / 2;
        private long heardOfMs;

        private Client(Map<String, String> labels, int version, Set<String> metrics, int intervalMs, Uuid id) {
            this.labels = labels;
            this.version = version;
            this.metrics = List.copyOf(metrics);
            this.intervalMs = intervalMs;
            var crc = new CRC32C();
            crc.update((this.metrics.toString() + intervalMs).getBytes(StandardCharsets.UTF_8));
            this.subscriptionId = (int) crc.getValue() ^ id.hashCode();
        }

        /** Whether the client may ask now: an interval after it last asked or pushed. */
        boolean mayGet(long nowMs) {
            if (nowMs - Math.max(lastGetMs, lastPushMs) < intervalMs) {
                return false;
            }
            lastGetMs = nowMs;
            return true;
        }

        /** Whether the client may push now: once after it asked, whenever that is, then an interval after the last push. */
        boolean mayPush(long nowMs) {
            if (lastGetMs <= lastPushMs && nowMs - lastPushMs < intervalMs) {
                return false;
            }
            lastPushMs = nowMs;
            return true;
        }
    }

    /** The client of that id, with the subscriptions of the image; a new one if it was not heard of lately. */
    Client heardOf(Uuid id, RequestContext context, ClusterImage image) {
        long nowMs = context.clock().pacing().wallMs();
        follow(image);
        forgetIdle(nowMs);
        var known = clients.get(id);
        var client = known != null && known.version == version
                ? known
                : client(id, known == null ? labels(id, context) : known.labels);
        client.heardOfMs = nowMs;
        clients.put(id, client);
        return client;
    }

    boolean knows(Uuid id) {
        return clients.containsKey(id);
    }

    void forget(Uuid id) {
        clients.remove(id);
    }

    private void follow(ClusterImage image) {
        var now = new TreeMap<String, Map<String, String>>();
        for (var resource : image.configuredResources()) {
            if (resource.type() == ConfigResource.Type.CLIENT_METRICS) {
                now.put(resource.name(), image.configs(resource));
            }
        }
        if (!now.equals(subscriptions)) {
            subscriptions = now;
            version++;
        }
    }

    private void forgetIdle(long nowMs) {
        Iterator<Client> oldest = clients.values().iterator();
        while (oldest.hasNext()) {
            var client = oldest.next();
            boolean idle = nowMs - client.heardOfMs > Math.max(IDLE_MIN_MS, 3L * client.intervalMs);
            if (!idle && clients.size() < CLIENTS_MAX) {
                return;
            }
            oldest.remove();
        }
    }

    private Client client(Uuid id, Map<String, String> labels) {
        var metrics = new TreeSet<String>();
        int intervalMs = DEFAULT_INTERVAL_MS;
        for (var values : subscriptions.values()) {
            var subscription = ClientMetricsRules.subscription(values);
            if (fits(subscription.match(), labels)) {
                metrics.addAll(subscription.metrics());
                intervalMs = Math.min(intervalMs, subscription.intervalMs());
            }
        }
        return new Client(labels, version, metrics.contains(ALL) ? Set.of(ALL) : metrics, intervalMs, id);
    }

    private static boolean fits(Map<String, Pattern> patterns, Map<String, String> labels) {
        return patterns.entrySet().stream().allMatch(pattern -> {
            var label = labels.get(pattern.getKey());
            return label != null && pattern.getValue().matcher(label).matches();
        });
    }

    private static Map<String, String> labels(Uuid id, RequestContext context) {
        var connection = context.connection();
        var labels = new HashMap<String, String>();
        labels.put("client_instance_id", id.toString());
        var clientId = context.clientId();
        if (clientId != null) {
            labels.put("client_id", clientId);
        }
        labels.put("client_software_name", connection.software().name());
        labels.put("client_software_version", connection.software().version());
        labels.put("client_source_address", connection.clientHost().substring(1));
        labels.put(
                "client_source_port",
                Integer.toString(connection.remoteAddress().getPort()));
        return Map.copyOf(labels);
    }
}
