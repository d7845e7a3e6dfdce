package dev.embeddedbroker.metadata;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A topic somebody wants.
 *
 * @param partitionCount -1 for the broker's {@code num.partitions}, or when {@code assignments} are given
 * @param replicationFactor -1 for the broker's {@code default.replication.factor}, or when {@code assignments} are given
 * @param assignments which brokers hold which partition; empty leaves it to the controller
 * @param configs overrides of topic settings
 */
public record NewTopic(
        String name,
        int partitionCount,
        short replicationFactor,
        List<Assignment> assignments,
        Map<String, @Nullable String> configs) {

    public static final int DEFAULT = -1;

    public NewTopic {
        assignments = List.copyOf(assignments);
        configs = Collections.unmodifiableMap(new LinkedHashMap<>(configs));
    }

    /** The brokers that hold a partition; the first is its preferred leader. */
    public record Assignment(int partition, List<Integer> brokers) {
        public Assignment {
            brokers = Collections.unmodifiableList(new ArrayList<>(brokers));
        }
    }

    public static NewTopic of(String name, int partitionCount) {
        return new NewTopic(name, partitionCount, (short) DEFAULT, List.of(), Map.of());
    }

    public static NewTopic of(String name, int partitionCount, int replicationFactor, Map<String, String> configs) {
        return new NewTopic(name, partitionCount, (short) replicationFactor, List.of(), new LinkedHashMap<>(configs));
    }
}
