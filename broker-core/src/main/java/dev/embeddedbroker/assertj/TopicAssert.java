package dev.embeddedbroker.assertj;

import dev.embeddedbroker.EmbeddedBroker;
import dev.embeddedbroker.inspect.DecodedRecord;
import dev.embeddedbroker.inspect.Decoder;
import dev.embeddedbroker.inspect.Selection;
import dev.embeddedbroker.inspect.StoredRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.assertj.core.api.AbstractAssert;
import org.assertj.core.api.Assertions;
import org.assertj.core.api.ListAssert;
import org.jspecify.annotations.Nullable;

/**
 * Assertions on a topic: on its records that a {@code read_committed} consumer which starts at the beginning would get, in
 * the order of partitions and offsets.
 */
public final class TopicAssert extends AbstractAssert<TopicAssert, EmbeddedBroker> {
    private static final int MAX_SHOWN = 50;

    private final String topic;

    TopicAssert(EmbeddedBroker broker, String topic) {
        super(broker, TopicAssert.class);
        this.topic = topic;
    }

    /** It has exactly so many records. */
    public TopicAssert hasRecords(int count) {
        var stored = stored();
        if (stored.size() != count) {
            throw failure(
                    "%nExpecting topic %s to have %s records, but it has %s:%s",
                    topic, count, stored.size(), shown(stored));
        }
        return this;
    }

    /** It has no record. */
    public TopicAssert isEmpty() {
        return hasRecords(0);
    }

    /** It has so many partitions. */
    public TopicAssert hasPartitions(int count) {
        int there = actual.inspect().topic(topic).orElseThrow().partitions().size();
        if (there != count) {
            throw failure("%nExpecting topic %s to have %s partitions, but it has %s", topic, count, there);
        }
        return this;
    }

    /** For each of these keys, in UTF-8, there is a record. */
    public TopicAssert containsKeys(String... keys) {
        var stored = stored();
        return contains(
                "keys",
                List.of(keys),
                stored.stream().map(StoredRecord::keyText).toList(),
                stored);
    }

    /** For each of these values, in UTF-8, there is a record. */
    public TopicAssert containsValues(String... values) {
        var stored = stored();
        return contains(
                "values",
                List.of(values),
                stored.stream().map(StoredRecord::valueText).toList(),
                stored);
    }

    private TopicAssert contains(
            String what, List<String> wanted, List<? extends @Nullable String> there, List<StoredRecord> stored) {
        var missing = new ArrayList<>(wanted);
        missing.removeIf(there::contains);
        if (!missing.isEmpty()) {
            throw failure(
                    "%nExpecting topic %s to have records of the %s %s, but it has none of %s:%s",
                    topic, what, wanted, missing, shown(stored));
        }
        return this;
    }

    /** There is a record of this key and this value, in UTF-8. */
    public TopicAssert containsRecord(@Nullable String key, @Nullable String value) {
        var stored = stored();
        boolean isThere = stored.stream()
                .anyMatch(record -> Objects.equals(record.keyText(), key) && Objects.equals(record.valueText(), value));
        if (!isThere) {
            throw failure(
                    "%nExpecting topic %s to have a record %s = %s, but it has:%s", topic, key, value, shown(stored));
        }
        return this;
    }

    /** Goes on with AssertJ's own assertions on the records. */
    public ListAssert<StoredRecord> records() {
        return Assertions.assertThat(stored()).as("records of topic " + topic);
    }

    /** Goes on with AssertJ's own assertions on the records selected, those of open and aborted transactions say. */
    public ListAssert<StoredRecord> records(Selection selection) {
        return Assertions.assertThat(actual.inspect().records(selection)).as("records of topic " + topic);
    }

    /** Goes on with AssertJ's own assertions on the records, decoded. */
    public <K, V> ListAssert<DecodedRecord<K, V>> records(Decoder<K> keys, Decoder<V> values) {
        return Assertions.assertThat(actual.inspect().records(topic, keys, values))
                .as("records of topic " + topic);
    }

    private List<StoredRecord> stored() {
        return actual.inspect().records(topic);
    }

    private static String shown(List<StoredRecord> stored) {
        if (stored.isEmpty()) {
            return " none";
        }
        int more = stored.size() - MAX_SHOWN;
        return "\n" + GroupAssert.lines(stored.subList(0, Math.min(MAX_SHOWN, stored.size())))
                + (more > 0 ? "\n  and " + more + " more" : "");
    }
}
