package dev.embeddedbroker.metadata;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The levels of {@code metadata.version} that Apache Kafka 4.4 knows, by number and by name. */
public final class MetadataVersions {

    /** The names, oldest first; the first one is level {@link Features#OLDEST_METADATA_VERSION_LEVEL}. */
    private static final List<String> NAMES = List.of(
            "3.3-IV3", "3.4-IV0", "3.5-IV0", "3.5-IV1", "3.5-IV2", "3.6-IV0", "3.6-IV1", "3.6-IV2", "3.7-IV0",
            "3.7-IV1", "3.7-IV2", "3.7-IV3", "3.7-IV4", "3.8-IV0", "3.9-IV0", "4.0-IV0", "4.0-IV1", "4.0-IV2",
            "4.0-IV3", "4.1-IV0", "4.1-IV1", "4.2-IV0", "4.2-IV1", "4.3-IV0", "4.4-IV0", "4.4-IV1", "4.4-IV2");

    /** The levels that brought new records; going back over one could lose some. */
    private static final Set<Integer> WITH_NEW_RECORDS = Set.of(7, 8, 11, 13, 14, 15, 17, 23, 30, 32, 33);

    private MetadataVersions() {}

    /** The name of a level, such as {@code 3.9-IV0} of 21; the number itself where it has none. */
    public static String nameOf(int level) {
        int at = level - Features.OLDEST_METADATA_VERSION_LEVEL;
        return at < 0 || at >= NAMES.size() ? Integer.toString(level) : NAMES.get(at);
    }

    /** The level of a name, or the last one of a release ({@code 3.9}); null for a name no level has. */
    public static @Nullable Short levelOf(String name) {
        for (int at = NAMES.size() - 1; at >= 0; at--) {
            if (NAMES.get(at).equals(name) || NAMES.get(at).startsWith(name + "-")) {
                return (short) (at + Features.OLDEST_METADATA_VERSION_LEVEL);
            }
        }
        return null;
    }

    static boolean losesRecords(int level, int present) {
        for (int crossed = level + 1; crossed <= present; crossed++) {
            if (WITH_NEW_RECORDS.contains(crossed)) return true;
        }
        return false;
    }
}
