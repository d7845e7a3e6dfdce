package dev.embeddedbroker.storage.log;

import dev.embeddedbroker.storage.disk.Disk;
import dev.embeddedbroker.storage.disk.StorageException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All log directories of a broker ({@code log.dirs}), and which log is in which. A new log comes into the directory that
 * has the fewest.
 *
 * <p><b>Owner:</b> the node. Thread-safe.
 */
public final class LogDirectories {
    private static final Logger LOG = LoggerFactory.getLogger(LogDirectories.class);
    private static final String METADATA = "__cluster_metadata";

    private final List<LogDirectory> all;
    private final List<Path> offline;
    private final Map<LogId, LogDirectory> homes = new HashMap<>();

    /**
     * @param all those that can be used, the one of the metadata log first
     * @param offline those that can't
     */
    public LogDirectories(List<LogDirectory> all, Collection<Path> offline) {
        this.all = List.copyOf(all);
        this.offline = List.copyOf(offline);
        if (all.size() > 1 || !offline.isEmpty()) {
            all.forEach(this::find);
        }
    }

    public static LogDirectories of(LogDirectory only) {
        return new LogDirectories(List.of(only), List.of());
    }

    private void find(LogDirectory directory) {
        for (LogId id : directory.list()) {
            if (id.topic().equals(METADATA)) {
                continue;
            }
            LogDirectory other = homes.putIfAbsent(id, directory);
            if (other != null) {
                LOG.warn(
                        "{} is in {} and in {} (expected: in one); the first counts",
                        id,
                        other.root(),
                        directory.root());
            }
        }
    }

    public List<LogDirectory> all() {
        return all;
    }

    /** What their files are on. */
    public Disk disk() {
        return all.get(0).disk();
    }

    /** The directories that could not be opened. */
    public List<Path> offline() {
        return offline;
    }

    /** The directory at a path that is as the user wrote it or absolute; null if it is none of these. */
    public @Nullable LogDirectory at(Path path) {
        for (LogDirectory directory : all) {
            if (isAt(directory.root(), path)) {
                return directory;
            }
        }
        return null;
    }

    /** Whether a directory that could not be opened is at a path. */
    public boolean isOffline(Path path) {
        return offline.stream().anyMatch(root -> isAt(root, path));
    }

    private static boolean isAt(Path root, Path path) {
        return root.toAbsolutePath().normalize().equals(path.toAbsolutePath().normalize());
    }

    /** Where a log is, if it is anywhere. */
    public synchronized LogDirectory of(LogId id) {
        return homes.getOrDefault(id, all.get(0));
    }

    /** Where a log is or, from now on, is to be. */
    public synchronized LogDirectory home(LogId id) {
        if (all.size() == 1) {
            return all.get(0);
        }
        return homes.computeIfAbsent(id, any -> emptiest());
    }

    /**
     * The same of a log that the cluster says is in a directory.
     *
     * @param directoryId the id of that directory; one that is none of these counts only if some could not be opened
     * @throws StorageException if the log may be in a directory that could not be opened
     */
    public synchronized LogDirectory home(LogId id, String directoryId, boolean isAssigned) {
        if (all.size() == 1 && offline.isEmpty()) {
            return all.get(0);
        }
        LogDirectory home = homes.get(id);
        for (LogDirectory directory : all) {
            if (isAssigned && directory.meta().directoryId().equals(directoryId)) {
                boolean isThere = home == null || home == directory || directory.exists(id);
                return isThere ? moved(id, directory) : home(id);
            }
        }
        if (home == null && isAssigned && !offline.isEmpty()) {
            throw new StorageException(id + " is in the directory with id " + directoryId + ", which is none of "
                    + roots() + "; offline: " + offline);
        }
        return home(id);
    }

    private List<Path> roots() {
        return all.stream().map(LogDirectory::root).toList();
    }

    private LogDirectory emptiest() {
        Map<LogDirectory, Integer> counts = new HashMap<>();
        homes.values().forEach(home -> counts.merge(home, 1, Integer::sum));
        LogDirectory emptiest = all.get(0);
        for (LogDirectory each : all) {
            if (counts.getOrDefault(each, 0) < counts.getOrDefault(emptiest, 0)) {
                emptiest = each;
            }
        }
        return emptiest;
    }

    /** From now on the log is here. */
    public synchronized LogDirectory moved(LogId id, LogDirectory directory) {
        homes.put(id, directory);
        return directory;
    }

    /** The log is gone. */
    public synchronized void forget(LogId id) {
        homes.remove(id);
    }

    /** Does something with each directory; one that fails does not keep the others from it. */
    public void forEach(Consumer<LogDirectory> work) {
        List<StorageException> failures = new ArrayList<>();
        for (LogDirectory directory : all) {
            try {
                work.accept(directory);
            } catch (StorageException e) {
                failures.add(e);
            }
        }
        if (!failures.isEmpty()) {
            throw failures.get(0);
        }
    }
}
