package dev.embeddedbroker.storage.clean;

/**
 * What the broker's settings allow a compaction.
 *
 * @param keyMapBytes {@code log.cleaner.dedupe.buffer.size}: memory for keys; a log with more of them takes several passes
 * @param keyMapLoadFactor {@code log.cleaner.io.buffer.load.factor}
 * @param bufferBytes {@code log.cleaner.io.buffer.size}: memory for what is to be written
 */
public record CompactionSettings(long keyMapBytes, double keyMapLoadFactor, int bufferBytes) {
    public static final CompactionSettings DEFAULT = new CompactionSettings(134_217_728, 0.9, 524_288);
}
