package dev.embeddedbroker.explain;

import dev.embeddedbroker.explain.Facts.PartitionFacts;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** How things are told. Immutable. */
final class Words {

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("HH:mm:ss.SSS", Locale.ROOT).withZone(ZoneId.systemDefault());
    private static final long SECOND_MS = 1_000;
    private static final long MINUTE_MS = 60_000;

    private final Facts facts;

    Words(Facts facts) {
        this.facts = facts;
    }

    /** A time of day, and how long ago that is. */
    String at(long wallMs) {
        long agoMs = facts.nowMs() - wallMs;
        String ago = agoMs < 10 * SECOND_MS
                ? agoMs + " ms"
                : agoMs < 10 * MINUTE_MS ? agoMs / SECOND_MS + " s" : agoMs / MINUTE_MS + " min";
        return "at " + TIME.format(Instant.ofEpochMilli(wallMs)) + (agoMs < 0 ? "" : " (" + ago + " ago)");
    }

    String produced(String topic) {
        long count = facts.topics().getOrDefault(topic, 0L);
        return topic + (count == 0 ? " has no records" : " got " + records(count));
    }

    static String records(long count) {
        return count == 1 ? "1 record" : count + " records";
    }

    static String offsets(long from, long to) {
        return to - from == 1 ? "offset " + from : "offsets " + from + " to " + (to - 1);
    }

    /** How a partition stands. */
    String partition(PartitionFacts partition) {
        return facts.place(partition.index()) + " has "
                + (partition.hasRecords()
                        ? offsets(partition.start(), partition.highWatermark()) + ", the newest stamped "
                                + at(partition.newestMs())
                        : partition.start() > 0
                                ? "no records any more; its next offset is " + partition.highWatermark()
                                : "no records")
                + (partition.committed() == null
                        ? ", and the group has committed nothing"
                        : ", and the group has committed " + partition.committed());
    }
}
