package dev.embeddedbroker.config;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The settings of one scope by name. Immutable; loaded when first asked for. */
public final class ConfigTable {
    private final Map<String, ConfigKey<?>> byName = new HashMap<>();
    private final List<ConfigKey<?>> keys = new ArrayList<>();

    private ConfigTable(KeyGroup... groups) {
        for (KeyGroup group : groups) {
            for (ConfigKey<?> key : group.keys()) {
                if (byName.put(key.name(), key) != null) {
                    throw new IllegalStateException("setting " + key.name() + " is defined twice");
                }
                keys.add(key);
            }
        }
    }

    public static ConfigTable of(Scope scope) {
        return switch (scope) {
            case BROKER -> Broker.TABLE;
            case TOPIC -> Topic.TABLE;
            case GROUP -> Group.TABLE;
            case CLIENT_METRICS -> ClientMetrics.TABLE;
        };
    }

    /** The settings that exist only at run time: a broker does not take them at its start (KIP-73). */
    static ConfigTable dynamicOnly() {
        return DynamicOnly.TABLE;
    }

    public List<ConfigKey<?>> keys() {
        return Collections.unmodifiableList(keys);
    }

    public @Nullable ConfigKey<?> find(String name) {
        return byName.get(name);
    }

    /** The known name that needs the fewest edits to become this one, if that is few enough to be a slip. */
    public @Nullable String nearest(String name) {
        String best = null;
        int bestEdits = Math.max(2, name.length() / 4) + 1;
        for (ConfigKey<?> key : keys) {
            int edits = EditDistance.between(name, key.name(), bestEdits);
            if (edits < bestEdits) {
                bestEdits = edits;
                best = key.name();
            }
        }
        return best;
    }

    private static final class Broker {
        static final ConfigTable TABLE = new ConfigTable(
                ServerKeys.ALL_SERVER,
                SocketKeys.ALL_SOCKET,
                LogKeys.ALL_LOG,
                ReplicationKeys.ALL_REPLICATION,
                KRaftKeys.ALL_KRAFT,
                GroupCoordinatorKeys.ALL_GROUP_COORDINATOR,
                StreamsGroupKeys.ALL_STREAMS_GROUP,
                ShareKeys.ALL_SHARE,
                TransactionKeys.ALL_TRANSACTION,
                QuotaKeys.ALL_QUOTA,
                SaslKeys.ALL_SASL,
                OAuthKeys.ALL_OAUTH,
                SslKeys.ALL_SSL,
                RemoteStorageKeys.ALL_REMOTE_STORAGE);
    }

    private static final class DynamicOnly {
        static final ConfigTable TABLE = new ConfigTable(ReplicationKeys.ALL_DYNAMIC_ONLY);
    }

    private static final class Topic {
        static final ConfigTable TABLE = new ConfigTable(TopicKeys.ALL_TOPIC);
    }

    private static final class Group {
        static final ConfigTable TABLE = new ConfigTable(GroupKeys.ALL_GROUP);
    }

    private static final class ClientMetrics {
        static final ConfigTable TABLE = new ConfigTable(ClientMetricsKeys.ALL_CLIENT_METRICS);
    }
}
