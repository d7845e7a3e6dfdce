package dev.embeddedbroker.node;

import dev.embeddedbroker.api.DescribeLogDirsHandler;
import dev.embeddedbroker.storage.disk.Disk;
import dev.embeddedbroker.storage.disk.StorageException;
import java.nio.file.Path;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The broker's log directory as DescribeLogDirs shows it. */
final class LogDirOf implements DescribeLogDirsHandler.LogDirView {
    private static final Logger log = LoggerFactory.getLogger(LogDirOf.class);
    private static final long UNKNOWN = -1;

    private final Disk disk;
    private final Path root;

    LogDirOf(DataDirectory data) {
        this.disk = data.logs().disk();
        this.root = data.logs().root().toAbsolutePath();
    }

    @Override
    public String path() {
        return root.toString();
    }

    @Override
    public long totalBytes() {
        return ask(() -> disk.totalBytes(root));
    }

    @Override
    public long usableBytes() {
        return ask(() -> disk.usableBytes(root));
    }

    private long ask(LongSupplier question) {
        try {
            return question.getAsLong();
        } catch (StorageException e) {
            log.warn("The volume of {} does not tell its size", root, e);
            return UNKNOWN;
        }
    }
}
