package dev.embeddedbroker.node;

import dev.embeddedbroker.net.HeldPorts;
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
 * @param parts what it is put on
 * @param heldPorts those that an earlier run of this broker holds for it; null if there was none
 */
public record NodeSettings(
        String host,
        int port,
        @Nullable Path dataDirectory,
        boolean temporary,
        Map<String, String> config,
        List<Topic> topics,
        NodeParts parts,
        @Nullable HeldPorts heldPorts) {

    /** On the parts that the machine has, of a broker that has not run before. */
    public NodeSettings(
            String host,
            int port,
            @Nullable Path dataDirectory,
            boolean temporary,
            Map<String, String> config,
            List<Topic> topics) {
        this(host, port, dataDirectory, temporary, config, topics, NodeParts.ofMachine(), null);
    }

    /** A topic by name and number of partitions. */
    public record Topic(String name, int partitions) {}
}
