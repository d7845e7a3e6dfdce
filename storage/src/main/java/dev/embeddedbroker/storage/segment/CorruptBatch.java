package dev.embeddedbroker.storage.segment;

import dev.embeddedbroker.storage.disk.StorageException;
import java.nio.file.Path;

/**
 * A file of a log holds, where a batch has to be, something else: the medium, or somebody, has changed it since it was
 * written. The rest of the log is as it was.
 */
public final class CorruptBatch extends StorageException {
    private static final long serialVersionUID = 1L;

    private final long segment;

    public CorruptBatch(Path path, long segment, int position, String fault) {
        super(path + " has no batch that can be used at byte " + position + ": " + fault);
        this.segment = segment;
    }

    /** The base offset of the segment. */
    public long segment() {
        return segment;
    }
}
