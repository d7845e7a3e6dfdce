package dev.embeddedbroker.examples.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** The kernel's file pages that are still to be written, and cost whoever runs meanwhile. Known on Linux only. */
final class PageCache {
    private static final Path MEMORY = Path.of("/proc/meminfo");
    private static final long FEW_KB = 64 * 1024;
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(20);

    private PageCache() {}

    /** Waits until what earlier turns wrote is written or deleted, for 20 s at most. */
    static void awaitClean() throws IOException, InterruptedException {
        long start = System.nanoTime();
        while (dirtyKb() > FEW_KB && System.nanoTime() - start < PATIENCE_NANOS) {
            TimeUnit.MILLISECONDS.sleep(100);
        }
    }

    private static long dirtyKb() throws IOException {
        if (!Files.exists(MEMORY)) {
            return 0;
        }
        long sum = 0;
        for (String line : Files.readAllLines(MEMORY)) {
            if (line.startsWith("Dirty:") || line.startsWith("Writeback:")) {
                sum += Long.parseLong(line.replaceAll("\\D", ""));
            }
        }
        return sum;
    }
}
