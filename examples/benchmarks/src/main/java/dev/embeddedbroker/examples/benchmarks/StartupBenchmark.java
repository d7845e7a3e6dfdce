package dev.embeddedbroker.examples.benchmarks;

import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Start-up, cold and warm, of Embedded Broker and Apache Kafka in turn: A B A B, each run in a JVM of its own.
 *
 * <p>Arguments: {@code [RUNS [WARM_CYCLES]]}, 5 and 20 by default.
 */
public final class StartupBenchmark {
    private static final List<String> PEERS = List.of("embedded", "apache");

    private StartupBenchmark() {}

    public static void main(String[] args) throws Exception {
        if (args.length > 0 && args[0].equals("--child")) {
            child(args[1], Integer.parseInt(args[2]));
            return;
        }
        int runs = args.length > 0 ? Integer.parseInt(args[0]) : 5;
        int warmCycles = args.length > 1 ? Integer.parseInt(args[1]) : 20;
        var results = new TreeMap<String, Samples>();
        for (int run = 0; run < runs; run++) {
            for (String peer : PEERS) {
                measure(peer, warmCycles, results);
            }
        }
        print(runs, warmCycles, results);
    }

    /** In a fresh JVM: one cold cycle, then warm ones; each figure on a line of its own. */
    private static void child(String peer, int warmCycles) throws Exception {
        report("cold", Cycle.run(peer, 0));
        var bean = (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        System.out.println("cold.cpu_s " + bean.getProcessCpuTime() / 1e9);
        for (int cycle = 1; cycle <= warmCycles; cycle++) {
            var times = Cycle.run(peer, cycle);
            if (cycle > warmCycles / 2) {
                report("warm", times);
            }
        }
        System.exit(0);
    }

    private static void report(String phase, Map<String, Double> times) {
        times.forEach((name, ms) -> System.out.println(phase + "." + name + " " + ms));
    }

    private static void measure(String peer, int warmCycles, Map<String, Samples> results) throws Exception {
        var process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
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
            int space = line.indexOf(' ');
            results.computeIfAbsent(line.substring(0, space), name -> new Samples())
                    .add(peer, Double.parseDouble(line.substring(space + 1)));
        }
    }

    private static void print(int runs, int warmCycles, Map<String, Samples> results) {
        System.out.printf(
                "%nStart-up, %d fresh JVMs each, %d warm cycles in each (second half counted); ms unless named otherwise%n%n",
                runs, warmCycles);
        System.out.println("| figure | embedded | apache | ratio |");
        System.out.println("| --- | --- | --- | --- |");
        results.forEach((name, samples) -> System.out.printf(
                "| %s | %s | %s | %.3f |%n",
                name,
                samples.of("embedded"),
                samples.of("apache"),
                samples.median("embedded") / samples.median("apache")));
    }
}
