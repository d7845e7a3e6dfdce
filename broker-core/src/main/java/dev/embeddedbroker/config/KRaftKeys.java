package dev.embeddedbroker.config;

import java.util.List;

/** Roles, the controller quorum and the metadata log. */
interface KRaftKeys {
    KeyGroup ALL_KRAFT = new KeyGroup(Scope.BROKER);

    ConfigKey<Integer> BROKER_ID =
            ALL_KRAFT.ofInt("broker.id", -1).high().effective().doc("Older name of node.id.");
    ConfigKey<Boolean> UNSTABLE_API_VERSIONS_ENABLE = ALL_KRAFT
            .ofBoolean("unstable.api.versions.enable", false)
            .high()
            .internal()
            .effective()
            .doc("Offers request versions that are still in development.");
    ConfigKey<Boolean> UNSTABLE_FEATURE_VERSIONS_ENABLE = ALL_KRAFT
            .ofBoolean("unstable.feature.versions.enable", false)
            .high()
            .internal()
            .doc("Offers feature versions that are still in development.");
    ConfigKey<List<String>> PROCESS_ROLES = ALL_KRAFT
            .ofList("process.roles", null)
            .someWords("broker", "controller")
            .high()
            .required()
            .doc("Roles of this process: broker, controller or both.");
    ConfigKey<Integer> NODE_ID = ALL_KRAFT
            .ofInt("node.id", null)
            .atLeast(0)
            .high()
            .required()
            .effective()
            .doc("Number of this node in the cluster.");
    ConfigKey<Integer> INITIAL_BROKER_REGISTRATION_TIMEOUT_MS = ALL_KRAFT
            .ofInt("initial.broker.registration.timeout.ms", 60_000)
            .doc("Longest wait for the first registration with the controller.");
    ConfigKey<Integer> BROKER_HEARTBEAT_INTERVAL_MS = ALL_KRAFT
            .ofInt("broker.heartbeat.interval.ms", 2000)
            .doc("Time between this broker's heartbeats to the controller.");
    ConfigKey<Integer> BROKER_SESSION_TIMEOUT_MS = ALL_KRAFT
            .ofInt("broker.session.timeout.ms", 9000)
            .doc("Silence after which the controller fences a broker.");
    ConfigKey<List<String>> CONTROLLER_LISTENER_NAMES = ALL_KRAFT
            .ofList("controller.listener.names", null)
            .someWords()
            .high()
            .required()
            .effective()
            .doc("Listeners the controller uses.");
    ConfigKey<Long> CONTROLLER_PERFORMANCE_SAMPLE_PERIOD_MS = ALL_KRAFT
            .ofLong("controller.performance.sample.period.ms", 60_000L)
            .atLeast(100)
            .internal()
            .doc("Period over which slow controller events are summed up.");
    ConfigKey<Long> CONTROLLER_PERFORMANCE_ALWAYS_LOG_THRESHOLD_MS = ALL_KRAFT
            .ofLong("controller.performance.always.log.threshold.ms", 2000L)
            .atLeast(0)
            .internal()
            .doc("Duration from which a controller event is always logged.");
    ConfigKey<Long> SERVER_MAX_STARTUP_TIME_MS = ALL_KRAFT
            .ofLong("server.max.startup.time.ms", Long.MAX_VALUE)
            .atLeast(0)
            .internal()
            .doc("Longest time a start may take.");
    ConfigKey<Long> METADATA_LOG_MAX_RECORD_BYTES_BETWEEN_SNAPSHOTS = ALL_KRAFT
            .ofLong("metadata.log.max.record.bytes.between.snapshots", 20_971_520L)
            .atLeast(1)
            .high()
            .effective()
            .doc("Bytes in the metadata log after which a snapshot is taken.");
    ConfigKey<Long> METADATA_LOG_MAX_SNAPSHOT_INTERVAL_MS = ALL_KRAFT
            .ofLong("metadata.log.max.snapshot.interval.ms", 3_600_000L)
            .atLeast(0)
            .high()
            .effective()
            .doc("Time after which a snapshot of the metadata is taken.");
    ConfigKey<String> METADATA_LOG_DIR = ALL_KRAFT
            .ofString("metadata.log.dir", null)
            .high()
            .doc("Directory of the metadata log; the first log directory when absent.");
    ConfigKey<Integer> METADATA_LOG_SEGMENT_BYTES = ALL_KRAFT
            .ofInt("metadata.log.segment.bytes", 1_073_741_824)
            .atLeast(8_388_608)
            .high()
            .effective()
            .doc("Largest segment of the metadata log.");
    ConfigKey<Long> METADATA_LOG_SEGMENT_MS = ALL_KRAFT
            .ofLong("metadata.log.segment.ms", 604_800_000L)
            .high()
            .effective()
            .doc("Time after which a new segment of the metadata log begins.");
    ConfigKey<Long> METADATA_MAX_RETENTION_BYTES = ALL_KRAFT
            .ofLong("metadata.max.retention.bytes", 104_857_600L)
            .high()
            .effective()
            .doc("Size at which old metadata segments and snapshots go.");
    ConfigKey<Long> METADATA_MAX_RETENTION_MS = ALL_KRAFT
            .ofLong("metadata.max.retention.ms", 604_800_000L)
            .high()
            .effective()
            .doc("Age at which old metadata segments and snapshots go.");
    ConfigKey<Integer> METADATA_MAX_IDLE_INTERVAL_MS = ALL_KRAFT
            .ofInt("metadata.max.idle.interval.ms", 500)
            .atLeast(0)
            .low()
            .doc("Idle time after which the controller writes a no-op record; 0 for never.");
    ConfigKey<Integer> INTERNAL_METADATA_LOG_SEGMENT_BYTES = ALL_KRAFT
            .ofInt("internal.metadata.log.segment.bytes", null)
            .low()
            .internal()
            .effective()
            .doc("Segment size of the metadata log in Kafka's own tests.");
    ConfigKey<Integer> INTERNAL_METADATA_MAX_BATCH_SIZE_IN_BYTES = ALL_KRAFT
            .ofInt("internal.metadata.max.batch.size.in.bytes", 8_388_608)
            .low()
            .internal()
            .doc("Largest batch in the metadata log.");
    ConfigKey<Long> INTERNAL_METADATA_DELETE_DELAY_MILLIS = ALL_KRAFT
            .ofLong("internal.metadata.delete.delay.millis", 60_000L)
            .low()
            .internal()
            .doc("Wait before a metadata file is removed from disk.");
    ConfigKey<Integer> CONTROLLER_SOCKET_TIMEOUT_MS =
            ALL_KRAFT.ofInt("controller.socket.timeout.ms", 30_000).doc("Longest wait of a request to the controller.");
    ConfigKey<List<String>> CONTROLLER_QUORUM_VOTERS = ALL_KRAFT
            .ofList("controller.quorum.voters", List.of())
            .check(SpecialChecks.QUORUM_VOTERS)
            .high()
            .doc("Controllers of a static quorum, as id@host:port.");
    ConfigKey<List<String>> CONTROLLER_QUORUM_BOOTSTRAP_SERVERS = ALL_KRAFT
            .ofList("controller.quorum.bootstrap.servers", List.of())
            .check(SpecialChecks.BOOTSTRAP_SERVERS)
            .high()
            .doc("Controllers to find the quorum by, as host:port.");
    ConfigKey<Integer> CONTROLLER_QUORUM_ELECTION_TIMEOUT_MS = ALL_KRAFT
            .ofInt("controller.quorum.election.timeout.ms", 1000)
            .atLeast(0)
            .high()
            .doc("Wait of a candidate for votes.");
    ConfigKey<Integer> CONTROLLER_QUORUM_FETCH_TIMEOUT_MS = ALL_KRAFT
            .ofInt("controller.quorum.fetch.timeout.ms", 2000)
            .atLeast(0)
            .high()
            .doc("Silence of the quorum's leader after which a new election begins.");
    ConfigKey<Integer> CONTROLLER_QUORUM_ELECTION_BACKOFF_MAX_MS = ALL_KRAFT
            .ofInt("controller.quorum.election.backoff.max.ms", 1000)
            .atLeast(0)
            .high()
            .doc("Longest random pause between two elections.");
    ConfigKey<Integer> CONTROLLER_QUORUM_APPEND_LINGER_MS = ALL_KRAFT
            .ofInt("controller.quorum.append.linger.ms", 25)
            .atLeast(0)
            .doc("Time writes of the quorum's leader are gathered.");
    ConfigKey<Integer> CONTROLLER_QUORUM_REQUEST_TIMEOUT_MS = ALL_KRAFT
            .ofInt("controller.quorum.request.timeout.ms", 2000)
            .atLeast(0)
            .doc("Longest wait of a request within the quorum.");
    ConfigKey<Integer> CONTROLLER_QUORUM_RETRY_BACKOFF_MS = ALL_KRAFT
            .ofInt("controller.quorum.retry.backoff.ms", 20)
            .atLeast(0)
            .low()
            .doc("Pause before a request within the quorum is sent again.");
    ConfigKey<Boolean> CONTROLLER_QUORUM_AUTO_JOIN_ENABLE = ALL_KRAFT
            .ofBoolean("controller.quorum.auto.join.enable", false)
            .low()
            .doc("A new controller joins the quorum by itself.");
    ConfigKey<Integer> CONTROLLER_QUORUM_FETCH_SNAPSHOT_MAX_BYTES = ALL_KRAFT
            .ofInt("controller.quorum.fetch.snapshot.max.bytes", 1_048_576)
            .atLeast(1)
            .low()
            .doc("Bytes of a snapshot fetched at once.");
    ConfigKey<Integer> CONTROLLER_QUORUM_FETCH_MAX_BYTES = ALL_KRAFT
            .ofInt("controller.quorum.fetch.max.bytes", 1_048_576)
            .atLeast(1)
            .low()
            .doc("Bytes of the metadata log fetched at once.");
}
