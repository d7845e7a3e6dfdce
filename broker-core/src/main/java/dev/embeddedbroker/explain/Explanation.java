package dev.embeddedbroker.explain;

import java.util.List;
import java.util.Optional;

/**
 * Why a group got nothing of a topic: the causes, the likeliest first, and as {@code toString()} a text to be read. Immutable.
 *
 * @param causes at least one
 * @param recent the last requests of the group's clients, a line each; empty without the flight recorder
 */
public record Explanation(String group, String topic, List<Cause> causes, String recent) {

    public Explanation {
        causes = List.copyOf(causes);
    }

    /** The likeliest cause. */
    public Cause top() {
        return causes.get(0);
    }

    /** The cause of that kind, if it is among them. */
    public Optional<Cause> cause(Cause.Kind kind) {
        return causes.stream().filter(cause -> cause.kind() == kind).findFirst();
    }

    @Override
    public String toString() {
        var text = new StringBuilder("Why group " + group + " got nothing of topic " + topic + ":\n");
        int number = 1;
        for (var cause : causes) {
            text.append(' ')
                    .append(number++)
                    .append(". ")
                    .append(cause.sentence())
                    .append('\n');
            cause.facts().forEach(fact -> text.append("      - ").append(fact).append('\n'));
            if (!cause.advice().isEmpty()) {
                text.append("      => ").append(cause.advice()).append('\n');
            }
        }
        if (!recent.isEmpty()) {
            text.append("The last requests of its clients:\n").append(recent.indent(2));
        }
        return text.toString();
    }
}
