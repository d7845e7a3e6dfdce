package dev.embeddedbroker.storage.log;

import dev.embeddedbroker.storage.disk.Disk;
import dev.embeddedbroker.storage.segment.Segment;
import java.nio.file.Path;
import java.util.List;

/** The files of a log that hold what is not yet durable. Made by the log's owner, run by any thread, once. */
public final class PendingFlush implements Runnable {
    private final Disk disk;
    private final Path directory;
    private final List<Segment> segments;
    private final long offset;

    PendingFlush(Disk disk, Path directory, List<Segment> segments, long offset) {
        this.disk = disk;
        this.directory = directory;
        this.segments = segments;
        this.offset = offset;
    }

    /** The end offset at the time it was made: what is durable afterwards. */
    public long offset() {
        return offset;
    }

    @Override
    public void run() {
        for (Segment segment : segments) {
            segment.force();
        }
        disk.forceDirectory(directory);
    }
}
