package dev.embeddedbroker.explain;

import dev.embeddedbroker.explain.Cause.Kind;
import dev.embeddedbroker.explain.Facts.MemberFacts;
import dev.embeddedbroker.explain.Facts.PartitionFacts;
import dev.embeddedbroker.explain.Facts.Reading;
import dev.embeddedbroker.protocol.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Causes that lie in what the clients ask for, and in what they do with it. */
final class ReadingRules {

    private static final short OFFSET_OUT_OF_RANGE = 1;

    private final Facts facts;
    private final Words words;
    private final List<Cause> causes = new ArrayList<>();

    ReadingRules(Facts facts, Words words) {
        this.facts = facts;
        this.words = words;
    }

    List<Cause> apply() {
        otherPartitions();
        for (var partition : facts.partitions().values()) {
            var reading = facts.reading(partition.index());
            var owner = owner(partition.index());
            if (reading != null && reading.at().isRefused() && reading.at().error != OFFSET_OUT_OF_RANGE) {
                errors(partition, reading);
            }
            if (facts.readable(partition) > partition.start()) {
                look(partition, reading, owner);
            }
        }
        throttled();
        consumed();
        return causes;
    }

    private @Nullable MemberFacts owner(int partition) {
        var group = facts.group();
        return group == null
                ? null
                : group.members().stream()
                        .filter(member -> member.has(facts.topicName(), partition))
                        .findFirst()
                        .orElse(null);
    }

    private void look(PartitionFacts partition, @Nullable Reading reading, @Nullable MemberFacts owner) {
        if (reading == null || reading.at().firstOffset == PartitionSighting.NEVER) {
            if (owner != null) neverAsked(partition, owner);
            return; // whoever is assigned it may still be on the way
        }
        var at = reading.at();
        if (at.offset >= facts.readable(partition)) return; // it has asked for all there is
        boolean hasIt = at.deliveredMs != PartitionSighting.NEVER && at.deliveredAt == at.offset;
        if (hasIt) {
            withTheClient(partition, reading);
        } else if (!at.isFetching() && reading.reader().isFetching()) {
            paused(partition, reading.reader(), at.offset, at.forgottenMs);
        } else {
            notPolling(partition, reading);
        }
    }

    private String waiting(PartitionFacts partition, long from) {
        return facts.place(partition.index()) + ": " + Words.offsets(from, facts.readable(partition))
                + " could be read";
    }

    private String heard(Client client) {
        var seen = facts.seen();
        var group = facts.group();
        if (seen == null || group == null) return "";
        for (var member : group.members()) {
            var heartbeat = seen.heartbeat(member.memberId());
            if (member.client().equals(client) && heartbeat != null) {
                return client + " is in the group, its last heartbeat came " + words.at(heartbeat.atMs());
            }
        }
        return client + " was seen in the group";
    }

    private void neverAsked(PartitionFacts partition, MemberFacts owner) {
        var reader = facts.readers().stream()
                .filter(each -> each.client().equals(owner.client()) && each.isFetching())
                .findFirst();
        if (reader.isPresent()) {
            paused(partition, reader.get(), partition.start(), PartitionSighting.NEVER);
            return;
        }
        causes.add(new Cause(
                Kind.CONSUMER_DOES_NOT_POLL,
                84,
                owner.client() + " has " + facts.place(partition.index())
                        + ", and never asked for a record of it: it does not call poll(), or has paused the partition.",
                List.of(waiting(partition, partition.start()), heard(owner.client())),
                "records come by poll() only; heartbeats go on in the background without it."));
    }

    private void notPolling(PartitionFacts partition, Reading reading) {
        causes.add(new Cause(
                Kind.CONSUMER_DOES_NOT_POLL,
                83,
                reading.reader().client()
                        + " does not ask for records any more: it does not call poll(), or has paused all"
                        + " its partitions.",
                List.of(
                        waiting(partition, reading.at().offset),
                        "it last asked " + words.at(reading.reader().lastFetchMs()),
                        heard(reading.reader().client())),
                "records come by poll() only; heartbeats go on in the background without it."));
    }

