package dev.embeddedbroker.coordinator.host;

import dev.embeddedbroker.coordinator.group.assign.TopicCatalog;
import dev.embeddedbroker.metadata.ClusterImage;
import dev.embeddedbroker.metadata.PartitionImage;
import dev.embeddedbroker.metadata.TopicImage;
import dev.embeddedbroker.protocol.Uuid;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The topics of a cluster image, as groups see them. Any thread; a topic is worked out when it is first asked for.
 *
 * <p><b>Owner:</b> none.
 */
public final class ImageTopics implements TopicCatalog {
    private final ClusterImage image;
    private final Map<Uuid, TopicShape> shapes = new ConcurrentHashMap<>();

    public ImageTopics(ClusterImage image) {
        this.image = image;
    }

    @Override
    public long version() {
        return image.offset();
    }

    @Override
    public @Nullable TopicShape topic(String name) {
        return shape(image.topic(name));
    }

    @Override
    public @Nullable TopicShape topic(Uuid id) {
        return shape(image.topic(id));
    }

    @Override
    public Collection<String> names() {
        return image.topics().stream().map(TopicImage::name).toList();
    }

    /** Whether these are the topics of that image. */
    boolean areOf(ClusterImage other) {
        return image == other;
    }

    private @Nullable TopicShape shape(@Nullable TopicImage topic) {
        return topic == null ? null : shapes.computeIfAbsent(topic.id(), id -> shapeOf(topic));
    }

    private TopicShape shapeOf(TopicImage topic) {
        return new TopicShape(
                topic.id(),
                topic.name(),
                topic.partitions().stream().map(this::racksOf).toList());
    }

    private List<String> racksOf(PartitionImage partition) {
        var racks = new ArrayList<String>();
        for (int replica : partition.replicas()) {
            var broker = image.broker(replica);
            if (broker != null && broker.rack() != null) {
                racks.add(broker.rack());
            }
        }
        return racks;
    }
}
