package dev.embeddedbroker.metadata;

/**
 * The broker's settings the metadata log is kept short by.
 *
 * @param bytesBetween {@code metadata.log.max.record.bytes.between.snapshots}
 * @param intervalMs {@code metadata.log.max.snapshot.interval.ms}; 0 for no snapshot because of the time
 * @param retentionBytes {@code metadata.max.retention.bytes}, of log and snapshots together; negative for no limit
 * @param retentionMs {@code metadata.max.retention.ms}; negative for no limit
 */
public record SnapshotSettings(long bytesBetween, long intervalMs, long retentionBytes, long retentionMs) {
    public static final SnapshotSettings DEFAULT =
            new SnapshotSettings(20_971_520, 3_600_000, 104_857_600, 604_800_000);
}