    private void paused(PartitionFacts partition, ReaderSighting reader, long from, long forgottenMs) {
        causes.add(new Cause(
                Kind.PARTITION_IS_PAUSED,
                85,
                reader.client() + " reads other partitions and not " + facts.place(partition.index())
                        + ": it has paused it.",
                List.of(
                        waiting(partition, from),
                        forgottenMs == PartitionSighting.NEVER
                                ? "it never asked for " + facts.place(partition.index())
                                : "it took " + facts.place(partition.index()) + " out of its requests "
                                        + words.at(forgottenMs),
                        "it last asked for others " + words.at(reader.lastFetchMs())),
                "call resume(), or look at why it was paused."));
    }

    private void withTheClient(PartitionFacts partition, Reading reading) {
        var at = reading.at();
        causes.add(new Cause(
                Kind.RECORDS_ARE_WITH_THE_CLIENT,
                80,
                "The records of " + facts.place(partition.index()) + " are with "
                        + reading.reader().client()
                        + ", which goes no further: its deserializer or listener throws, it is still busy with them, it has"
                        + " paused, or it does not call poll() again.",
                List.of(
                        at.deliveredBytes + " bytes from offset " + at.deliveredAt + " on were delivered "
                                + words.at(at.deliveredMs),
                        "it never asked for what follows; committed is "
                                + (partition.committed() == null ? "nothing" : partition.committed()),
                        "it last asked for anything "
                                + words.at(reading.reader().lastFetchMs())),
                "what happens inside the client cannot be seen from here: look for a SerializationException"
                        + " (RecordDeserializationException) or another error in its log at offset " + at.deliveredAt
                        + "."));
    }

    private void errors(PartitionFacts partition, Reading reading) {
        var at = reading.at();
        causes.add(new Cause(
                Kind.CLIENT_GETS_ERRORS,
                87, // whatever else it looks like comes of that
                reading.reader().client() + " is refused " + facts.place(partition.index()) + ": "
                        + ErrorCode.forId(at.error) + ".",
                List.of("last " + words.at(at.errorMs) + " at offset " + at.errorOffset),
                ErrorCode.forId(at.error).text()));
    }

    private void otherPartitions() {
        var group = facts.group();
        boolean isByHand = group == null || group.members().isEmpty();
        var read = new ArrayList<String>();
        var unread = new ArrayList<String>();
        for (var partition : facts.partitions().values()) {
            var reading = facts.reading(partition.index());
            if (reading != null && reading.at().firstOffset != PartitionSighting.NEVER) {
                read.add(facts.place(partition.index()) + " is read by "
                        + reading.reader().client() + " and "
                        + (partition.highWatermark() == 0
                                ? "never got a record"
                                : "got " + Words.records(partition.highWatermark())));
                if (partition.highWatermark() > 0) return;
            } else if (partition.hasRecords()) {
                unread.add(words.partition(partition));
            }
        }
        if (isByHand && !read.isEmpty() && !unread.isEmpty()) {
            read.addAll(unread);
            causes.add(new Cause(
                    Kind.RECORDS_ARE_IN_OTHER_PARTITIONS,
                    93,
                    "The records are in partitions that nobody of group " + facts.groupId()
                            + " reads: it assigns itself" + " partitions by hand.",
                    read,
                    "assign() all partitions, or subscribe()."));
        }
    }

    private void throttled() {
        facts.readers().stream()
                .filter(reader -> reader.isThrottled(facts.nowMs()))
                .findFirst()
                .ifPresent(reader -> causes.add(new Cause(
                        Kind.CLIENT_IS_THROTTLED,
                        86,
                        reader.client() + " is over its quota, and has to wait between its requests.",
                        List.of("its last answer told it to wait " + reader.throttledMs() + " ms"),
                        "look at consumer_byte_rate and request_percentage of its user and client id.")));
    }

    private void consumed() {
        var found = new ArrayList<String>();
        for (var partition : facts.partitions().values()) {
            var reading = facts.reading(partition.index());
            if (facts.readable(partition) == partition.start()) continue;
            if (reading == null
                    || reading.at().deliveredMs == PartitionSighting.NEVER
                    || reading.at().offset < facts.readable(partition)) {
                return;
            }
            found.add(facts.place(partition.index()) + ": " + reading.reader().client()
                    + " got what was there up to offset " + (facts.readable(partition) - 1) + ", last "
                    + words.at(reading.at().deliveredMs));
        }
        if (!found.isEmpty()) {
            causes.add(new Cause(
                    Kind.EVERYTHING_WAS_CONSUMED,
                    60,
                    "Everything there is was delivered to the consumer.",
                    found,
                    "is the test waiting for more than was produced, or looking in the wrong place?"));
        }
    }
}
