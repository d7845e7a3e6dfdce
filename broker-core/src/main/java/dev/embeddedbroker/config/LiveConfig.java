package dev.embeddedbroker.config;

import dev.embeddedbroker.metadata.ClusterImage;
import dev.embeddedbroker.metadata.ConfigResource;
import dev.embeddedbroker.metadata.ImageDelta;
import dev.embeddedbroker.metadata.ImageListener;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The broker's configuration in force, which follows the overrides in the cluster's image.
 *
 * <p><b>Owner:</b> loop 0 writes it, on every image; any thread reads it.
 */
public final class LiveConfig implements ImageListener, Supplier<BrokerConfig> {
    private static final Logger log = LoggerFactory.getLogger(LiveConfig.class);

    private final ConfigResource thisBroker;
    private final List<Consumer<BrokerConfig>> followers = new CopyOnWriteArrayList<>();
    private volatile BrokerConfig now;

    public LiveConfig(BrokerConfig atStart) {
        this.now = atStart;
        this.thisBroker = ConfigResource.broker(atStart.get(BrokerKeys.NODE_ID));
    }

    public BrokerConfig now() {
        return now;
    }

    /** The same as {@link #now}. */
    @Override
    public BrokerConfig get() {
        return now;
    }

    /** Calls {@code follower} on loop 0 with every configuration that comes into force from now on. */
    public void follow(Consumer<BrokerConfig> follower) {
        followers.add(follower);
    }

    @Override
    public void onImage(ImageDelta delta, ClusterImage image, Runnable done) {
        if (delta.changedConfigs().contains(thisBroker)
                || delta.changedConfigs().contains(ConfigResource.everyBroker())) {
            apply(image);
        }
        done.run();
    }

    /** Overrides were checked when they were set; those of a directory from elsewhere may still not fit here. */
    private void apply(ClusterImage image) {
        BrokerConfig next;
        try {
            next = now.withDynamic(image.configs(ConfigResource.everyBroker()), image.configs(thisBroker));
        } catch (InvalidConfig e) {
            log.warn("The settings of run time stay as they were: {}", e.getMessage());
            return;
        }
        now = next;
        for (Consumer<BrokerConfig> follower : followers) {
            follower.accept(next);
        }
    }
}
