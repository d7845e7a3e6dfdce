package dev.embeddedbroker.config;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The values in force for one broker, topic, group or client metrics subscription: what was set for it, over what lies
 * below (for a topic and a group: the broker's), over the defaults. Immutable; read from any thread.
 */
public final class ConfigView {
    private final Scope scope;
    private final Map<String, String> texts;
    private final Map<ConfigKey<?>, Object> values;
    private final @Nullable ConfigView below;

    private ConfigView(
            Scope scope, Map<String, String> texts, Map<ConfigKey<?>, Object> values, @Nullable ConfigView below) {
        this.scope = scope;
        this.texts = texts;
        this.values = values;
        this.below = below;
    }

    /** A view of these settings alone; an {@link InvalidConfig} tells the first value that cannot be read. */
    static ConfigView of(Scope scope, Map<String, String> texts) {
        return of(scope, texts, null);
    }

    static ConfigView of(Scope scope, Map<String, String> texts, @Nullable ConfigView below) {
        var values = new HashMap<ConfigKey<?>, Object>();
        if (!texts.isEmpty()) {
            ConfigTable table = ConfigTable.of(scope);
            for (var entry : texts.entrySet()) {
                ConfigKey<?> key = table.find(entry.getKey());
                if (key != null) {
                    values.put(key, key.parse(entry.getValue()));
                }
            }
        }
        return new ConfigView(scope, Map.copyOf(texts), values, below);
    }

    /** A view of values that were worked out, not read. */
    static ConfigView ofValues(Scope scope, Map<ConfigKey<?>, Object> values) {
        return new ConfigView(scope, Map.of(), values, null);
    }

    /** The same with another value for one setting. */
    <T> ConfigView with(ConfigKey<T> key, T value) {
        var changed = new HashMap<>(values);
        changed.put(key, value);
        return new ConfigView(scope, texts, changed, below);
    }

    public Scope scope() {
        return scope;
    }

    /** The value of a setting that always has one. */
    public <T> T get(ConfigKey<T> key) {
        T value = find(key);
        if (value == null) {
            throw new IllegalStateException(key + " has neither a value nor a default: ask with find()");
        }
        return value;
    }

    /** The value of a setting, null when it has none. */
    @SuppressWarnings("unchecked") // values come out of key.parse or a conversion to the key's type
    public <T> @Nullable T find(ConfigKey<T> key) {
        if (key.scope() != scope) {
            throw new IllegalArgumentException(
                    key + " is a setting of a " + key.scope().word() + " (expected: of a " + scope.word() + ")");
        }
        Object value = values.get(key);
        if (value != null) {
            return (T) value;
        }
        return below != null ? below.find(key) : key.defaultValue();
    }

    /** What was set here, by name and as it was written, with names that no setting has. */
    public Map<String, String> texts() {
        return texts;
    }

    public boolean isSet(ConfigKey<?> key) {
        return texts.containsKey(key.name());
    }
}
