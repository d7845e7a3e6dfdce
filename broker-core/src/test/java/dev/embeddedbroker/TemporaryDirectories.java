package dev.embeddedbroker;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;

/** The temporary directories that brokers of this process have: other tests run in another one meanwhile. */
public final class TemporaryDirectories {
    private static final String PREFIX =
            "embedded-broker-" + ProcessHandle.current().pid() + "-";

    private TemporaryDirectories() {}

    public static Set<Path> now() throws IOException {
        try (var files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
            return files.filter(file -> file.getFileName().toString().startsWith(PREFIX))
                    .collect(Collectors.toSet());
        }
    }
}
