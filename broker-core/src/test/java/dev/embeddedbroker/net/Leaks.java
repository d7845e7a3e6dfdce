package dev.embeddedbroker.net;

import java.io.File;
import java.util.List;

/** What a test may have left behind: threads and open files of this process. */
final class Leaks {

    private Leaks() {}

    static List<String> threadsNamed(String part) {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.contains(part))
                .toList();
    }

    /** How many file descriptors this process has open, or 0 where the system does not say. */
    static int openFiles() {
        String[] open = new File("/proc/self/fd").list();
        return open == null ? 0 : open.length;
    }
}
