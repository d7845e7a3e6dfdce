package dev.embeddedbroker.config;

import java.util.HashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which broker setting a group's setting falls back on: the one with {@code group.} before its name; for the assignor of a
 * streams group the first of the broker's list.
 */
final class GroupSynonyms {
    private GroupSynonyms() {}

    static @Nullable ConfigKey<?> of(ConfigKey<?> groupKey) {
        return groupKey == GroupKeys.STREAMS_ASSIGNOR_NAME
                ? BrokerKeys.GROUP_STREAMS_ASSIGNORS
                : ConfigTable.of(Scope.BROKER).find("group." + groupKey.name());
    }

    static ConfigView groupDefaults(ConfigView broker) {
        var values = new HashMap<ConfigKey<?>, Object>();
        for (ConfigKey<?> groupKey : ConfigTable.of(Scope.GROUP).keys()) {
            ConfigKey<?> brokerKey = of(groupKey);
            Object value = brokerKey == null ? null : broker.find(brokerKey);
            if (value != null) {
                values.put(groupKey, groupKey.type() == ConfigType.STRING ? ((List<?>) value).get(0) : value);
            }
        }
        return ConfigView.ofValues(Scope.GROUP, values);
    }
}
