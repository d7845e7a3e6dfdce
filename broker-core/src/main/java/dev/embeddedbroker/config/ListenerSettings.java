package dev.embeddedbroker.config;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Settings of one listener: {@code listener.name.LISTENER.SETTING}, LISTENER in lower case (KIP-103). */
final class ListenerSettings {
    private static final String PREFIX = "listener.name.";

    /** Settings that may stand behind a SASL mechanism as well: {@code listener.name.LISTENER.MECHANISM.SETTING}. */
    private static final List<String> BY_MECHANISM = List.of(
            "sasl.jaas.config",
            "sasl.login.callback.handler.class",
            "sasl.login.class",
            "sasl.server.callback.handler.class",
            "connections.max.reauth.ms");

    private ListenerSettings() {}

    static String prefix(String listener) {
        return PREFIX + listener.toLowerCase(Locale.ROOT) + ".";
    }

    /** What stands behind the listener's name; null when the name is not one of a listener's settings. */
    static @Nullable String baseName(String name) {
        if (!name.startsWith(PREFIX)) {
            return null;
        }
        int dot = name.indexOf('.', PREFIX.length());
        return dot < 0 ? null : name.substring(dot + 1);
    }

    /** The broker setting a listener's setting replaces; null when the name is not one of a listener's settings. */
    static @Nullable String generalName(String name) {
        String base = baseName(name);
        if (base == null) {
            return null;
        }
        for (String byMechanism : BY_MECHANISM) {
            if (base.endsWith(byMechanism)) {
                return byMechanism;
            }
        }
        return base;
    }
}
