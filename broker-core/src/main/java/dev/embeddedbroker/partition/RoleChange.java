package dev.embeddedbroker.partition;

/** The epoch this broker stopped leading a partition in, and the one it leads it in from now on; -1 if it did not. */
record RoleChange(int resignedEpoch, int electedEpoch) {

    static final RoleChange NONE = new RoleChange(-1, -1);
}
