package dev.embeddedbroker.explain;

import dev.embeddedbroker.explain.Cause.Kind;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Finds the causes that the facts speak for. */
final class Rules {

    private final Facts facts;
    private final Words words;
    private final List<Cause> causes = new ArrayList<>();

    private Rules(Facts facts) {
        this.facts = facts;
        this.words = new Words(facts);
    }

    /** The causes, the likeliest first; at least one. */
    static List<Cause> apply(Facts facts) {
        var rules = new Rules(facts);
        rules.all();
        rules.causes.sort(Comparator.comparingInt(Cause::likelihood).reversed());
        return rules.causes;
    }

    private void all() {
        topic();
        causes.addAll(new MemberRules(facts, words).apply());
        if (facts.image() != null) {
            nothingProduced();
            causes.addAll(new PositionRules(facts, words).apply());
            causes.addAll(new ReadingRules(facts, words).apply());
        }
        if (causes.isEmpty()) {
            unknown();
        }
    }

    private void topic() {
        if (facts.image() != null) {
            return;
        }
        var near = Nearest.of(facts.topicName(), facts.topics().keySet());
        var found = new ArrayList<String>();
        near.ifPresent(name -> found.add(words.produced(name)));
        found.add(
                facts.topics().isEmpty()
                        ? "there are no topics at all"
                        : "there are: " + String.join(", ", facts.topics().keySet()));
        causes.add(new Cause(
                Kind.TOPIC_DOES_NOT_EXIST,
                100,
                "There is no topic " + facts.topicName()
                        + near.map(name -> "; there is " + name + ", which may be what was meant.")
                                .orElse("."),
                found,
                near.map(name -> "subscribe to " + name + ", or create " + facts.topicName() + ".")
                        .orElse("create it, or produce to it before.")));
    }

    private void nothingProduced() {
        boolean isEmpty = facts.partitions().values().stream().allMatch(each -> each.highWatermark() == 0);
        if (!isEmpty) {
            return;
        }
        var found = new ArrayList<String>();
        facts.topics().forEach((name, count) -> {
            if (count > 0 && found.size() < 10) found.add(words.produced(name));
        });
        var near = Nearest.of(
                facts.topicName(),
                facts.topics().entrySet().stream()
                        .filter(each -> each.getValue() > 0)
                        .map(java.util.Map.Entry::getKey)
                        .toList());
        causes.add(new Cause(
                Kind.NOTHING_WAS_PRODUCED,
                95,
                "Nothing was ever produced to " + facts.topicName()
                        + near.map(name -> "; records were produced to " + name + ".")
                                .orElse("."),
                found,
                near.map(name -> "is " + name + " what was meant?").orElse("")));
    }

    private void unknown() {
        causes.add(new Cause(
                Kind.UNKNOWN,
                1,
                "Nothing is wrong as far as the broker can see.",
                facts.partitions().values().stream().map(words::partition).toList(),
                "what happens inside the client, such as a deserializer that throws, cannot be seen from here."));
    }
}
