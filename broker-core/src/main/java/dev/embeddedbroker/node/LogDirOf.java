package dev.embeddedbroker.node;

import dev.embeddedbroker.api.DescribeLogDirsHandler;
import dev.embeddedbroker.storage.disk.Disk;
import dev.embeddedbroker.storage.disk.StorageException;
import dev.embeddedbroker.storage.log.LogDirectories;
import dev.embeddedbroker.storage.log.LogId;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One of the broker's log directories as DescribeLogDirs shows it. */
final class LogDirOf implements DescribeLogDirsHandler.LogDirView {
    private static final Logger log = LoggerFactory.getLogger(LogDirOf.class);
    private static final long UNKNOWN = -1;

    private final Disk disk;
    private final Path root;
    private final Predicate<LogId> holds;
    private final boolean online;

    private LogDirOf(Disk disk, Path root, Predicate<LogId> holds, boolean online) {
        this.disk = disk;
        this.root = root.toAbsolutePath();
        this.holds = holds;
        this.online = online;
    }

    static List<DescribeLogDirsHandler.LogDirView> all(LogDirectories directories) {
        var views = new ArrayList<DescribeLogDirsHandler.LogDirView>();
        for (var each : directories.all()) {
            views.add(new LogDirOf(directories.disk(), each.root(), id -> directories.of(id) == each, true));
        }
        for (var each : directories.offline()) {
            views.add(new LogDirOf(directories.disk(), each, id -> false, false));
        }
        return List.copyOf(views);
    }

    @Override
    public boolean isOnline() {
        return online;
    }

    @Override
    public boolean holds(LogId log) {
        return holds.test(log);
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
