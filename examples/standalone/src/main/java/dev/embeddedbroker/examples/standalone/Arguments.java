package dev.embeddedbroker.examples.standalone;

import dev.embeddedbroker.EmbeddedBroker;
import java.nio.file.Path;

/** The command line of {@link Standalone}. */
final class Arguments {
    static final String USAGE =
            "usage: [--port PORT] [--host HOST] [--data-dir DIR] [--topic NAME:PARTITIONS]... [--config NAME=VALUE]...";
    private static final int DEFAULT_PORT = 9092;

    private Arguments() {}

    /**
     * A builder set up as the arguments say.
     *
     * @throws IllegalArgumentException if they can't be understood; the message says which and why
     */
    static EmbeddedBroker.Builder parse(String[] args) {
        var builder = EmbeddedBroker.builder().port(DEFAULT_PORT).temporaryDirectory();
        for (int i = 0; i < args.length; i += 2) {
            if (i + 1 == args.length) {
                throw new IllegalArgumentException(args[i] + " has no value");
            }
            apply(builder, args[i], args[i + 1]);
        }
        return builder;
    }

    private static void apply(EmbeddedBroker.Builder builder, String name, String value) {
        switch (name) {
            case "--port" -> builder.port(number(name, value));
            case "--host" -> builder.host(value);
            case "--data-dir" -> builder.dataDirectory(Path.of(value));
            case "--topic" -> {
                int colon = value.lastIndexOf(':');
                if (colon < 1) {
                    throw new IllegalArgumentException("--topic is " + value + " (expected: NAME:PARTITIONS)");
                }
                builder.topic(value.substring(0, colon), number(name, value.substring(colon + 1)));
            }
            case "--config" -> {
                int equals = value.indexOf('=');
                if (equals < 1) {
                    throw new IllegalArgumentException("--config is " + value + " (expected: NAME=VALUE)");
                }
                builder.config(value.substring(0, equals), value.substring(equals + 1));
            }
            default -> throw new IllegalArgumentException(name + " is not an option");
        }
    }

    private static int number(String name, String value) {
        try {
            return Integer.parseInt(value);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(name + " is " + value + " (expected: a number)", e);
        }
    }
}
