package dev.embeddedbroker.config;

import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;

/** The value of {@code max.connections.per.ip.overrides}: {@code host:number} pairs, separated by commas. */
public final class ConnectionOverrides {
    private static final Pattern HOST = Pattern.compile("[0-9a-zA-Z%._:-]*");

    private ConnectionOverrides() {}

    /**
     * The number for each host.
     *
     * @throws InvalidConfig if the text is something else
     */
    public static Map<String, Integer> parse(String text) {
        var overrides = new HashMap<String, Integer>();
        for (String pair : text.split(",", -1)) {
            if (!pair.isBlank()) {
                int colon = pair.lastIndexOf(':');
                if (colon < 0) {
                    throw invalid(text);
                }
                String host = pair.substring(0, colon).strip();
                overrides.put(host, limit(text, host, pair.substring(colon + 1).strip()));
            }
        }
        return overrides;
    }

    private static int limit(String text, String host, String limit) {
        if (HOST.matcher(host).matches()) {
            try {
                return Integer.parseInt(limit);
            } catch (NumberFormatException notNumber) {
                throw invalid(text);
            }
        }
        throw invalid(text);
    }

    private static InvalidConfig invalid(String text) {
        return InvalidConfig.value("max.connections.per.ip.overrides", text, "host:number pairs, separated by commas");
    }
}
