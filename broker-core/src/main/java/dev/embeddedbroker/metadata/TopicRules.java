package dev.embeddedbroker.metadata;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Kafka's rules about the names of topics. */
public final class TopicRules {

    public static final int MAX_NAME_LENGTH = 249;
    public static final String CONSUMER_OFFSETS = "__consumer_offsets";
    public static final String TRANSACTION_STATE = "__transaction_state";
    public static final String SHARE_GROUP_STATE = "__share_group_state";
    public static final String CLUSTER_METADATA = "__cluster_metadata";

    private static final Set<String> INTERNAL = Set.of(CONSUMER_OFFSETS, TRANSACTION_STATE, SHARE_GROUP_STATE);

    private TopicRules() {}

    /** Why {@code name} may not name a topic, in Kafka's words, or null if it may. */
    public static @Nullable String refusalOf(String name) {
        var reason = reason(name);
        return reason == null ? null : "Topic name is invalid: " + reason;
    }

    public static boolean isValid(String name) {
        return reason(name) == null;
    }

    public static boolean isInternal(String name) {
        return INTERNAL.contains(name);
    }

    /** Whether another name could differ from this one only in {@code .} and {@code _}, which metric names confuse. */
    static boolean mayCollide(String name) {
        return name.indexOf('.') >= 0 || name.indexOf('_') >= 0;
    }

    /** What two names have in common exactly if they collide. */
    static String collisionKey(String name) {
        return name.replace('.', '_');
    }

    private static @Nullable String reason(String name) {
        if (name.isEmpty()) return "the empty string is not allowed";
        if (name.equals(".") || name.equals("..")) return "'" + name + "' is not allowed";
        if (name.length() > MAX_NAME_LENGTH) {
            return "the length of '" + name + "' is longer than the max allowed length " + MAX_NAME_LENGTH;
        }
        return name.chars().allMatch(TopicRules::isLegal)
                ? null
                : "'" + name + "' contains one or more characters other than ASCII alphanumerics, '.', '_' and '-'";
    }

    private static boolean isLegal(int c) {
        boolean alphanumeric = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        return alphanumeric || c == '.' || c == '_' || c == '-';
    }
}
