package dev.embeddedbroker.metadata;

import dev.embeddedbroker.loop.Loop;
import dev.embeddedbroker.loop.Maintenance;
import dev.embeddedbroker.metadata.MetadataLog.SnapshotId;
import dev.embeddedbroker.storage.disk.StorageException;
import dev.embeddedbroker.time.Moment;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the metadata log short: takes a snapshot when enough has been appended since the last one or, if anything has,
 * when that is long ago; and lets go of old snapshots and of the log they stand in for.
 *
 * <p>An idle log gets none, as there is nothing new to keep.
 *
 * <p><b>Owner:</b> loop 0. The snapshots are written on the maintenance thread.
 */
final class MetadataSnapshots {

    private static final Logger LOG = LoggerFactory.getLogger(MetadataSnapshots.class);

    /** As often as Kafka looks for what is too old. */
    private static final long TRIM_INTERVAL_MS = 60_000;

    private final MetadataLog log;
    private final Controller controller;
    private final SnapshotSettings settings;
    private final Loop loop;
    private final Maintenance maintenance;

    private long bytesSince;
    private long lastMs;
    private long lastTrimMs;
    private boolean writing;
    private boolean closed;

    MetadataSnapshots(
            MetadataLog log, Controller controller, SnapshotSettings settings, Loop loop, Maintenance maintenance) {
        this.log = log;
        this.controller = controller;
        this.settings = settings;
        this.loop = loop;
        this.maintenance = maintenance;
    }

    /** So many bytes were read that no snapshot stands in for. */
    void replayed(int bytes) {
        bytesSince += bytes;
    }

    /** The log has been read. */
    void started(Moment now) {
        lastMs = now.wallMs();
        trim(now.wallMs());
    }

    /** A batch of so many bytes was appended and applied. */
    void appended(int bytes, Moment now) {
        bytesSince += bytes;
        boolean due = bytesSince >= settings.bytesBetween()
                || (settings.intervalMs() > 0 && now.wallMs() - lastMs >= settings.intervalMs());
        if (due && !writing && !closed) {
            take(now);
        } else if (now.wallMs() - lastTrimMs >= TRIM_INTERVAL_MS) {
            trim(now.wallMs());
        }
    }

    private void take(Moment now) {
        var image = controller.image();
        var kept = controller.keptRecords();
        var id = new SnapshotId(image.offset() + 1, image.epoch());
        writing = true;
        bytesSince = 0;
        lastMs = now.wallMs();
        maintenance.<SnapshotId>run(
                () -> {
                    log.writeSnapshot(id, now.wallMs(), SnapshotRecords.of(image, kept));
                    return id;
                },
                loop,
                (written, failure) -> taken(id, failure));
    }

    private void taken(SnapshotId id, @Nullable Throwable failure) {
        writing = false;
        if (closed) {
            return;
        }
        if (failure != null) {
            LOG.warn("no snapshot of the metadata log could be written at offset {}", id.endOffset(), failure);
            return;
        }
        LOG.debug("the metadata log has a snapshot at offset {}", id.endOffset());
        log.addSnapshot(id);
        trim(loop.clock().wallMs());
    }

    private void trim(long nowMs) {
        lastTrimMs = nowMs;
        try {
            log.trim(settings.retentionBytes(), settings.retentionMs(), nowMs);
        } catch (StorageException e) {
            LOG.warn("the metadata log could not be cut behind its snapshots", e);
        }
    }

    void close() {
        closed = true;
    }
}
