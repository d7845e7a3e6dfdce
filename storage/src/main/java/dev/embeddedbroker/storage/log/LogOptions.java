package dev.embeddedbroker.storage.log;

import dev.embeddedbroker.storage.batch.BatchRules;

/**
 * A topic's settings as its logs need them; names and defaults are Kafka's.
 *
 * @param segmentBytes {@code segment.bytes}
 * @param segmentMs {@code segment.ms}
 * @param segmentIndexBytes {@code segment.index.bytes}
 * @param indexIntervalBytes {@code index.interval.bytes}
 * @param flushMessages {@code flush.messages}
 * @param flushMs {@code flush.ms}
 * @param retentionBytes {@code retention.bytes}; −1 without limit
 * @param retentionMs {@code retention.ms}; −1 without limit
 * @param delete {@code cleanup.policy} has {@code delete}
 * @param compact {@code cleanup.policy} has {@code compact}
 * @param deleteRetentionMs {@code delete.retention.ms}
 * @param minCompactionLagMs {@code min.compaction.lag.ms}
 * @param maxCompactionLagMs {@code max.compaction.lag.ms}
 * @param minCleanableDirtyRatio {@code min.cleanable.dirty.ratio}
 * @param producerIdExpirationMs {@code producer.id.expiration.ms}
 * @param fileDeleteDelayMs {@code file.delete.delay.ms}
 * @param batches what is asked of records
 */
public record LogOptions(
        int segmentBytes,
        long segmentMs,
        int segmentIndexBytes,
        int indexIntervalBytes,
        long flushMessages,
        long flushMs,
        long retentionBytes,
        long retentionMs,
        boolean delete,
        boolean compact,
        long deleteRetentionMs,
        long minCompactionLagMs,
        long maxCompactionLagMs,
        double minCleanableDirtyRatio,
        long producerIdExpirationMs,
        long fileDeleteDelayMs,
        BatchRules batches) {

    private static final long DAY_MS = 86_400_000;

    /** The settings of a topic that sets none. */
    public static final LogOptions DEFAULT = builder().build();

    /** How long a segment may collect: a compacted topic that promises compaction in time has to roll in time. */
    public long maxSegmentMs() {
        return compact && maxCompactionLagMs > 0 ? Math.min(maxCompactionLagMs, segmentMs) : segmentMs;
    }

    public static Builder builder() {
        return new Builder();
    }

    /** A builder that begins with these settings. */
    public Builder toBuilder() {
        Builder builder = new Builder();
        builder.segmentBytes = segmentBytes;
        builder.segmentMs = segmentMs;
        builder.segmentIndexBytes = segmentIndexBytes;
        builder.indexIntervalBytes = indexIntervalBytes;
        builder.flushMessages = flushMessages;
        builder.flushMs = flushMs;
        builder.retentionBytes = retentionBytes;
        builder.retentionMs = retentionMs;
        builder.delete = delete;
        builder.compact = compact;
        builder.deleteRetentionMs = deleteRetentionMs;
        builder.minCompactionLagMs = minCompactionLagMs;
        builder.maxCompactionLagMs = maxCompactionLagMs;
        builder.minCleanableDirtyRatio = minCleanableDirtyRatio;
        builder.producerIdExpirationMs = producerIdExpirationMs;
        builder.fileDeleteDelayMs = fileDeleteDelayMs;
        builder.batches = batches;
        return builder;
    }

    /** Settings one by one; each starts with Kafka's default. */
    public static final class Builder {
        private int segmentBytes = 1 << 30;
        private long segmentMs = 7 * DAY_MS;
        private int segmentIndexBytes = 10 << 20;
        private int indexIntervalBytes = 4096;
        private long flushMessages = Long.MAX_VALUE;
        private long flushMs = Long.MAX_VALUE;
        private long retentionBytes = -1;
        private long retentionMs = 7 * DAY_MS;
        private boolean delete = true;
        private boolean compact;
        private long deleteRetentionMs = DAY_MS;
        private long minCompactionLagMs;
        private long maxCompactionLagMs = Long.MAX_VALUE;
        private double minCleanableDirtyRatio = 0.5;
        private long producerIdExpirationMs = DAY_MS;
        private long fileDeleteDelayMs = 60_000;
        private BatchRules batches = BatchRules.DEFAULT;

        private Builder() {}

        public Builder segmentBytes(int value) {
            segmentBytes = value;
            return this;
        }

        public Builder segmentMs(long value) {
            segmentMs = value;
            return this;
        }

        public Builder segmentIndexBytes(int value) {
            segmentIndexBytes = value;
            return this;
        }

        public Builder indexIntervalBytes(int value) {
            indexIntervalBytes = value;
            return this;
        }

        public Builder flushMessages(long value) {
            flushMessages = value;
            return this;
        }

        public Builder flushMs(long value) {
            flushMs = value;
            return this;
        }

        public Builder retentionBytes(long value) {
            retentionBytes = value;
            return this;
        }

        public Builder retentionMs(long value) {
            retentionMs = value;
            return this;
        }

        public Builder cleanupPolicy(boolean deletes, boolean compacts) {
            delete = deletes;
            compact = compacts;
            return this;
        }

        public Builder deleteRetentionMs(long value) {
            deleteRetentionMs = value;
            return this;
        }

        public Builder minCompactionLagMs(long value) {
            minCompactionLagMs = value;
            return this;
        }

        public Builder maxCompactionLagMs(long value) {
            maxCompactionLagMs = value;
            return this;
        }

        public Builder minCleanableDirtyRatio(double value) {
            minCleanableDirtyRatio = value;
            return this;
        }

        public Builder producerIdExpirationMs(long value) {
            producerIdExpirationMs = value;
            return this;
        }

        public Builder fileDeleteDelayMs(long value) {
            fileDeleteDelayMs = value;
            return this;
        }

        public Builder batches(BatchRules value) {
            batches = value;
            return this;
        }

        public LogOptions build() {
            return new LogOptions(
                    segmentBytes,
                    segmentMs,
                    segmentIndexBytes,
                    indexIntervalBytes,
                    flushMessages,
                    flushMs,
                    retentionBytes,
                    retentionMs,
                    delete,
                    compact,
                    deleteRetentionMs,
                    minCompactionLagMs,
                    maxCompactionLagMs,
                    minCleanableDirtyRatio,
                    producerIdExpirationMs,
                    fileDeleteDelayMs,
                    compact && !batches.compacted() ? batches.withCompacted() : batches);
        }
    }
}
