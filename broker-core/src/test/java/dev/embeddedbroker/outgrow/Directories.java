package dev.embeddedbroker.outgrow;

import dev.embeddedbroker.EmbeddedBroker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Data directories, and this project's broker on them. */
public final class Directories {
    private Directories() {}

    /** A broker of this project with the settings that {@link ApacheKafka} starts with. */
    static EmbeddedBroker embedded(Path directory, int port) {
        var builder = EmbeddedBroker.builder()
                .port(port)
                .dataDirectory(directory)
                .config("node.id", Integer.toString(ApacheKafka.NODE_ID));
        ApacheKafka.SMALL.forEach(builder::config);
        return builder.build().start();
    }

    /** A copy of a directory; of one in use, it is what a crash at this moment would leave. */
    public static Path copy(Path from, Path to) throws IOException {
        try (var files = Files.walk(from)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                Path target = to.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(target);
                } else if (!file.getFileName().toString().equals(".lock")) {
                    Files.copy(file, target);
                }
            }
        }
        return to;
    }
}
