package dev.embeddedbroker.coordinator.group.consumer;

import dev.embeddedbroker.protocol.ErrorCode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * A regular expression for topic names, which must match the whole name.
 *
 * <p>Kafka takes RE2 syntax, with a library of its own. Here the JDK's does the matching, and what RE2 has not got is
 * refused as Kafka refuses it: look-around, back references, atomic groups and possessive quantifiers.
 */
final class TopicPattern {
    private static final String NOT_IN_RE2 = "is not supported by RE2";

    private final Pattern pattern;

    private TopicPattern(Pattern pattern) {
        this.pattern = pattern;
    }

    static TopicPattern compile(String regex) {
        try {
            requireRe2(regex);
            return new TopicPattern(Pattern.compile(regex.replace("(?P<", "(?<")));
        } catch (PatternSyntaxException e) {
            throw new Refused(
                    ErrorCode.INVALID_REGULAR_EXPRESSION,
                    "SubscribedTopicRegex `" + regex + "` is not a valid regular expression: " + e.getDescription()
                            + ".");
        }
    }

    List<String> matching(Collection<String> names) {
        var matches = new ArrayList<String>();
        for (String name : names) {
            if (pattern.matcher(name).matches()) {
                matches.add(name);
            }
        }
        return matches;
    }

    private static void requireRe2(String regex) {
        boolean isInClass = false;
        for (int i = 0; i < regex.length(); i++) {
            char c = regex.charAt(i);
            if (c == '\\') {
                i = skipEscape(regex, i);
            } else if (isInClass) {
                isInClass = c != ']';
            } else if (c == '[') {
                isInClass = true;
                i = skipFirstOfClass(regex, i);
            } else if (c == '(') {
                requireRe2Group(regex, i);
            } else if (c == '+' && i > 0 && isQuantifierEnd(regex, i - 1)) {
                throw new PatternSyntaxException("possessive quantifier " + NOT_IN_RE2, regex, i);
            }
        }
    }

    /** Returns where the escape ends; a back reference is no escape RE2 knows. */
    private static int skipEscape(String regex, int at) {
        if (at + 1 >= regex.length()) {
            return at;
        }
        char next = regex.charAt(at + 1);
        if ((next >= '1' && next <= '9') || next == 'k') {
            throw new PatternSyntaxException("back reference " + NOT_IN_RE2, regex, at);
        }
        if (next != 'Q') {
            return at + 1;
        }
        int end = regex.indexOf("\\E", at + 2);
        return end < 0 ? regex.length() : end + 1;
    }

    /** A bracket that comes first in a class, after the negation, stands for itself. */
    private static int skipFirstOfClass(String regex, int at) {
        int first = at + 1;
        if (first < regex.length() && regex.charAt(first) == '^') {
            first++;
        }
        return first < regex.length() && regex.charAt(first) == ']' ? first : first - 1;
    }

    private static void requireRe2Group(String regex, int at) {
        for (String opening : List.of("(?=", "(?!", "(?<=", "(?<!", "(?>")) {
            if (regex.startsWith(opening, at)) {
                throw new PatternSyntaxException("group " + opening + "…) " + NOT_IN_RE2, regex, at);
            }
        }
    }

    private static boolean isQuantifierEnd(String regex, int at) {
        char c = regex.charAt(at);
        boolean isEscaped = at > 0 && regex.charAt(at - 1) == '\\' && !(at > 1 && regex.charAt(at - 2) == '\\');
        return (c == '*' || c == '+' || c == '?' || c == '}') && !isEscaped;
    }
}
