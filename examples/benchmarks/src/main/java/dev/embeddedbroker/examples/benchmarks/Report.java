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
    /** Embedded Broker as it is by default: its data in memory. */
    static final String EMBEDDED = "embedded";
    /** Embedded Broker with its data in a directory, where Apache Kafka always has it. */
    static final String DISK = "disk";

    static final String APACHE = "apache";
    /** A broker that answers at once and keeps nothing. */
    static final String NOTHING = "nothing";

    /** No broker in the process: its clients use one elsewhere. Measured by {@code startup} alone. */
    static final String CLIENT = "client";
    /** Embedded Broker in memory, its flight recorder on. */
    static final String RECORDED = "recorded";

    static final List<String> ALL = List.of(EMBEDDED, DISK, RECORDED, APACHE, NOTHING, CLIENT);
    /** Who is measured unless {@code peers} says otherwise. */
    static final List<String> PEERS = List.of(EMBEDDED, DISK, APACHE);

    private static final Map<String, String> TITLES = Map.of(
            EMBEDDED, "Embedded Broker",
            DISK, "… with a directory",
            RECORDED, "… recorded",
            APACHE, "Apache Kafka",
            NOTHING, "keeps nothing",
            CLIENT, "the client alone");

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
        var peers = ALL.stream()
                .filter(peer -> samples.values().stream().anyMatch(values -> values.has(peer)))
                .toList();
        var ours = peers.stream()
                .filter(peer -> peer.equals(EMBEDDED) || peer.equals(DISK))
                .toList();
        var head = new StringJoiner(" | ", "| figure | ", " |\n");
        var rule = new StringJoiner(" | ", "| --- | ", " |\n");
        peers.forEach(peer -> head.add(TITLES.get(peer)));
        peers.forEach(peer -> rule.add("---:"));
        for (String than : List.of(APACHE, NOTHING, CLIENT)) {
            if (peers.contains(than)) {
                ours.forEach(peer -> head.add(peer + " : " + than));
                ours.forEach(peer -> rule.add("---:"));
            }
        }
        if (peers.contains(RECORDED) && peers.contains(EMBEDDED)) {
            head.add(RECORDED + " : " + EMBEDDED);
            rule.add("---:");
        }
        text.append(head).append(rule);
        samples.forEach((figure, values) -> text.append(row(figure, values, peers, ours)));
        return text.toString();
    }

    private String row(String figure, Samples values, List<String> peers, List<String> ours) {
        var row = new StringJoiner(" | ", "| " + figure + " | ", " |\n");
        peers.forEach(peer -> row.add(values.of(peer)));
        for (String than : List.of(APACHE, NOTHING, CLIENT)) {
            if (peers.contains(than)) {
                ours.forEach(peer -> row.add(values.ratio(peer, than, better.getOrDefault(figure, Better.LESS))));
            }
        }
        if (peers.contains(RECORDED) && peers.contains(EMBEDDED)) {
            row.add(values.ratio(RECORDED, EMBEDDED, better.getOrDefault(figure, Better.LESS)));
        }
        return row.toString();
    }

    /** The ratios to Apache Kafka as a plot, in SVG. */
    void plot(String title, Path file) throws IOException {
        var plot = new Plot(title + ": times better than Apache Kafka (median, least to most)");
        samples.forEach((figure, values) -> {
            for (String peer : List.of(EMBEDDED, DISK)) {
                plot.add(
                        figure + (peer.equals(DISK) ? " (directory)" : ""),
                        peer.equals(EMBEDDED),
                        values.ratios(peer, APACHE, better.getOrDefault(figure, Better.LESS)));
            }
        });
        Files.writeString(file, plot.svg());
    }

    /** Writes every sample: {@code {"figure": {"better": "less", "embedded": [1.0], "apache": [2.0]}}}. */
    void write(Path file) throws IOException {
        var figures = new StringJoiner(",\n", "{\n", "\n}\n");
        samples.forEach((figure, values) -> {
            var peers = new StringJoiner(", ", "  \"" + figure + "\": {", "}");
            peers.add("\"better\": \"" + String.valueOf(better.get(figure)).toLowerCase(Locale.ROOT) + "\"");
            ALL.stream().filter(values::has).forEach(peer -> peers.add("\"" + peer + "\": " + values.all(peer)));
            figures.add(peers.toString());
        });
        Files.writeString(file, figures.toString());
    }
}
