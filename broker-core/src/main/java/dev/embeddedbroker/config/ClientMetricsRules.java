package dev.embeddedbroker.config;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** What the settings of a client metrics subscription have to fulfil (KIP-714). */
public final class ClientMetricsRules {
    private static final int MIN_INTERVAL_MS = 100;
    private static final int MAX_INTERVAL_MS = 3_600_000;
    private static final List<String> LABELS = List.of(
            "client_instance_id",
            "client_id",
            "client_software_name",
            "client_software_version",
            "client_source_address",
            "client_source_port");

    private ClientMetricsRules() {}

    /** A {@link MalformedChange} is for what Kafka takes for a wrong request, an {@link InvalidConfig} for wrong values. */
    public static void validate(String subscription, Map<String, String> values) {
        if (subscription.isEmpty()) {
            throw new MalformedChange("Subscription name can't be empty");
        }
        ConfigTable table = ConfigTable.of(Scope.CLIENT_METRICS);
        for (String name : values.keySet()) {
            if (table.find(name) == null) {
                throw new MalformedChange("Unknown client metrics configuration: " + name);
            }
        }
        ConfigView view = ConfigView.of(Scope.CLIENT_METRICS, values);
        int intervalMs = view.get(ClientMetricsKeys.INTERVAL_MS);
        if (intervalMs < MIN_INTERVAL_MS || intervalMs > MAX_INTERVAL_MS) {
            throw new MalformedChange(ClientMetricsKeys.INTERVAL_MS + " is " + intervalMs + " (expected: "
                    + MIN_INTERVAL_MS + " to " + MAX_INTERVAL_MS + ")");
        }
        patterns(view.get(ClientMetricsKeys.MATCH));
    }

    /** What a subscription asks for: which metrics, how often, of the clients whose labels match. */
    public record Subscription(List<String> metrics, int intervalMs, Map<String, Pattern> match) {}

    /** A subscription's settings, which were valid when they were set. */
    public static Subscription subscription(Map<String, String> values) {
        ConfigView view = ConfigView.of(Scope.CLIENT_METRICS, values);
        return new Subscription(
                view.get(ClientMetricsKeys.METRICS),
                view.get(ClientMetricsKeys.INTERVAL_MS),
                patterns(view.get(ClientMetricsKeys.MATCH)));
    }

    /** The patterns of a subscription by the client's label they are for. */
    public static Map<String, Pattern> patterns(List<String> match) {
        var patterns = new HashMap<String, Pattern>();
        for (String each : match) {
            int equals = each.indexOf('=');
            String label = equals < 0 ? "" : each.substring(0, equals).trim();
            String regex = withoutTrailingEquals(each.substring(equals + 1));
            if (!LABELS.contains(label) || regex.isEmpty() || regex.indexOf('=') >= 0) {
                throw illegal(each);
            }
            try {
                patterns.put(label, Pattern.compile(regex.trim()));
            } catch (PatternSyntaxException e) {
                throw illegal(each);
            }
        }
        return patterns;
    }

    private static String withoutTrailingEquals(String text) {
        int end = text.length();
        while (end > 0 && text.charAt(end - 1) == '=') {
            end--;
        }
        return text.substring(0, end);
    }

    private static InvalidConfig illegal(String pattern) {
        return InvalidConfig.value(
                ClientMetricsKeys.MATCH.name(), pattern, "label=regex, the label one of " + String.join(", ", LABELS));
    }
}
