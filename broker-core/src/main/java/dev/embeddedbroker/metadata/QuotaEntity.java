package dev.embeddedbroker.metadata;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Whom a quota is for: a name by type ({@code user}, {@code client-id}, {@code ip}), null for all without a quota of their
 * own (KIP-55, KIP-546, KIP-612).
 */
public record QuotaEntity(Map<String, @Nullable String> names) {

    public static final String USER = "user";
    public static final String CLIENT_ID = "client-id";
    public static final String IP = "ip";

    public QuotaEntity {
        names = Collections.unmodifiableMap(new TreeMap<>(names));
    }

    @Override
    public String toString() {
        return "ClientQuotaEntity(entries=" + names + ")";
    }
}
