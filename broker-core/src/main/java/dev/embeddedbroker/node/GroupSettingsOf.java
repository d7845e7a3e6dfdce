package dev.embeddedbroker.node;

import dev.embeddedbroker.config.BrokerConfig;
import dev.embeddedbroker.config.BrokerKeys;
import dev.embeddedbroker.config.ConfigView;
import dev.embeddedbroker.config.GroupConfigRules;
import dev.embeddedbroker.config.GroupKeys;
import dev.embeddedbroker.coordinator.group.GroupSettings;
import dev.embeddedbroker.coordinator.group.MigrationPolicy;
import dev.embeddedbroker.coordinator.group.assign.Assignors;
import dev.embeddedbroker.coordinator.group.consumer.ConsumerSettings;
import dev.embeddedbroker.metadata.ConfigResource;
import dev.embeddedbroker.metadata.MetadataView;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;

/** What the broker's settings say about groups. */
final class GroupSettingsOf {
    private static final int MANUAL_TIME_HEARTBEAT_MS = 100;

    private GroupSettingsOf() {}

    static GroupSettings config(BrokerConfig config, Assignors assignors) {
        return new GroupSettings(
                config.get(BrokerKeys.GROUP_INITIAL_REBALANCE_DELAY_MS),
                config.get(BrokerKeys.GROUP_MIN_SESSION_TIMEOUT_MS),
                config.get(BrokerKeys.GROUP_MAX_SESSION_TIMEOUT_MS),
                config.get(BrokerKeys.GROUP_MAX_SIZE),
                config.get(BrokerKeys.OFFSET_METADATA_MAX_BYTES),
                TimeUnit.MINUTES.toMillis(config.get(BrokerKeys.OFFSETS_RETENTION_MINUTES)),
                config.get(BrokerKeys.OFFSETS_RETENTION_CHECK_INTERVAL_MS),
                consumer(config, config.group(Map.of()), assignors),
                MigrationPolicy.named(config.get(BrokerKeys.GROUP_CONSUMER_MIGRATION_POLICY)));
    }

    /** What holds for a group of the consumer protocol now, by its id. */
    static Function<String, ConsumerSettings> consumer(
            Supplier<BrokerConfig> config, MetadataView metadata, Assignors assignors) {
        return groupId -> {
            var broker = config.get();
            var overrides = metadata.image().configs(ConfigResource.group(groupId));
            return consumer(broker, GroupConfigRules.withinBounds(overrides, broker), assignors);
        };
    }

    /**
     * The same where time is moved by hand: members learn what came of that from their heartbeats, which they send in real
     * time, so they are asked for one often.
     */
    static Function<String, ConsumerSettings> inManualTime(Function<String, ConsumerSettings> settings) {
        return groupId -> {
            var configured = settings.apply(groupId);
            return configured.withHeartbeatIntervalMs(
                    Math.min(configured.heartbeatIntervalMs(), MANUAL_TIME_HEARTBEAT_MS));
        };
    }

    /** Kafka's default, a second, is nothing anybody wants in itself: unless it is set, an assignment is made at once. */
    private static int assignmentIntervalMs(BrokerConfig broker, ConfigView group) {
        String name = BrokerKeys.GROUP_CONSUMER_ASSIGNMENT_INTERVAL_MS.name();
        boolean isWanted = group.isSet(GroupKeys.CONSUMER_ASSIGNMENT_INTERVAL_MS)
                || broker.atStart().containsKey(name)
                || broker.dynamicForAll().containsKey(name)
                || broker.dynamicForThis().containsKey(name);
        return isWanted ? group.get(GroupKeys.CONSUMER_ASSIGNMENT_INTERVAL_MS) : ConsumerSettings.AS_THE_GROUP_IS_LARGE;
    }

    private static ConsumerSettings consumer(BrokerConfig broker, ConfigView group, Assignors assignors) {
        return new ConsumerSettings(
                group.get(GroupKeys.CONSUMER_SESSION_TIMEOUT_MS),
                group.get(GroupKeys.CONSUMER_HEARTBEAT_INTERVAL_MS),
                assignmentIntervalMs(broker, group),
                broker.get(BrokerKeys.GROUP_CONSUMER_MAX_SIZE),
                assignors);
    }
}
