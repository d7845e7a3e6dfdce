package dev.embeddedbroker.partition;

/** Somebody who works where the leader of a partition is: a coordinator. Called on the partition's loop. */
public interface RoleListener {

    /** This broker leads {@code partition} from now on, in a new epoch. */
    void onElected(Partition partition, int leaderEpoch);

    /** This broker does not lead {@code partition} any more, or not in that epoch. Follows every election at last. */
    void onResigned(Partition partition, int leaderEpoch);
}
