package dev.embeddedbroker.node;

import dev.embeddedbroker.storage.disk.Disk;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the user asked of one broker.
 *
 * @param host to bind and to advertise
 * @param port to bind, 0 for a free one
 * @param dataDirectory the user's own, or null for a temporary one
 * @param temporary whether {@code dataDirectory} is a temporary one that an earlier run of this broker made
 * @param config server settings under Kafka's names, as given
 * @param topics that must exist when the broker is ready
 * @param disk what the directory is on, where tests put one that fails; null for the one it calls for
 */
public record NodeSettings(
        String host,
        int port,
        @Nullable Path dataDirectory,
        boolean temporary,
        Map<String, String> config,
        List<Topic> topics,
        @Nullable Disk disk) {

    /** On the disk that the directory calls for. */
    public NodeSettings(
            String host,
            int port,
            @Nullable Path dataDirectory,
            boolean temporary,
            Map<String, String> config,
            List<Topic> topics) {
        this(host, port, dataDirectory, temporary, config, topics, null);
    }

    /** A topic by name and number of partitions. */
    public record Topic(String name, int partitions) {}
}
