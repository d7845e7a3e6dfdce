package dev.embeddedbroker.explain;

import dev.embeddedbroker.explain.Cause.Kind;
import dev.embeddedbroker.explain.Facts.OpenTransaction;
import dev.embeddedbroker.explain.Facts.PartitionFacts;
import dev.embeddedbroker.explain.Facts.Reading;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Causes that lie in where the group stands, and in what there is for it to read from there. */
final class PositionRules {

    private static final short OFFSET_OUT_OF_RANGE = 1;

    private final Facts facts;
    private final Words words;
    private final List<String> latest = new ArrayList<>();
    private final List<String> committed = new ArrayList<>();
    private final List<String> outOfRange = new ArrayList<>();
    private final List<String> held = new ArrayList<>();
    private final List<String> aborted = new ArrayList<>();
    private final List<String> gone = new ArrayList<>();

    PositionRules(Facts facts, Words words) {
        this.facts = facts;
        this.words = words;
    }

    List<Cause> apply() {
        facts.partitions().values().forEach(each -> look(each, facts.reading(each.index())));
        var causes = new ArrayList<Cause>();
        add(
                causes,
                Kind.OPEN_TRANSACTION,
                91,
                held,
                "A transaction that is not ended holds back what read_committed consumers may see of "
                        + facts.topicName() + ".",
                "commit or abort it; a producer that died has its transaction aborted after transaction.timeout.ms.");
        add(
                causes,
                Kind.STARTED_AT_LATEST,
                90,
                latest,
                "The consumer started at the end, behind the records: auto.offset.reset is latest, and the group had"
                        + " committed nothing.",
                "set auto.offset.reset=earliest, or produce after the consumer is assigned (await it).");
        add(
                causes,
                Kind.OFFSET_WAS_OUT_OF_RANGE,
                89,
                outOfRange,
                "The position was not in the log, and the consumer began anew where auto.offset.reset says.",
                "did the topic get deleted and created again, or its records deleted, while offsets stayed committed?");
        add(
                causes,
                Kind.COMMITTED_BEHIND_THE_RECORDS,
                88,
                committed,
                "Group " + facts.groupId()
                        + " has committed that it is behind the records, so it does not get them again.",
                "use a group.id of its own for each test, or reset() the broker between them.");
        add(
                causes,
                Kind.TRANSACTIONS_WERE_ABORTED,
                87,
                aborted,
                "The records belong to transactions that were aborted, and the consumer reads committed ones only.",
                "look at why the producer aborted; a read_uncommitted consumer would see them.");
        add(
                causes,
                Kind.RECORDS_ARE_GONE,
                86,
                gone,
                "Records of " + facts.topicName() + " are gone: expired by retention, deleted, or compacted.",
                "look at retention.ms, retention.bytes and cleanup.policy, and at the timestamps of the records.");
        return causes;
    }

    private static void add(
            List<Cause> causes, Kind kind, int likelihood, List<String> found, String sentence, String advice) {
        if (!found.isEmpty()) {
            causes.add(new Cause(kind, likelihood, sentence, found, advice));
        }
    }

    private void look(PartitionFacts partition, @Nullable Reading reading) {
        var at = reading == null ? null : reading.at();
        String client = reading == null ? "" : reading.reader().client().toString();
        boolean gotSomething = at != null && at.deliveredMs != PartitionSighting.NEVER;
        if (at != null && at.error == OFFSET_OUT_OF_RANGE) {
            outOfRange.add(facts.place(partition.index()) + ": " + client + " asked for offset "
                    + at.errorOffset + " " + words.at(at.errorMs) + ", when there were others; it went on at "
                    + at.offset
                    + " (" + words.partition(partition) + ")");
        } else if (at != null && isStartedAtLatest(partition, at)) {
            latest.add(started(partition, client, at));
        }
        if (!gotSomething && isCommittedBehind(partition, at)) {
            committed.add(committed(partition));
        }
        boolean isStuck = at == null || at.offset == PartitionSighting.NEVER || at.offset >= partition.stable();
        if (partition.isHeld() && isStuck && (facts.readsCommitted() || reading == null)) {
            held.add(held(partition));
        }
        var sample = partition.sample();
        if (sample.aborted() > 0 && sample.committed() == 0 && (facts.readsCommitted() || reading == null)) {
            aborted.add(facts.place(partition.index()) + ": all " + Words.records(sample.aborted()) + " from offset "
                    + sample.from() + " on were aborted");
        }
        if (!gotSomething) gone(partition, at);
    }

    private static boolean isStartedAtLatest(PartitionFacts partition, PartitionSighting at) {
        boolean isBehind = at.told > partition.start();
        return at.askedForLatest()
                && isBehind
                && at.deliveredMs == PartitionSighting.NEVER
                && at.firstOffset != PartitionSighting.NEVER
                && at.firstOffset == at.told
                && partition.highWatermark() == at.offset;
    }

    private String started(PartitionFacts partition, String client, PartitionSighting at) {
        return facts.place(partition.index()) + ": " + client + " asked for the end "
                + words.at(at.askedMs) + " and was told " + at.told + "; "
                + Words.records(at.told - partition.start()) + " ("
                + Words.offsets(partition.start(), at.told) + ", the newest stamped " + words.at(partition.newestMs())
                + ") were there already";
    }

    private boolean isCommittedBehind(PartitionFacts partition, @Nullable PartitionSighting at) {
        Long offset = partition.committed();
        boolean isRead = at == null || !at.askedForLatest();
        return offset != null && isRead && offset > partition.start() && offset >= partition.highWatermark();
    }

    private String committed(PartitionFacts partition) {
        var image = facts.image();
        var seen = facts.seen();
        var commit = seen == null || image == null ? null : seen.commit(image.name(), image.id(), partition.index());
        Long offset = partition.committed();
        return facts.place(partition.index()) + ": committed is " + offset
                + (commit == null || offset == null || commit.offset() != offset
                        ? ""
                        : ", by " + commit.by() + " " + words.at(commit.atMs()))
                + "; the log ends at " + partition.highWatermark();
    }

    private String held(PartitionFacts partition) {
        String place = facts.place(partition.index()) + ": what is from offset " + partition.stable() + " to "
                + (partition.highWatermark() - 1) + " waits";
        if (partition.open().isEmpty()) return place;
        OpenTransaction first = partition.open().get(0);
        return place + " for "
                + (first.transactionalId() == null
                        ? "a transaction no coordinator knows"
                        : "transaction " + first.transactionalId())
                + " of producer " + first.producerId() + ", open since "
                + words.at(first.sinceMs()).substring(3)
                + ", first offset " + first.firstOffset()
                + (first.timeoutMs() < 0 ? "" : ", timeout " + first.timeoutMs() + " ms");
    }

    private void gone(PartitionFacts partition, @Nullable PartitionSighting at) {
        if (partition.start() == 0) {
            var sample = partition.sample();
            if (partition.hasRecords()
                    && sample.from() == 0
                    && sample.committed() + sample.aborted() == 0
                    && !partition.isHeld()) {
                gone.add(facts.place(partition.index()) + ": offsets up to " + (partition.highWatermark() - 1)
                        + " were given, and no record is left: compacted");
            }
            return;
        }
        if (!partition.hasRecords() || at == null || at.offset <= partition.start()) {
            gone.add(facts.place(partition.index()) + ": " + Words.records(partition.start()) + " ("
                    + Words.offsets(0, partition.start()) + ") are gone; the log starts at " + partition.start()
                    + " and ends at " + partition.highWatermark());
        }
    }
}
