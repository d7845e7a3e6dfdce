package dev.embeddedbroker.api;

import dev.embeddedbroker.metadata.Features;
import dev.embeddedbroker.metadata.MetadataView;
import java.util.List;
import java.util.function.Supplier;

/** Whether this broker serves groups of the consumer protocol now: a feature of the cluster, and a setting. Any thread. */
public final class ConsumerGroupsOffer {
    private final MetadataView metadata;
    private final Supplier<List<String>> protocols;

    /** @param protocols {@code group.coordinator.rebalance.protocols} */
    public ConsumerGroupsOffer(MetadataView metadata, Supplier<List<String>> protocols) {
        this.metadata = metadata;
        this.protocols = protocols;
    }

    boolean isOpen() {
        return metadata.image().feature(Features.GROUP_VERSION) >= 1
                && protocols.get().contains("consumer");
    }
}
