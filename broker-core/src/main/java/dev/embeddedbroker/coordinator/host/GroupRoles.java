package dev.embeddedbroker.coordinator.host;

import dev.embeddedbroker.metadata.TopicRules;
import dev.embeddedbroker.partition.Partition;
import dev.embeddedbroker.partition.RoleListener;
import dev.embeddedbroker.protocol.ErrorCode;

/** Starts and stops group coordinators as this broker begins and ceases to lead partitions of {@code __consumer_offsets}. */
public final class GroupRoles implements RoleListener {
    private final GroupCoordinators coordinators;

    public GroupRoles(GroupCoordinators coordinators) {
        this.coordinators = coordinators;
    }

    @Override
    public void onElected(Partition partition, int leaderEpoch) {
        if (partition.topic().equals(TopicRules.CONSUMER_OFFSETS)) {
            coordinators.start(partition.index(), new LeaderLog(partition));
        }
    }

    @Override
    public void onResigned(Partition partition, int leaderEpoch) {
        if (partition.topic().equals(TopicRules.CONSUMER_OFFSETS)) {
            coordinators.stop(partition.index(), ErrorCode.NOT_COORDINATOR);
        }
    }
}
