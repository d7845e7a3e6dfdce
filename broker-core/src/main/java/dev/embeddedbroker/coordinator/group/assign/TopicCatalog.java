package dev.embeddedbroker.coordinator.group.assign;

import dev.embeddedbroker.protocol.Uuid;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The topics of the cluster at one moment, as far as groups care. Immutable; any thread. */
public interface TopicCatalog {

    /** Grows with every change of the cluster's metadata. */
    long version();

    @Nullable
    TopicShape topic(String name);

    @Nullable
    TopicShape topic(Uuid id);

    Collection<String> names();

    /** 0 for a topic there is not. */
    default int partitionCount(Uuid id) {
        var topic = topic(id);
        return topic == null ? 0 : topic.partitionCount();
    }

    /**
     * One topic.
     *
     * @param racks of each partition, the racks its replicas are in, as far as they are known
     */
    record TopicShape(Uuid id, String name, List<List<String>> racks) {

        public int partitionCount() {
            return racks.size();
        }
    }

    /** No topic at all. */
    TopicCatalog EMPTY = new TopicCatalog() {
        @Override
        public long version() {
            return -1;
        }

        @Override
        public @Nullable TopicShape topic(String name) {
            return null;
        }

        @Override
        public @Nullable TopicShape topic(Uuid id) {
            return null;
        }

        @Override
        public Collection<String> names() {
            return List.of();
        }
    };
}
