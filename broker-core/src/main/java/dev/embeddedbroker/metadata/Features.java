package dev.embeddedbroker.metadata;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The features of Apache Kafka 4.4 (KIP-584): their names, the levels this broker knows, and a new cluster's levels. */
public final class Features {

    public static final String METADATA_VERSION = "metadata.version";
    public static final String KRAFT_VERSION = "kraft.version";
    public static final String GROUP_VERSION = "group.version";
    public static final String TRANSACTION_VERSION = "transaction.version";
    public static final String SHARE_VERSION = "share.version";
    public static final String STREAMS_VERSION = "streams.version";
    public static final String ELIGIBLE_LEADER_REPLICAS_VERSION = "eligible.leader.replicas.version";

    /** 4.4-IV2, the newest level Kafka 4.4.0 calls stable; its records are what this broker writes. */
    public static final short METADATA_VERSION_LEVEL = 33;
    /** 3.3-IV3. */
    public static final short OLDEST_METADATA_VERSION_LEVEL = 7;

    /** 4.0-IV1, the first that has records for eligible leader replicas. */
    private static final short ELIGIBLE_LEADERS_SINCE = 23;

    private static final Map<String, Range> SUPPORTED = Map.of(
            METADATA_VERSION, new Range(OLDEST_METADATA_VERSION_LEVEL, METADATA_VERSION_LEVEL),
            KRAFT_VERSION, new Range(0, 1),
            GROUP_VERSION, new Range(0, 1),
            TRANSACTION_VERSION, new Range(0, 2),
            SHARE_VERSION, new Range(0, 2),
            STREAMS_VERSION, new Range(0, 1),
            ELIGIBLE_LEADER_REPLICAS_VERSION, new Range(0, 1));

    private Features() {}

    /** The levels of one feature, both ends included. */
    public record Range(short min, short max) {
        Range(int min, int max) {
            this((short) min, (short) max);
        }

        public boolean contains(int level) {
            return level >= min && level <= max;
        }
    }

    /** What this broker supports, by feature. */
    public static Map<String, Range> supported() {
        return SUPPORTED;
    }

    /**
     * What {@code kafka-storage format} finalizes on a new cluster.
     *
     * @param wanted the levels somebody asks for; every other feature gets what {@code metadata.version} comes with
     * @throws IllegalArgumentException for a feature or a level this broker does not have, or one that depends on more
     */
    public static Map<String, Short> ofNewCluster(Map<String, Short> wanted) {
        short metadataVersion = wanted.getOrDefault(METADATA_VERSION, METADATA_VERSION_LEVEL);
        var levels = new TreeMap<String, Short>();
        for (String feature : SUPPORTED.keySet()) {
            levels.put(feature, defaultLevel(feature, metadataVersion));
        }
        levels.putAll(wanted);
        for (var entry : levels.entrySet()) {
            String feature = entry.getKey();
            short level = entry.getValue();
            var range = SUPPORTED.get(feature);
            if (range == null) {
                throw new IllegalArgumentException("feature " + feature + " is not known (expected: one of "
                        + new TreeSet<>(SUPPORTED.keySet()) + ")");
            }
            if (!range.contains(level)) {
                throw new IllegalArgumentException(
                        feature + " is " + level + " (expected: " + range.min() + " to " + range.max() + ")");
            }
            var missing = missingFor(feature, level, levels);
            if (missing != null) throw new IllegalArgumentException(missing);
        }
        levels.values().removeAll(List.of((short) 0));
        return levels;
    }

    /** The level a feature has on a new cluster of this {@code metadata.version}. */
    static short defaultLevel(String feature, int metadataVersion) {
        return switch (feature) {
            case METADATA_VERSION -> (short) metadataVersion;
            case GROUP_VERSION -> level(metadataVersion, 22);
            case TRANSACTION_VERSION -> (short) (2 * level(metadataVersion, 24));
            case ELIGIBLE_LEADER_REPLICAS_VERSION -> level(metadataVersion, 26);
            case SHARE_VERSION -> (short) (level(metadataVersion, 28) + level(metadataVersion, 31));
            case STREAMS_VERSION -> level(metadataVersion, 29);
            default -> 0; // kraft.version: the quorum is static
        };
    }

    private static short level(int metadataVersion, int since) {
        return (short) (metadataVersion >= since ? 1 : 0);
    }

    /** Why a feature cannot have a level next to the others, in Kafka's words; null when it can. */
    static @Nullable String missingFor(String feature, int level, Map<String, Short> all) {
        if (feature.equals(ELIGIBLE_LEADER_REPLICAS_VERSION)
                && level > 0
                && all.getOrDefault(METADATA_VERSION, (short) 0) < ELIGIBLE_LEADERS_SINCE) {
            return feature + " could not be set to " + level + " because it depends on " + METADATA_VERSION + " level "
                    + ELIGIBLE_LEADERS_SINCE;
        }
        return null;
    }
}
