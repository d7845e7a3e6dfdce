package dev.embeddedbroker.config;

import java.util.List;

/** The settings of a group (KIP-848, KIP-932, KIP-1071). */
public interface GroupKeys {
    KeyGroup ALL_GROUP = new KeyGroup(Scope.GROUP);

    ConfigKey<Integer> CONSUMER_SESSION_TIMEOUT_MS = ALL_GROUP
            .ofInt("consumer.session.timeout.ms", 45_000)
            .atLeast(1)
            .effective()
            .doc("Silence after which a consumer group member is removed.");
    ConfigKey<Integer> CONSUMER_HEARTBEAT_INTERVAL_MS = ALL_GROUP
            .ofInt("consumer.heartbeat.interval.ms", 5000)
            .atLeast(1)
            .effective()
            .doc("Heartbeat interval given to members of a consumer group.");
    ConfigKey<Integer> CONSUMER_ASSIGNMENT_INTERVAL_MS = ALL_GROUP
            .ofInt("consumer.assignment.interval.ms", 1000)
            .atLeast(0)
            .effective()
            .doc("Least time between two assignments of a consumer group.");
    ConfigKey<Boolean> CONSUMER_ASSIGNOR_OFFLOAD_ENABLE = ALL_GROUP
            .ofBoolean("consumer.assignor.offload.enable", true)
            .internal()
            .doc("Consumer group assignments are computed in the background.");
    ConfigKey<Integer> SHARE_SESSION_TIMEOUT_MS = ALL_GROUP
            .ofInt("share.session.timeout.ms", 45_000)
            .atLeast(1)
            .doc("Silence after which a share group member is removed.");
    ConfigKey<Integer> SHARE_HEARTBEAT_INTERVAL_MS = ALL_GROUP
            .ofInt("share.heartbeat.interval.ms", 5000)
            .atLeast(1)
            .doc("Heartbeat interval given to members of a share group.");
    ConfigKey<Integer> SHARE_RECORD_LOCK_DURATION_MS = ALL_GROUP
            .ofInt("share.record.lock.duration.ms", 30_000)
            .atLeast(1000)
            .doc("Time a member may hold a record it acquired.");
    ConfigKey<Integer> SHARE_DELIVERY_COUNT_LIMIT = ALL_GROUP
            .ofInt("share.delivery.count.limit", 5)
            .atLeast(2)
            .doc("Deliveries of a record before it is given up.");
    ConfigKey<Integer> SHARE_PARTITION_MAX_RECORD_LOCKS = ALL_GROUP
            .ofInt("share.partition.max.record.locks", 2000)
            .atLeast(100)
            .doc("Records of a share partition that may be held at once.");
    ConfigKey<String> SHARE_AUTO_OFFSET_RESET = ALL_GROUP
            .ofString("share.auto.offset.reset", "latest")
            .check(SpecialChecks.SHARE_AUTO_OFFSET_RESET)
            .doc("Where a share group starts in a partition without an offset.");
    ConfigKey<String> SHARE_ISOLATION_LEVEL = ALL_GROUP
            .ofString("share.isolation.level", "read_uncommitted")
            .oneOf("read_committed", "read_uncommitted")
            .doc("Whether a share group reads records of open transactions.");
    ConfigKey<Boolean> SHARE_RENEW_ACKNOWLEDGE_ENABLE = ALL_GROUP
            .ofBoolean("share.renew.acknowledge.enable", true)
            .doc("Members may renew the lock of a record (KIP-1222).");
    ConfigKey<Integer> SHARE_ASSIGNMENT_INTERVAL_MS = ALL_GROUP
            .ofInt("share.assignment.interval.ms", 1000)
            .atLeast(0)
            .doc("Least time between two assignments of a share group.");
    ConfigKey<Boolean> SHARE_ASSIGNOR_OFFLOAD_ENABLE = ALL_GROUP
            .ofBoolean("share.assignor.offload.enable", true)
            .internal()
            .doc("Share group assignments are computed in the background.");
    ConfigKey<Integer> STREAMS_SESSION_TIMEOUT_MS = ALL_GROUP
            .ofInt("streams.session.timeout.ms", 45_000)
            .atLeast(1)
            .doc("Silence after which a streams group member is removed.");
    ConfigKey<Integer> STREAMS_HEARTBEAT_INTERVAL_MS = ALL_GROUP
            .ofInt("streams.heartbeat.interval.ms", 5000)
            .atLeast(1)
            .doc("Heartbeat interval given to members of a streams group.");
    ConfigKey<Integer> STREAMS_NUM_STANDBY_REPLICAS =
            ALL_GROUP.ofInt("streams.num.standby.replicas", 0).atLeast(0).doc("Standby copies of each task.");
    ConfigKey<Integer> STREAMS_INITIAL_REBALANCE_DELAY_MS = ALL_GROUP
            .ofInt("streams.initial.rebalance.delay.ms", 3000)
            .atLeast(0)
            .doc("Wait of a new streams group for more members.");
    ConfigKey<Integer> STREAMS_ASSIGNMENT_INTERVAL_MS = ALL_GROUP
            .ofInt("streams.assignment.interval.ms", 1000)
            .atLeast(0)
            .doc("Least time between two assignments of a streams group.");
    ConfigKey<Boolean> STREAMS_ASSIGNOR_OFFLOAD_ENABLE = ALL_GROUP
            .ofBoolean("streams.assignor.offload.enable", true)
            .internal()
            .doc("Streams group assignments are computed in the background.");
    ConfigKey<Integer> STREAMS_TASK_OFFSET_INTERVAL_MS = ALL_GROUP
            .ofInt("streams.task.offset.interval.ms", 60_000)
            .atLeast(1)
            .internal()
            .doc("Time between a member's reports of its task offsets.");
    ConfigKey<Integer> STREAMS_NUM_WARMUP_REPLICAS = ALL_GROUP
            .ofInt("streams.num.warmup.replicas", 2)
            .atLeast(0)
            .internal()
            .doc("Warm-up tasks the group may have at once.");
    ConfigKey<List<String>> STREAMS_RACK_AWARE_ASSIGNMENT_TAGS = ALL_GROUP
            .ofList("streams.rack.aware.assignment.tags", List.of())
            .words()
            .low()
            .doc("Client tags over which standby copies are spread.");
    ConfigKey<Long> STREAMS_ACCEPTABLE_RECOVERY_LAG = ALL_GROUP
            .ofLong("streams.acceptable.recovery.lag", 10_000L)
            .atLeast(0)
            .internal()
            .doc("Records a task may lag and still count as caught up.");
    ConfigKey<String> STREAMS_ASSIGNOR_NAME = ALL_GROUP
            .ofString("streams.assignor.name", null)
            .doc("Assignor of the streams group; the broker's first when absent.");
    ConfigKey<String> ERRORS_DEADLETTERQUEUE_TOPIC_NAME = ALL_GROUP
            .ofString("errors.deadletterqueue.topic.name", "")
            .doc("Dead letter topic of a share group; none when empty (KIP-1191).");
    ConfigKey<Boolean> ERRORS_DEADLETTERQUEUE_COPY_RECORD_ENABLE = ALL_GROUP
            .ofBoolean("errors.deadletterqueue.copy.record.enable", false)
            .doc("The dead letter carries the whole record (KIP-1191).");
}
