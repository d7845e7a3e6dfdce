package dev.embeddedbroker.examples.ecosystem.streams;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;

/** Directories of tests. */
final class Directories {
    private Directories() {}

    /** Deletes everything in a directory, and leaves the directory. */
    static void deleteWhatIsIn(Path directory) throws IOException {
        try (var files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                if (!file.equals(directory)) {
                    Files.delete(file);
                }
            }
        }
    }
}
