package dev.embeddedbroker.examples.benchmarks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Start-up, cold and warm, of Embedded Broker and Apache Kafka in turn: A B A B, each run in a JVM of its own with the
 * JDK's default options.
 *
 * <p>Arguments: {@code [RUNS [WARM_CYCLES [PEERS]]]}; 5, 20 and {@code embedded,apache} by default. Prints a table in
 * Markdown.
 */
public final class StartupBenchmark {
    private static final String EMBEDDED = "embedded";
    private static final String APACHE = "apache";

    private final Map<String, Samples> results = new LinkedHashMap<>();

    private StartupBenchmark() {}

    public static void main(String[] args) throws Exception {
        if (args.length > 0 && args[0].equals("--child")) {
            child(args[1], Integer.parseInt(args[2]));
            return;
        }
        int runs = args.length > 0 ? Integer.parseInt(args[0]) : 5;
        int warmCycles = args.length > 1 ? Integer.parseInt(args[1]) : 20;
        var peers = List.of((args.length > 2 ? args[2] : EMBEDDED + "," + APACHE).split(",", -1));
        var benchmark = new StartupBenchmark();
        for (String peer : peers) {
            var added = ClassPath.ofBroker(peer);
            benchmark.add("jars", peer, added.count());
            benchmark.add("jars, MB", peer, added.megabytes());
        }
        for (int run = 0; run < runs; run++) {
            for (String peer : peers) {
                benchmark.measure(peer, warmCycles);
            }
        }
        benchmark.print(runs, warmCycles);
    }

    /** In a fresh JVM: one cold cycle, then warm ones, of which the second half counts; a line per figure. */
    private static void child(String peer, int warmCycles) throws Exception {
        report("cold", Cycle.run(peer, 0));
        for (int cycle = 1; cycle <= warmCycles; cycle++) {
            var times = Cycle.run(peer, cycle);
            if (cycle > warmCycles / 2) {
                report("warm", times);
            }
        }
        System.exit(0);
    }

    private static void report(String phase, Map<String, Double> times) {
        times.forEach((name, ms) -> System.out.println(phase + " " + name + "=" + ms));
    }

    private void measure(String peer, int warmCycles) throws IOException, InterruptedException {
        var process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        ClassPath.of(peer).toString(),
                        StartupBenchmark.class.getName(),
                        "--child",
                        peer,
                        String.valueOf(warmCycles))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        var lines = new ArrayList<String>();
        try (var reader = process.inputReader(StandardCharsets.UTF_8)) {
            reader.lines().forEach(lines::add);
        }
        if (process.waitFor() != 0) {
            throw new IllegalStateException(peer + " ended with " + process.exitValue() + ": " + lines);
        }
        for (String line : lines) {
            int equals = line.indexOf('=');
            add(line.substring(0, equals), peer, Double.parseDouble(line.substring(equals + 1)));
        }
    }

    private void add(String figure, String peer, double value) {
        results.computeIfAbsent(figure, name -> new Samples()).add(peer, value);
    }

    private void print(int runs, int warmCycles) {
        System.out.printf(
                "%nStart-up: %d fresh JVMs of each, %d warm cycles in each (the second half counts).%n"
                        + "Java %s, %s %s, %d processors. Median (least–most), in ms except counts.%n%n",
                runs,
                warmCycles,
                System.getProperty("java.version"),
                System.getProperty("os.name"),
                System.getProperty("os.version"),
                Runtime.getRuntime().availableProcessors());
        System.out.println("| figure | Embedded Broker | Apache Kafka | ratio |");
        System.out.println("| --- | ---: | ---: | ---: |");
        results.forEach((name, samples) -> System.out.printf(
                "| %s | %s | %s | %s |%n",
                name, samples.of(EMBEDDED), samples.of(APACHE), samples.ratio(EMBEDDED, APACHE)));
    }
}
