package dev.embeddedbroker.outgrow;

import dev.embeddedbroker.EmbeddedBroker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Data directories, and this project's broker on them. */
public final class Directories {
    private Directories() {}

    /** A broker of this project with the settings that {@link ApacheKafka} starts with. */
    static EmbeddedBroker embedded(Path directory, int port) {
        return embedded(directory, port, Map.of());
    }

    static EmbeddedBroker embedded(Path directory, int port, Map<String, String> more) {
        var builder = EmbeddedBroker.builder()
                .port(port)
                .dataDirectory(directory)
                .config("node.id", Integer.toString(ApacheKafka.NODE_ID));
        ApacheKafka.SMALL.forEach(builder::config);
        more.forEach(builder::config);
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

    /** The names in a directory that end so, in order. */
    static TreeSet<String> names(Path directory, String ending) throws IOException {
        try (var files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(ending))
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }

    /** The offset that the name of a file in a log's directory begins with. */
    static long offset(String name) {
        return Long.parseLong(name.substring(0, 20));
    }

    /** The name of a segment's file. */
    static String name(long offset, String ending) {
        return String.format(Locale.ROOT, "%020d", offset) + ending;
    }
}
