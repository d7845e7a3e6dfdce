package dev.embeddedbroker.config;

import java.util.List;

/** The settings of a topic, each with the broker settings it falls back on in {@link TopicSynonyms}. */
public interface TopicKeys {
    KeyGroup ALL_TOPIC = new KeyGroup(Scope.TOPIC);

    ConfigKey<Integer> SEGMENT_BYTES = ALL_TOPIC
            .ofInt("segment.bytes", 1_073_741_824)
            .atLeast(1_048_576)
            .effective()
            .doc("Largest segment file.");
    ConfigKey<Long> SEGMENT_MS = ALL_TOPIC
            .ofLong("segment.ms", 604_800_000L)
            .atLeast(1)
            .effective()
            .doc("Time after which a new segment begins.");
    ConfigKey<Long> SEGMENT_JITTER_MS =
            ALL_TOPIC.ofLong("segment.jitter.ms", 0L).atLeast(0).doc("Most random time taken off segment.ms.");
    ConfigKey<Integer> SEGMENT_INDEX_BYTES = ALL_TOPIC
            .ofInt("segment.index.bytes", 10_485_760)
            .atLeast(4)
            .effective()
            .doc("Largest offset index file.");
    ConfigKey<Long> FLUSH_MESSAGES = ALL_TOPIC
            .ofLong("flush.messages", Long.MAX_VALUE)
            .atLeast(1)
            .effective()
            .doc("Records after which the log is forced to disk.");
    ConfigKey<Long> FLUSH_MS = ALL_TOPIC
            .ofLong("flush.ms", Long.MAX_VALUE)
            .atLeast(0)
            .effective()
            .doc("Age at which unforced records are forced to disk.");
    ConfigKey<Long> RETENTION_BYTES = ALL_TOPIC
            .ofLong("retention.bytes", -1L)
            .effective()
            .doc("Size of a partition at which its oldest segments are deleted; -1 for no limit.");
    ConfigKey<Long> RETENTION_MS = ALL_TOPIC
            .ofLong("retention.ms", 604_800_000L)
            .atLeast(-1)
            .effective()
            .doc("Age at which records are deleted; -1 for never.");
    ConfigKey<Integer> MAX_MESSAGE_BYTES = ALL_TOPIC
            .ofInt("max.message.bytes", 1_048_588)
            .atLeast(0)
            .effective()
            .doc("Largest record batch that is taken, after compression.");
    ConfigKey<Integer> MAX_DECOMPRESSED_MESSAGE_BYTES = ALL_TOPIC
            .ofInt("max.decompressed.message.bytes", 2_147_483_639)
            .between(1, 2_147_483_639)
            .effective()
            .doc("Largest size a record batch may have once decompressed.");
    ConfigKey<Integer> INDEX_INTERVAL_BYTES = ALL_TOPIC
            .ofInt("index.interval.bytes", 4096)
            .atLeast(0)
            .effective()
            .doc("Log bytes between two index entries.");
    ConfigKey<Long> DELETE_RETENTION_MS = ALL_TOPIC
            .ofLong("delete.retention.ms", 86_400_000L)
            .atLeast(0)
            .effective()
            .doc("Time tombstones stay in a compacted log.");
    ConfigKey<Long> MIN_COMPACTION_LAG_MS = ALL_TOPIC
            .ofLong("min.compaction.lag.ms", 0L)
            .atLeast(0)
            .effective()
            .doc("Age before which a record is not compacted.");
    ConfigKey<Long> MAX_COMPACTION_LAG_MS = ALL_TOPIC
            .ofLong("max.compaction.lag.ms", Long.MAX_VALUE)
            .atLeast(1)
            .effective()
            .doc("Age at which a record has to be compacted.");
    ConfigKey<Long> FILE_DELETE_DELAY_MS = ALL_TOPIC
            .ofLong("file.delete.delay.ms", 60_000L)
            .atLeast(0)
            .effective()
            .doc("Wait before a deleted segment's files are removed.");
    ConfigKey<Double> MIN_CLEANABLE_DIRTY_RATIO = ALL_TOPIC
            .ofDouble("min.cleanable.dirty.ratio", 0.5)
            .within(0, 1)
            .effective()
            .doc("Share of the log that has to be uncompacted before it is compacted.");
    ConfigKey<List<String>> CLEANUP_POLICY = ALL_TOPIC
            .ofList("cleanup.policy", List.of("delete"))
            .words("compact", "delete")
            .effective()
            .doc("What happens to old segments: delete, compact, both, or nothing when empty.");
    ConfigKey<Boolean> UNCLEAN_LEADER_ELECTION_ENABLE = ALL_TOPIC
            .ofBoolean("unclean.leader.election.enable", false)
            .doc("A replica out of sync may become leader, losing records.");
    ConfigKey<Integer> MIN_INSYNC_REPLICAS = ALL_TOPIC
            .ofInt("min.insync.replicas", 1)
            .atLeast(1)
            .effective()
            .doc("In-sync replicas a write with acks=all needs.");
    ConfigKey<String> COMPRESSION_TYPE = ALL_TOPIC
            .ofString("compression.type", "producer")
            .oneOf("uncompressed", "zstd", "lz4", "snappy", "gzip", "producer")
            .effective()
            .doc("Codec record batches are stored with; producer keeps the sender's.");
    ConfigKey<Integer> COMPRESSION_GZIP_LEVEL = ALL_TOPIC
            .ofInt("compression.gzip.level", -1)
            .check(SpecialChecks.GZIP_LEVEL)
            .effective()
            .doc("Level when the broker compresses with gzip; -1 is the codec's own.");
    ConfigKey<Integer> COMPRESSION_LZ4_LEVEL = ALL_TOPIC
            .ofInt("compression.lz4.level", 9)
            .between(1, 17)
            .effective()
            .doc("Level when the broker compresses with lz4.");
    ConfigKey<Integer> COMPRESSION_ZSTD_LEVEL = ALL_TOPIC
            .ofInt("compression.zstd.level", 3)
            .between(-131_072, 22)
            .effective()
            .doc("Level when the broker compresses with zstd.");
    ConfigKey<Boolean> PREALLOCATE =
            ALL_TOPIC.ofBoolean("preallocate", false).doc("New segment files get their full size at once.");
    ConfigKey<String> MESSAGE_TIMESTAMP_TYPE = ALL_TOPIC
            .ofString("message.timestamp.type", "CreateTime")
            .oneOf("CreateTime", "LogAppendTime")
            .effective()
            .doc("Whether records keep the sender's time or get the broker's.");
    ConfigKey<Long> MESSAGE_TIMESTAMP_BEFORE_MAX_MS = ALL_TOPIC
            .ofLong("message.timestamp.before.max.ms", Long.MAX_VALUE)
            .atLeast(0)
            .effective()
            .doc("How far a record's time may lie behind the broker's.");
    ConfigKey<Long> MESSAGE_TIMESTAMP_AFTER_MAX_MS = ALL_TOPIC
            .ofLong("message.timestamp.after.max.ms", 3_600_000L)
            .atLeast(0)
            .effective()
            .doc("How far a record's time may lie ahead of the broker's.");
    ConfigKey<List<String>> LEADER_REPLICATION_THROTTLED_REPLICAS = ALL_TOPIC
            .ofList("leader.replication.throttled.replicas", List.of())
            .check(SpecialChecks.THROTTLED_REPLICAS)
            .doc("Replicas throttled on the leader's side, as partition:broker, or * for all.");
    ConfigKey<List<String>> FOLLOWER_REPLICATION_THROTTLED_REPLICAS = ALL_TOPIC
            .ofList("follower.replication.throttled.replicas", List.of())
            .check(SpecialChecks.THROTTLED_REPLICAS)
            .doc("Replicas throttled on the follower's side, as partition:broker, or * for all.");
    ConfigKey<Boolean> REMOTE_STORAGE_ENABLE =
            ALL_TOPIC.ofBoolean("remote.storage.enable", false).doc("Old segments go to tiered storage.");
    ConfigKey<Long> LOCAL_RETENTION_MS = ALL_TOPIC
            .ofLong("local.retention.ms", -2L)
            .atLeast(-2)
            .doc("Age at which a tiered segment leaves the local disk; -2 follows retention.ms.");
    ConfigKey<Long> LOCAL_RETENTION_BYTES = ALL_TOPIC
            .ofLong("local.retention.bytes", -2L)
            .atLeast(-2)
            .doc("Bytes of a tiered partition kept on the local disk; -2 follows retention.bytes.");
    ConfigKey<Boolean> REMOTE_LOG_COPY_DISABLE = ALL_TOPIC
            .ofBoolean("remote.log.copy.disable", false)
            .doc("Segments are no longer copied to remote storage.");
    ConfigKey<Long> REMOTE_COPY_LAG_MS = ALL_TOPIC
            .ofLong("remote.copy.lag.ms", 0L)
            .atLeast(-1)
            .doc("Age a closed segment has to reach before it is copied to remote storage.");
    ConfigKey<Long> REMOTE_COPY_LAG_BYTES = ALL_TOPIC
            .ofLong("remote.copy.lag.bytes", -1L)
            .atLeast(-1)
            .doc("Newer bytes a closed segment waits for before it is copied to remote storage.");
    ConfigKey<Boolean> REMOTE_LOG_DELETE_ON_DISABLE = ALL_TOPIC
            .ofBoolean("remote.log.delete.on.disable", false)
            .doc("Turning tiered storage off deletes what is there.");
    ConfigKey<Boolean> ERRORS_DEADLETTERQUEUE_GROUP_ENABLE = ALL_TOPIC
            .ofBoolean("errors.deadletterqueue.group.enable", false)
            .doc("Share groups may use this topic as a dead letter queue (KIP-1191).");
    ConfigKey<Integer> INTERNAL_SEGMENT_BYTES = ALL_TOPIC
            .ofInt("internal.segment.bytes", null)
            .internal()
            .effective()
            .doc("Segment size below the public minimum, for Kafka's own tests.");
}
