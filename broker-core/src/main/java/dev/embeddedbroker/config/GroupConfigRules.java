package dev.embeddedbroker.config;

import static dev.embeddedbroker.config.BrokerKeys.*;
import static dev.embeddedbroker.config.GroupKeys.*;

import java.util.HashSet;
import java.util.List;
import java.util.Map;

/** What a group's overrides have to fulfil: they stay between the bounds the broker sets for all groups. */
public final class GroupConfigRules {
    private record Bounds(ConfigKey<Integer> key, ConfigKey<Integer> min, ConfigKey<Integer> max) {}

    private record SessionAndHeartbeat(ConfigKey<Integer> session, ConfigKey<Integer> heartbeat) {}

    private static final List<Bounds> BOUNDS = List.of(
            new Bounds(
                    CONSUMER_HEARTBEAT_INTERVAL_MS,
                    GROUP_CONSUMER_MIN_HEARTBEAT_INTERVAL_MS,
                    GROUP_CONSUMER_MAX_HEARTBEAT_INTERVAL_MS),
            new Bounds(
                    CONSUMER_SESSION_TIMEOUT_MS,
                    GROUP_CONSUMER_MIN_SESSION_TIMEOUT_MS,
                    GROUP_CONSUMER_MAX_SESSION_TIMEOUT_MS),
            new Bounds(
                    CONSUMER_ASSIGNMENT_INTERVAL_MS,
                    GROUP_CONSUMER_MIN_ASSIGNMENT_INTERVAL_MS,
                    GROUP_CONSUMER_MAX_ASSIGNMENT_INTERVAL_MS),
            new Bounds(
                    SHARE_HEARTBEAT_INTERVAL_MS,
                    GROUP_SHARE_MIN_HEARTBEAT_INTERVAL_MS,
                    GROUP_SHARE_MAX_HEARTBEAT_INTERVAL_MS),
            new Bounds(
                    SHARE_SESSION_TIMEOUT_MS, GROUP_SHARE_MIN_SESSION_TIMEOUT_MS, GROUP_SHARE_MAX_SESSION_TIMEOUT_MS),
            new Bounds(
                    SHARE_RECORD_LOCK_DURATION_MS,
                    GROUP_SHARE_MIN_RECORD_LOCK_DURATION_MS,
                    GROUP_SHARE_MAX_RECORD_LOCK_DURATION_MS),
            new Bounds(
                    SHARE_DELIVERY_COUNT_LIMIT,
                    GROUP_SHARE_MIN_DELIVERY_COUNT_LIMIT,
                    GROUP_SHARE_MAX_DELIVERY_COUNT_LIMIT),
            new Bounds(
                    SHARE_PARTITION_MAX_RECORD_LOCKS,
                    GROUP_SHARE_MIN_PARTITION_MAX_RECORD_LOCKS,
                    GROUP_SHARE_MAX_PARTITION_MAX_RECORD_LOCKS),
            new Bounds(
                    SHARE_ASSIGNMENT_INTERVAL_MS,
                    GROUP_SHARE_MIN_ASSIGNMENT_INTERVAL_MS,
                    GROUP_SHARE_MAX_ASSIGNMENT_INTERVAL_MS),
            new Bounds(
                    STREAMS_HEARTBEAT_INTERVAL_MS,
                    GROUP_STREAMS_MIN_HEARTBEAT_INTERVAL_MS,
                    GROUP_STREAMS_MAX_HEARTBEAT_INTERVAL_MS),
            new Bounds(
                    STREAMS_SESSION_TIMEOUT_MS,
                    GROUP_STREAMS_MIN_SESSION_TIMEOUT_MS,
                    GROUP_STREAMS_MAX_SESSION_TIMEOUT_MS),
            new Bounds(
                    STREAMS_ASSIGNMENT_INTERVAL_MS,
                    GROUP_STREAMS_MIN_ASSIGNMENT_INTERVAL_MS,
                    GROUP_STREAMS_MAX_ASSIGNMENT_INTERVAL_MS));

    private static final List<SessionAndHeartbeat> SESSIONS = List.of(
            new SessionAndHeartbeat(CONSUMER_SESSION_TIMEOUT_MS, CONSUMER_HEARTBEAT_INTERVAL_MS),
            new SessionAndHeartbeat(SHARE_SESSION_TIMEOUT_MS, SHARE_HEARTBEAT_INTERVAL_MS),
            new SessionAndHeartbeat(STREAMS_SESSION_TIMEOUT_MS, STREAMS_HEARTBEAT_INTERVAL_MS));

    private GroupConfigRules() {}

