package dev.embeddedbroker.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The settings a broker starts with where Kafka's own defaults do not fit one broker in a process. They count as if they
 * stood in the broker's properties file, so DescribeConfigs shows them as such, and what the user sets replaces them.
 */
public final class EmbeddedDefaults {
    /** A value of ours and why it is not Kafka's. */
    public record Entry(ConfigKey<?> key, String value, String reason) {}

    private static final String ONE_BROKER = "there is one broker; Kafka's quick start for one node sets the same";
    private static final String NO_DEFAULT = "Kafka has no default; its quick start for one node sets the same";

    public static final List<Entry> ALL = List.of(
            new Entry(BrokerKeys.PROCESS_ROLES, "broker,controller", NO_DEFAULT),
            new Entry(BrokerKeys.NODE_ID, "0", "Kafka has no default; its test kits number their first broker so"),
            new Entry(BrokerKeys.CONTROLLER_LISTENER_NAMES, "CONTROLLER", NO_DEFAULT),
            new Entry(BrokerKeys.OFFSETS_TOPIC_REPLICATION_FACTOR, "1", ONE_BROKER),
            new Entry(BrokerKeys.TRANSACTION_STATE_LOG_REPLICATION_FACTOR, "1", ONE_BROKER),
            new Entry(BrokerKeys.TRANSACTION_STATE_LOG_MIN_ISR, "1", ONE_BROKER),
            new Entry(BrokerKeys.SHARE_COORDINATOR_STATE_TOPIC_REPLICATION_FACTOR, "1", ONE_BROKER),
            new Entry(BrokerKeys.SHARE_COORDINATOR_STATE_TOPIC_MIN_ISR, "1", ONE_BROKER),
            new Entry(
                    BrokerKeys.GROUP_INITIAL_REBALANCE_DELAY_MS,
                    "0",
                    "a test should not wait 3 s for members that do not come"));

    private EmbeddedDefaults() {}

    static Map<String, String> texts() {
        var texts = new LinkedHashMap<String, String>();
        for (Entry entry : ALL) {
            texts.put(entry.key().name(), entry.value());
        }
        return texts;
    }
}
