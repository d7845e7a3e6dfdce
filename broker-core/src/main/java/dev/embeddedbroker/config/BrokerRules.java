package dev.embeddedbroker.config;

import static dev.embeddedbroker.config.BrokerKeys.*;

import java.util.HashSet;
import java.util.List;
import java.util.Map;

/** What the settings of a broker have to fulfil together; listeners are checked where they are opened. */
final class BrokerRules {
    private static final long MIN_DEDUPE_BYTES_PER_THREAD = 1 << 20;

    /** A setting between two others, of which the lower is below the upper. */
    private record Between(ConfigKey<Integer> min, ConfigKey<Integer> key, ConfigKey<Integer> max) {}

    private record Session(ConfigKey<Integer> timeout, ConfigKey<Integer> heartbeat) {}

    private static final List<Between> BETWEEN = List.of(
            new Between(
                    GROUP_CONSUMER_MIN_HEARTBEAT_INTERVAL_MS,
                    GROUP_CONSUMER_HEARTBEAT_INTERVAL_MS,
                    GROUP_CONSUMER_MAX_HEARTBEAT_INTERVAL_MS),
            new Between(
                    GROUP_CONSUMER_MIN_SESSION_TIMEOUT_MS,
                    GROUP_CONSUMER_SESSION_TIMEOUT_MS,
                    GROUP_CONSUMER_MAX_SESSION_TIMEOUT_MS),
            new Between(
                    GROUP_CONSUMER_MIN_ASSIGNMENT_INTERVAL_MS,
                    GROUP_CONSUMER_ASSIGNMENT_INTERVAL_MS,
                    GROUP_CONSUMER_MAX_ASSIGNMENT_INTERVAL_MS),
            new Between(
                    GROUP_SHARE_MIN_HEARTBEAT_INTERVAL_MS,
                    GROUP_SHARE_HEARTBEAT_INTERVAL_MS,
                    GROUP_SHARE_MAX_HEARTBEAT_INTERVAL_MS),
            new Between(
                    GROUP_SHARE_MIN_SESSION_TIMEOUT_MS,
                    GROUP_SHARE_SESSION_TIMEOUT_MS,
                    GROUP_SHARE_MAX_SESSION_TIMEOUT_MS),
            new Between(
                    GROUP_SHARE_MIN_ASSIGNMENT_INTERVAL_MS,
                    GROUP_SHARE_ASSIGNMENT_INTERVAL_MS,
                    GROUP_SHARE_MAX_ASSIGNMENT_INTERVAL_MS),
            new Between(
                    GROUP_SHARE_MIN_RECORD_LOCK_DURATION_MS,
                    GROUP_SHARE_RECORD_LOCK_DURATION_MS,
                    GROUP_SHARE_MAX_RECORD_LOCK_DURATION_MS),
            new Between(
                    GROUP_SHARE_MIN_DELIVERY_COUNT_LIMIT,
                    GROUP_SHARE_DELIVERY_COUNT_LIMIT,
                    GROUP_SHARE_MAX_DELIVERY_COUNT_LIMIT),
            new Between(
                    GROUP_SHARE_MIN_PARTITION_MAX_RECORD_LOCKS,
                    GROUP_SHARE_PARTITION_MAX_RECORD_LOCKS,
                    GROUP_SHARE_MAX_PARTITION_MAX_RECORD_LOCKS),
            new Between(
                    GROUP_STREAMS_MIN_HEARTBEAT_INTERVAL_MS,
                    GROUP_STREAMS_HEARTBEAT_INTERVAL_MS,
                    GROUP_STREAMS_MAX_HEARTBEAT_INTERVAL_MS),
            new Between(
                    GROUP_STREAMS_MIN_SESSION_TIMEOUT_MS,
                    GROUP_STREAMS_SESSION_TIMEOUT_MS,
                    GROUP_STREAMS_MAX_SESSION_TIMEOUT_MS),
            new Between(
                    GROUP_STREAMS_MIN_ASSIGNMENT_INTERVAL_MS,
                    GROUP_STREAMS_ASSIGNMENT_INTERVAL_MS,
                    GROUP_STREAMS_MAX_ASSIGNMENT_INTERVAL_MS));

    private static final List<Session> SESSIONS = List.of(
            new Session(GROUP_CONSUMER_SESSION_TIMEOUT_MS, GROUP_CONSUMER_HEARTBEAT_INTERVAL_MS),
            new Session(GROUP_SHARE_SESSION_TIMEOUT_MS, GROUP_SHARE_HEARTBEAT_INTERVAL_MS),
            new Session(GROUP_STREAMS_SESSION_TIMEOUT_MS, GROUP_STREAMS_HEARTBEAT_INTERVAL_MS));

    private final BrokerConfig config;

    private BrokerRules(BrokerConfig config) {
        this.config = config;
    }

    static void validate(BrokerConfig config) {
        var rules = new BrokerRules(config);
        rules.validateNode();
        rules.validateLogs();
        rules.validateReplication();
        rules.validateSockets();
        rules.validateGroups();
    }

