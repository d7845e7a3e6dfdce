package dev.embeddedbroker.metadata;

import java.util.Map;
import java.util.TreeMap;

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

    /** What {@code kafka-storage format} finalizes on a new cluster, without {@code metadata.version}'s friends at 0. */
    public static Map<String, Short> ofNewCluster() {
        var levels = new TreeMap<String, Short>();
        SUPPORTED.forEach((feature, range) -> levels.put(feature, range.max()));
        levels.remove(KRAFT_VERSION);
        return levels;
    }
}
