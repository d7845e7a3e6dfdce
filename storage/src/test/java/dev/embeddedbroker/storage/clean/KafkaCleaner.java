package dev.embeddedbroker.storage.clean;

import dev.embeddedbroker.storage.log.StillKafka;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.storage.internals.log.Cleaner;
import org.apache.kafka.storage.internals.log.LogConfig;
import org.apache.kafka.storage.internals.log.LogDirFailureChannel;
import org.apache.kafka.storage.internals.log.LogToClean;
import org.apache.kafka.storage.internals.log.ProducerStateManagerConfig;
import org.apache.kafka.storage.internals.log.SkimpyOffsetMap;
import org.apache.kafka.storage.internals.log.UnifiedLog;
import org.apache.kafka.storage.internals.utils.Throttler;
import org.apache.kafka.storage.log.metrics.BrokerTopicStats;

/** Apache Kafka's own compaction of a log directory that was closed cleanly. */
final class KafkaCleaner {
    private KafkaCleaner() {}

    /** Compacts [firstDirty, firstUncleanable) and says where it ended. */
    static long clean(
            Path dir,
            int segmentBytes,
            int indexIntervalBytes,
            long deleteRetentionMs,
            long firstDirty,
            long firstUncleanable,
            long highWatermark,
            int mapBytes,
            long nowMs)
            throws Exception {
        Properties topic = new Properties();
        topic.put(TopicConfig.SEGMENT_BYTES_CONFIG, Math.max(1024 * 1024, segmentBytes));
        topic.put("internal.segment.bytes", segmentBytes);
        topic.put(TopicConfig.INDEX_INTERVAL_BYTES_CONFIG, indexIntervalBytes);
        topic.put(TopicConfig.SEGMENT_INDEX_BYTES_CONFIG, 4080);
        topic.put(TopicConfig.CLEANUP_POLICY_CONFIG, "compact");
        topic.put(TopicConfig.DELETE_RETENTION_MS_CONFIG, deleteRetentionMs);
        Time time = StillKafka.time(nowMs);
        UnifiedLog log = UnifiedLog.create(
                dir.toFile(),
                LogConfig.fromProps(Map.of(), topic),
                0,
                Long.MAX_VALUE,
                StillKafka.scheduler(name -> true),
                new BrokerTopicStats(false),
                time,
                900_000,
                new ProducerStateManagerConfig(86_400_000, false),
                600_000,
                new LogDirFailureChannel(1),
                true,
                Optional.of(Uuid.fromString("mqGyXJ1tRgSlv3lFLVS1wA")));
        try {
            log.updateHighWatermark(highWatermark);
            var cleaner = new Cleaner(
                    0,
                    new SkimpyOffsetMap(mapBytes),
                    65_536,
                    65_536,
                    0.9,
                    new Throttler(Double.MAX_VALUE, 300, "cleaner-io", "bytes", Time.SYSTEM),
                    time,
                    (TopicPartition partition) -> {});
            return cleaner.doClean(new LogToClean(log, firstDirty, firstUncleanable, true), nowMs)
                    .getKey();
        } finally {
            log.prepareActiveSegmentForClose();
            log.close();
        }
    }
}
