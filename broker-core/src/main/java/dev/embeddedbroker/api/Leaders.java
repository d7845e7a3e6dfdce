package dev.embeddedbroker.api;

import dev.embeddedbroker.metadata.BrokerImage;
import dev.embeddedbroker.metadata.ClusterImage;
import dev.embeddedbroker.metadata.TopicImage;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Who leads the partitions a request was wrong about, and where those brokers are reached (KIP-951).
 *
 * <p><b>Owner:</b> the loop that builds the answer.
 */
final class Leaders {

    /** A broker as clients see it through one listener. */
    record Node(int id, String host, int port, @Nullable String rack) {}

    /** A leader and its epoch; both -1 if unknown. */
    record Leader(int id, int epoch) {}

    private final ClusterImage image;
    private final String listener;
    private Map<Integer, Node> nodes = Map.of();

    Leaders(ClusterImage image, String listener) {
        this.image = image;
        this.listener = listener;
    }

    /** The leader of a partition; remembers where it is reached. */
    Leader of(@Nullable TopicImage topic, int index) {
        var partition = topic == null ? null : topic.partition(index);
        if (partition == null) return new Leader(-1, -1);
        BrokerImage broker = image.broker(partition.leader());
        BrokerImage.Endpoint endpoint = broker == null ? null : broker.endpoint(listener);
        if (broker != null && endpoint != null) {
            if (nodes.isEmpty()) nodes = new LinkedHashMap<>();
            nodes.putIfAbsent(broker.id(), new Node(broker.id(), endpoint.host(), endpoint.port(), broker.rack()));
        }
        return new Leader(partition.leader(), partition.leaderEpoch());
    }

    /** Every leader asked for that is reached through the listener. */
    Iterable<Node> nodes() {
        return nodes.values();
    }
}
