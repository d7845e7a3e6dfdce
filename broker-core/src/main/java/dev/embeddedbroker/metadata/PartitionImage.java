package dev.embeddedbroker.metadata;

import dev.embeddedbroker.protocol.Uuid;
import java.util.List;

/**
 * The cluster's decision about one partition: who holds it, who leads it, in which epochs.
 *
 * @param index number of the partition in its topic
 * @param leader broker id, or {@link #NO_LEADER}
 * @param partitionEpoch goes up with every change of this record (KIP-497)
 * @param directories the log directory of each replica, in the order of {@code replicas} (KIP-858)
 * @param eligibleLeaders replicas outside the ISR that may still lead without loss (KIP-966)
 * @param lastKnownLeaders who may lead when nobody else can (KIP-966)
 * @param leaderRecovering whether the leader came from an unclean election and still recovers (KIP-704)
 */
public record PartitionImage(
        int index,
        int leader,
        int leaderEpoch,
        int partitionEpoch,
        List<Integer> replicas,
        List<Integer> isr,
        List<Integer> adding,
        List<Integer> removing,
        List<Integer> eligibleLeaders,
        List<Integer> lastKnownLeaders,
        List<Uuid> directories,
        boolean leaderRecovering) {

    public static final int NO_LEADER = -1;

    public PartitionImage {
        replicas = List.copyOf(replicas);
        isr = List.copyOf(isr);
        adding = List.copyOf(adding);
        removing = List.copyOf(removing);
        eligibleLeaders = List.copyOf(eligibleLeaders);
        lastKnownLeaders = List.copyOf(lastKnownLeaders);
        directories = List.copyOf(directories);
    }

    public boolean hasLeader() {
        return leader != NO_LEADER;
    }

    /** The log directory of {@code broker}'s replica, or {@link Uuid#ZERO} (Kafka's UNASSIGNED) if none is known. */
    public Uuid directoryOf(int broker) {
        int at = replicas.indexOf(broker);
        return at < 0 || at >= directories.size() ? Uuid.ZERO : directories.get(at);
    }
}
