package dev.embeddedbroker.inspect;

import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What one look came to: what was awaited is there, or what is missing and how things stand.
 *
 * @param missing empty when it is there
 * @param value what the wait gives; null when something is missing, or there is nothing to give
 * @param standing the state that was looked at, in words
 */
record Verdict<T>(List<String> missing, @Nullable T value, Supplier<String> standing) {

    static <T> Verdict<T> reached(T value) {
        return new Verdict<>(List.of(), value, () -> "");
    }

    static <T> Verdict<T> missing(String what, Supplier<String> standing) {
        return new Verdict<>(List.of(what), null, standing);
    }

    static <T> Verdict<T> missing(List<String> what, Supplier<String> standing) {
        return new Verdict<>(what, null, standing);
    }

    boolean isReached() {
        return missing.isEmpty();
    }
}
