package dev.embeddedbroker.config;

/** Replicas, leaders and followers. */
interface ReplicationKeys {
    KeyGroup ALL_REPLICATION = new KeyGroup(Scope.BROKER);

    ConfigKey<Integer> NUM_REPLICA_ALTER_LOG_DIRS_THREADS = ALL_REPLICATION
            .ofInt("num.replica.alter.log.dirs.threads", null)
            .high()
            .doc("Threads that move replicas between log directories.");
    ConfigKey<String> BROKER_RACK = ALL_REPLICATION
            .ofString("broker.rack", null)
            .effective()
            .doc("Rack of this broker, for rack-aware placement and fetching.");
    ConfigKey<Boolean> CONTROLLED_SHUTDOWN_ENABLE = ALL_REPLICATION
            .ofBoolean("controlled.shutdown.enable", true)
            .doc("Leadership moves away before this broker stops.");
    ConfigKey<Integer> DEFAULT_REPLICATION_FACTOR = ALL_REPLICATION
            .ofInt("default.replication.factor", 1)
            .effective()
            .doc("Replicas of a topic that is created without a number.");
    ConfigKey<Long> REPLICA_LAG_TIME_MAX_MS = ALL_REPLICATION
            .ofLong("replica.lag.time.max.ms", 30_000L)
            .high()
            .doc("Time a follower may lag before it leaves the in-sync set.");
    ConfigKey<Integer> REPLICA_SOCKET_TIMEOUT_MS = ALL_REPLICATION
            .ofInt("replica.socket.timeout.ms", 30_000)
            .high()
            .doc("Longest wait of a replication request.");
    ConfigKey<Integer> REPLICA_SOCKET_RECEIVE_BUFFER_BYTES = ALL_REPLICATION
            .ofInt("replica.socket.receive.buffer.bytes", 65_536)
            .high()
            .doc("Receive buffer of replication connections.");
    ConfigKey<Integer> REPLICA_FETCH_MAX_BYTES = ALL_REPLICATION
            .ofInt("replica.fetch.max.bytes", 1_048_576)
            .atLeast(0)
            .doc("Bytes a follower asks for per partition.");
    ConfigKey<Integer> REPLICA_FETCH_WAIT_MAX_MS = ALL_REPLICATION
            .ofInt("replica.fetch.wait.max.ms", 500)
            .high()
            .doc("Longest time a follower's fetch may wait.");
    ConfigKey<Integer> REPLICA_FETCH_BACKOFF_MS = ALL_REPLICATION
            .ofInt("replica.fetch.backoff.ms", 1000)
            .atLeast(0)
            .doc("Pause after a failed replication fetch.");
    ConfigKey<Integer> REPLICA_FETCH_MIN_BYTES =
            ALL_REPLICATION.ofInt("replica.fetch.min.bytes", 1).high().doc("Bytes a follower's fetch waits for.");
    ConfigKey<Integer> REPLICA_FETCH_RESPONSE_MAX_BYTES = ALL_REPLICATION
            .ofInt("replica.fetch.response.max.bytes", 10_485_760)
            .atLeast(0)
            .doc("Bytes a follower asks for in one answer.");
    ConfigKey<Integer> NUM_REPLICA_FETCHERS = ALL_REPLICATION
            .ofInt("num.replica.fetchers", 1)
            .atLeast(1)
            .high()
            .clusterWide()
            .doc("Threads that fetch from each leader.");
    ConfigKey<Long> REPLICA_HIGH_WATERMARK_CHECKPOINT_INTERVAL_MS = ALL_REPLICATION
            .ofLong("replica.high.watermark.checkpoint.interval.ms", 5000L)
            .high()
            .effective()
            .doc("Time between writes of the high watermark checkpoint.");
    ConfigKey<Boolean> AUTO_LEADER_REBALANCE_ENABLE = ALL_REPLICATION
            .ofBoolean("auto.leader.rebalance.enable", true)
            .high()
            .doc("Leadership returns to preferred replicas by itself.");
    ConfigKey<Long> LEADER_IMBALANCE_CHECK_INTERVAL_SECONDS = ALL_REPLICATION
            .ofLong("leader.imbalance.check.interval.seconds", 300L)
            .atLeast(1)
            .high()
            .doc("Time between checks for leaders that are not the preferred replicas.");
    ConfigKey<Long> UNCLEAN_LEADER_ELECTION_INTERVAL_MS = ALL_REPLICATION
            .ofLong("unclean.leader.election.interval.ms", 300_000L)
            .atLeast(1)
            .internal()
            .doc("Time between checks for partitions that need an unclean election.");
    ConfigKey<Boolean> UNCLEAN_LEADER_ELECTION_ENABLE = ALL_REPLICATION
            .ofBoolean("unclean.leader.election.enable", false)
            .high()
            .clusterWide()
            .doc("A replica out of sync may become leader, losing records.");
    ConfigKey<String> REPLICA_SELECTOR_CLASS = ALL_REPLICATION
            .ofString("replica.selector.class", null)
            .doc("Class that picks the replica a consumer reads from (KIP-392).");
    ConfigKey<Integer> MIN_INSYNC_REPLICAS = ALL_REPLICATION
            .ofInt("min.insync.replicas", 1)
            .atLeast(1)
            .high()
            .clusterWide()
            .effective()
            .doc("In-sync replicas a write with acks=all needs.");

    KeyGroup ALL_DYNAMIC_ONLY = new KeyGroup(Scope.BROKER);

    ConfigKey<Long> LEADER_REPLICATION_THROTTLED_RATE = ALL_DYNAMIC_ONLY
            .ofLong("leader.replication.throttled.rate", Long.MAX_VALUE)
            .atLeast(0)
            .clusterWide()
            .doc("Bytes per second a leader sends to throttled replicas.");
    ConfigKey<Long> FOLLOWER_REPLICATION_THROTTLED_RATE = ALL_DYNAMIC_ONLY
            .ofLong("follower.replication.throttled.rate", Long.MAX_VALUE)
            .atLeast(0)
            .clusterWide()
            .doc("Bytes per second a follower fetches for throttled replicas.");
    ConfigKey<Long> REPLICA_ALTER_LOG_DIRS_IO_MAX_BYTES_PER_SECOND = ALL_DYNAMIC_ONLY
            .ofLong("replica.alter.log.dirs.io.max.bytes.per.second", Long.MAX_VALUE)
            .atLeast(0)
            .clusterWide()
            .doc("Highest rate of moving replicas between directories.");
}
