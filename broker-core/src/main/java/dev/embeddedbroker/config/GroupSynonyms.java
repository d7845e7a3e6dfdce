package dev.embeddedbroker.config;

import java.util.HashMap;
import org.jspecify.annotations.Nullable;

/** Which broker setting a group's setting falls back on: the one with {@code group.} before its name. */
final class GroupSynonyms {
    private GroupSynonyms() {}

    static @Nullable ConfigKey<?> of(ConfigKey<?> groupKey) {
        return ConfigTable.of(Scope.BROKER).find("group." + groupKey.name());
    }

    static ConfigView groupDefaults(ConfigView broker) {
        var values = new HashMap<ConfigKey<?>, Object>();
        for (ConfigKey<?> groupKey : ConfigTable.of(Scope.GROUP).keys()) {
            ConfigKey<?> brokerKey = of(groupKey);
            Object value = brokerKey == null ? null : broker.find(brokerKey);
            if (value != null) {
                values.put(groupKey, value);
            }
        }
        return ConfigView.ofValues(Scope.GROUP, values);
    }
}
