package dev.embeddedbroker.config;

import java.util.List;

/** Logs: topics' defaults, segments, retention, compaction, log directories. */
interface LogKeys {
    KeyGroup ALL_LOG = new KeyGroup(Scope.BROKER);

    ConfigKey<Integer> MESSAGE_MAX_BYTES = ALL_LOG.ofInt("message.max.bytes", 1_048_588)
            .atLeast(0)
            .high()
            .clusterWide()
            .effective()
            .doc("Largest record batch a partition takes, after compression.");
    ConfigKey<Integer> MAX_DECOMPRESSED_MESSAGE_BYTES = ALL_LOG.ofInt("max.decompressed.message.bytes", 2_147_483_639)
            .between(1, 2_147_483_639)
            .clusterWide()
            .effective()
            .doc("Largest size a record batch may have once decompressed.");
    ConfigKey<String> COMPRESSION_TYPE = ALL_LOG.ofString("compression.type", "producer")
            .oneOf("uncompressed", "zstd", "lz4", "snappy", "gzip", "producer")
            .high()
            .clusterWide()
            .effective()
            .doc("Codec record batches are stored with; producer keeps the sender's.");
    ConfigKey<Integer> COMPRESSION_GZIP_LEVEL = ALL_LOG.ofInt("compression.gzip.level", -1)
            .check(SpecialChecks.GZIP_LEVEL)
            .clusterWide()
            .effective()
            .doc("Level when the broker compresses with gzip; -1 is the codec's own.");
    ConfigKey<Integer> COMPRESSION_LZ4_LEVEL = ALL_LOG.ofInt("compression.lz4.level", 9)
            .between(1, 17)
            .clusterWide()
            .effective()
            .doc("Level when the broker compresses with lz4.");
    ConfigKey<Integer> COMPRESSION_ZSTD_LEVEL = ALL_LOG.ofInt("compression.zstd.level", 3)
            .between(-131_072, 22)
            .clusterWide()
            .effective()
            .doc("Level when the broker compresses with zstd.");
    ConfigKey<Integer> LOG_CLEANER_THREADS = ALL_LOG.ofInt("log.cleaner.threads", 1)
            .atLeast(0)
            .clusterWide()
            .effective()
            .doc("Threads that compact logs.");
    ConfigKey<Double> LOG_CLEANER_IO_MAX_BYTES_PER_SECOND = ALL_LOG.ofDouble(
                    "log.cleaner.io.max.bytes.per.second", Double.MAX_VALUE)
            .clusterWide()
            .effective()
            .doc("Highest rate of reading and writing while compacting.");
    ConfigKey<Long> LOG_CLEANER_DEDUPE_BUFFER_SIZE = ALL_LOG.ofLong("log.cleaner.dedupe.buffer.size", 134_217_728L)
            .clusterWide()
            .effective()
            .doc("Memory for the key map of compaction.");
    ConfigKey<Integer> LOG_CLEANER_IO_BUFFER_SIZE = ALL_LOG.ofInt("log.cleaner.io.buffer.size", 524_288)
            .atLeast(0)
            .clusterWide()
            .effective()
            .doc("Memory for reading and writing while compacting.");
    ConfigKey<Double> LOG_CLEANER_IO_BUFFER_LOAD_FACTOR = ALL_LOG.ofDouble("log.cleaner.io.buffer.load.factor", 0.9)
            .clusterWide()
            .effective()
            .doc("Share of the key map that may be filled.");
    ConfigKey<Long> LOG_CLEANER_BACKOFF_MS = ALL_LOG.ofLong("log.cleaner.backoff.ms", 15_000L)
            .atLeast(0)
            .clusterWide()
            .effective()
            .doc("Pause when no log needs compacting.");
    ConfigKey<Double> LOG_CLEANER_MIN_CLEANABLE_RATIO = ALL_LOG.ofDouble("log.cleaner.min.cleanable.ratio", 0.5)
            .within(0, 1)
            .clusterWide()
            .effective()
            .doc("Share of a log that has to be uncompacted before it is compacted.");
    ConfigKey<Boolean> LOG_CLEANER_ENABLE =
            ALL_LOG.ofBoolean("log.cleaner.enable", true).effective().doc("Logs are compacted.");
    ConfigKey<Long> LOG_CLEANER_DELETE_RETENTION_MS = ALL_LOG.ofLong("log.cleaner.delete.retention.ms", 86_400_000L)
            .atLeast(0)
            .clusterWide()
            .effective()
            .doc("Time tombstones stay in a compacted log.");
    ConfigKey<Long> LOG_CLEANER_MIN_COMPACTION_LAG_MS = ALL_LOG.ofLong("log.cleaner.min.compaction.lag.ms", 0L)
            .atLeast(0)
            .clusterWide()
            .effective()
            .doc("Age before which a record is not compacted.");
    ConfigKey<Long> LOG_CLEANER_MAX_COMPACTION_LAG_MS = ALL_LOG.ofLong(
                    "log.cleaner.max.compaction.lag.ms", Long.MAX_VALUE)
            .atLeast(1)
            .clusterWide()
            .effective()
            .doc("Age at which a record has to be compacted.");
    ConfigKey<Integer> NUM_PARTITIONS = ALL_LOG.ofInt("num.partitions", 1)
            .atLeast(1)
            .effective()
            .doc("Partitions of a topic that is created without a number.");
    ConfigKey<List<String>> LOG_DIR = ALL_LOG.ofList("log.dir", List.of("/tmp/kafka-logs"))
            .someWords()
            .high()
            .doc("Log directory when log.dirs is absent.");
    ConfigKey<List<String>> LOG_DIRS =
            ALL_LOG.ofList("log.dirs", null).someWords().high().doc("Directories that hold the logs.");
    ConfigKey<List<String>> CORDONED_LOG_DIRS = ALL_LOG.ofList("cordoned.log.dirs", List.of())
            .words()
            .perBroker()
            .doc("Log directories that get no new replicas (KIP-1066).");
    ConfigKey<Integer> LOG_SEGMENT_BYTES = ALL_LOG.ofInt("log.segment.bytes", 1_073_741_824)
            .atLeast(1_048_576)
            .high()
            .clusterWide()
            .effective()
            .doc("Largest segment file.");
    ConfigKey<Long> LOG_ROLL_MS = ALL_LOG.ofLong("log.roll.ms", null)
            .high()
            .clusterWide()
            .effective()
            .doc("Time after which a new segment begins.");
    ConfigKey<Integer> LOG_ROLL_HOURS = ALL_LOG.ofInt("log.roll.hours", 168)
            .atLeast(1)
            .high()
            .effective()
            .doc("Time after which a new segment begins, when log.roll.ms is absent.");
    ConfigKey<Long> LOG_ROLL_JITTER_MS = ALL_LOG.ofLong("log.roll.jitter.ms", null)
            .high()
            .clusterWide()
            .doc("Most random time taken off log.roll.ms.");
    ConfigKey<Integer> LOG_ROLL_JITTER_HOURS = ALL_LOG.ofInt("log.roll.jitter.hours", 0)
            .atLeast(0)
            .high()
            .doc("Most random time taken off, when log.roll.jitter.ms is absent.");
    ConfigKey<Long> LOG_RETENTION_MS = ALL_LOG.ofLong("log.retention.ms", null)
            .high()
            .clusterWide()
            .effective()
            .doc("Age at which records are deleted; -1 for never.");
    ConfigKey<Integer> LOG_RETENTION_MINUTES = ALL_LOG.ofInt("log.retention.minutes", null)
            .high()
            .effective()
            .doc("Age at which records are deleted, when log.retention.ms is absent.");
    ConfigKey<Integer> LOG_RETENTION_HOURS = ALL_LOG.ofInt("log.retention.hours", 168)
            .high()
            .effective()
            .doc("Age at which records are deleted, when no finer setting is there.");
    ConfigKey<Long> LOG_RETENTION_BYTES = ALL_LOG.ofLong("log.retention.bytes", -1L)
            .high()
            .clusterWide()
            .effective()
            .doc("Size of a partition at which its oldest segments are deleted; -1 for no limit.");
    ConfigKey<Long> LOG_RETENTION_CHECK_INTERVAL_MS = ALL_LOG.ofLong("log.retention.check.interval.ms", 300_000L)
            .atLeast(1)
            .effective()
            .doc("Time between checks for segments to delete.");
    ConfigKey<List<String>> LOG_CLEANUP_POLICY = ALL_LOG.ofList("log.cleanup.policy", List.of("delete"))
            .words("compact", "delete")
            .clusterWide()
            .effective()
            .doc("What happens to old segments: delete, compact, both, or nothing when empty.");
    ConfigKey<Integer> LOG_INDEX_SIZE_MAX_BYTES = ALL_LOG.ofInt("log.index.size.max.bytes", 10_485_760)
            .atLeast(4)
            .clusterWide()
            .effective()
            .doc("Largest offset index file.");
    ConfigKey<Integer> LOG_INDEX_INTERVAL_BYTES = ALL_LOG.ofInt("log.index.interval.bytes", 4096)
            .atLeast(0)
            .clusterWide()
            .effective()
            .doc("Log bytes between two index entries.");
    ConfigKey<Long> LOG_FLUSH_INTERVAL_MESSAGES = ALL_LOG.ofLong("log.flush.interval.messages", Long.MAX_VALUE)
            .atLeast(1)
            .high()
            .clusterWide()
            .effective()
            .doc("Records after which a log is forced to disk.");
    ConfigKey<Long> LOG_SEGMENT_DELETE_DELAY_MS = ALL_LOG.ofLong("log.segment.delete.delay.ms", 60_000L)
            .atLeast(0)
            .high()
            .clusterWide()
            .effective()
            .doc("Wait before a deleted segment's files are removed.");
    ConfigKey<Long> LOG_FLUSH_SCHEDULER_INTERVAL_MS = ALL_LOG.ofLong("log.flush.scheduler.interval.ms", Long.MAX_VALUE)
            .high()
            .effective()
            .doc("Time between checks for logs to force to disk.");
    ConfigKey<Long> LOG_FLUSH_INTERVAL_MS = ALL_LOG.ofLong("log.flush.interval.ms", null)
            .high()
            .clusterWide()
            .effective()
            .doc("Age at which unforced records are forced to disk.");
    ConfigKey<Integer> LOG_FLUSH_OFFSET_CHECKPOINT_INTERVAL_MS = ALL_LOG.ofInt(
                    "log.flush.offset.checkpoint.interval.ms", 60_000)
            .atLeast(0)
            .high()
            .effective()
            .doc("Time between writes of the recovery point checkpoint.");
    ConfigKey<Integer> LOG_FLUSH_START_OFFSET_CHECKPOINT_INTERVAL_MS = ALL_LOG.ofInt(
                    "log.flush.start.offset.checkpoint.interval.ms", 60_000)
            .atLeast(0)
            .high()
            .effective()
            .doc("Time between writes of the log start checkpoint.");
    ConfigKey<Boolean> LOG_PREALLOCATE = ALL_LOG.ofBoolean("log.preallocate", false)
            .clusterWide()
            .doc("New segment files get their full size at once.");
    ConfigKey<Integer> NUM_RECOVERY_THREADS_PER_DATA_DIR = ALL_LOG.ofInt("num.recovery.threads.per.data.dir", 2)
            .atLeast(1)
            .high()
            .clusterWide()
            .doc("Threads per directory that load logs at start and force them at stop.");
    ConfigKey<String> LOG_MESSAGE_TIMESTAMP_TYPE = ALL_LOG.ofString("log.message.timestamp.type", "CreateTime")
            .oneOf("CreateTime", "LogAppendTime")
            .clusterWide()
            .effective()
            .doc("Whether records keep the sender's time or get the broker's.");
    ConfigKey<Long> LOG_MESSAGE_TIMESTAMP_BEFORE_MAX_MS = ALL_LOG.ofLong(
                    "log.message.timestamp.before.max.ms", Long.MAX_VALUE)
            .atLeast(0)
            .clusterWide()
            .effective()
            .doc("How far a record's time may lie behind the broker's.");
    ConfigKey<Long> LOG_MESSAGE_TIMESTAMP_AFTER_MAX_MS = ALL_LOG.ofLong(
                    "log.message.timestamp.after.max.ms", 3_600_000L)
            .atLeast(0)
            .clusterWide()
            .effective()
            .doc("How far a record's time may lie ahead of the broker's.");
    ConfigKey<Long> LOG_DIR_FAILURE_TIMEOUT_MS = ALL_LOG.ofLong("log.dir.failure.timeout.ms", 30_000L)
            .atLeast(1)
            .low()
            .doc("Time to report a failed directory before the broker stops.");
    ConfigKey<Long> LOG_INITIAL_TASK_DELAY_MS = ALL_LOG.ofLong("log.initial.task.delay.ms", 30_000L)
            .atLeast(0)
            .low()
            .internal()
            .doc("Wait before the first run of the log's background tasks.");
}
