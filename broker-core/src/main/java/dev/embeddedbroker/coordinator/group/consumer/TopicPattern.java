package dev.embeddedbroker.coordinator.group.consumer;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dev.embeddedbroker.protocol.ErrorCode;
import java.util.Collection;
import java.util.List;

/** A regular expression for topic names, in RE2's syntax; it must match the whole name. */
final class TopicPattern {
    private final Pattern pattern;

    private TopicPattern(Pattern pattern) {
        this.pattern = pattern;
    }

    static TopicPattern compile(String regex) {
        try {
            return new TopicPattern(Pattern.compile(regex));
        } catch (PatternSyntaxException e) {
            throw new Refused(
                    ErrorCode.INVALID_REGULAR_EXPRESSION,
                    "SubscribedTopicRegex `" + regex + "` is not a valid regular expression: " + e.getDescription()
                            + ".");
        }
    }

    List<String> matching(Collection<String> names) {
        return names.stream().filter(name -> pattern.matcher(name).matches()).toList();
    }
}
