package dev.embeddedbroker.config;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The settings of one subject, in the order they are defined.
 *
 * <p><b>Owner:</b> the class initializer of the interface that holds it; unchanged once that interface is loaded.
 */
final class KeyGroup {
    private final Scope scope;
    private final List<ConfigKey<?>> keys = new ArrayList<>(64);

    KeyGroup(Scope scope) {
        this.scope = scope;
    }

    Scope scope() {
        return scope;
    }

    List<ConfigKey<?>> keys() {
        return Collections.unmodifiableList(keys);
    }

    void add(ConfigKey<?> key) {
        keys.add(key);
    }

    KeyBuilder<Boolean> ofBoolean(String name, boolean defaultValue) {
        return new KeyBuilder<>(this, name, ConfigType.BOOLEAN, defaultValue);
    }

    KeyBuilder<String> ofString(String name, @Nullable String defaultValue) {
        return new KeyBuilder<>(this, name, ConfigType.STRING, defaultValue);
    }

    KeyBuilder<Integer> ofInt(String name, @Nullable Integer defaultValue) {
        return new KeyBuilder<>(this, name, ConfigType.INT, defaultValue);
    }

    KeyBuilder<Short> ofShort(String name, int defaultValue) {
        return new KeyBuilder<>(this, name, ConfigType.SHORT, (short) defaultValue);
    }

    KeyBuilder<Long> ofLong(String name, @Nullable Long defaultValue) {
        return new KeyBuilder<>(this, name, ConfigType.LONG, defaultValue);
    }

    KeyBuilder<Double> ofDouble(String name, double defaultValue) {
        return new KeyBuilder<>(this, name, ConfigType.DOUBLE, defaultValue);
    }

    KeyBuilder<List<String>> ofList(String name, @Nullable List<String> defaultValue) {
        return new KeyBuilder<>(this, name, ConfigType.LIST, defaultValue);
    }

    KeyBuilder<String> ofClass(String name, @Nullable String defaultValue) {
        return new KeyBuilder<>(this, name, ConfigType.CLASS, defaultValue);
    }

    KeyBuilder<Password> ofPassword(String name) {
        return new KeyBuilder<>(this, name, ConfigType.PASSWORD, null);
    }
}
