package dev.embeddedbroker.config;

import org.jspecify.annotations.Nullable;

/**
 * One setting: its name, type, default, range, where it applies, whether it can change at run time, and what it does.
 *
 * @param <T> the Java type of its value: Boolean, String, Integer, Short, Long, Double, List of String, Password
 */
public final class ConfigKey<T> {
    private final String name;
    private final ConfigType type;
    private final Scope scope;
    private final @Nullable T defaultValue;
    private final Check check;
    private final Importance importance;
    private final UpdateMode updateMode;
    private final boolean required;
    private final boolean internal;
    private final boolean effective;
    private final String doc;

    ConfigKey(KeyBuilder<T> from, String doc) {
        this.name = from.name;
        this.type = from.type;
        this.scope = from.scope;
        this.defaultValue = from.defaultValue;
        this.check = from.check;
        this.importance = from.importance;
        this.updateMode = from.updateMode;
        this.required = from.required;
        this.internal = from.internal;
        this.effective = from.effective;
        this.doc = doc;
    }

    public String name() {
        return name;
    }

    public ConfigType type() {
        return type;
    }

    public Scope scope() {
        return scope;
    }

    public @Nullable T defaultValue() {
        return defaultValue;
    }

    /** The default as text, as DescribeConfigs gives it. */
    public @Nullable String defaultText() {
        return defaultValue == null ? null : ConfigType.format(defaultValue);
    }

    public Importance importance() {
        return importance;
    }

    public UpdateMode updateMode() {
        return updateMode;
    }

    /** True when there is no default and a broker cannot start without a value. */
    public boolean isRequired() {
        return required;
    }

    /** True for settings that are not described to users. */
    public boolean isInternal() {
        return internal;
    }

    public boolean isSensitive() {
        return type.isSensitive();
    }

    /** True when the value changes what this broker does; otherwise it is accepted, checked and described only. */
    public boolean isEffective() {
        return effective;
    }

    public String doc() {
        return doc;
    }

    /** What a value has to be, in words. */
    public String expected() {
        return check == Check.NONE ? type.expectation() : check.expected();
    }

    /** Reads and checks a value. */
    public T parse(String text) {
        T value = parseUnchecked(text);
        if (!check.accepts(value)) {
            throw InvalidConfig.value(name, isSensitive() ? "[hidden]" : text.trim(), check.expected());
        }
        return value;
    }

    @SuppressWarnings("unchecked") // the builder pairs T with the type
    private T parseUnchecked(String text) {
        try {
            return (T) check.tidied(type.parse(text.trim()));
        } catch (IllegalArgumentException e) {
            throw InvalidConfig.value(name, text, type.expectation());
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