    private void validateNode() {
        require(
                config.get(NODE_ID).equals(config.get(BROKER_ID)),
                BROKER_ID,
                "node.id, which is " + config.get(NODE_ID));
    }

    private void validateLogs() {
        ConfigView topic = config.topic(Map.of());
        require(topic.get(TopicKeys.SEGMENT_MS) >= 1, LOG_ROLL_MS, ">= 1");
        require(topic.get(TopicKeys.SEGMENT_JITTER_MS) >= 0, LOG_ROLL_JITTER_MS, ">= 0");
        require(topic.get(TopicKeys.RETENTION_MS) != 0, LOG_RETENTION_MS, "-1 or >= 1");
        require(
                config.get(LOG_CLEANER_DEDUPE_BUFFER_SIZE) / Math.max(1, config.get(LOG_CLEANER_THREADS))
                        > MIN_DEDUPE_BYTES_PER_THREAD,
                LOG_CLEANER_DEDUPE_BUFFER_SIZE,
                "more than 1 MiB for each of log.cleaner.threads, which is " + config.get(LOG_CLEANER_THREADS));
    }

    private void validateReplication() {
        require(
                config.get(REPLICA_FETCH_WAIT_MAX_MS) <= config.get(REPLICA_SOCKET_TIMEOUT_MS),
                REPLICA_FETCH_WAIT_MAX_MS,
                "<= replica.socket.timeout.ms, which is " + config.get(REPLICA_SOCKET_TIMEOUT_MS));
        require(
                config.get(REPLICA_FETCH_WAIT_MAX_MS) <= config.get(REPLICA_LAG_TIME_MAX_MS),
                REPLICA_FETCH_WAIT_MAX_MS,
                "<= replica.lag.time.max.ms, which is " + config.get(REPLICA_LAG_TIME_MAX_MS));
    }

    private void validateSockets() {
        long queued = config.get(QUEUED_MAX_REQUEST_BYTES);
        require(
                queued <= 0 || queued >= config.get(SOCKET_REQUEST_MAX_BYTES),
                QUEUED_MAX_REQUEST_BYTES,
                ">= socket.request.max.bytes, which is " + config.get(SOCKET_REQUEST_MAX_BYTES));
        var overrides = ConnectionOverrides.parse(config.get(MAX_CONNECTIONS_PER_IP_OVERRIDES));
        require(
                config.get(MAX_CONNECTIONS_PER_IP) > 0 || !overrides.isEmpty(),
                MAX_CONNECTIONS_PER_IP,
                ">= 1, or exceptions in max.connections.per.ip.overrides");
        long idleMs = config.get(CONNECTIONS_MAX_IDLE_MS);
        require(
                idleMs < 0 || config.get(CONNECTION_FAILED_AUTHENTICATION_DELAY_MS) < idleMs,
                CONNECTION_FAILED_AUTHENTICATION_DELAY_MS,
                "< connections.max.idle.ms, which is " + idleMs);
    }

    private void validateGroups() {
        for (Between each : BETWEEN) {
            validate(each);
        }
        for (Session each : SESSIONS) {
            require(
                    config.get(each.timeout()) > config.get(each.heartbeat()),
                    each.timeout(),
                    "> " + each.heartbeat() + ", which is " + config.get(each.heartbeat()));
        }
        atMost(GROUP_STREAMS_NUM_STANDBY_REPLICAS, GROUP_STREAMS_MAX_STANDBY_REPLICAS);
        atMost(GROUP_STREAMS_NUM_WARMUP_REPLICAS, GROUP_STREAMS_MAX_WARMUP_REPLICAS);
        atMost(GROUP_STREAMS_MIN_TASK_OFFSET_INTERVAL_MS, GROUP_STREAMS_TASK_OFFSET_INTERVAL_MS);
        atMost(GROUP_SHARE_MAX_SIZE, GROUP_SHARE_MAX_SHARE_SESSIONS);
        require(config.get(GROUP_SHARE_ASSIGNORS).size() == 1, GROUP_SHARE_ASSIGNORS, "exactly one");
        var tags = config.view().texts().getOrDefault(GROUP_STREAMS_RACK_AWARE_ASSIGNMENT_TAGS.name(), "");
        var words = ConfigType.splitList(tags.trim());
        require(new HashSet<>(words).size() == words.size(), GROUP_STREAMS_RACK_AWARE_ASSIGNMENT_TAGS, "each tag once");
    }

    private void validate(Between between) {
        atMost(between.min(), between.max());
        atMost(between.min(), between.key());
        atMost(between.key(), between.max());
    }

    private void atMost(ConfigKey<Integer> key, ConfigKey<Integer> max) {
        require(config.get(key) <= config.get(max), key, "<= " + max + ", which is " + config.get(max));
    }

    private void require(boolean holds, ConfigKey<?> key, String expected) {
        if (!holds) {
            Object value = config.find(key);
            throw InvalidConfig.value(key.name(), value == null ? "absent" : value, expected);
        }
    }
}
