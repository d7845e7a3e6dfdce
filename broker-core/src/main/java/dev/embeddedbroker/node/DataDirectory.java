package dev.embeddedbroker.node;

import dev.embeddedbroker.protocol.Uuid;
import dev.embeddedbroker.storage.disk.Disk;
import dev.embeddedbroker.storage.disk.StorageException;
import dev.embeddedbroker.storage.log.LogDirectories;
import dev.embeddedbroker.storage.log.LogDirectory;
import dev.embeddedbroker.storage.log.MetaProperties;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where one broker keeps its logs: a directory of the user's, which stays, or a temporary one, which goes with the broker.
 *
 * <p><b>Owner:</b> the node.
 */
final class DataDirectory implements Undo.Part {
    private static final String PREFIX =
            "embedded-broker-"; // and the number of the process, which may leave one behind

    private static final Logger log = LoggerFactory.getLogger(DataDirectory.class);

    private final Disk disk;
    private final LogDirectories all;
    private final boolean temporary;
    private boolean ready;
    private boolean kept;
    private long brokerEpoch = -1;

    private DataDirectory(Disk disk, LogDirectories all, boolean temporary) {
        this.disk = disk;
        this.all = all;
        this.temporary = temporary;
    }

    /**
     * Opens and locks the directories, and makes those that are empty a new node's, or the node's that the others are. The
     * first has to be usable, because it has the metadata log; of the others, those whose disk fails are left out.
     *
     * @param given the directories, or none to make a temporary one
     * @param temporary whether the given one goes with the broker too
     * @throws IllegalStateException if another broker uses one, or it belongs to another node
     */
    static DataDirectory open(Disk disk, List<Path> given, boolean temporary, int nodeId, RandomGenerator random) {
        var roots = given.isEmpty()
                ? List.of(disk.createTemporaryDirectory(
                        PREFIX + ProcessHandle.current().pid() + "-"))
                : given;
        var opened = new ArrayList<LogDirectory>();
        var offline = new ArrayList<Path>();
        try {
            var clusterId = clusterId(disk, roots, random);
            for (var root : roots) {
                try {
                    opened.add(open(disk, root, clusterId, nodeId, random));
                } catch (StorageException e) {
                    if (opened.isEmpty() || !(e.getCause() instanceof IOException)) {
                        throw unusable(root, e);
                    }
                    log.error("Log directory {} is offline: it can't be opened", root, e);
                    offline.add(root);
                }
            }
        } catch (RuntimeException e) {
            opened.forEach(LogDirectory::abandon);
            if (given.isEmpty()) {
                disk.deleteTree(roots.get(0));
            }
            throw e;
        }
        return new DataDirectory(disk, new LogDirectories(opened, offline), temporary || given.isEmpty());
    }

    /** The cluster that one of the directories belongs to, or a new one. */
    private static String clusterId(Disk disk, List<Path> roots, RandomGenerator random) {
        for (var root : roots) {
            try {
                var found = LogDirectory.metaOf(disk, root);
                if (found != null) {
                    return found.clusterId();
                }
            } catch (StorageException e) {
                if (root == roots.get(0) || !(e.getCause() instanceof IOException)) {
                    throw unusable(root, e);
                }
                log.debug("{} is passed over, and looked at again when it is opened", root, e);
            }
        }
        return Uuid.random(random).toString();
    }

    private static LogDirectory open(Disk disk, Path root, String clusterId, int nodeId, RandomGenerator random) {
        var found = LogDirectory.metaOf(disk, root);
        var id = found != null ? found.directoryId() : Uuid.random(random).toString();
        return LogDirectory.open(disk, root, new MetaProperties(clusterId, nodeId, id));
    }

    private static IllegalStateException unusable(Path root, StorageException e) {
        return new IllegalStateException("data directory " + root + " can't be used: " + e.getMessage(), e);
    }

    /** The first one, which has the metadata log. */
    LogDirectory logs() {
        return all.all().get(0);
    }

    LogDirectories all() {
        return all;
    }

    String clusterId() {
        return logs().meta().clusterId();
    }

    List<Uuid> directoryIds() {
        var ids = new ArrayList<Uuid>();
        for (var each : all.all()) {
            ids.add(Uuid.fromString(each.meta().directoryId()));
        }
        return ids;
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

    /** Gives everything back as it is, for another start: nothing is flushed, trimmed, noted or marked. The loops have ended. */
    @Override
    public void crash() {
        all.all().forEach(LogDirectory::abandon);
    }

    /** Gives everything back, and deletes what nobody will read again. The loops have ended. */
    @Override
    public void close() {
        boolean last = temporary && !kept;
        if (ready && !last) {
            try {
                all.forEach(each -> each.close(brokerEpoch, !temporary));
            } catch (StorageException e) {
                throw new UncheckedIOException(e.getMessage(), new IOException(e));
            }
        } else {
            all.all().forEach(LogDirectory::abandon);
        }
        if (last) {
            all.all().forEach(each -> disk.deleteTree(each.root()));
        }
    }
}
