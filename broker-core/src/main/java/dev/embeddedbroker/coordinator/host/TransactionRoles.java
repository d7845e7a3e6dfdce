package dev.embeddedbroker.coordinator.host;

import dev.embeddedbroker.metadata.TopicRules;
import dev.embeddedbroker.partition.Partition;
import dev.embeddedbroker.partition.RoleListener;
import dev.embeddedbroker.protocol.ErrorCode;

/** Starts and stops transaction coordinators as this broker begins and ceases to lead partitions of {@code __transaction_state}. */
public final class TransactionRoles implements RoleListener {
    private final TransactionCoordinators coordinators;

    public TransactionRoles(TransactionCoordinators coordinators) {
        this.coordinators = coordinators;
    }

    @Override
    public void onElected(Partition partition, int leaderEpoch) {
        if (partition.topic().equals(TopicRules.TRANSACTION_STATE)) {
            coordinators.start(partition.index(), new LeaderLog(partition), leaderEpoch);
        }
    }

    @Override
    public void onResigned(Partition partition, int leaderEpoch) {
        if (partition.topic().equals(TopicRules.TRANSACTION_STATE)) {
            coordinators.stop(partition.index(), ErrorCode.NOT_COORDINATOR);
        }
    }
}
