package dev.embeddedbroker.config;

import java.util.List;

/** Streams groups (KIP-1071). */
interface StreamsGroupKeys {
    KeyGroup ALL_STREAMS_GROUP = new KeyGroup(Scope.BROKER);

    ConfigKey<Integer> GROUP_STREAMS_SESSION_TIMEOUT_MS = ALL_STREAMS_GROUP
            .ofInt("group.streams.session.timeout.ms", 45_000)
            .atLeast(1)
            .doc("Silence after which a streams group member is removed.");
    ConfigKey<Integer> GROUP_STREAMS_MIN_SESSION_TIMEOUT_MS = ALL_STREAMS_GROUP
            .ofInt("group.streams.min.session.timeout.ms", 45_000)
            .atLeast(1)
            .doc("Shortest session a streams group may set.");
    ConfigKey<Integer> GROUP_STREAMS_MAX_SESSION_TIMEOUT_MS = ALL_STREAMS_GROUP
            .ofInt("group.streams.max.session.timeout.ms", 60_000)
            .atLeast(1)
            .doc("Longest session a streams group may set.");
    ConfigKey<Integer> GROUP_STREAMS_HEARTBEAT_INTERVAL_MS = ALL_STREAMS_GROUP
            .ofInt("group.streams.heartbeat.interval.ms", 5000)
            .atLeast(1)
            .doc("Heartbeat interval given to streams group members.");
    ConfigKey<Integer> GROUP_STREAMS_MIN_HEARTBEAT_INTERVAL_MS = ALL_STREAMS_GROUP
            .ofInt("group.streams.min.heartbeat.interval.ms", 5000)
            .atLeast(1)
            .doc("Shortest heartbeat interval a streams group may set.");
    ConfigKey<Integer> GROUP_STREAMS_MAX_HEARTBEAT_INTERVAL_MS = ALL_STREAMS_GROUP
            .ofInt("group.streams.max.heartbeat.interval.ms", 15_000)
            .atLeast(1)
            .doc("Longest heartbeat interval a streams group may set.");
    ConfigKey<Integer> GROUP_STREAMS_MAX_SIZE = ALL_STREAMS_GROUP
            .ofInt("group.streams.max.size", Integer.MAX_VALUE)
            .atLeast(1)
            .doc("Most members of a streams group.");
    ConfigKey<Integer> GROUP_STREAMS_NUM_STANDBY_REPLICAS = ALL_STREAMS_GROUP
            .ofInt("group.streams.num.standby.replicas", 0)
            .atLeast(0)
            .doc("Standby copies of each task of a streams group.");
    ConfigKey<Integer> GROUP_STREAMS_MAX_STANDBY_REPLICAS = ALL_STREAMS_GROUP
            .ofInt("group.streams.max.standby.replicas", 2)
            .atLeast(0)
            .doc("Most standby copies a streams group may set.");
    ConfigKey<Integer> GROUP_STREAMS_INITIAL_REBALANCE_DELAY_MS = ALL_STREAMS_GROUP
            .ofInt("group.streams.initial.rebalance.delay.ms", 3000)
            .atLeast(0)
            .doc("Wait of a new streams group for more members.");
    ConfigKey<Integer> GROUP_STREAMS_ASSIGNMENT_INTERVAL_MS = ALL_STREAMS_GROUP
            .ofInt("group.streams.assignment.interval.ms", 1000)
            .atLeast(0)
            .clusterWide()
            .doc("Least time between two assignments of a streams group.");
    ConfigKey<Integer> GROUP_STREAMS_MIN_ASSIGNMENT_INTERVAL_MS = ALL_STREAMS_GROUP
            .ofInt("group.streams.min.assignment.interval.ms", 0)
            .atLeast(0)
            .doc("Shortest assignment interval a streams group may set.");
    ConfigKey<Integer> GROUP_STREAMS_MAX_ASSIGNMENT_INTERVAL_MS = ALL_STREAMS_GROUP
            .ofInt("group.streams.max.assignment.interval.ms", 15_000)
            .atLeast(0)
            .doc("Longest assignment interval a streams group may set.");
    ConfigKey<List<String>> GROUP_STREAMS_ASSIGNORS = ALL_STREAMS_GROUP
            .ofList("group.streams.assignors", List.of("sticky"))
            .someWords()
            .doc("Assignors of streams groups, the default first.");
    ConfigKey<Boolean> GROUP_STREAMS_ASSIGNOR_OFFLOAD_ENABLE = ALL_STREAMS_GROUP
            .ofBoolean("group.streams.assignor.offload.enable", true)
            .clusterWide()
            .internal()
            .doc("Streams group assignments are computed in the background.");
    ConfigKey<Integer> GROUP_STREAMS_TASK_OFFSET_INTERVAL_MS = ALL_STREAMS_GROUP
            .ofInt("group.streams.task.offset.interval.ms", 60_000)
            .atLeast(1)
            .internal()
            .doc("Time between a member's reports of its task offsets.");
    ConfigKey<Integer> GROUP_STREAMS_MIN_TASK_OFFSET_INTERVAL_MS = ALL_STREAMS_GROUP
            .ofInt("group.streams.min.task.offset.interval.ms", 15_000)
            .atLeast(1)
            .internal()
            .doc("Shortest task offset interval a streams group may set.");
    ConfigKey<Integer> GROUP_STREAMS_NUM_WARMUP_REPLICAS = ALL_STREAMS_GROUP
            .ofInt("group.streams.num.warmup.replicas", 2)
            .atLeast(0)
            .internal()
            .doc("Warm-up tasks a streams group may have at once.");
    ConfigKey<Integer> GROUP_STREAMS_MAX_WARMUP_REPLICAS = ALL_STREAMS_GROUP
            .ofInt("group.streams.max.warmup.replicas", 20)
            .atLeast(0)
            .internal()
            .doc("Most warm-up tasks a streams group may set.");
    ConfigKey<List<String>> GROUP_STREAMS_RACK_AWARE_ASSIGNMENT_TAGS = ALL_STREAMS_GROUP
            .ofList("group.streams.rack.aware.assignment.tags", List.of())
            .words()
            .low()
            .doc("Client tags over which standby copies are spread.");
    ConfigKey<String> GROUP_STREAMS_TOPOLOGY_DESCRIPTION_PLUGIN_CLASS = ALL_STREAMS_GROUP
            .ofClass("group.streams.topology.description.plugin.class", null)
            .doc("Class that receives descriptions of topologies.");
    ConfigKey<Long> GROUP_STREAMS_ACCEPTABLE_RECOVERY_LAG = ALL_STREAMS_GROUP
            .ofLong("group.streams.acceptable.recovery.lag", 10_000L)
            .atLeast(0)
            .internal()
            .doc("Records a task may lag and still count as caught up.");
}
