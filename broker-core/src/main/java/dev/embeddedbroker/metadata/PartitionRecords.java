package dev.embeddedbroker.metadata;

import static dev.embeddedbroker.protocol.ErrorCode.INVALID_REPLICATION_FACTOR;

import dev.embeddedbroker.protocol.Uuid;
import dev.embeddedbroker.protocol.record.metadata.PartitionChangeRecord;
import dev.embeddedbroker.protocol.record.metadata.PartitionRecord;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The records that make and change partitions, as the brokers of one image allow. */
final class PartitionRecords {

    private final ClusterImage image;
    private final boolean withDirectories;

    PartitionRecords(ClusterImage image) {
        this.image = image;
        this.withDirectories = RecordVersions.knowDirectories(image.feature(Features.METADATA_VERSION));
    }

    /** Those of {@code brokers} that may lead. */
    List<Integer> active(List<Integer> brokers) {
        return brokers.stream()
                .filter(id -> {
                    var broker = image.broker(id);
                    return broker != null && broker.isActive();
                })
                .toList();
    }

    void requireActive(List<Integer> brokers) throws Refusal {
        if (active(brokers).isEmpty()) {
            throw new Refusal(
                    INVALID_REPLICATION_FACTOR, "All brokers are currently fenced or in controlled shutdown.");
        }
    }

    /** A new partition led by the first of its replicas that may. */
    PartitionRecord of(Uuid topic, int partition, List<Integer> replicas) {
        var isr = active(replicas);
        var record = new PartitionRecord()
                .setTopicId(topic)
                .setPartitionId(partition)
                .setReplicas(replicas)
                .setIsr(isr)
                .setRemovingReplicas(List.of())
                .setAddingReplicas(List.of())
                .setLeader(isr.get(0))
                .setLeaderEpoch(0)
                .setPartitionEpoch(0);
        if (withDirectories) {
            var directories = new ArrayList<Uuid>(replicas.size());
            for (var broker : replicas) directories.add(directoryOn(broker));
            record.setDirectories(directories);
        }
        return record;
    }

    /**
     * What a broker that has just become able to lead changes about a partition it holds, or null for nothing: it leads,
     * in a new epoch, what has no leader and what it led in an earlier life (clients must notice that its unflushed
     * tail may be gone).
     */
    @Nullable
    PartitionChangeRecord leadAgain(Uuid topic, PartitionImage partition, int broker) {
        boolean inSync = partition.isr().contains(broker);
        boolean leads = partition.leader() == broker;
        boolean mayLead = inSync
                || partition.eligibleLeaders().contains(broker)
                || (partition.isr().isEmpty()
                        && partition.eligibleLeaders().isEmpty()
                        && partition.lastKnownLeaders().contains(broker));
        if (!leads && (partition.hasLeader() || !mayLead)) return null;
        var change = new PartitionChangeRecord()
                .setTopicId(topic)
                .setPartitionId(partition.index())
                .setLeader(broker);
        if (!inSync) change.setIsr(List.of(broker));
        if (!partition.eligibleLeaders().isEmpty()) {
            change.setEligibleLeaderReplicas(partition.eligibleLeaders().stream()
                    .filter(id -> id != broker)
                    .toList());
        }
        if (!partition.lastKnownLeaders().isEmpty()) change.setLastKnownElr(List.of());
        return change;
    }

    /**
     * What a broker that leaves changes about a partition that it alone keeps in sync, or null for nothing: nobody leads
     * it, and the broker is the one who may lead it without loss when it is back (KIP-966).
     */
    @Nullable
    PartitionChangeRecord leave(Uuid topic, PartitionImage partition, int broker) {
        if (partition.leader() != broker || !partition.isr().equals(List.of(broker))) return null;
        var change = new PartitionChangeRecord()
                .setTopicId(topic)
                .setPartitionId(partition.index())
                .setLeader(PartitionImage.NO_LEADER);
        if (image.feature(Features.ELIGIBLE_LEADER_REPLICAS_VERSION) == 0) return change;
        var eligible = new ArrayList<>(partition.eligibleLeaders());
        eligible.add(broker);
        return change.setIsr(List.of()).setEligibleLeaderReplicas(eligible).setLastKnownElr(List.of(broker));
    }

    /** The one log directory of a broker, or {@link Uuid#ZERO} if it is not known which it will be. */
    Uuid directoryOn(int id) {
        var broker = image.broker(id);
        return broker != null && broker.logDirs().size() == 1 ? broker.logDirs().get(0) : Uuid.ZERO;
    }
}
