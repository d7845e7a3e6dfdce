package dev.embeddedbroker.config;

import dev.embeddedbroker.metadata.ConfigResource;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A user's say in changes of settings, behind {@code alter.config.policy.class.name} (KIP-108). */
@FunctionalInterface
public interface ConfigPolicy {
    ConfigPolicy ALLOW_ALL = (resource, after) -> null;

    /** The reason why the resource may not have these overrides (POLICY_VIOLATION), or null when it may. */
    @Nullable
    String refusalOf(ConfigResource resource, Map<String, String> after);
}
