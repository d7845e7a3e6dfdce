package dev.embeddedbroker.config;

import static dev.embeddedbroker.config.TopicKeys.MAX_COMPACTION_LAG_MS;
import static dev.embeddedbroker.config.TopicKeys.MIN_COMPACTION_LAG_MS;
import static dev.embeddedbroker.config.TopicKeys.REMOTE_STORAGE_ENABLE;

import java.util.Map;

/** What a topic's overrides have to fulfil. */
public final class TopicConfigRules {
    private TopicConfigRules() {}

    /** Checks overrides over Kafka's defaults. */
    public static void validate(Map<String, String> overrides) {
        validateNames(overrides);
        validate(ConfigView.of(Scope.TOPIC, overrides));
    }

    /** Checks overrides over what the broker's settings give to a topic. */
    public static void validate(Map<String, String> overrides, BrokerConfig broker) {
        validateNames(overrides);
        validate(broker.topic(overrides));
    }

    private static void validateNames(Map<String, String> overrides) {
        ConfigTable table = ConfigTable.of(Scope.TOPIC);
        for (String name : overrides.keySet()) {
            if (table.find(name) == null) {
                throw new InvalidConfig("Unknown topic config name: " + name);
            }
        }
    }

    private static void validate(ConfigView topic) {
        long min = topic.get(MIN_COMPACTION_LAG_MS);
        long max = topic.get(MAX_COMPACTION_LAG_MS);
        if (min > max) {
            throw InvalidConfig.value(
                    MIN_COMPACTION_LAG_MS.name(), min, "<= " + MAX_COMPACTION_LAG_MS + ", which is " + max);
        }
        if (topic.get(REMOTE_STORAGE_ENABLE)) {
            throw InvalidConfig.value(
                    REMOTE_STORAGE_ENABLE.name(), true, "false: this broker keeps every record on the local disk");
        }
    }
}
