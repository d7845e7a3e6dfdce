package dev.embeddedbroker.config;

/** Tiered storage. None of it is effective: this broker keeps every record on the local disk. */
interface RemoteStorageKeys {
    KeyGroup ALL_REMOTE_STORAGE = new KeyGroup(Scope.BROKER);

    ConfigKey<Boolean> REMOTE_LOG_STORAGE_SYSTEM_ENABLE = ALL_REMOTE_STORAGE
            .ofBoolean("remote.log.storage.system.enable", false)
            .doc("Turns tiered storage on.");
    ConfigKey<String> REMOTE_LOG_STORAGE_MANAGER_IMPL_PREFIX = ALL_REMOTE_STORAGE
            .ofString("remote.log.storage.manager.impl.prefix", "rsm.config.")
            .notEmpty()
            .doc("Prefix of the settings passed to the remote storage plug-in.");
    ConfigKey<String> REMOTE_LOG_METADATA_MANAGER_IMPL_PREFIX = ALL_REMOTE_STORAGE
            .ofString("remote.log.metadata.manager.impl.prefix", "rlmm.config.")
            .notEmpty()
            .doc("Prefix of the settings passed to the remote metadata plug-in.");
    ConfigKey<String> REMOTE_LOG_STORAGE_MANAGER_CLASS_NAME = ALL_REMOTE_STORAGE
            .ofString("remote.log.storage.manager.class.name", null)
            .notEmpty()
            .doc("Class of the remote storage plug-in.");
    ConfigKey<String> REMOTE_LOG_STORAGE_MANAGER_CLASS_PATH = ALL_REMOTE_STORAGE
            .ofString("remote.log.storage.manager.class.path", null)
            .doc("Class path of the remote storage plug-in.");
    ConfigKey<String> REMOTE_LOG_METADATA_MANAGER_CLASS_NAME = ALL_REMOTE_STORAGE
            .ofString(
                    "remote.log.metadata.manager.class.name",
                    "org.apache.kafka.server.log.remote.metadata.storage.TopicBasedRemoteLogMetadataManager")
            .notEmpty()
            .doc("Class of the remote metadata plug-in.");
    ConfigKey<String> REMOTE_LOG_METADATA_MANAGER_CLASS_PATH = ALL_REMOTE_STORAGE
            .ofString("remote.log.metadata.manager.class.path", null)
            .doc("Class path of the remote metadata plug-in.");
    ConfigKey<String> REMOTE_LOG_METADATA_MANAGER_LISTENER_NAME = ALL_REMOTE_STORAGE
            .ofString("remote.log.metadata.manager.listener.name", null)
            .notEmpty()
            .doc("Listener the remote metadata plug-in connects to.");
    ConfigKey<Integer> REMOTE_LOG_METADATA_CUSTOM_METADATA_MAX_BYTES = ALL_REMOTE_STORAGE
            .ofInt("remote.log.metadata.custom.metadata.max.bytes", 128)
            .atLeast(0)
            .low()
            .doc("Most bytes of own metadata a remote storage plug-in may return.");
    ConfigKey<Long> REMOTE_LOG_INDEX_FILE_CACHE_TOTAL_SIZE_BYTES = ALL_REMOTE_STORAGE
            .ofLong("remote.log.index.file.cache.total.size.bytes", 1_073_741_824L)
            .atLeast(1)
            .low()
            .clusterWide()
            .doc("Disk space for index files fetched from remote storage.");
    ConfigKey<Long> REMOTE_LOG_INDEX_FILE_CACHE_TTL_MS = ALL_REMOTE_STORAGE
            .ofLong("remote.log.index.file.cache.ttl.ms", 900_000L)
            .atLeast(-1)
            .low()
            .internal()
            .doc("Time after its last use at which a fetched index file goes.");
    ConfigKey<Integer> REMOTE_LOG_MANAGER_THREAD_POOL_SIZE = ALL_REMOTE_STORAGE
            .ofInt("remote.log.manager.thread.pool.size", 2)
            .atLeast(1)
            .doc("Threads that track remote segments of followers.");
    ConfigKey<Integer> REMOTE_LOG_MANAGER_COPIER_THREAD_POOL_SIZE = ALL_REMOTE_STORAGE
            .ofInt("remote.log.manager.copier.thread.pool.size", 10)
            .atLeast(1)
            .clusterWide()
            .doc("Threads that copy segments to remote storage.");
    ConfigKey<Integer> REMOTE_LOG_MANAGER_EXPIRATION_THREAD_POOL_SIZE = ALL_REMOTE_STORAGE
            .ofInt("remote.log.manager.expiration.thread.pool.size", 10)
            .atLeast(1)
            .clusterWide()
            .doc("Threads that delete expired remote segments.");
    ConfigKey<Integer> REMOTE_LOG_MANAGER_FOLLOWER_THREAD_POOL_SIZE = ALL_REMOTE_STORAGE
            .ofInt("remote.log.manager.follower.thread.pool.size", 2)
            .atLeast(1)
            .clusterWide()
            .doc("Threads that read remote metadata for followers.");
    ConfigKey<Long> REMOTE_LOG_MANAGER_TASK_INTERVAL_MS = ALL_REMOTE_STORAGE
            .ofLong("remote.log.manager.task.interval.ms", 30_000L)
            .atLeast(1)
            .low()
            .doc("Pause between runs of the remote storage tasks.");
    ConfigKey<Long> REMOTE_LOG_MANAGER_TASK_RETRY_BACKOFF_MS = ALL_REMOTE_STORAGE
            .ofLong("remote.log.manager.task.retry.backoff.ms", 500L)
            .atLeast(1)
            .low()
            .internal()
            .doc("First pause before a remote storage task is tried again.");
    ConfigKey<Long> REMOTE_LOG_MANAGER_TASK_RETRY_BACKOFF_MAX_MS = ALL_REMOTE_STORAGE
            .ofLong("remote.log.manager.task.retry.backoff.max.ms", 30_000L)
            .atLeast(1)
            .low()
            .internal()
            .doc("Longest pause before a remote storage task is tried again.");
    ConfigKey<Double> REMOTE_LOG_MANAGER_TASK_RETRY_JITTER = ALL_REMOTE_STORAGE
            .ofDouble("remote.log.manager.task.retry.jitter", 0.2)
            .within(0, 0.5)
            .low()
            .internal()
            .doc("Random share of the pause between tries of a remote storage task.");
    ConfigKey<Integer> REMOTE_LOG_READER_THREADS = ALL_REMOTE_STORAGE
            .ofInt("remote.log.reader.threads", 10)
            .atLeast(1)
            .clusterWide()
            .doc("Threads that read from remote storage.");
    ConfigKey<Integer> REMOTE_LOG_READER_MAX_PENDING_TASKS = ALL_REMOTE_STORAGE
            .ofInt("remote.log.reader.max.pending.tasks", 100)
            .atLeast(1)
            .doc("Remote reads that may wait for a thread.");
    ConfigKey<Long> LOG_LOCAL_RETENTION_MS = ALL_REMOTE_STORAGE
            .ofLong("log.local.retention.ms", -2L)
            .atLeast(-2)
            .clusterWide()
            .doc("Age at which a tiered segment leaves the local disk; -2 follows the total retention.");
    ConfigKey<Long> LOG_LOCAL_RETENTION_BYTES = ALL_REMOTE_STORAGE
            .ofLong("log.local.retention.bytes", -2L)
            .atLeast(-2)
            .clusterWide()
            .doc("Bytes of a tiered partition kept on the local disk; -2 follows the total retention.");
    ConfigKey<Long> LOG_REMOTE_COPY_LAG_MS = ALL_REMOTE_STORAGE
            .ofLong("log.remote.copy.lag.ms", 0L)
            .atLeast(-1)
            .clusterWide()
            .doc("Age a closed segment has to reach before it is copied to remote storage.");
    ConfigKey<Long> LOG_REMOTE_COPY_LAG_BYTES = ALL_REMOTE_STORAGE
            .ofLong("log.remote.copy.lag.bytes", -1L)
            .atLeast(-1)
            .clusterWide()
            .doc("Newer bytes a closed segment waits for before it is copied to remote storage.");
    ConfigKey<Long> REMOTE_LOG_MANAGER_COPY_MAX_BYTES_PER_SECOND = ALL_REMOTE_STORAGE
            .ofLong("remote.log.manager.copy.max.bytes.per.second", Long.MAX_VALUE)
            .atLeast(1)
            .clusterWide()
            .doc("Highest rate of copying to remote storage.");
    ConfigKey<Integer> REMOTE_LOG_MANAGER_COPY_QUOTA_WINDOW_NUM = ALL_REMOTE_STORAGE
            .ofInt("remote.log.manager.copy.quota.window.num", 11)
            .atLeast(1)
            .doc("Samples kept to measure copying to remote storage.");
    ConfigKey<Integer> REMOTE_LOG_MANAGER_COPY_QUOTA_WINDOW_SIZE_SECONDS = ALL_REMOTE_STORAGE
            .ofInt("remote.log.manager.copy.quota.window.size.seconds", 1)
            .atLeast(1)
            .doc("Length of one sample of copying to remote storage.");
    ConfigKey<Long> REMOTE_LOG_MANAGER_FETCH_MAX_BYTES_PER_SECOND = ALL_REMOTE_STORAGE
            .ofLong("remote.log.manager.fetch.max.bytes.per.second", Long.MAX_VALUE)
            .atLeast(1)
            .clusterWide()
            .doc("Highest rate of reading from remote storage.");
    ConfigKey<Integer> REMOTE_LOG_MANAGER_FETCH_QUOTA_WINDOW_NUM = ALL_REMOTE_STORAGE
            .ofInt("remote.log.manager.fetch.quota.window.num", 11)
            .atLeast(1)
            .doc("Samples kept to measure reading from remote storage.");
    ConfigKey<Integer> REMOTE_LOG_MANAGER_FETCH_QUOTA_WINDOW_SIZE_SECONDS = ALL_REMOTE_STORAGE
            .ofInt("remote.log.manager.fetch.quota.window.size.seconds", 1)
            .atLeast(1)
            .doc("Length of one sample of reading from remote storage.");
    ConfigKey<Integer> REMOTE_FETCH_MAX_WAIT_MS = ALL_REMOTE_STORAGE
            .ofInt("remote.fetch.max.wait.ms", 500)
            .atLeast(1)
            .clusterWide()
            .doc("Longest wait of a fetch for remote storage.");
    ConfigKey<Long> REMOTE_LIST_OFFSETS_REQUEST_TIMEOUT_MS = ALL_REMOTE_STORAGE
            .ofLong("remote.list.offsets.request.timeout.ms", 30_000L)
            .atLeast(1)
            .clusterWide()
            .doc("Longest wait of an offset look-up for remote storage.");
    ConfigKey<Boolean> FOLLOWER_FETCH_LAST_TIERED_OFFSET_ENABLE = ALL_REMOTE_STORAGE
            .ofBoolean("follower.fetch.last.tiered.offset.enable", false)
            .clusterWide()
            .doc("A new follower starts at the last tiered offset.");
}
