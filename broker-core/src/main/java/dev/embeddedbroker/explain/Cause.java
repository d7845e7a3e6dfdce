package dev.embeddedbroker.explain;

import java.util.List;

/**
 * One reason why a consumer got nothing, with what speaks for it. Immutable.
 *
 * @param likelihood from 0 to 100: how well it alone would explain that nothing arrived
 * @param sentence what is the matter, to a person
 * @param facts what was seen, with times
 * @param advice what would help; empty if there is nothing to do
 */
public record Cause(Kind kind, int likelihood, String sentence, List<String> facts, String advice) {

    /** What kind of reason. */
    public enum Kind {
        /** The topic is not there. */
        TOPIC_DOES_NOT_EXIST,
        /** The members subscribe to other topics. */
        SUBSCRIBED_TO_ANOTHER_TOPIC,
        /** The members subscribe by a pattern, or to names, that no topic has. */
        SUBSCRIPTION_MATCHES_NOTHING,
        /** There is no such group. */
        GROUP_DOES_NOT_EXIST,
        /** Nobody is in the group. */
        GROUP_HAS_NO_MEMBERS,
        /** The group is sharing out its partitions. */
        REBALANCE_IN_PROGRESS,
        /** Partitions of the topic are nobody's. */
        NOT_ASSIGNED,
        /** There are fewer partitions than members, and some have none. */
        MORE_MEMBERS_THAN_PARTITIONS,
        /** The topic has no records, and never had. */
        NOTHING_WAS_PRODUCED,
        /** The consumer began behind the records. */
        STARTED_AT_LATEST,
        /** The group has committed that it is behind the records. */
        COMMITTED_BEHIND_THE_RECORDS,
        /** The position was not there, and was reset. */
        OFFSET_WAS_OUT_OF_RANGE,
        /** A transaction that is not ended holds back what follows. */
        OPEN_TRANSACTION,
        /** The records were taken back with their transactions. */
        TRANSACTIONS_WERE_ABORTED,
        /** The records are gone: expired, deleted or compacted. */
        RECORDS_ARE_GONE,
        /** The records are in partitions that the client does not read. */
        RECORDS_ARE_IN_OTHER_PARTITIONS,
        /** The client asks for other partitions, and not for this one any more. */
        PARTITION_IS_PAUSED,
        /** The client is alive, and does not ask for records. */
        CONSUMER_DOES_NOT_POLL,
        /** The records are with the client, which goes no further. */
        RECORDS_ARE_WITH_THE_CLIENT,
        /** The client's requests are answered with an error. */
        CLIENT_GETS_ERRORS,
        /** The client is over its quota. */
        CLIENT_IS_THROTTLED,
        /** Everything was read. */
        EVERYTHING_WAS_CONSUMED,
        /** Nothing was found to be wrong. */
        UNKNOWN
    }

    public Cause {
        facts = List.copyOf(facts);
    }
}
