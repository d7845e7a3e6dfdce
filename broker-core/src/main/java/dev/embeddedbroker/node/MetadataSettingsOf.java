package dev.embeddedbroker.node;

import dev.embeddedbroker.config.BrokerConfig;
import dev.embeddedbroker.config.BrokerKeys;
import dev.embeddedbroker.metadata.SnapshotSettings;
import dev.embeddedbroker.storage.log.LogOptions;

/** What the broker's settings say about its metadata log. */
final class MetadataSettingsOf {
    private MetadataSettingsOf() {}

    static LogOptions log(BrokerConfig config) {
        Integer internal = config.find(BrokerKeys.INTERNAL_METADATA_LOG_SEGMENT_BYTES);
        return LogOptions.builder()
                .segmentBytes(internal == null ? config.get(BrokerKeys.METADATA_LOG_SEGMENT_BYTES) : internal)
                .segmentMs(config.get(BrokerKeys.METADATA_LOG_SEGMENT_MS))
                .build();
    }

    static SnapshotSettings snapshots(BrokerConfig config) {
        return new SnapshotSettings(
                config.get(BrokerKeys.METADATA_LOG_MAX_RECORD_BYTES_BETWEEN_SNAPSHOTS),
                config.get(BrokerKeys.METADATA_LOG_MAX_SNAPSHOT_INTERVAL_MS),
                config.get(BrokerKeys.METADATA_MAX_RETENTION_BYTES),
                config.get(BrokerKeys.METADATA_MAX_RETENTION_MS));
    }
}
