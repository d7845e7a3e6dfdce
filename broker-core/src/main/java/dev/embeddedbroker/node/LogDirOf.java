package dev.embeddedbroker.node;

import dev.embeddedbroker.api.DescribeLogDirsHandler;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The broker's log directory as DescribeLogDirs shows it. */
final class LogDirOf implements DescribeLogDirsHandler.LogDirView {
    private static final Logger log = LoggerFactory.getLogger(LogDirOf.class);
    private static final long UNKNOWN = -1;

    private final Path root;

    LogDirOf(DataDirectory data) {
        this.root = data.logs().root().toAbsolutePath();
    }

    @Override
    public String path() {
        return root.toString();
    }

    @Override
    public long totalBytes() {
        return ask(() -> Files.getFileStore(root).getTotalSpace());
    }

    @Override
    public long usableBytes() {
        return ask(() -> Files.getFileStore(root).getUsableSpace());
    }

    private long ask(Question question) {
        try {
            return question.ask();
        } catch (IOException e) {
            log.warn("The volume of {} does not tell its size", root, e);
            return UNKNOWN;
        }
    }

    private interface Question {
        long ask() throws IOException;
    }
}
