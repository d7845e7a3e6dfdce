package dev.embeddedbroker.storage.log;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** What the operating system says this process holds of a directory; nothing where it cannot be asked. */
public final class ProcessView {
    private static final Path MAPS = Path.of("/proc/self/maps");
    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

    private ProcessView() {}

    public static List<String> mappingsOf(Path root) throws IOException {
        if (!Files.exists(MAPS)) {
            return List.of();
        }
        return Files.readAllLines(MAPS).stream()
                .filter(line -> line.contains(root.toString()))
                .toList();
    }

    public static List<String> descriptorsOf(Path root) throws IOException {
        List<String> held = new ArrayList<>();
        if (!Files.exists(DESCRIPTORS)) {
            return held;
        }
        try (Stream<Path> descriptors = Files.list(DESCRIPTORS)) {
            for (Path descriptor : descriptors.toList()) {
                try {
                    String target = Files.readSymbolicLink(descriptor).toString();
                    if (target.startsWith(root.toString())) {
                        held.add(target);
                    }
                } catch (IOException gone) {
                    continue; // closed since it was listed
                }
            }
        }
        return held;
    }
}
