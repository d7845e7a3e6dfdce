package dev.embeddedbroker.storage.log;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.server.common.RequestLocal;
import org.apache.kafka.storage.internals.log.AppendOrigin;
import org.apache.kafka.storage.internals.log.LogAppendInfo;
import org.apache.kafka.storage.internals.log.LogConfig;
import org.apache.kafka.storage.internals.log.LogDirFailureChannel;
import org.apache.kafka.storage.internals.log.ProducerStateManagerConfig;
import org.apache.kafka.storage.internals.log.UnifiedLog;
import org.apache.kafka.storage.internals.log.VerificationGuard;
import org.apache.kafka.storage.log.metrics.BrokerTopicStats;

/** Apache Kafka's own log of a partition, under a clock that stands still. */
final class KafkaLog implements AutoCloseable {
    static final Uuid TOPIC_ID = Uuid.fromString("mqGyXJ1tRgSlv3lFLVS1wA");

    final UnifiedLog log;

    private KafkaLog(UnifiedLog log) {
        this.log = log;
    }

    static KafkaLog open(Path dir, LogOptions options, long nowMs, boolean clean, long startOffset, boolean verify) {
        Properties topic = new Properties();
        topic.put(TopicConfig.SEGMENT_BYTES_CONFIG, Math.max(1024 * 1024, options.segmentBytes()));
        topic.put("internal.segment.bytes", options.segmentBytes());
        topic.put(TopicConfig.INDEX_INTERVAL_BYTES_CONFIG, options.indexIntervalBytes());
        topic.put(TopicConfig.SEGMENT_MS_CONFIG, options.segmentMs());
        try {
            Files.createDirectories(dir);
            return new KafkaLog(UnifiedLog.create(
                    dir.toFile(),
                    LogConfig.fromProps(Map.of(), topic),
                    startOffset,
                    clean ? Long.MAX_VALUE : 0,
                    StillKafka.scheduler(name -> name.startsWith("leader-epoch")),
                    new BrokerTopicStats(false),
                    StillKafka.time(nowMs),
                    900_000,
                    new ProducerStateManagerConfig(86_400_000, verify),
                    600_000,
                    new LogDirFailureChannel(1),
                    clean,
                    Optional.of(TOPIC_ID)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** {@code first-last} of what was appended, or the name of the error. */
    String append(ByteBuffer records, int epoch, AppendOrigin origin, VerificationGuard guard, int transactionVersion) {
        try {
            LogAppendInfo info = log.appendAsLeader(
                    MemoryRecords.readableRecords(records), epoch, origin, RequestLocal.noCaching(), guard, (short)
                            transactionVersion);
            return info.firstOffset() + "-" + info.lastOffset();
        } catch (RuntimeException e) {
            return Errors.forException(e).name();
        }
    }

    @Override
    public void close() {
        log.prepareActiveSegmentForClose();
        log.close();
    }
}
