package dev.embeddedbroker.config;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One setting as DescribeConfigs shows it.
 *
 * @param value null when there is none or it is a secret
 * @param synonyms all places a value was found in, the one in force first
 * @param key null for a name no setting has
 */
public record Described(
        String name,
        @Nullable String value,
        ConfigSource source,
        boolean isReadOnly,
        boolean isSensitive,
        List<Synonym> synonyms,
        @Nullable ConfigKey<?> key) {

    /** A name a value was given under; the value is null when it is a secret. */
    public record Synonym(String name, @Nullable String value, ConfigSource source) {}

    /** The wire's number for the type; 0 for a name no setting has. */
    public byte wireType() {
        return key == null ? 0 : key.type().wireId();
    }

    public @Nullable String doc() {
        return key == null ? null : key.doc();
    }
}
