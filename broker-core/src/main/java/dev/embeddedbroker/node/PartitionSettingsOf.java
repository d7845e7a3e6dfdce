package dev.embeddedbroker.node;

import dev.embeddedbroker.config.BrokerConfig;
import dev.embeddedbroker.config.TopicKeys;
import dev.embeddedbroker.config.TopicLogOptions;
import dev.embeddedbroker.metadata.ClusterImage;
import dev.embeddedbroker.metadata.ConfigResource;
import dev.embeddedbroker.partition.PartitionSettings;
import java.util.function.Supplier;

/** What a topic's partitions go by: its overrides over the broker's settings. Any thread. */
final class PartitionSettingsOf {
    private final Supplier<BrokerConfig> broker;

    PartitionSettingsOf(Supplier<BrokerConfig> broker) {
        this.broker = broker;
    }

    PartitionSettings topic(ClusterImage image, String topic) {
        var config = broker.get();
        var view = config.topic(image.configs(ConfigResource.topic(topic)));
        return new PartitionSettings(TopicLogOptions.of(view, config), view.get(TopicKeys.MIN_INSYNC_REPLICAS));
    }
}
