package dev.embeddedbroker.fault;

import dev.embeddedbroker.protocol.ApiKey;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;

/**
 * What came since a rule was made, and what kept it from meeting the rule.
 *
 * <p><b>Owner:</b> the rule's lock.
 */
final class Tally {
    private static final int MOST_SAMPLES = 5;

    private final Map<ApiKey, Long> came = new EnumMap<>(ApiKey.class);
    private final Map<String, Misses> misses = new LinkedHashMap<>();
    private long ofTheRule;

    private static final class Misses {
        private long count;
        private final Set<String> seen = new LinkedHashSet<>();
    }

    void came(ApiKey api, boolean isOfTheRule) {
        came.merge(api, 1L, Long::sum);
        if (isOfTheRule) {
            ofTheRule++;
        }
    }

    void missed(String condition, String seen) {
        var each = misses.computeIfAbsent(condition, text -> new Misses());
        each.count++;
        if (each.seen.size() < MOST_SAMPLES) {
            each.seen.add(seen);
        }
    }

    /** Why the rule did not fire, of requests of which {@code met} met all its conditions. */
    String explanation(String kinds, long met, Turns turns) {
        if (came.isEmpty()) {
            return "no request came at all since it was added";
        }
        if (ofTheRule == 0) {
            var others = new StringJoiner(", ");
            came.forEach((api, count) -> others.add(api + " " + count + "x"));
            return "no " + kinds + " came since it was added; what came: " + others;
        }
        var lines = new ArrayList<String>(List.of(ofTheRule + " " + kinds + " came"));
        misses.forEach((condition, each) -> lines.add(
                "\"" + condition + "\" kept out " + each.count + ", which had " + String.join(" or ", each.seen)));
        if (met > 0) {
            lines.add(met + " met every condition, but none was due" + turns);
        }
        return String.join("; ", lines);
    }
}
