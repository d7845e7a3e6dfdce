package dev.embeddedbroker.config;

import static dev.embeddedbroker.config.BrokerKeys.*;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Which broker settings a topic's setting falls back on, in the order they are looked at. */
final class TopicSynonyms {
    private static final long MINUTE_MS = 60_000;
    private static final long HOUR_MS = 3_600_000;

    /** A broker setting and what one of its units is in the topic's unit. */
    record Synonym(ConfigKey<?> key, long factor) {}

    private static final Map<ConfigKey<?>, List<Synonym>> BY_TOPIC_KEY = new HashMap<>();

    static {
        same(TopicKeys.SEGMENT_BYTES, LOG_SEGMENT_BYTES);
        timed(TopicKeys.SEGMENT_MS, LOG_ROLL_MS, null, LOG_ROLL_HOURS);
        timed(TopicKeys.SEGMENT_JITTER_MS, LOG_ROLL_JITTER_MS, null, LOG_ROLL_JITTER_HOURS);
        same(TopicKeys.SEGMENT_INDEX_BYTES, LOG_INDEX_SIZE_MAX_BYTES);
        same(TopicKeys.FLUSH_MESSAGES, LOG_FLUSH_INTERVAL_MESSAGES);
        same(TopicKeys.FLUSH_MS, LOG_FLUSH_INTERVAL_MS, LOG_FLUSH_SCHEDULER_INTERVAL_MS);
        same(TopicKeys.RETENTION_BYTES, LOG_RETENTION_BYTES);
        timed(TopicKeys.RETENTION_MS, LOG_RETENTION_MS, LOG_RETENTION_MINUTES, LOG_RETENTION_HOURS);
        same(TopicKeys.MAX_MESSAGE_BYTES, MESSAGE_MAX_BYTES);
        same(TopicKeys.MAX_DECOMPRESSED_MESSAGE_BYTES, MAX_DECOMPRESSED_MESSAGE_BYTES);
        same(TopicKeys.INDEX_INTERVAL_BYTES, LOG_INDEX_INTERVAL_BYTES);
        same(TopicKeys.DELETE_RETENTION_MS, LOG_CLEANER_DELETE_RETENTION_MS);
        same(TopicKeys.MIN_COMPACTION_LAG_MS, LOG_CLEANER_MIN_COMPACTION_LAG_MS);
        same(TopicKeys.MAX_COMPACTION_LAG_MS, LOG_CLEANER_MAX_COMPACTION_LAG_MS);
        same(TopicKeys.FILE_DELETE_DELAY_MS, LOG_SEGMENT_DELETE_DELAY_MS);
        same(TopicKeys.MIN_CLEANABLE_DIRTY_RATIO, LOG_CLEANER_MIN_CLEANABLE_RATIO);
        same(TopicKeys.CLEANUP_POLICY, LOG_CLEANUP_POLICY);
        same(TopicKeys.UNCLEAN_LEADER_ELECTION_ENABLE, UNCLEAN_LEADER_ELECTION_ENABLE);
        same(TopicKeys.MIN_INSYNC_REPLICAS, MIN_INSYNC_REPLICAS);
        same(TopicKeys.COMPRESSION_TYPE, COMPRESSION_TYPE);
        same(TopicKeys.COMPRESSION_GZIP_LEVEL, COMPRESSION_GZIP_LEVEL);
        same(TopicKeys.COMPRESSION_LZ4_LEVEL, COMPRESSION_LZ4_LEVEL);
        same(TopicKeys.COMPRESSION_ZSTD_LEVEL, COMPRESSION_ZSTD_LEVEL);
        same(TopicKeys.PREALLOCATE, LOG_PREALLOCATE);
        same(TopicKeys.MESSAGE_TIMESTAMP_TYPE, LOG_MESSAGE_TIMESTAMP_TYPE);
        same(TopicKeys.MESSAGE_TIMESTAMP_BEFORE_MAX_MS, LOG_MESSAGE_TIMESTAMP_BEFORE_MAX_MS);
        same(TopicKeys.MESSAGE_TIMESTAMP_AFTER_MAX_MS, LOG_MESSAGE_TIMESTAMP_AFTER_MAX_MS);
        same(TopicKeys.LOCAL_RETENTION_MS, LOG_LOCAL_RETENTION_MS);
        same(TopicKeys.LOCAL_RETENTION_BYTES, LOG_LOCAL_RETENTION_BYTES);
        same(TopicKeys.REMOTE_COPY_LAG_MS, LOG_REMOTE_COPY_LAG_MS);
        same(TopicKeys.REMOTE_COPY_LAG_BYTES, LOG_REMOTE_COPY_LAG_BYTES);
    }

    private TopicSynonyms() {}

    private static void same(ConfigKey<?> topicKey, ConfigKey<?>... brokerKeys) {
        var synonyms = new ArrayList<Synonym>();
        for (ConfigKey<?> key : brokerKeys) {
            synonyms.add(new Synonym(key, 1));
        }
        BY_TOPIC_KEY.put(topicKey, List.copyOf(synonyms));
    }

    private static void timed(
            ConfigKey<?> topicKey,
            ConfigKey<Long> inMs,
            @Nullable ConfigKey<Integer> inMinutes,
            ConfigKey<Integer> inHours) {
        var synonyms = new ArrayList<Synonym>();
        synonyms.add(new Synonym(inMs, 1));
        if (inMinutes != null) {
            synonyms.add(new Synonym(inMinutes, MINUTE_MS));
        }
        synonyms.add(new Synonym(inHours, HOUR_MS));
        BY_TOPIC_KEY.put(topicKey, List.copyOf(synonyms));
    }

    /** Empty for a topic's setting that no broker setting stands behind. */
    static List<Synonym> of(ConfigKey<?> topicKey) {
        return BY_TOPIC_KEY.getOrDefault(topicKey, List.of());
    }

    /** What a topic without overrides gets from the broker's settings. */
    static ConfigView topicDefaults(ConfigView broker) {
        var values = new HashMap<ConfigKey<?>, Object>();
        for (var entry : BY_TOPIC_KEY.entrySet()) {
            for (Synonym synonym : entry.getValue()) {
                Object value = broker.find(synonym.key());
                if (value != null) {
                    values.put(entry.getKey(), convert(entry.getKey(), synonym, value));
                    break;
                }
            }
        }
        return ConfigView.ofValues(Scope.TOPIC, values);
    }

    private static Object convert(ConfigKey<?> topicKey, Synonym synonym, Object value) {
        if (topicKey == TopicKeys.RETENTION_MS && ((Number) value).longValue() < 0) {
            return -1L;
        }
        return synonym.factor() == 1 ? value : (Object) (((Number) value).longValue() * synonym.factor());
    }
}
