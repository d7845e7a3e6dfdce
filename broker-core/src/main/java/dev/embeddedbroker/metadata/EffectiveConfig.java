package dev.embeddedbroker.metadata;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One setting of a topic as CreateTopics answers it (KIP-525).
 *
 * @param value null if it is sensitive or has none
 * @param source Kafka's number of where the value comes from
 */
public record EffectiveConfig(String name, @Nullable String value, boolean readOnly, byte source, boolean sensitive) {

    /** All the settings of a topic. */
    @FunctionalInterface
    public interface OfTopic {
        /** Every setting of a topic that has these overrides, by name. */
        List<EffectiveConfig> list(Map<String, String> overrides);
    }
}
