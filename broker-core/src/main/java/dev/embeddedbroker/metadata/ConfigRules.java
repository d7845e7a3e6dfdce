package dev.embeddedbroker.metadata;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the controller asks of those who know the settings. Pure functions. */
public interface ConfigRules {

    /**
     * Whether {@code overrides} may be all the overrides of {@code resource}, which has {@code before} now; a refusal is
     * mostly INVALID_CONFIG with Kafka's message.
     */
    Result check(ConfigResource resource, Map<String, String> overrides, Map<String, String> before);

    /** Whether values may be appended to the setting and subtracted from it. */
    boolean isList(ConfigResource.Type type, String setting);

    /** The setting's value where nobody overrides it, or null if it has none. */
    @Nullable
    String defaultOf(ConfigResource.Type type, String setting);

    /** Accepts everything: for places that have no settings. */
    static ConfigRules none() {
        return new ConfigRules() {
            @Override
            public Result check(ConfigResource resource, Map<String, String> overrides, Map<String, String> before) {
                return Result.OK;
            }

            @Override
            public boolean isList(ConfigResource.Type type, String setting) {
                return false;
            }

            @Override
            public @Nullable String defaultOf(ConfigResource.Type type, String setting) {
                return null;
            }
        };
    }
}
