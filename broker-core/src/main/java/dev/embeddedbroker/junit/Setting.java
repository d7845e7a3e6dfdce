package dev.embeddedbroker.junit;

import java.util.Map;

/** One {@code name=value} of an annotation. */
record Setting(String name, String value) {
    /** @throws IllegalArgumentException if it has no name before an equals sign */
    static Setting parse(String text) {
        int equals = text.indexOf('=');
        if (equals < 1) {
            throw new IllegalArgumentException("setting is '" + text + "' (expected: name=value)");
        }
        return new Setting(
                text.substring(0, equals).trim(), text.substring(equals + 1).trim());
    }

    void addTo(Map<String, Object> settings) {
        settings.put(name, value);
    }
}
