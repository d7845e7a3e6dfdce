package dev.embeddedbroker.storage.log;

/**
 * A segment as retention sees it.
 *
 * @param nextOffset the offset after its last one
 * @param maxTimestampMs its greatest timestamp, or the time of its last write when its records have none
 */
public record SegmentInfo(long baseOffset, long nextOffset, int sizeBytes, long maxTimestampMs, boolean active) {}
