package dev.embeddedbroker.storage.disk;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.lang.management.ManagementFactory;

/**
 * The bound of what a {@link MemoryDisk} takes outside the heap: {@code -XX:MaxDirectMemorySize}, by default as much as
 * the heap may have. The JVM itself holds direct buffers to it, but not the arenas that newer JDKs have us take.
 */
final class MemoryLimit {

    private MemoryLimit() {}

    static boolean allows(long bytes) {
        // the option is asked for only where it matters: looking it up loads a good many classes
        return bytes <= Runtime.getRuntime().maxMemory() || bytes <= maxDirectMemoryBytes();
    }

    /** What the option says; 0 where it is not given. */
    private static long maxDirectMemoryBytes() {
        var diagnostics = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
        return Long.parseLong(diagnostics.getVMOption("MaxDirectMemorySize").getValue());
    }
}
