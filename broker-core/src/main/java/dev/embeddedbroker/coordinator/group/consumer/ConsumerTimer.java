package dev.embeddedbroker.coordinator.group.consumer;

/** The keys of a consumer group's timers. */
sealed interface ConsumerTimer {

    /** One member's session. */
    record Session(String groupId, String memberId) implements ConsumerTimer {}

    /** The time one member has to give up partitions. */
    record Revocation(String groupId, String memberId) implements ConsumerTimer {}

    /** The time a member that speaks the classic protocol has to rejoin, once it was told of a rebalance. */
    record Rejoin(String groupId, String memberId) implements ConsumerTimer {}

    /** The time such a member has to fetch its assignment with a SyncGroup, once it has rejoined. */
    record Sync(String groupId, String memberId) implements ConsumerTimer {}
}
