package dev.embeddedbroker.inspect;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The way to look into a broker from a test: waits that end when the broker is in a state, and questions about what it
 * holds. All of it is read from the broker itself, by no client, and what is told is what was so at one moment.
 *
 * <p>The waits do not poll: the change that brings the state about ends them. They last 30 s at most, or what
 * {@link #within} says, in real time even where the broker's time is virtual; then they throw {@link AwaitTimeout}, whose
 * message says what is missing and how things stand. A limit of zero asks once.
 *
 * <p>Any thread may call, except the broker's own. All throw IllegalStateException if the broker does not run, or is
 * stopped or closed meanwhile.
 *
 * <p>Thread-safe.
 */
public final class Inspector {
    /** How long a question waits for the broker's threads. */
    static final Duration ANSWER_LIMIT = Duration.ofSeconds(30);

    private final Supplier<BrokerInsides> insides;
    private final Duration limit;

    /**
     * For the broker itself, which hands it out.
     *
     * @param insides the broker's, at the moment; throws IllegalStateException if it does not run
     */
    public Inspector(Supplier<BrokerInsides> insides) {
        this(insides, ANSWER_LIMIT);
    }

    private Inspector(Supplier<BrokerInsides> insides, Duration limit) {
        this.insides = insides;
        this.limit = limit;
    }

    /** The same with another time limit for its waits. */
    public Inspector within(Duration newLimit) {
        return new Inspector(insides, newLimit);
    }

    // ---- waiting: groups

    /**
     * Waits until a group is assigned: it has members, it is stable, every partition of every topic they subscribe to is
     * assigned, and each member knows where to start in its partitions. So what is produced from then on is consumed, even
     * with {@code auto.offset.reset=latest}.
     *
     * @return the group, as it then was
     */
    public GroupView awaitAssigned(String group) {
        return awaitAssigned(group, limit);
    }

    /** {@link #awaitAssigned(String)}, within a limit. */
    public GroupView awaitAssigned(String group, Duration atMost) {
        return await("awaitAssigned(\"" + group + "\")", atMost, looks -> Conditions.assigned(looks, group, -1, null));
    }

    /** {@link #awaitAssigned(String)}, and has exactly so many members; 0 awaits that all have left. */
    public GroupView awaitAssigned(String group, int members) {
        return awaitAssigned(group, members, limit);
    }

    /** {@link #awaitAssigned(String, int)}, within a limit. */
    public GroupView awaitAssigned(String group, int members, Duration atMost) {
        return await(
                "awaitAssigned(\"" + group + "\", " + members + ")",
                atMost,
                looks -> Conditions.assigned(looks, group, members, null));
    }

    /** {@link #awaitAssigned(String)} of one topic, whatever else its members subscribe to. */
    public GroupView awaitAssigned(String group, String topic) {
        return awaitAssigned(group, topic, limit);
    }

    /** {@link #awaitAssigned(String, String)}, within a limit. */
    public GroupView awaitAssigned(String group, String topic, Duration atMost) {
        return await(
                "awaitAssigned(\"" + group + "\", \"" + topic + "\")",
                atMost,
                looks -> Conditions.assigned(looks, group, -1, topic));
    }

    /**
     * Waits until a group has consumed everything: in all partitions of the topics it subscribes to or has committed offsets
     * of, there is no record behind what it has committed that a {@code read_committed} consumer would get. So what was
     * acknowledged before the call has been consumed and committed when it returns. Not before there is such a group.
     *
     * @return the lag, which is 0
     */
    public GroupLag awaitConsumed(String group) {
        return awaitConsumed(group, limit);
    }

    /** {@link #awaitConsumed(String)}, within a limit. */
    public GroupLag awaitConsumed(String group, Duration atMost) {
        return await("awaitConsumed(\"" + group + "\")", atMost, looks -> Conditions.consumed(looks, group, null));
    }

    /** {@link #awaitConsumed(String)} of one topic. */
    public GroupLag awaitConsumed(String group, String topic) {
        return awaitConsumed(group, topic, limit);
    }

    /** {@link #awaitConsumed(String, String)}, within a limit. */
    public GroupLag awaitConsumed(String group, String topic, Duration atMost) {
        return await(
                "awaitConsumed(\"" + group + "\", \"" + topic + "\")",
                atMost,
                looks -> Conditions.consumed(looks, group, topic));
    }

    /**
     * Waits until a group has committed an offset, or a later one.
     *
     * @param offset of the next record to consume, as Kafka counts: one more than the last consumed
     */
    public CommittedOffset awaitCommitted(String group, String topic, int partition, long offset) {
        return awaitCommitted(group, topic, partition, offset, limit);
    }

    /** {@link #awaitCommitted(String, String, int, long)}, within a limit. */
    public CommittedOffset awaitCommitted(String group, String topic, int partition, long offset, Duration atMost) {
        var place = new TopicAndPartition(topic, partition);
        return await(
                "awaitCommitted(\"" + group + "\", \"" + topic + "\", " + partition + ", " + offset + ")",
                atMost,
                looks -> Conditions.committed(looks, group, place, offset));
    }

    // ---- waiting: topics and transactions

    /** Waits until there is a topic, all partitions of which can be produced to. */
    public TopicView awaitTopic(String topic) {
        return awaitTopic(topic, limit);
    }

    /** {@link #awaitTopic(String)}, within a limit. */
    public TopicView awaitTopic(String topic, Duration atMost) {
        return await("awaitTopic(\"" + topic + "\")", atMost, looks -> Conditions.topic(looks, topic));
    }

    /**
     * Waits until a topic has at least so many records that a {@code read_committed} consumer which starts at the beginning
     * would get. Not before there is such a topic.
     *
     * @return all of them, by partition and offset
     */
    public List<StoredRecord> awaitRecords(String topic, int count) {
        return awaitRecords(topic, count, limit);
    }

    /** {@link #awaitRecords(String, int)}, within a limit. */
    public List<StoredRecord> awaitRecords(String topic, int count, Duration atMost) {
        return await(
                "awaitRecords(\"" + topic + "\", " + count + ")",
                atMost,
                looks -> Conditions.records(looks, topic, count));
    }

    /** Waits until no transaction is open: each is committed or aborted, and its end is written in all its partitions. */
    public void awaitNoOpenTransactions() {
        awaitNoOpenTransactions(limit);
    }

    /** {@link #awaitNoOpenTransactions()}, within a limit. */
    public void awaitNoOpenTransactions(Duration atMost) {
        var unused = await("awaitNoOpenTransactions()", atMost, Conditions::noOpenTransactions);
    }

    /**
     * Waits until no client has anything to do that the broker knows of: every group that has members is assigned and has
     * consumed everything, and no transaction is open. A record that a client is still going to send is not known.
     */
    public void awaitQuiescent() {
        awaitQuiescent(limit);
    }

    /** {@link #awaitQuiescent()}, within a limit. */
    public void awaitQuiescent(Duration atMost) {
        var unused = await("awaitQuiescent()", atMost, Conditions::quiescent);
    }

    /** What is looked at. */
    BrokerInsides insides() {
        return insides.get();
    }

    private <T> T await(String what, Duration atMost, Function<Looks, Verdict<T>> look) {
        return new Await(insides.get(), what, atMost).until(look);
    }

    // ---- looking: groups

    /** All groups, in order of their ids. */
    public List<GroupView> groups() {
        return look("groups()", states(GroupStates::lookAtAll)).groups().stream()
                .map(GroupLook::group)
                .toList();
    }

    /** A group, if there is one of that id; groups that only commit offsets count. */
    public Optional<GroupView> group(String group) {
        return find(group).map(GroupLook::group);
    }

    /** The members of a group; none if there is no such group. */
    public List<MemberView> members(String group) {
        return group(group).map(GroupView::members).orElse(List.of());
    }

    /** What a group has committed; nothing if there is no such group. Offsets of open transactions do not count yet. */
    public SortedMap<TopicAndPartition, CommittedOffset> committed(String group) {
        return find(group).map(GroupLook::committed).orElseGet(TreeMap::new);
    }

    /**
     * How far a group is behind, in all partitions of the topics it subscribes to or has committed offsets of.
     *
     * @throws NoSuchElementException if there is no such group
     */
    public GroupLag lag(String group) {
        var look = find(group).orElseThrow(() -> new NoSuchElementException("there is no group " + group));
        return ask(looks -> new GroupStates(looks).lag(look, look.topics()));
    }

    private Optional<GroupLook> find(String group) {
        return look("group(\"" + group + "\")", states(states -> states.look(group))).groups().stream()
                .findFirst();
    }

    private static Function<Looks, Verdict<GroupStates.Seen>> states(Function<GroupStates, GroupStates.Seen> look) {
        return looks -> {
            var seen = look.apply(new GroupStates(looks));
            return seen.isLoaded()
                    ? Verdict.reached(seen)
                    : Verdict.missing("a group coordinator still loads its log", () -> "");
        };
    }

    /** A question that may have to wait for a coordinator which was started just now. */
    private <T> T look(String what, Function<Looks, Verdict<T>> look) {
        return await(what, ANSWER_LIMIT, look);
    }

    private <T> T ask(Function<Looks, T> question) {
        try {
            return question.apply(new Looks(insides.get(), System.nanoTime() + ANSWER_LIMIT.toNanos()));
        } catch (Changes.BrokerEnded | Looks.NoAnswer e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
    }

    // ---- looking: topics and records

    /** All topics, in order of their names, Kafka's own included. */
    public List<TopicView> topics() {
        return ask(looks -> {
            var states = new TopicStates(looks);
            return looks.insides().metadata().image().topics().stream()
                    .map(states::view)
                    .toList();
        });
    }

    /** A topic, if there is one of that name. */
    public Optional<TopicView> topic(String topic) {
        return ask(
                looks -> Optional.ofNullable(looks.insides().metadata().image().topic(topic))
                        .map(new TopicStates(looks)::view));
    }

    /**
     * What is before these offsets, any consumer may read: the offset of the next record, by partition.
     *
     * @throws NoSuchElementException if there is no such topic
     */
    public SortedMap<Integer, Long> endOffsets(String topic) {
        var ends = new TreeMap<Integer, Long>();
        topic(topic)
                .orElseThrow(() -> noTopic(topic))
                .partitions()
                .forEach(partition -> ends.put(partition.partition(), partition.endOffset()));
        return ends;
    }

    /**
     * The records of a topic that a {@code read_committed} consumer which starts at the beginning would get, by partition
     * and offset.
     *
     * @throws NoSuchElementException if there is no such topic
     */
    public List<StoredRecord> records(String topic) {
        return records(Selection.of(topic));
    }

    /**
     * The records selected, by partition and offset.
     *
     * @throws NoSuchElementException if there is no such topic
     */
    public List<StoredRecord> records(Selection wanted) {
        return ask(looks -> {
            var topic = looks.insides().metadata().image().topic(wanted.topic());
            if (topic == null) {
                throw noTopic(wanted.topic());
            }
            return List.copyOf(new TopicStates(looks).records(topic, wanted));
        });
    }

    /**
     * {@link #records(String)}, decoded: {@code records("orders", new StringDeserializer()::deserialize, …)}.
     *
     * @throws IllegalArgumentException if a decoder throws; the message says for which record
     */
    public <K, V> List<DecodedRecord<K, V>> records(String topic, Decoder<K> keys, Decoder<V> values) {
        return records(Selection.of(topic), keys, values);
    }

    /**
     * {@link #records(Selection)}, decoded.
     *
     * @throws IllegalArgumentException if a decoder throws; the message says for which record
     */
    public <K, V> List<DecodedRecord<K, V>> records(Selection wanted, Decoder<K> keys, Decoder<V> values) {
        var decoded = new ArrayList<DecodedRecord<K, V>>();
        for (var record : records(wanted)) {
            decoded.add(new DecodedRecord<>(
                    decode(keys, record, record.key(), "key"),
                    decode(values, record, record.value(), "value"),
                    record));
        }
        return List.copyOf(decoded);
    }

    private static <T> @Nullable T decode(
            Decoder<T> decoder, StoredRecord record, byte @Nullable [] bytes, String part) {
        try {
            return decoder.decode(record, bytes);
        } catch (RuntimeException e) {
            throw new IllegalArgumentException(
                    "the " + part + " of " + record.topic() + "-" + record.partition() + "@" + record.offset()
                            + " can't be decoded: " + Shown.bytes(bytes) + ": " + e.getMessage(),
                    e);
        }
    }

    private static NoSuchElementException noTopic(String topic) {
        return new NoSuchElementException("there is no topic " + topic);
    }

    // ---- looking: transactions

    /** Every transactional id that is known, in order. */
    public List<TransactionView> transactions() {
        return ask(looks -> new TransactionStates(looks).all());
    }

    /** The transactions that are not committed or aborted yet, or whose end is not written in all their partitions. */
    public List<TransactionView> openTransactions() {
        return ask(looks -> List.copyOf(new TransactionStates(looks).open()));
    }
}
