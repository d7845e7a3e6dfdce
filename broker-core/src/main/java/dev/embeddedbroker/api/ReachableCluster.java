package dev.embeddedbroker.api;

import dev.embeddedbroker.metadata.BrokerImage;
import dev.embeddedbroker.metadata.ClusterImage;
import dev.embeddedbroker.metadata.PartitionImage;
import dev.embeddedbroker.protocol.Uuid;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An image as the clients of one listener see it: a broker that lacks the listener cannot be reached. */
record ReachableCluster(ClusterImage image, String listener) {

    /** A log directory that went away (KIP-858). */
    private static final Uuid LOST = new Uuid(0, 1);
    /** A log directory not chosen yet, or not known: nothing is wrong with it. */
    private static final List<Uuid> UNKNOWN = List.of(Uuid.ZERO, new Uuid(0, 2));

    /** The brokers that are not fenced and have the listener. */
    List<BrokerImage> brokers() {
        return image.brokers().stream()
                .filter(broker -> !broker.fenced() && broker.endpoint(listener) != null)
                .toList();
    }

    /** The brokers that have the listener, fenced or not. */
    List<BrokerImage> allBrokers() {
        return image.brokers().stream()
                .filter(broker -> broker.endpoint(listener) != null)
                .toList();
    }

    /** The broker that administrative requests go to: any reachable one will do, they all forward (KIP-590). */
    int controllerId() {
        var brokers = brokers();
        return brokers.isEmpty() ? -1 : brokers.get(0).id();
    }

    /** The leader if it can be reached, else null. */
    @Nullable
    BrokerImage leader(PartitionImage partition) {
        var leader = image.broker(partition.leader());
        return leader == null || leader.endpoint(listener) == null ? null : leader;
    }

    List<Integer> offlineReplicas(PartitionImage partition) {
        return partition.replicas().stream()
                .filter(id -> isOffline(partition, id))
                .toList();
    }

    /** Those of {@code brokers} that can be reached. */
    List<Integer> reachable(List<Integer> brokers) {
        return brokers.stream()
                .filter(id -> {
                    var broker = image.broker(id);
                    return broker != null && !broker.fenced() && broker.endpoint(listener) != null;
                })
                .toList();
    }

    private boolean isOffline(PartitionImage partition, int id) {
        var broker = image.broker(id);
        if (broker == null || broker.fenced() || broker.endpoint(listener) == null) return true;
        var directory = partition.directoryOf(id);
        if (UNKNOWN.contains(directory)) return false;
        return directory.equals(LOST)
                || (!broker.logDirs().isEmpty() && !broker.logDirs().contains(directory));
    }
}
