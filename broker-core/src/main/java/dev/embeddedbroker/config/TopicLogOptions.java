package dev.embeddedbroker.config;

import dev.embeddedbroker.storage.batch.BatchRules;
import dev.embeddedbroker.storage.batch.Compression;
import dev.embeddedbroker.storage.log.LogOptions;
import org.jspecify.annotations.Nullable;

/** What a topic's settings ask of its logs. */
public final class TopicLogOptions {
    private static final int NO_LEVEL = 0;

    private TopicLogOptions() {}

    /** The options of a topic's logs; {@code producer.id.expiration.ms} is the broker's alone. */
    public static LogOptions of(ConfigView topic, BrokerConfig broker) {
        Integer internalSegmentBytes = topic.find(TopicKeys.INTERNAL_SEGMENT_BYTES);
        var cleanup = topic.get(TopicKeys.CLEANUP_POLICY);
        return LogOptions.builder()
                .segmentBytes(internalSegmentBytes != null ? internalSegmentBytes : topic.get(TopicKeys.SEGMENT_BYTES))
                .segmentMs(topic.get(TopicKeys.SEGMENT_MS))
                .segmentIndexBytes(topic.get(TopicKeys.SEGMENT_INDEX_BYTES))
                .indexIntervalBytes(topic.get(TopicKeys.INDEX_INTERVAL_BYTES))
                .flushMessages(topic.get(TopicKeys.FLUSH_MESSAGES))
                .flushMs(topic.get(TopicKeys.FLUSH_MS))
                .retentionBytes(topic.get(TopicKeys.RETENTION_BYTES))
                .retentionMs(topic.get(TopicKeys.RETENTION_MS))
                .cleanupPolicy(cleanup.contains("delete"), cleanup.contains("compact"))
                .deleteRetentionMs(topic.get(TopicKeys.DELETE_RETENTION_MS))
                .minCompactionLagMs(topic.get(TopicKeys.MIN_COMPACTION_LAG_MS))
                .maxCompactionLagMs(topic.get(TopicKeys.MAX_COMPACTION_LAG_MS))
                .minCleanableDirtyRatio(topic.get(TopicKeys.MIN_CLEANABLE_DIRTY_RATIO))
                .producerIdExpirationMs(broker.get(BrokerKeys.PRODUCER_ID_EXPIRATION_MS))
                .fileDeleteDelayMs(topic.get(TopicKeys.FILE_DELETE_DELAY_MS))
                .batches(batchRules(topic, cleanup.contains("compact")))
                .build();
    }

    private static BatchRules batchRules(ConfigView topic, boolean compacted) {
        Compression compression = compression(topic);
        return new BatchRules(
                compression,
                compression == null ? NO_LEVEL : level(topic, compression),
                topic.get(TopicKeys.MESSAGE_TIMESTAMP_TYPE).equals("LogAppendTime"),
                topic.get(TopicKeys.MESSAGE_TIMESTAMP_BEFORE_MAX_MS),
                topic.get(TopicKeys.MESSAGE_TIMESTAMP_AFTER_MAX_MS),
                compacted,
                topic.get(TopicKeys.MAX_MESSAGE_BYTES),
                topic.get(TopicKeys.MAX_DECOMPRESSED_MESSAGE_BYTES));
    }

    private static @Nullable Compression compression(ConfigView topic) {
        return switch (topic.get(TopicKeys.COMPRESSION_TYPE)) {
            case "uncompressed" -> Compression.NONE;
            case "gzip" -> Compression.GZIP;
            case "snappy" -> Compression.SNAPPY;
            case "lz4" -> Compression.LZ4;
            case "zstd" -> Compression.ZSTD;
            default -> null;
        };
    }

    private static int level(ConfigView topic, Compression compression) {
        return switch (compression) {
            case GZIP -> topic.get(TopicKeys.COMPRESSION_GZIP_LEVEL);
            case LZ4 -> topic.get(TopicKeys.COMPRESSION_LZ4_LEVEL);
            case ZSTD -> topic.get(TopicKeys.COMPRESSION_ZSTD_LEVEL);
            case NONE, SNAPPY -> NO_LEVEL;
        };
    }
}
