package dev.embeddedbroker.plugin;

import dev.embeddedbroker.config.BrokerConfig;
import dev.embeddedbroker.config.BrokerKeys;
import dev.embeddedbroker.metadata.ImageDelta;
import dev.embeddedbroker.metadata.QuotaEntity;
import dev.embeddedbroker.quota.QuotaKind;
import dev.embeddedbroker.quota.QuotaRules;
import java.lang.reflect.InvocationTargetException;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The user's class that decides quotas, {@code client.quota.callback.class} (KIP-257). Whatever it throws counts as "no
 * quota", and is logged.
 *
 * <p><b>Owner:</b> as {@link QuotaRules}: the user's object is told changes on loop 0, and asked by any thread.
 */
public final class UserQuotas implements QuotaRules, AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(UserQuotas.class);

    private static final String CALLBACK = "org.apache.kafka.server.quota.ClientQuotaCallback";
    private static final String TYPE = "org.apache.kafka.server.quota.ClientQuotaType";
    private static final String ENTITY = "org.apache.kafka.server.quota.ClientQuotaEntity";
    private static final String PRINCIPAL = "org.apache.kafka.common.security.auth.KafkaPrincipal";
    private static final String CLUSTER = "org.apache.kafka.common.Cluster";

    private final UserObject callback;
    private final UserQuotaEntities entities;
    private final UserClusters clusters;

    private UserQuotas(UserObject callback) {
        this.callback = callback;
        this.entities = new UserQuotaEntities(callback);
        this.clusters = new UserClusters(callback);
    }

    /** The class of a broker's settings, made and configured; null unless it is set. */
    public static @Nullable UserQuotas of(BrokerConfig config) {
        var key = BrokerKeys.CLIENT_QUOTA_CALLBACK_CLASS;
        var className = config.find(key);
        if (className == null || className.isBlank()) {
            return null;
        }
        var callback = UserObject.create(key.name(), UserObject.load(key.name(), className.strip()), CALLBACK);
        callback.configure(config.atStart());
        return new UserQuotas(callback);
    }

    @Override
    public boolean hasAny(QuotaKind kind) {
        return true; // who knows what it will say
    }

    @Override
    @SuppressWarnings("unchecked") // as the interface says
    public Map<String, String> tags(QuotaKind kind, String principal, String clientId) {
        int colon = principal.indexOf(':');
        var who = callback.make(
                PRINCIPAL,
                new Class<?>[] {String.class, String.class},
                principal.substring(0, colon),
                principal.substring(colon + 1));
        var tags = ask(
                "quotaMetricTags",
                new Class<?>[] {callback.kafka(TYPE), callback.kafka(PRINCIPAL), String.class},
                type(kind),
                who,
                clientId);
        return tags == null ? Map.of() : Map.copyOf((Map<String, String>) tags);
    }

    @Override
    public @Nullable Double limit(QuotaKind kind, Map<String, String> tags) {
        return (Double) ask("quotaLimit", new Class<?>[] {callback.kafka(TYPE), Map.class}, type(kind), tags);
    }

    @Override
    public boolean isResetRequired(QuotaKind kind) {
        return Boolean.TRUE.equals(ask("quotaResetRequired", new Class<?>[] {callback.kafka(TYPE)}, type(kind)));
    }

    @Override
    public boolean follow(ImageDelta delta) {
        boolean changed = false;
        if (delta.quotasChanged()) {
            tellQuotas(delta.before().quotas(), delta.after().quotas());
            changed = true;
        }
        if (clusters.differ(delta) && callback.knows(CALLBACK, "updateClusterMetadata")) { // deprecated in 4.4
            var cluster = clusters.of(delta.after());
            changed |= Boolean.TRUE.equals(
                    ask("updateClusterMetadata", new Class<?>[] {callback.kafka(CLUSTER)}, cluster));
        }
        return changed;
    }

    private void tellQuotas(Map<QuotaEntity, Map<String, Double>> before, Map<QuotaEntity, Map<String, Double>> after) {
        var all = new HashSet<>(before.keySet());
        all.addAll(after.keySet());
        for (var entity : all) {
            for (var kind : QuotaKind.values()) {
                var was = before.getOrDefault(entity, Map.of()).get(kind.setting());
                var is = after.getOrDefault(entity, Map.of()).get(kind.setting());
                if (!Objects.equals(was, is)) {
                    tellQuota(kind, entity, is);
                }
            }
        }
    }

    private void tellQuota(QuotaKind kind, QuotaEntity entity, @Nullable Double value) {
        var type = callback.kafka(TYPE);
        var entityType = callback.kafka(ENTITY);
        if (value == null) {
            ask("removeQuota", new Class<?>[] {type, entityType}, type(kind), entities.of(entity));
        } else {
            ask("updateQuota", new Class<?>[] {type, entityType, double.class}, type(kind), entities.of(entity), value);
        }
    }

    private Object type(QuotaKind kind) {
        return callback.named(TYPE, "valueOf", kind.name());
    }

    private @Nullable Object ask(String method, Class<?>[] types, @Nullable Object... arguments) {
        try {
            return callback.call(CALLBACK, method, types, arguments);
        } catch (InvocationTargetException e) {
            log.error("{} failed at {}", callback, method, e.getTargetException());
            return null;
        }
    }

    @Override
    public void close() {
        ask("close", new Class<?>[] {});
    }
}
