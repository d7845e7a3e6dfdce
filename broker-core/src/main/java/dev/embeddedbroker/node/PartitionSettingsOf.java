package dev.embeddedbroker.node;

import dev.embeddedbroker.config.BrokerConfig;
import dev.embeddedbroker.config.TopicKeys;
import dev.embeddedbroker.config.TopicLogOptions;
import dev.embeddedbroker.metadata.ClusterImage;
import dev.embeddedbroker.metadata.ConfigResource;
import dev.embeddedbroker.partition.PartitionSettings;
import dev.embeddedbroker.partition.Partitions;
import java.util.function.Supplier;

/** What a topic's partitions go by: its overrides over the broker's settings. Any thread. */
final class PartitionSettingsOf implements Partitions.SettingsOf {
    private final Supplier<BrokerConfig> broker;

    PartitionSettingsOf(Supplier<BrokerConfig> broker) {
        this.broker = broker;
    }

    @Override
    public PartitionSettings topic(ClusterImage image, String topic) {
        var config = broker.get();
        var view = config.topic(image.configs(ConfigResource.topic(topic)));
        return new PartitionSettings(TopicLogOptions.of(view, config), view.get(TopicKeys.MIN_INSYNC_REPLICAS));
    }
}
