package dev.embeddedbroker.junit;

import dev.embeddedbroker.EmbeddedBroker;
import dev.embeddedbroker.recorder.RecorderOptions;
import java.util.List;
import java.util.function.UnaryOperator;

/** What a {@link WithBroker} asks for; equal ones share the brokers that live as long as the run, or as a Spring context. */
public record Wanted(List<String> topics, List<String> config, BrokerScope scope, boolean reset, boolean manualTime) {
    /** What a failed test is shown: its last requests. */
    private static final RecorderOptions RECORDER = RecorderOptions.defaults().maxBytes(1 << 20);

    /** What that annotation says. */
    public static Wanted by(WithBroker annotation) {
        return new Wanted(
                List.of(annotation.topics()),
                List.of(annotation.config()),
                annotation.scope(),
                annotation.reset(),
                annotation.manualTime());
    }

    /**
     * A builder that was told all of it.
     *
     * @throws IllegalArgumentException if a topic is not {@code name} or {@code name:partitions}, or a setting not {@code
     *     name=value}
     */
    public EmbeddedBroker.Builder builder() {
        return builder(text -> text);
    }

    /** The same, after each topic and setting went through a function. */
    public EmbeddedBroker.Builder builder(UnaryOperator<String> reading) {
        var builder = EmbeddedBroker.builder().flightRecorder(RECORDER);
        for (String text : topics) {
            String topic = reading.apply(text);
            int colon = topic.lastIndexOf(':');
            builder.topic(colon < 0 ? topic : topic.substring(0, colon), colon < 0 ? 1 : partitions(topic, colon));
        }
        for (String setting : config) {
            var parsed = Setting.parse(reading.apply(setting));
            builder.config(parsed.name(), parsed.value());
        }
        if (manualTime) {
            builder.manualTime();
        }
        return builder;
    }

    private static int partitions(String topic, int colon) {
        try {
            return Integer.parseInt(topic.substring(colon + 1));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("topic is '" + topic + "' (expected: name or name:partitions)", e);
        }
    }
}
