package dev.embeddedbroker.explain;

import dev.embeddedbroker.metadata.TopicImage;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;

/**
 * All that is known about a group and a topic at one moment. Immutable by habit.
 *
 * @param topics how many records each topic got so far, by name; internal ones left out
 * @param image the topic; null if there is none
 * @param groups the ids of all groups
 * @param group null if there is none of that id
 * @param seen what was seen of the group's requests; null if nothing was
 * @param readers the connections of the group's clients that read, oldest first
 */
record Facts(
        long nowMs,
        String groupId,
        String topicName,
        SortedMap<String, Long> topics,
        @Nullable TopicImage image,
        SortedSet<String> groups,
        @Nullable GroupFacts group,
        @Nullable GroupSighting seen,
        List<ReaderSighting> readers,
        SortedMap<Integer, PartitionFacts> partitions) {

    /** A group. */
    record GroupFacts(String state, String type, List<MemberFacts> members) {
        boolean isStable() {
            return state.equals("Stable");
        }
    }

    /**
     * A member.
     *
     * @param subscribed null when it can't be told
     * @param regex the pattern it subscribes by (KIP-848), if the broker resolves it
     * @param assigned its partitions by topic
     */
    record MemberFacts(
            String memberId,
            Client client,
            @Nullable SortedSet<String> subscribed,
            @Nullable String regex,
            Map<String, Set<Integer>> assigned) {

        boolean has(String topic, int partition) {
            var partitions = assigned.get(topic);
            return partitions != null && partitions.contains(partition);
        }

        boolean hasNothing() {
            return assigned.values().stream().allMatch(Set::isEmpty);
        }
    }

    /** A transaction that has begun in a partition and is not ended. */
    record OpenTransaction(
            @Nullable String transactionalId, long producerId, long firstOffset, long sinceMs, int timeoutMs) {}

    /**
     * A partition of the topic.
     *
     * @param newestMs the largest timestamp of its records; −1 without records
     * @param committed what the group has committed; null if nothing
     * @param sample what lies behind where the group began to read
     */
    record PartitionFacts(
            int index,
            long start,
            long highWatermark,
            long stable,
            long newestMs,
            @Nullable Long committed,
            List<OpenTransaction> open,
            Sample sample) {
        boolean hasRecords() {
            return highWatermark > start;
        }

        boolean isHeld() {
            return stable < highWatermark;
        }
    }

    /**
     * A look at the records from some offset on, up to a MiB.
     *
     * @param committed how many of them a read_committed consumer gets
     * @param aborted how many belong to aborted transactions
     */
    record Sample(long from, int committed, int aborted) {}

    /** What the group's clients did in a partition: of several, the one that came last. */
    @Nullable
    Reading reading(int partition) {
        var topic = image;
        Reading last = null;
        for (var reader : readers) {
            var seenHere = topic == null ? null : reader.of(topic).get(partition);
            if (seenHere != null
                    && (last == null || reader.lastFetchMs() >= last.reader().lastFetchMs())) {
                last = new Reading(reader, seenHere);
            }
        }
        return last;
    }

    /** A client in a partition. */
    record Reading(ReaderSighting reader, PartitionSighting at) {}

    /** Up to where the group's clients can read: they may be kept from what is in open transactions. */
    long readable(PartitionFacts partition) {
        return readsCommitted() ? partition.stable() : partition.highWatermark();
    }

    /** Whether a client of the group reads committed records only. */
    boolean readsCommitted() {
        return readers.stream().anyMatch(ReaderSighting::readsCommitted);
    }

    String place(int partition) {
        return topicName + "-" + partition;
    }
}
