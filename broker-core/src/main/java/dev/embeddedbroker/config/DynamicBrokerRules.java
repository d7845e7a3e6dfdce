package dev.embeddedbroker.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/** What settings that are set for a running broker, or for all, have to fulfil (KIP-226). */
public final class DynamicBrokerRules {
    /** Stores and keys: they change at run time for one listener only, never for the broker. */
    private static final Set<String> LISTENERS_ONLY = Set.of(
            "ssl.keystore.type",
            "ssl.keystore.location",
            "ssl.keystore.password",
            "ssl.keystore.key",
            "ssl.keystore.certificate.chain",
            "ssl.key.password",
            "ssl.truststore.type",
            "ssl.truststore.location",
            "ssl.truststore.password",
            "ssl.truststore.certificates");

    /** A listener may have its own value of these, and so may all brokers. */
    private static final Set<String> CLUSTER_LEVEL_OF_LISTENERS =
            Set.of("max.connections", "max.connection.creation.rate", "num.network.threads");

    private static final List<ConfigKey<Integer>> THREADS = List.of(
            BrokerKeys.NUM_IO_THREADS,
            BrokerKeys.NUM_NETWORK_THREADS,
            BrokerKeys.NUM_REPLICA_FETCHERS,
            BrokerKeys.NUM_RECOVERY_THREADS_PER_DATA_DIR,
            BrokerKeys.BACKGROUND_THREADS,
            BrokerKeys.LOG_CLEANER_THREADS);

    private DynamicBrokerRules() {}

    /**
     * Checks {@code values} as all that would be set for this broker, or for all when {@code perBroker} is false.
     *
     * @param now the configuration in force
     */
    public static void validate(Map<String, String> values, boolean perBroker, BrokerConfig now) {
        refuse(values, DynamicBrokerRules::isReadOnly, "Cannot update these configs dynamically");
        refuse(
                values,
                LISTENERS_ONLY::contains,
                "These security configs can be dynamically updated only per-listener using the listener prefix");
        for (var entry : values.entrySet()) {
            ConfigKey<?> key = BrokerConfig.keyOf(entry.getKey());
            if (key != null && isDynamic(key.name())) {
                parse(entry.getKey(), entry.getValue(), key);
            }
        }
        if (!perBroker) {
            refuse(
                    values,
                    DynamicBrokerRules::isPerBroker,
                    "Cannot update these configs at default cluster level, broker id must be specified");
        }
        BrokerConfig after = perBroker
                ? now.withDynamic(now.dynamicForAll(), values)
                : now.withDynamic(values, now.dynamicForThis());
        try {
            BrokerRules.validate(after);
        } catch (InvalidConfig e) {
            throw new MalformedChange(String.valueOf(e.getMessage()));
        }
        validateThreads(now, after);
    }

    private static void refuse(Map<String, String> values, Predicate<String> refused, String message) {
        var names = new ArrayList<String>();
        for (String name : values.keySet()) {
            if (refused.test(name)) {
                names.add(name);
            }
        }
        if (!names.isEmpty()) {
            throw new MalformedChange(message + ": " + names);
        }
    }

    /** Known, and not to be changed at run time; a name no setting has may be meant for a plug-in. */
    private static boolean isReadOnly(String name) {
        return ConfigTable.of(Scope.BROKER).find(name) != null && !isDynamic(name);
    }

    private static boolean isDynamic(String name) {
        return BrokerConfig.updateMode(name) != UpdateMode.READ_ONLY;
    }

    private static boolean isPerBroker(String name) {
        String base = ListenerSettings.baseName(name);
        return base == null
                ? BrokerConfig.updateMode(name) == UpdateMode.PER_BROKER
                : !CLUSTER_LEVEL_OF_LISTENERS.contains(base);
    }

    private static void parse(String name, String text, ConfigKey<?> key) {
        try {
            Object value = key.parse(text);
            // at run time a word that comes again is refused, not dropped
            if (value instanceof List<?> words
                    && words.size() < ConfigType.splitList(text.trim()).size()) {
                throw InvalidConfig.value(key.name(), text.trim(), "each word once");
            }
        } catch (InvalidConfig e) {
            String prefix = name.substring(0, name.length() - key.name().length());
            throw new MalformedChange(prefix + e.getMessage());
        }
    }

    /** Threads at most double and at most halve at once, as in Kafka. */
    private static void validateThreads(BrokerConfig now, BrokerConfig after) {
        for (ConfigKey<Integer> key : THREADS) {
            int before = now.get(key);
            int wanted = after.get(key);
            int least = Math.max(1, before / 2);
            if (wanted != before && (wanted < least || wanted > before * 2L)) {
                throw new MalformedChange(key + " is " + wanted + " (expected: " + least + " to " + before * 2L
                        + ", half to double of what it is now)");
            }
        }
    }
}
