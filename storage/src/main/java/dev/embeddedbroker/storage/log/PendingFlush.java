package dev.embeddedbroker.storage.log;

import dev.embeddedbroker.storage.disk.Disk;
import java.nio.file.Path;
import java.util.List;

/** The files of a log that hold what is not yet durable. Made by the log's owner, run by any thread, once. */
public final class PendingFlush implements Runnable {
    private final Disk disk;
    private final Path directory;
    private final List<Path> files;
    private final long offset;
    private final boolean names;
    private final boolean first;
    private final long truncations;

    /**
     * @param files in the order they are made durable
     * @param names whether files were made or renamed
     * @param first the log's directory itself may not be durable
     * @param truncations how often the log had been shortened by then
     */
    PendingFlush(
            Disk disk, Path directory, List<Path> files, long offset, boolean names, boolean first, long truncations) {
        this.disk = disk;
        this.directory = directory;
        this.files = files;
        this.offset = offset;
        this.names = names;
        this.first = first;
        this.truncations = truncations;
    }

    /** The end offset at the time it was made: what is durable afterwards. */
    public long offset() {
        return offset;
    }

    long truncations() {
        return truncations;
    }

    @Override
    public void run() {
        files.forEach(disk::force);
        if (names || first) {
            disk.forceDirectory(directory);
        }
        if (first) {
            disk.force(directory.resolve(LogDirectory.PARTITION_METADATA));
            disk.forceDirectory(directory.resolveSibling("."));
        }
    }
}
