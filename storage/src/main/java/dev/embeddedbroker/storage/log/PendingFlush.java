package dev.embeddedbroker.storage.log;

import dev.embeddedbroker.storage.disk.Disk;
import dev.embeddedbroker.storage.segment.Segment;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The files of a log that hold what is not yet durable. Made by the log's owner, run by any thread, once. */
public final class PendingFlush implements Runnable {
    private final Disk disk;
    private final Path directory;
    private final List<Segment> segments;
    private final long offset;
    private final @Nullable Path epochs;
    private final boolean first;
    private final long truncations;

    /**
     * @param epochs the leader epochs' file, if it is not durable
     * @param first the log's directory itself may not be durable
     * @param truncations how often the log had been shortened by then
     */
    PendingFlush(
            Disk disk,
            Path directory,
            List<Segment> segments,
            long offset,
            @Nullable Path epochs,
            boolean first,
            long truncations) {
        this.disk = disk;
        this.directory = directory;
        this.segments = segments;
        this.offset = offset;
        this.epochs = epochs;
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
        for (Segment segment : segments) {
            segment.force();
        }
        if (epochs != null) {
            disk.force(epochs);
        }
        disk.forceDirectory(directory);
        if (first) {
            disk.force(directory.resolve(LogDirectory.PARTITION_METADATA));
            disk.forceDirectory(directory.resolveSibling("."));
        }
    }
}
