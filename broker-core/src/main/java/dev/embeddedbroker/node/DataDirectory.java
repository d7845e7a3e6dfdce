package dev.embeddedbroker.node;

import dev.embeddedbroker.protocol.Uuid;
import dev.embeddedbroker.storage.disk.Disk;
import dev.embeddedbroker.storage.disk.StorageException;
import dev.embeddedbroker.storage.log.LogDirectory;
import dev.embeddedbroker.storage.log.MetaProperties;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Where one broker keeps its logs: a directory of the user's, which stays, or a temporary one, which goes with the broker.
 *
 * <p><b>Owner:</b> the node.
 */
final class DataDirectory {
    private static final String PREFIX = "embedded-broker-";

    private final Disk disk;
    private final LogDirectory logs;
    private final boolean temporary;
    private boolean ready;
    private boolean kept;
    private long brokerEpoch = -1;

    private DataDirectory(Disk disk, LogDirectory logs, boolean temporary) {
        this.disk = disk;
        this.logs = logs;
        this.temporary = temporary;
    }

    /**
     * Opens and locks the directory, and makes it a new node's if it is empty.
     *
     * @param given the directory, or null to make a temporary one
     * @param temporary whether the given one goes with the broker too
     * @throws IllegalStateException if another broker uses it, or it belongs to another node
     */
    static DataDirectory open(Disk disk, @Nullable Path given, boolean temporary, int nodeId, RandomGenerator random) {
        Path root = given == null ? disk.createTemporaryDirectory(PREFIX) : given;
        try {
            var found = LogDirectory.metaOf(disk, root);
            var wanted = found != null
                    ? new MetaProperties(found.clusterId(), nodeId, found.directoryId())
                    : new MetaProperties(
                            Uuid.random(random).toString(),
                            nodeId,
                            Uuid.random(random).toString());
            return new DataDirectory(disk, LogDirectory.open(disk, root, wanted), temporary || given == null);
        } catch (StorageException e) {
            if (given == null) {
                disk.deleteTree(root);
            }
            throw new IllegalStateException("data directory " + root + " can't be used: " + e.getMessage(), e);
        }
    }

    LogDirectory logs() {
        return logs;
    }

    String clusterId() {
        return logs.meta().clusterId();
    }

    Uuid directoryId() {
        return Uuid.fromString(logs.meta().directoryId());
    }

    boolean isTemporary() {
        return temporary;
    }

    /** From now on the logs are worth a clean close; before, a directory is left as a crash would leave it. */
    void ready(long epoch) {
        ready = true;
        brokerEpoch = epoch;
    }

    /** The broker is to be started again: a temporary directory stays too. */
    void keep() {
        kept = true;
    }

    /** Gives everything back, and deletes what nobody will read again. The loops have ended. */
    void close() {
        boolean last = temporary && !kept;
        if (ready && !last) {
            try {
                logs.close(brokerEpoch, !temporary);
            } catch (StorageException e) {
                throw new UncheckedIOException(e.getMessage(), new IOException(e));
            }
        } else {
            logs.abandon();
        }
        if (last) {
            disk.deleteTree(logs.root());
        }
    }
}
