package dev.embeddedbroker.fault;

import dev.embeddedbroker.protocol.ApiKey;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The conditions of a rule that is to be: {@link Faults#on} begins them, {@link #then} makes the rule. All of them have to be
 * met. Each method returns this.
 *
 * <p>Where requests are counted ({@link #nth}, {@link #first}, {@link #every}, {@link #probability}), those are that meet all
 * other conditions, whichever connection they come over, in the order in which the broker reads them.
 *
 * <p>Not thread-safe.
 */
public final class FaultConditions {
    private final Faults faults;
    private final Set<ApiKey> kinds;
    private final List<Condition> ofRequests = new ArrayList<>();
    private final List<Condition.OfSubject> ofSubjects = new ArrayList<>();
    private @Nullable String name;
    private boolean optional;
    private boolean numbered;
    private long first = 1;
    private long last = Long.MAX_VALUE;
    private long step = 1;
    private long most = Long.MAX_VALUE;
    private double probability = 1;
    private long seed;

    FaultConditions(Faults faults, Set<ApiKey> kinds) {
        this.faults = faults;
        this.kinds = kinds;
    }

    /** A name for the rule, to stand in front of its conditions where it is printed. */
    public FaultConditions named(String text) {
        name = text;
        return this;
    }

    /** It is no mistake if the rule never fires; {@link Faults#unused} passes it over. */
    public FaultConditions optional() {
        optional = true;
        return this;
    }

    // ---- what a request has to be

    /** The request is written in this version. */
    public FaultConditions version(int version) {
        return versions(version, version);
    }

    /** The request is written in a version of {@code lowest} to {@code highest}. */
    public FaultConditions versions(int lowest, int highest) {
        String text = lowest == highest ? "version is " + lowest : "version is " + lowest + " to " + highest;
        return and(new Condition(
                text,
                seen -> seen.version() >= lowest && seen.version() <= highest,
                seen -> "version " + seen.version()));
    }

    /** The client's {@code client.id} is this one. */
    public FaultConditions clientId(String id) {
        return clientId("client id is \"" + id + '"', id::equals);
    }

    /** The client's {@code client.id} begins so. */
    public FaultConditions clientIdPrefix(String prefix) {
        return clientId("client id begins with \"" + prefix + '"', id -> id.startsWith(prefix));
    }

    /** The client's {@code client.id}, empty where it has none, is as the predicate wants it. */
    public FaultConditions clientId(Predicate<String> wanted) {
        return clientId("client id is as its predicate wants it", wanted);
    }

    private FaultConditions clientId(String text, Predicate<String> wanted) {
        return and(new Condition(
                text, seen -> wanted.test(seen.clientId()), seen -> "client id \"" + seen.clientId() + '"'));
    }

    /** The request is as the predicate wants it, which runs on the broker's threads, and on several at once. */
    public FaultConditions when(Predicate<RequestView> wanted) {
        return when("the request is as its predicate wants it", wanted);
    }

    /** The same, with a text for the predicate in what the rule prints. */
    public FaultConditions when(String text, Predicate<RequestView> wanted) {
        return and(new Condition(text, wanted::test, seen -> "v" + seen.version() + " about " + seen.subjects()));
    }

    private FaultConditions and(Condition condition) {
        ofRequests.add(condition);
        return this;
    }

    // ---- what a request has to be about

    /**
     * The request is about this topic, by name or by id. If it is about others too, these are served as if the rule was not
     * there, where the verdict is an error or damaged records. A request for all topics that names none is about each.
     */
    public FaultConditions topic(String topic) {
        return topic("topic is \"" + topic + '"', topic::equals);
    }

    /** The request is about a topic that the predicate wants. */
    public FaultConditions topic(Predicate<String> wanted) {
        return topic("topic is as its predicate wants it", wanted);
    }

    private FaultConditions topic(String text, Predicate<String> wanted) {
        return and(new Condition.OfSubject(
                text,
                subject -> subject.everyTopic() || (subject.topic() != null && wanted.test(subject.topic())),
                true,
                seen -> "topics " + seen.topics()));
    }

    /** The request is about one of these partitions of the topic; of any topic, if none is asked for. */
    public FaultConditions partition(int... partitions) {
        var wanted = java.util.Arrays.stream(partitions).boxed().toList();
        return and(new Condition.OfSubject(
                wanted.size() == 1 ? "partition is " + wanted.get(0) : "partition is one of " + wanted,
                subject -> subject.everyTopic() || wanted.contains(subject.partition()),
                true,
                seen -> "partitions "
                        + seen.subjects().stream()
                                .map(Subject::partition)
                                .distinct()
                                .toList()));
    }

    /** The request is about this group: of consumers, of Streams, a share group. */
    public FaultConditions group(String group) {
        return and(new Condition.OfSubject(
                "group is \"" + group + '"',
                subject -> group.equals(subject.group()),
                false,
                seen -> "groups " + seen.groups()));
    }

    /** The request is about this {@code transactional.id}. */
    public FaultConditions transactionalId(String id) {
        return and(new Condition.OfSubject(
                "transactional id is \"" + id + '"',
                subject -> id.equals(subject.transactionalId()),
                false,
                seen -> "transactional ids " + seen.transactionalIds()));
    }

    private FaultConditions and(Condition.OfSubject condition) {
        ofSubjects.add(condition);
        return this;
    }

    // ---- which of those requests

    /** Only the {@code n}th such request, from 1. */
    public FaultConditions nth(long n) {
        number("nth", n);
        first = n;
        last = n;
        return this;
    }

    /** Only the first {@code n} such requests. */
    public FaultConditions first(long n) {
        number("first", n);
        last = n;
        return this;
    }

    /** The {@code n}th such request, the {@code 2n}th, and so on. */
    public FaultConditions every(long n) {
        number("every", n);
        first = n;
        step = n;
        return this;
    }

    private void number(String what, long n) {
        if (n < 1) {
            throw new IllegalArgumentException(what + " is " + n + " (expected: at least 1)");
        }
        if (numbered) {
            throw new IllegalStateException(
                    what + "(" + n + ") follows another number (expected: one of nth, first, every)");
        }
        numbered = true;
    }

    /** At most so many requests; then the rule is over. */
    public FaultConditions times(long atMost) {
        if (atMost < 1) {
            throw new IllegalArgumentException("times is " + atMost + " (expected: at least 1)");
        }
        most = atMost;
        return this;
    }

    /**
     * Each such request with a probability of 0 to 1, by a chance that goes by {@code seed}: for the same seed the first, the
     * second … such request are struck or not as they were the last time.
     */
    public FaultConditions probability(double probability, long seed) {
        if (!(probability >= 0 && probability <= 1)) {
            throw new IllegalArgumentException("probability is " + probability + " (expected: 0 to 1)");
        }
        this.probability = probability;
        this.seed = seed;
        return this;
    }

    /** The same with a seed that is drawn anew; the rule's {@link FaultRule#toString} tells it. */
    public FaultConditions probability(double probability) {
        return probability(probability, ThreadLocalRandom.current().nextInt(Integer.MAX_VALUE));
    }

    // ---- the rule

    /**
     * Makes the rule. When it returns, each request that the broker begins to serve is looked at, while clients are connected
     * or not. Fetches that were waiting for records before are not.
     *
     * @throws IllegalArgumentException if the verdict can't be carried out on such requests
     */
    public FaultRule then(Verdict verdict) {
        verdict.check(kinds);
        var copy = new FaultConditions(faults, kinds);
        copy.ofRequests.addAll(ofRequests);
        copy.ofSubjects.addAll(ofSubjects);
        copy.name = name;
        copy.optional = optional;
        copy.first = first;
        copy.last = last;
        copy.step = step;
        copy.most = most;
        copy.probability = probability;
        copy.seed = seed;
        return faults.add(new FaultRule(faults, copy, verdict));
    }

    boolean covers(ApiKey api) {
        return kinds.contains(api);
    }

    boolean isOptional() {
        return optional;
    }

    List<Condition> ofRequests() {
        return ofRequests;
    }

    List<Condition.OfSubject> ofSubjects() {
        return ofSubjects;
    }

    Turns.Setting turns() {
        return new Turns.Setting(first, last, step, most, probability, seed);
    }

    String kinds() {
        return kinds.size() == EnumSet.allOf(ApiKey.class).size() ? "request" : String.join("/", names());
    }

    private List<String> names() {
        return kinds.stream().map(Objects::toString).toList();
    }

    /** The conditions. */
    @Override
    public String toString() {
        var text = new StringBuilder(name == null ? "" : name + ": ").append(kinds());
        ofRequests.forEach(each -> text.append(", ").append(each.text()));
        ofSubjects.forEach(each -> text.append(", ").append(each.text()));
        return text.append(turns()).toString();
    }
}
