package dev.embeddedbroker.config;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A setting being defined; {@link #doc} ends the definition. */
final class KeyBuilder<T> {
    private final KeyGroup group;
    final Scope scope;
    final String name;
    final ConfigType type;
    final @Nullable T defaultValue;
    Check check = Check.NONE;
    Importance importance = Importance.MEDIUM;
    UpdateMode updateMode = UpdateMode.READ_ONLY;
    boolean required;
    boolean internal;
    boolean effective;

    KeyBuilder(KeyGroup group, String name, ConfigType type, @Nullable T defaultValue) {
        this.group = group;
        this.scope = group.scope();
        this.name = name;
        this.type = type;
        this.defaultValue = defaultValue;
    }

    KeyBuilder<T> atLeast(long min) {
        return check(new Check.Between(min, Long.MAX_VALUE));
    }

    KeyBuilder<T> between(long min, long max) {
        return check(new Check.Between(min, max));
    }

    KeyBuilder<T> within(double min, double max) {
        return check(new Check.Within(min, max));
    }

    KeyBuilder<T> oneOf(String... words) {
        return check(new Check.OneOf(List.of(words), false));
    }

    /** One of these words, which are in upper case here and in any case where set. */
    KeyBuilder<T> oneOfIgnoringCase(String... words) {
        return check(new Check.OneOf(List.of(words), true));
    }

    KeyBuilder<T> notEmpty() {
        return check(Check.NotEmpty.INSTANCE);
    }

    KeyBuilder<T> words(String... known) {
        return check(new Check.WordList(List.of(known), true));
    }

    KeyBuilder<T> someWords(String... known) {
        return check(new Check.WordList(List.of(known), false));
    }

    KeyBuilder<T> check(Check check) {
        this.check = check;
        return this;
    }

    KeyBuilder<T> high() {
        importance = Importance.HIGH;
        return this;
    }

    KeyBuilder<T> low() {
        importance = Importance.LOW;
        return this;
    }

    /** May be changed at run time, for one broker only. */
    KeyBuilder<T> perBroker() {
        updateMode = UpdateMode.PER_BROKER;
        return this;
    }

    /** May be changed at run time, for one broker or for all. */
    KeyBuilder<T> clusterWide() {
        updateMode = UpdateMode.CLUSTER_WIDE;
        return this;
    }

    KeyBuilder<T> required() {
        required = true;
        return this;
    }

    KeyBuilder<T> internal() {
        internal = true;
        return this;
    }

    /** The broker acts on the value; without this it is only accepted. */
    KeyBuilder<T> effective() {
        effective = true;
        return this;
    }

    ConfigKey<T> doc(String sentence) {
        var key = new ConfigKey<>(this, sentence);
        group.add(key);
        return key;
    }
}
