package dev.embeddedbroker.coordinator.group.classic;

/** Where a classic group stands; the names are those ListGroups and DescribeGroups tell. */
public enum ClassicState {
    /** No members; there may be offsets, and ids handed out to members that have not come back with them. */
    EMPTY("Empty"),
    /** Members are asked to rejoin; those that did are parked until the others have, or their time is over. */
    PREPARING_REBALANCE("PreparingRebalance"),
    /** Everybody has joined the new generation; the leader's assignment is awaited. */
    COMPLETING_REBALANCE("CompletingRebalance"),
    /** Every member has its assignment or can ask for it. */
    STABLE("Stable"),
    /** Deleted, or never there: no group is kept in this state, answers name it. */
    DEAD("Dead");

    private final String label;

    ClassicState(String label) {
        this.label = label;
    }

    public String label() {
        return label;
    }
}
