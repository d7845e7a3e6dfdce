package dev.embeddedbroker.storage.batch;

import org.jspecify.annotations.Nullable;

/**
 * What a topic's settings ask of the records written to it.
 *
 * @param compression {@code compression.type}: what batches are stored as, or null for {@code producer}: as they come
 * @param compressionLevel {@code compression.gzip.level}, …: the level when a batch is compressed anew
 * @param logAppendTime {@code message.timestamp.type} is {@code LogAppendTime}
 * @param timestampBeforeMaxMs {@code message.timestamp.before.max.ms}
 * @param timestampAfterMaxMs {@code message.timestamp.after.max.ms}
 * @param compacted {@code cleanup.policy} has {@code compact}: every record needs a key
 * @param maxMessageBytes {@code max.message.bytes}: the largest batch, as sent and as stored
 * @param maxDecompressedMessageBytes {@code max.decompressed.message.bytes}: the largest single record of a compressed batch
 */
public record BatchRules(
        @Nullable Compression compression,
        int compressionLevel,
        boolean logAppendTime,
        long timestampBeforeMaxMs,
        long timestampAfterMaxMs,
        boolean compacted,
        int maxMessageBytes,
        int maxDecompressedMessageBytes) {

    /** The settings of a topic that sets none. */
    public static final BatchRules DEFAULT =
            new BatchRules(null, 0, false, Long.MAX_VALUE, 3_600_000, false, 1_048_588, Integer.MAX_VALUE - 8);

    public BatchRules withCompression(@Nullable Compression newCompression, int level) {
        return new BatchRules(
                newCompression,
                level,
                logAppendTime,
                timestampBeforeMaxMs,
                timestampAfterMaxMs,
                compacted,
                maxMessageBytes,
                maxDecompressedMessageBytes);
    }

    public BatchRules withLogAppendTime() {
        return new BatchRules(
                compression,
                compressionLevel,
                true,
                timestampBeforeMaxMs,
                timestampAfterMaxMs,
                compacted,
                maxMessageBytes,
                maxDecompressedMessageBytes);
    }

    public BatchRules withTimestampBounds(long beforeMaxMs, long afterMaxMs) {
        return new BatchRules(
                compression,
                compressionLevel,
                logAppendTime,
                beforeMaxMs,
                afterMaxMs,
                compacted,
                maxMessageBytes,
                maxDecompressedMessageBytes);
    }

    public BatchRules withCompacted() {
        return new BatchRules(
                compression,
                compressionLevel,
                logAppendTime,
                timestampBeforeMaxMs,
                timestampAfterMaxMs,
                true,
                maxMessageBytes,
                maxDecompressedMessageBytes);
    }

    public BatchRules withMaxBytes(int messageBytes, int decompressedMessageBytes) {
        return new BatchRules(
                compression,
                compressionLevel,
                logAppendTime,
                timestampBeforeMaxMs,
                timestampAfterMaxMs,
                compacted,
                messageBytes,
                decompressedMessageBytes);
    }
}