    public static void validate(Map<String, String> overrides, BrokerConfig broker) {
        ConfigTable table = ConfigTable.of(Scope.GROUP);
        for (String name : overrides.keySet()) {
            if (table.find(name) == null) {
                throw new InvalidConfig("Unknown group config name: " + name);
            }
        }
        ConfigView group = broker.group(overrides);
        for (Bounds bounds : BOUNDS) {
            validate(bounds, group, broker);
        }
        atMost(STREAMS_NUM_STANDBY_REPLICAS, GROUP_STREAMS_MAX_STANDBY_REPLICAS, group, broker);
        atMost(STREAMS_NUM_WARMUP_REPLICAS, GROUP_STREAMS_MAX_WARMUP_REPLICAS, group, broker);
        atLeast(STREAMS_TASK_OFFSET_INTERVAL_MS, GROUP_STREAMS_MIN_TASK_OFFSET_INTERVAL_MS, group, broker);
        for (SessionAndHeartbeat each : SESSIONS) {
            validate(each, group);
        }
        validateAssignor(group, broker);
        validateTags(group);
        validateDeadLetterTopic(group);
    }

    /**
     * The values of a group with these overrides, brought between the bounds the broker sets now: they may have been
     * narrowed since the override was taken.
     */
    public static ConfigView withinBounds(Map<String, String> overrides, BrokerConfig broker) {
        ConfigView group = broker.group(overrides);
        for (Bounds each : BOUNDS) {
            group = clamped(group, each.key(), broker.get(each.min()), broker.get(each.max()));
        }
        group = clamped(group, STREAMS_NUM_STANDBY_REPLICAS, 0, broker.get(GROUP_STREAMS_MAX_STANDBY_REPLICAS));
        group = clamped(group, STREAMS_NUM_WARMUP_REPLICAS, 0, broker.get(GROUP_STREAMS_MAX_WARMUP_REPLICAS));
        return clamped(
                group,
                STREAMS_TASK_OFFSET_INTERVAL_MS,
                broker.get(GROUP_STREAMS_MIN_TASK_OFFSET_INTERVAL_MS),
                Integer.MAX_VALUE);
    }

    private static ConfigView clamped(ConfigView group, ConfigKey<Integer> key, int min, int max) {
        if (!group.isSet(key)) {
            return group;
        }
        int value = group.get(key);
        int clamped = Math.max(min, Math.min(max, value));
        return value == clamped ? group : group.with(key, clamped);
    }

    private static void validate(Bounds bounds, ConfigView group, BrokerConfig broker) {
        if (!group.isSet(bounds.key())) {
            return;
        }
        int value = group.get(bounds.key());
        int min = broker.get(bounds.min());
        int max = broker.get(bounds.max());
        if (value < min || value > max) {
            throw InvalidConfig.value(
                    bounds.key().name(), value, min + " to " + max + ", from " + bounds.min() + " and " + bounds.max());
        }
    }

    private static void atMost(ConfigKey<Integer> key, ConfigKey<Integer> max, ConfigView group, BrokerConfig broker) {
        if (group.isSet(key) && group.get(key) > broker.get(max)) {
            throw InvalidConfig.value(key.name(), group.get(key), "<= " + max + ", which is " + broker.get(max));
        }
    }

    private static void atLeast(ConfigKey<Integer> key, ConfigKey<Integer> min, ConfigView group, BrokerConfig broker) {
        if (group.isSet(key) && group.get(key) < broker.get(min)) {
            throw InvalidConfig.value(key.name(), group.get(key), ">= " + min + ", which is " + broker.get(min));
        }
    }

    private static void validate(SessionAndHeartbeat pair, ConfigView group) {
        if (!group.isSet(pair.session()) && !group.isSet(pair.heartbeat())) {
            return;
        }
        int session = group.get(pair.session());
        int heartbeat = group.get(pair.heartbeat());
        if (session <= heartbeat) {
            throw InvalidConfig.value(
                    pair.session().name(), session, "> " + pair.heartbeat() + ", which is " + heartbeat);
        }
    }

    private static void validateAssignor(ConfigView group, BrokerConfig broker) {
        String assignor = group.find(STREAMS_ASSIGNOR_NAME);
        var known = broker.get(GROUP_STREAMS_ASSIGNORS);
        if (assignor != null && group.isSet(STREAMS_ASSIGNOR_NAME) && !known.contains(assignor)) {
            throw InvalidConfig.value(STREAMS_ASSIGNOR_NAME.name(), assignor, "one of " + String.join(", ", known));
        }
    }

    private static void validateTags(ConfigView group) {
        String text = group.texts().getOrDefault(STREAMS_RACK_AWARE_ASSIGNMENT_TAGS.name(), "");
        var tags = ConfigType.splitList(text.trim());
        if (new HashSet<>(tags).size() < tags.size()) {
            throw InvalidConfig.value(STREAMS_RACK_AWARE_ASSIGNMENT_TAGS.name(), tags, "each tag once");
        }
    }

    private static void validateDeadLetterTopic(ConfigView group) {
        String topic = group.get(ERRORS_DEADLETTERQUEUE_TOPIC_NAME);
        if (topic.startsWith("__")) {
            throw InvalidConfig.value(
                    ERRORS_DEADLETTERQUEUE_TOPIC_NAME.name(), topic, "a name that does not start with __");
        }
    }
}
