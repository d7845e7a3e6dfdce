package dev.embeddedbroker.coordinator.group.consumer;

/** How far a member is on the way to its target assignment, with the numbers Kafka stores. */
enum MemberState {
    /** It is where its epoch wants it. */
    STABLE(0),
    /** It has to give up partitions before it may go on to the next epoch. */
    UNREVOKED_PARTITIONS(1),
    /** It is in the target's epoch, and waits for partitions that others still have. */
    UNRELEASED_PARTITIONS(2),
    /** A newer broker's state. */
    UNKNOWN(127);

    private final byte id;

    MemberState(int id) {
        this.id = (byte) id;
    }

    byte id() {
        return id;
    }

    static MemberState forId(byte id) {
        for (MemberState state : values()) {
            if (state.id == id) {
                return state;
            }
        }
        return UNKNOWN;
    }
}
