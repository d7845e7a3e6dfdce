package dev.embeddedbroker.storage.segment;

import dev.embeddedbroker.storage.disk.Disk;
import dev.embeddedbroker.storage.disk.StorageException;
import java.nio.file.Path;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files of a segment that nobody needs any more; running it deletes them. Any thread, a reader's that let go last
 * among them: so a file that cannot be deleted is left to the next opening of the log.
 */
record DiscardedFiles(Disk disk, List<Path> files) implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(DiscardedFiles.class);

    @Override
    public void run() {
        for (Path file : files) {
            try {
                disk.delete(file);
            } catch (StorageException e) {
                LOG.warn("{} stays until the log is opened again", file, e);
            }
        }
    }
}
