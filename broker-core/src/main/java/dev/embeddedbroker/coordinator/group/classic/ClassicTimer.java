package dev.embeddedbroker.coordinator.group.classic;

/** The keys of a classic group's timers. */
sealed interface ClassicTimer {

    /** One member's session. */
    record Session(String groupId, String memberId) implements ClassicTimer {}

    /** The time to rejoin, or the first rebalance's delay: a group is never in both. */
    record JoinPhase(String groupId) implements ClassicTimer {}

    /** The time to ask for an assignment. */
    record SyncPhase(String groupId) implements ClassicTimer {}
}
