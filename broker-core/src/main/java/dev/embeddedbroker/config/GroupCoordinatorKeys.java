package dev.embeddedbroker.config;

import java.util.List;

/** The group coordinator: committed offsets, classic groups, consumer groups (KIP-848). */
interface GroupCoordinatorKeys {
    KeyGroup ALL_GROUP_COORDINATOR = new KeyGroup(Scope.BROKER);

    ConfigKey<List<String>> GROUP_COORDINATOR_REBALANCE_PROTOCOLS = ALL_GROUP_COORDINATOR
            .ofList("group.coordinator.rebalance.protocols", List.of("classic", "consumer", "streams"))
            .someWords("consumer", "classic", "share", "streams")
            .effective()
            .doc("Group protocols that are served.");
    ConfigKey<Integer> GROUP_COORDINATOR_THREADS = ALL_GROUP_COORDINATOR
            .ofInt("group.coordinator.threads", 4)
            .atLeast(1)
            .high()
            .doc("Threads of the group coordinator.");
    ConfigKey<Integer> GROUP_COORDINATOR_BACKGROUND_THREADS = ALL_GROUP_COORDINATOR
            .ofInt("group.coordinator.background.threads", 2)
            .atLeast(1)
            .high()
            .doc("Threads for the group coordinator's background work.");
    ConfigKey<Integer> GROUP_COORDINATOR_APPEND_LINGER_MS = ALL_GROUP_COORDINATOR
            .ofInt("group.coordinator.append.linger.ms", -1)
            .atLeast(-1)
            .doc("Time writes of the group coordinator are gathered; -1 adapts to the load.");
    ConfigKey<Integer> OFFSETS_COMMIT_TIMEOUT_MS = ALL_GROUP_COORDINATOR
            .ofInt("offsets.commit.timeout.ms", 5000)
            .atLeast(1)
            .high()
            .doc("Longest wait of an offset commit for its replicas.");
    ConfigKey<Integer> OFFSETS_LOAD_BUFFER_SIZE = ALL_GROUP_COORDINATOR
            .ofInt("offsets.load.buffer.size", 5_242_880)
            .atLeast(1)
            .high()
            .doc("Bytes read at once when offsets are loaded.");
    ConfigKey<Short> OFFSETS_TOPIC_REPLICATION_FACTOR = ALL_GROUP_COORDINATOR
            .ofShort("offsets.topic.replication.factor", 3)
            .atLeast(1)
            .high()
            .effective()
            .doc("Replicas of the offsets topic.");
    ConfigKey<Integer> OFFSETS_TOPIC_NUM_PARTITIONS = ALL_GROUP_COORDINATOR
            .ofInt("offsets.topic.num.partitions", 50)
            .atLeast(1)
            .high()
            .effective()
            .doc("Partitions of the offsets topic.");
    ConfigKey<Integer> OFFSETS_TOPIC_SEGMENT_BYTES = ALL_GROUP_COORDINATOR
            .ofInt("offsets.topic.segment.bytes", 104_857_600)
            .atLeast(1)
            .high()
            .effective()
            .doc("Segment size of the offsets topic.");
    ConfigKey<Integer> OFFSETS_TOPIC_COMPRESSION_CODEC = ALL_GROUP_COORDINATOR
            .ofInt("offsets.topic.compression.codec", 0)
            .high()
            .doc("Codec of the offsets topic, by number.");
    ConfigKey<Integer> GROUP_COORDINATOR_CACHED_BUFFER_MAX_BYTES = ALL_GROUP_COORDINATOR
            .ofInt("group.coordinator.cached.buffer.max.bytes", 1_048_588)
            .atLeast(524_288)
            .clusterWide()
            .doc("Largest write buffer a group coordinator keeps for reuse.");
    ConfigKey<Integer> OFFSET_METADATA_MAX_BYTES = ALL_GROUP_COORDINATOR
            .ofInt("offset.metadata.max.bytes", 4096)
            .high()
            .effective()
            .doc("Longest text that may be committed beside an offset.");
    ConfigKey<Integer> OFFSETS_RETENTION_MINUTES = ALL_GROUP_COORDINATOR
            .ofInt("offsets.retention.minutes", 10_080)
            .atLeast(1)
            .high()
            .effective()
            .doc("Time committed offsets outlive an empty group.");
    ConfigKey<Long> OFFSETS_RETENTION_CHECK_INTERVAL_MS = ALL_GROUP_COORDINATOR
            .ofLong("offsets.retention.check.interval.ms", 600_000L)
            .atLeast(1)
            .high()
            .effective()
            .doc("Time between checks for expired offsets.");
    ConfigKey<Integer> GROUP_MIN_SESSION_TIMEOUT_MS = ALL_GROUP_COORDINATOR
            .ofInt("group.min.session.timeout.ms", 6000)
            .effective()
            .doc("Shortest session a classic group member may ask for.");
    ConfigKey<Integer> GROUP_MAX_SESSION_TIMEOUT_MS = ALL_GROUP_COORDINATOR
            .ofInt("group.max.session.timeout.ms", 1_800_000)
            .effective()
            .doc("Longest session a classic group member may ask for.");
    ConfigKey<Integer> GROUP_INITIAL_REBALANCE_DELAY_MS = ALL_GROUP_COORDINATOR
            .ofInt("group.initial.rebalance.delay.ms", 3000)
            .effective()
            .doc("Wait of an empty classic group for more members before its first rebalance.");
    ConfigKey<Integer> GROUP_MAX_SIZE = ALL_GROUP_COORDINATOR
            .ofInt("group.max.size", Integer.MAX_VALUE)
            .atLeast(1)
            .effective()
            .doc("Most members of a classic group.");
    ConfigKey<Integer> GROUP_CONSUMER_SESSION_TIMEOUT_MS = ALL_GROUP_COORDINATOR
            .ofInt("group.consumer.session.timeout.ms", 45_000)
            .atLeast(1)
            .effective()
            .doc("Silence after which a consumer group member is removed.");
    ConfigKey<Integer> GROUP_CONSUMER_MIN_SESSION_TIMEOUT_MS = ALL_GROUP_COORDINATOR
            .ofInt("group.consumer.min.session.timeout.ms", 45_000)
            .atLeast(1)
            .doc("Shortest session a consumer group may set.");
    ConfigKey<Integer> GROUP_CONSUMER_MAX_SESSION_TIMEOUT_MS = ALL_GROUP_COORDINATOR
            .ofInt("group.consumer.max.session.timeout.ms", 60_000)
            .atLeast(1)
            .doc("Longest session a consumer group may set.");
    ConfigKey<Integer> GROUP_CONSUMER_HEARTBEAT_INTERVAL_MS = ALL_GROUP_COORDINATOR
            .ofInt("group.consumer.heartbeat.interval.ms", 5000)
            .atLeast(1)
            .effective()
            .doc("Heartbeat interval given to consumer group members.");
    ConfigKey<Integer> GROUP_CONSUMER_MIN_HEARTBEAT_INTERVAL_MS = ALL_GROUP_COORDINATOR
            .ofInt("group.consumer.min.heartbeat.interval.ms", 5000)
            .atLeast(1)
            .doc("Shortest heartbeat interval a consumer group may set.");
    ConfigKey<Integer> GROUP_CONSUMER_MAX_HEARTBEAT_INTERVAL_MS = ALL_GROUP_COORDINATOR
            .ofInt("group.consumer.max.heartbeat.interval.ms", 15_000)
            .atLeast(1)
            .doc("Longest heartbeat interval a consumer group may set.");
    ConfigKey<Integer> GROUP_CONSUMER_MAX_SIZE = ALL_GROUP_COORDINATOR
            .ofInt("group.consumer.max.size", Integer.MAX_VALUE)
            .atLeast(1)
            .effective()
            .doc("Most members of a consumer group.");
    ConfigKey<List<String>> GROUP_CONSUMER_ASSIGNORS = ALL_GROUP_COORDINATOR
            .ofList("group.consumer.assignors", List.of("uniform", "range"))
            .someWords()
            .effective()
            .doc("Assignors of consumer groups, the default first.");
    ConfigKey<String> GROUP_CONSUMER_MIGRATION_POLICY = ALL_GROUP_COORDINATOR
            .ofString("group.consumer.migration.policy", "bidirectional")
            .oneOfIgnoringCase("DISABLED", "DOWNGRADE", "UPGRADE", "BIDIRECTIONAL")
            .effective()
            .doc("Directions in which classic and consumer groups turn into each other.");
    ConfigKey<Integer> GROUP_CONSUMER_ASSIGNMENT_INTERVAL_MS = ALL_GROUP_COORDINATOR
            .ofInt("group.consumer.assignment.interval.ms", 1000)
            .atLeast(0)
            .clusterWide()
            .effective()
            .doc("Least time between two assignments of a consumer group.");
    ConfigKey<Integer> GROUP_CONSUMER_MIN_ASSIGNMENT_INTERVAL_MS = ALL_GROUP_COORDINATOR
            .ofInt("group.consumer.min.assignment.interval.ms", 0)
            .atLeast(0)
            .doc("Shortest assignment interval a consumer group may set.");
    ConfigKey<Integer> GROUP_CONSUMER_MAX_ASSIGNMENT_INTERVAL_MS = ALL_GROUP_COORDINATOR
            .ofInt("group.consumer.max.assignment.interval.ms", 15_000)
            .atLeast(0)
            .doc("Longest assignment interval a consumer group may set.");
    ConfigKey<Boolean> GROUP_CONSUMER_ASSIGNOR_OFFLOAD_ENABLE = ALL_GROUP_COORDINATOR
            .ofBoolean("group.consumer.assignor.offload.enable", true)
            .clusterWide()
            .internal()
            .doc("Consumer group assignments are computed in the background.");
    ConfigKey<Integer> GROUP_CONSUMER_REGEX_REFRESH_INTERVAL_MS = ALL_GROUP_COORDINATOR
            .ofInt("group.consumer.regex.refresh.interval.ms", 600_000)
            .atLeast(10_000)
            .internal()
            .doc("Time after which a subscribed pattern is matched against the topics again.");
}
