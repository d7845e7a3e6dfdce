package dev.embeddedbroker.node;

import dev.embeddedbroker.config.BrokerConfig;
import dev.embeddedbroker.config.BrokerKeys;
import dev.embeddedbroker.coordinator.group.GroupSettings;
import java.util.concurrent.TimeUnit;

/** What the broker's settings say about groups. */
final class GroupSettingsOf {
    private GroupSettingsOf() {}

    static GroupSettings config(BrokerConfig config) {
        return new GroupSettings(
                config.get(BrokerKeys.GROUP_INITIAL_REBALANCE_DELAY_MS),
                config.get(BrokerKeys.GROUP_MIN_SESSION_TIMEOUT_MS),
                config.get(BrokerKeys.GROUP_MAX_SESSION_TIMEOUT_MS),
                config.get(BrokerKeys.GROUP_MAX_SIZE),
                config.get(BrokerKeys.OFFSET_METADATA_MAX_BYTES),
                TimeUnit.MINUTES.toMillis(config.get(BrokerKeys.OFFSETS_RETENTION_MINUTES)),
                config.get(BrokerKeys.OFFSETS_RETENTION_CHECK_INTERVAL_MS));
    }
}
