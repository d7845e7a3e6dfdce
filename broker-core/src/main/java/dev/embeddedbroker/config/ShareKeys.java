package dev.embeddedbroker.config;

import java.util.List;

/** Share groups and their state topic (KIP-932). */
interface ShareKeys {
    KeyGroup ALL_SHARE = new KeyGroup(Scope.BROKER);

    ConfigKey<Integer> GROUP_SHARE_SESSION_TIMEOUT_MS = ALL_SHARE
            .ofInt("group.share.session.timeout.ms", 45_000)
            .atLeast(1)
            .doc("Silence after which a share group member is removed.");
    ConfigKey<Integer> GROUP_SHARE_MIN_SESSION_TIMEOUT_MS = ALL_SHARE
            .ofInt("group.share.min.session.timeout.ms", 45_000)
            .atLeast(1)
            .doc("Shortest session a share group may set.");
    ConfigKey<Integer> GROUP_SHARE_MAX_SESSION_TIMEOUT_MS = ALL_SHARE
            .ofInt("group.share.max.session.timeout.ms", 60_000)
            .atLeast(1)
            .doc("Longest session a share group may set.");
    ConfigKey<Integer> GROUP_SHARE_HEARTBEAT_INTERVAL_MS = ALL_SHARE
            .ofInt("group.share.heartbeat.interval.ms", 5000)
            .atLeast(1)
            .doc("Heartbeat interval given to share group members.");
    ConfigKey<Integer> GROUP_SHARE_MIN_HEARTBEAT_INTERVAL_MS = ALL_SHARE
            .ofInt("group.share.min.heartbeat.interval.ms", 5000)
            .atLeast(1)
            .doc("Shortest heartbeat interval a share group may set.");
    ConfigKey<Integer> GROUP_SHARE_MAX_HEARTBEAT_INTERVAL_MS = ALL_SHARE
            .ofInt("group.share.max.heartbeat.interval.ms", 15_000)
            .atLeast(1)
            .doc("Longest heartbeat interval a share group may set.");
    ConfigKey<Integer> GROUP_SHARE_MAX_SIZE =
            ALL_SHARE.ofInt("group.share.max.size", 200).between(1, 1000).doc("Most members of a share group.");
    ConfigKey<List<String>> GROUP_SHARE_ASSIGNORS = ALL_SHARE
            .ofList("group.share.assignors", List.of("simple"))
            .someWords()
            .doc("Assignors of share groups.");
    ConfigKey<Integer> GROUP_SHARE_ASSIGNMENT_INTERVAL_MS = ALL_SHARE
            .ofInt("group.share.assignment.interval.ms", 1000)
            .atLeast(0)
            .clusterWide()
            .doc("Least time between two assignments of a share group.");
    ConfigKey<Integer> GROUP_SHARE_MIN_ASSIGNMENT_INTERVAL_MS = ALL_SHARE
            .ofInt("group.share.min.assignment.interval.ms", 0)
            .atLeast(0)
            .doc("Shortest assignment interval a share group may set.");
    ConfigKey<Integer> GROUP_SHARE_MAX_ASSIGNMENT_INTERVAL_MS = ALL_SHARE
            .ofInt("group.share.max.assignment.interval.ms", 15_000)
            .atLeast(0)
            .doc("Longest assignment interval a share group may set.");
    ConfigKey<Boolean> GROUP_SHARE_ASSIGNOR_OFFLOAD_ENABLE = ALL_SHARE
            .ofBoolean("group.share.assignor.offload.enable", true)
            .clusterWide()
            .internal()
            .doc("Share group assignments are computed in the background.");
    ConfigKey<Integer> GROUP_SHARE_INITIALIZE_RETRY_INTERVAL_MS = ALL_SHARE
            .ofInt("group.share.initialize.retry.interval.ms", 30_000)
            .atLeast(1)
            .low()
            .internal()
            .doc("Pause before share state is initialized again.");
    ConfigKey<Boolean> ERRORS_DEADLETTERQUEUE_AUTO_CREATE_TOPICS_ENABLE = ALL_SHARE
            .ofBoolean("errors.deadletterqueue.auto.create.topics.enable", false)
            .clusterWide()
            .doc("Dead letter topics are created when missing (KIP-1191).");
    ConfigKey<String> ERRORS_DEADLETTERQUEUE_TOPIC_NAME_PREFIX = ALL_SHARE
            .ofString("errors.deadletterqueue.topic.name.prefix", "dlq.")
            .clusterWide()
            .doc("Start of the names of dead letter topics (KIP-1191).");
    ConfigKey<Integer> GROUP_SHARE_DELIVERY_COUNT_LIMIT = ALL_SHARE
            .ofInt("group.share.delivery.count.limit", 5)
            .between(2, 10)
            .doc("Deliveries of a record to share group members before it is given up.");
    ConfigKey<Integer> GROUP_SHARE_MAX_DELIVERY_COUNT_LIMIT = ALL_SHARE
            .ofInt("group.share.max.delivery.count.limit", 10)
            .between(5, 25)
            .doc("Highest delivery limit a share group may set.");
    ConfigKey<Integer> GROUP_SHARE_MIN_DELIVERY_COUNT_LIMIT = ALL_SHARE
            .ofInt("group.share.min.delivery.count.limit", 2)
            .between(2, 5)
            .doc("Lowest delivery limit a share group may set.");
    ConfigKey<Integer> GROUP_SHARE_RECORD_LOCK_DURATION_MS = ALL_SHARE
            .ofInt("group.share.record.lock.duration.ms", 30_000)
            .between(1000, 3_600_000)
            .doc("Time a member may hold a record it acquired.");
    ConfigKey<Integer> GROUP_SHARE_MIN_RECORD_LOCK_DURATION_MS = ALL_SHARE
            .ofInt("group.share.min.record.lock.duration.ms", 15_000)
            .between(1000, 30_000)
            .doc("Shortest lock a share group may set.");
    ConfigKey<Integer> GROUP_SHARE_MAX_RECORD_LOCK_DURATION_MS = ALL_SHARE
            .ofInt("group.share.max.record.lock.duration.ms", 60_000)
            .between(30_000, 3_600_000)
            .doc("Longest lock a share group may set.");
    ConfigKey<Integer> GROUP_SHARE_PARTITION_MAX_RECORD_LOCKS = ALL_SHARE
            .ofInt("group.share.partition.max.record.locks", 2000)
            .between(100, 10_000)
            .doc("Records of a share partition that may be held at once.");
    ConfigKey<Integer> GROUP_SHARE_MAX_PARTITION_MAX_RECORD_LOCKS = ALL_SHARE
            .ofInt("group.share.max.partition.max.record.locks", 4000)
            .between(2000, 10_000)
            .doc("Highest lock limit a share group may set.");
    ConfigKey<Integer> GROUP_SHARE_MIN_PARTITION_MAX_RECORD_LOCKS = ALL_SHARE
            .ofInt("group.share.min.partition.max.record.locks", 100)
            .between(100, 2000)
            .doc("Lowest lock limit a share group may set.");
    ConfigKey<Integer> SHARE_FETCH_PURGATORY_PURGE_INTERVAL_REQUESTS = ALL_SHARE
            .ofInt("share.fetch.purgatory.purge.interval.requests", 1000)
            .doc("Answered share fetches kept before a clean-up.");
    ConfigKey<Integer> GROUP_SHARE_MAX_SHARE_SESSIONS =
            ALL_SHARE.ofInt("group.share.max.share.sessions", 2000).atLeast(1).doc("Share sessions kept at once.");
    ConfigKey<String> GROUP_SHARE_PERSISTER_CLASS_NAME = ALL_SHARE
            .ofString(
                    "group.share.persister.class.name", "org.apache.kafka.server.share.persister.DefaultStatePersister")
            .internal()
            .doc("Class that stores share state.");
    ConfigKey<String> GROUP_SHARE_DLQ_MANAGER_CLASS_NAME = ALL_SHARE
            .ofString(
                    "group.share.dlq.manager.class.name",
                    "org.apache.kafka.server.share.dlq.DefaultShareGroupDLQManager")
            .internal()
            .doc("Class that writes to dead letter topics.");
    ConfigKey<Integer> SHARE_COORDINATOR_STATE_TOPIC_NUM_PARTITIONS = ALL_SHARE
            .ofInt("share.coordinator.state.topic.num.partitions", 50)
            .atLeast(1)
            .high()
            .effective()
            .doc("Partitions of the share state topic.");
    ConfigKey<Short> SHARE_COORDINATOR_STATE_TOPIC_REPLICATION_FACTOR = ALL_SHARE
            .ofShort("share.coordinator.state.topic.replication.factor", 3)
            .atLeast(1)
            .high()
            .effective()
            .doc("Replicas of the share state topic.");
    ConfigKey<Short> SHARE_COORDINATOR_STATE_TOPIC_MIN_ISR = ALL_SHARE
            .ofShort("share.coordinator.state.topic.min.isr", 2)
            .atLeast(1)
            .high()
            .effective()
            .doc("In-sync replicas a write to the share state topic needs.");
    ConfigKey<Integer> SHARE_COORDINATOR_STATE_TOPIC_SEGMENT_BYTES = ALL_SHARE
            .ofInt("share.coordinator.state.topic.segment.bytes", 104_857_600)
            .atLeast(1)
            .high()
            .effective()
            .doc("Segment size of the share state topic.");
    ConfigKey<Integer> SHARE_COORDINATOR_THREADS =
            ALL_SHARE.ofInt("share.coordinator.threads", 1).atLeast(1).doc("Threads of the share coordinator.");
    ConfigKey<Integer> SHARE_COORDINATOR_SNAPSHOT_UPDATE_RECORDS_PER_SNAPSHOT = ALL_SHARE
            .ofInt("share.coordinator.snapshot.update.records.per.snapshot", 500)
            .between(0, 500)
            .doc("Share state updates between two snapshots.");
    ConfigKey<Integer> SHARE_COORDINATOR_LOAD_BUFFER_SIZE = ALL_SHARE
            .ofInt("share.coordinator.load.buffer.size", 5_242_880)
            .atLeast(1)
            .high()
            .doc("Bytes read at once when share state is loaded.");
    ConfigKey<Integer> SHARE_COORDINATOR_STATE_TOPIC_COMPRESSION_CODEC = ALL_SHARE
            .ofInt("share.coordinator.state.topic.compression.codec", 0)
            .high()
            .doc("Codec of the share state topic, by number.");
    ConfigKey<Integer> SHARE_COORDINATOR_APPEND_LINGER_MS = ALL_SHARE
            .ofInt("share.coordinator.append.linger.ms", -1)
            .atLeast(-1)
            .doc("Time writes of the share coordinator are gathered; -1 adapts to the load.");
    ConfigKey<Integer> SHARE_COORDINATOR_WRITE_TIMEOUT_MS = ALL_SHARE
            .ofInt("share.coordinator.write.timeout.ms", 5000)
            .atLeast(1)
            .high()
            .doc("Longest wait of a share state write for its replicas.");
    ConfigKey<Integer> SHARE_COORDINATOR_STATE_TOPIC_PRUNE_INTERVAL_MS = ALL_SHARE
            .ofInt("share.coordinator.state.topic.prune.interval.ms", 300_000)
            .atLeast(1)
            .low()
            .internal()
            .doc("Time between deletions of old share state.");
    ConfigKey<Integer> SHARE_COORDINATOR_COLD_PARTITION_SNAPSHOT_INTERVAL_MS = ALL_SHARE
            .ofInt("share.coordinator.cold.partition.snapshot.interval.ms", 300_000)
            .atLeast(1)
            .low()
            .internal()
            .doc("Time between snapshots of idle share state.");
    ConfigKey<Integer> SHARE_COORDINATOR_CACHED_BUFFER_MAX_BYTES = ALL_SHARE
            .ofInt("share.coordinator.cached.buffer.max.bytes", 1_048_588)
            .atLeast(524_288)
            .clusterWide()
            .doc("Largest write buffer a share coordinator keeps for reuse.");
}
