package dev.embeddedbroker.coordinator.group.consumer;

/** The keys of a consumer group's timers. */
sealed interface ConsumerTimer {

    /** One member's session. */
    record Session(String groupId, String memberId) implements ConsumerTimer {}

    /** The time one member has to give up partitions. */
    record Revocation(String groupId, String memberId) implements ConsumerTimer {}
}
