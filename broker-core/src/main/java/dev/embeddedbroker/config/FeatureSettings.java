package dev.embeddedbroker.config;

import dev.embeddedbroker.metadata.Features;
import dev.embeddedbroker.metadata.MetadataVersions;
import java.util.HashMap;
import java.util.Map;

/**
 * The settings {@code feature.NAME}, which say the levels of features a new cluster starts with (KIP-584), as the option
 * {@code --feature} of {@code kafka-storage format} does. A cluster that exists keeps its levels.
 */
public final class FeatureSettings {
    static final String PREFIX = "feature.";

    private FeatureSettings() {}

    /** All features of a new cluster started with these settings. An {@link InvalidConfig} tells what cannot be. */
    public static Map<String, Short> ofNewCluster(Map<String, String> settings) {
        var wanted = new HashMap<String, Short>();
        for (var setting : settings.entrySet()) {
            String name = setting.getKey();
            if (name.startsWith(PREFIX)) {
                wanted.put(
                        name.substring(PREFIX.length()),
                        level(name, setting.getValue().strip()));
            }
        }
        short kraftVersion = wanted.getOrDefault(Features.KRAFT_VERSION, (short) 0);
        if (kraftVersion > 0) {
            throw InvalidConfig.value(PREFIX + Features.KRAFT_VERSION, kraftVersion, "0: the quorum is static");
        }
        try {
            return Features.ofNewCluster(wanted);
        } catch (IllegalArgumentException e) {
            throw new InvalidConfig(String.valueOf(e.getMessage()));
        }
    }

    private static short level(String name, String value) {
        if (name.equals(PREFIX + Features.METADATA_VERSION)) {
            Short named = MetadataVersions.levelOf(value);
            if (named != null) {
                return named;
            }
        }
        try {
            return Short.parseShort(value);
        } catch (NumberFormatException e) {
            throw InvalidConfig.value(name, value, "a level, or for metadata.version a name such as 4.4-IV2");
        }
    }
}
