package dev.embeddedbroker.examples.benchmarks;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A workload's arguments, {@code NAME=VALUE} each. */
final class Arguments {
    private final Map<String, String> values = new TreeMap<>();

    Arguments(List<String> arguments) {
        for (String argument : arguments) {
            int equals = argument.indexOf('=');
            if (equals < 1) {
                throw new IllegalArgumentException("argument " + argument + " (expected: NAME=VALUE)");
            }
            values.put(argument.substring(0, equals), argument.substring(equals + 1));
        }
    }

    int number(String name, int otherwise) {
        return Integer.parseInt(values.getOrDefault(name, String.valueOf(otherwise)));
    }

    String text(String name, String otherwise) {
        return values.getOrDefault(name, otherwise);
    }

    /** The value split at its commas. */
    List<String> list(String name, String otherwise) {
        return List.of(text(name, otherwise).split(",", -1));
    }

    /** Settings of the brokers: {@code settings=NAME:VALUE,…}. */
    Map<String, String> settings() {
        var settings = new TreeMap<String, String>();
        for (String setting : list("settings", "")) {
            int colon = setting.indexOf(':');
            if (colon > 0) {
                settings.put(setting.substring(0, colon), setting.substring(colon + 1));
            }
        }
        return settings;
    }

    @Override
    public String toString() {
        return values.toString();
    }
}
