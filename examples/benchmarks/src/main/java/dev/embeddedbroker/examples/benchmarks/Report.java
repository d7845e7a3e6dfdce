package dev.embeddedbroker.examples.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;

/**
 * The figures of one run: samples by figure and peer, in the order they came. Prints itself as a table in Markdown and
 * writes itself as JSON. Not thread-safe.
 */
final class Report {
    static final String EMBEDDED = "embedded";
    static final String APACHE = "apache";
    static final List<String> PEERS = List.of(EMBEDDED, APACHE);

    private final Map<String, Samples> samples = new LinkedHashMap<>();
    private final Map<String, Better> better = new LinkedHashMap<>();

    /** Notes one sample; the figure's name says its unit. */
    void add(String figure, Better way, String peer, double value) {
        samples.computeIfAbsent(figure, name -> new Samples()).add(peer, value);
        better.put(figure, way);
    }

    String table(String title) {
        var text = new StringBuilder(String.format(
                "%n%s.%nJava %s, %s %s, %d processors. Median (least–most); a ratio above 1 is in favour of Embedded Broker.%n%n",
                title,
                System.getProperty("java.version"),
                System.getProperty("os.name"),
                System.getProperty("os.version"),
                Runtime.getRuntime().availableProcessors()));
        text.append("| figure | Embedded Broker | Apache Kafka | ratio |\n| --- | ---: | ---: | ---: |\n");
        samples.forEach((figure, values) -> text.append("| ")
                .append(figure)
                .append(" | ")
                .append(values.of(EMBEDDED))
                .append(" | ")
                .append(values.of(APACHE))
                .append(" | ")
                .append(ratio(figure, values))
                .append(" |\n"));
        return text.toString();
    }

    private String ratio(String figure, Samples values) {
        return better.get(figure) == Better.LESS ? values.ratio(EMBEDDED, APACHE) : values.ratio(APACHE, EMBEDDED);
    }

    /** Writes every sample: {@code {"figure": {"better": "less", "embedded": [1.0], "apache": [2.0]}}}. */
    void write(Path file) throws IOException {
        var figures = new StringJoiner(",\n", "{\n", "\n}\n");
        samples.forEach((figure, values) -> figures.add("  \"" + figure + "\": {\"better\": \""
                + String.valueOf(better.get(figure)).toLowerCase(Locale.ROOT) + "\", \"" + EMBEDDED + "\": "
                + values.all(EMBEDDED) + ", \"" + APACHE + "\": " + values.all(APACHE) + "}"));
        Files.writeString(file, figures.toString());
    }
}
