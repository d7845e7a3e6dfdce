package dev.embeddedbroker.metadata;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A user's say in what the controller decides, after all of its own checks (KIP-108, KIP-133). Called on loop 0. */
public interface Policies {

    Policies NONE = new Policies() {
        @Override
        public @Nullable Result refusalOf(ConfigResource resource, Map<String, @Nullable String> altered) {
            return null;
        }

        @Override
        public @Nullable Result refusalOf(Wish topic) {
            return null;
        }
    };

    /**
     * Why the settings of a resource may not be altered so, or null when they may.
     *
     * @param altered the settings that were named and change, with null for one that is deleted
     */
    @Nullable
    Result refusalOf(ConfigResource resource, Map<String, @Nullable String> altered);

    /** Why a topic may not be created, or null when it may. */
    @Nullable
    Result refusalOf(Wish topic);

    /**
     * A topic that somebody wants: either with counts or with assignments.
     *
     * @param partitionCount null when there are assignments
     * @param replicationFactor null when there are assignments
     * @param assignments the brokers of each partition, null when the controller places them
     */
    record Wish(
            String topic,
            @Nullable Integer partitionCount,
            @Nullable Short replicationFactor,
            @Nullable Map<Integer, List<Integer>> assignments,
            Map<String, String> configs) {}
}
