package dev.embeddedbroker.recorder;

import dev.embeddedbroker.metadata.ClusterImage;
import dev.embeddedbroker.protocol.Uuid;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What topics are called that requests name by id (KIP-516), deleted ones included as far as they were seen before. Any thread. */
final class TopicNames {

    private final Supplier<? extends @Nullable ClusterImage> image;
    private final Map<Uuid, String> seen = new ConcurrentHashMap<>();

    TopicNames(Supplier<? extends @Nullable ClusterImage> image) {
        this.image = image;
    }

    /** The name, or the id as text if nobody knows it. */
    String of(Uuid id) {
        var now = image.get();
        var topic = now == null ? null : now.topic(id);
        if (topic != null) {
            seen.put(id, topic.name());
            return topic.name();
        }
        return seen.getOrDefault(id, id.toString());
    }
}
