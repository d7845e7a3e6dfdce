package dev.embeddedbroker.quota;

import dev.embeddedbroker.metadata.ImageDelta;
import dev.embeddedbroker.metadata.QuotaEntity;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The quotas that AlterClientQuotas keeps in the metadata log. Of several that fit a client the first of these counts, for
 * each kind on its own (KIP-55): user and client; user and any client; user; any user and the client; any user and any
 * client; any user; client; any client.
 *
 * <p><b>Owner:</b> loop 0 writes, any thread reads.
 */
public final class StoredQuotas implements QuotaRules {

    /** Stands for everybody without a quota of their own; no name is empty. */
    private static final String ANYBODY = "";

    /** Whose quota it is; null where it does not matter who. */
    private record Holder(@Nullable String user, @Nullable String client) {}

    private volatile Map<QuotaKind, Map<Holder, Double>> quotas = Map.of();

    @Override
    public boolean hasAny(QuotaKind kind) {
        return quotas.containsKey(kind);
    }

    @Override
    public Map<String, String> tags(QuotaKind kind, String principal, String clientId) {
        var held = quotas.getOrDefault(kind, Map.of());
        String user = principal.substring(principal.indexOf(':') + 1);
        for (String either : new String[] {user, ANYBODY}) {
            if (held.containsKey(new Holder(either, clientId)) || held.containsKey(new Holder(either, ANYBODY))) {
                return Map.of(USER, user, CLIENT_ID, clientId);
            }
            if (held.containsKey(new Holder(either, null))) {
                return Map.of(USER, user, CLIENT_ID, "");
            }
        }
        return Map.of(USER, "", CLIENT_ID, clientId);
    }

    @Override
    public @Nullable Double limit(QuotaKind kind, Map<String, String> tags) {
        var held = quotas.get(kind);
        if (held == null) {
            return null;
        }
        String user = tags.getOrDefault(USER, "");
        String client = tags.getOrDefault(CLIENT_ID, "");
        if (!user.isEmpty() && !client.isEmpty()) {
            return first(
                    held,
                    new Holder(user, client),
                    new Holder(user, ANYBODY),
                    new Holder(ANYBODY, client),
                    new Holder(ANYBODY, ANYBODY));
        }
        if (!user.isEmpty()) {
            return first(held, new Holder(user, null), new Holder(ANYBODY, null));
        }
        return client.isEmpty() ? null : first(held, new Holder(null, client), new Holder(null, ANYBODY));
    }

    private static @Nullable Double first(Map<Holder, Double> held, Holder... candidates) {
        for (var candidate : candidates) {
            var limit = held.get(candidate);
            if (limit != null) {
                return limit;
            }
        }
        return null;
    }

    @Override
    public boolean isResetRequired(QuotaKind kind) {
        return false;
    }

    @Override
    public boolean follow(ImageDelta delta) {
        if (!delta.quotasChanged()) {
            return false;
        }
        var next = new EnumMap<QuotaKind, Map<Holder, Double>>(QuotaKind.class);
        delta.after().quotas().forEach((entity, values) -> {
            for (var kind : QuotaKind.values()) {
                var limit = values.get(kind.setting());
                if (limit != null) {
                    next.computeIfAbsent(kind, any -> new HashMap<>()).put(holder(entity), limit);
                }
            }
        });
        quotas = next;
        return true;
    }

    private static Holder holder(QuotaEntity entity) {
        return new Holder(name(entity, QuotaEntity.USER), name(entity, QuotaEntity.CLIENT_ID));
    }

    private static @Nullable String name(QuotaEntity entity, String type) {
        var names = entity.names();
        var name = names.get(type);
        return name == null && names.containsKey(type) ? ANYBODY : name;
    }
}
