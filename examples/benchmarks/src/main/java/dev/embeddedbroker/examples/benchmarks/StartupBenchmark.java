package dev.embeddedbroker.examples.benchmarks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Map;

/**
 * Start-up, cold and warm, of Embedded Broker and Apache Kafka in turn: A B A B, each run in a JVM of its own with the
 * JDK's default options. The peer {@code client} is the same without a broker in the process: its clients use a warm one in
 * another, {@code elsewhere=embedded} or {@code apache}. Arguments: {@code rounds}, {@code cycles} and {@code peers}.
 */
final class StartupBenchmark implements Workload {
    /** Cycles that make the broker elsewhere warm. */
    private static final int WARMING = 100;

    @Override
    public String about() {
        return "start-up, cold (fresh JVMs) and warm (later cycles in them, of which the second half counts), in ms";
    }

    @Override
    public void run(Arguments arguments, Report report) throws Exception {
        int warmCycles = arguments.number("cycles", 20);
        var peers = arguments.list("peers", String.join(",", Report.PEERS) + "," + Report.CLIENT);
        for (String peer : peers) {
            if (peer.equals(Report.CLIENT)) {
                continue;
            }
            var added = ClassPath.ofBroker(peer);
            report.add("jars", Better.LESS, peer, added.count());
            report.add("jars, MB", Better.LESS, peer, added.megabytes());
        }
        try (var elsewhere = BrokerProcess.start(arguments.text("elsewhere", Report.EMBEDDED), Map.of())) {
            if (peers.contains(Report.CLIENT)) {
                for (int i = 0; i < WARMING; i++) {
                    Cycle.run(() -> new Elsewhere(elsewhere.bootstrapServers()), "warming-" + i, 0);
                }
            }
            for (int round = 0; round < arguments.number("rounds", 5); round++) {
                for (String peer : peers) {
                    measure(peer, warmCycles, elsewhere.bootstrapServers(), report);
                }
            }
        }
    }

    /** A broker that runs in another process, and goes on when this is closed. */
    private record Elsewhere(String bootstrapServers) implements Peer {
        @Override
        public void restart() {
            throw new UnsupportedOperationException("it is not this process's");
        }

        @Override
        public void close() {
            // it serves the next one as well
        }
    }

    /** The measured process. */
    public static void main(String[] args) throws Exception {
        child(args[0], Integer.parseInt(args[1]), args[2], Long.parseLong(args[3]));
    }

    /** In a fresh JVM: one cold cycle, then warm ones, of which the second half counts; a line per figure. */
    private static void child(String peer, int warmCycles, String elsewhere, long processNanos) throws Exception {
        Cycle.Start start =
                peer.equals(Report.CLIENT) ? () -> new Elsewhere(elsewhere) : () -> Peer.start(peer, Map.of());
        String topic = "first-" + processNanos + "-";
        tell("cold", Cycle.run(start, topic, processNanos));
        for (int cycle = 1; cycle <= warmCycles; cycle++) {
            var times = Cycle.run(start, topic + cycle, 0);
            if (cycle > warmCycles / 2) {
                tell("warm", times);
            }
        }
        System.exit(0);
    }

    private static void tell(String phase, Map<String, Double> times) {
        times.forEach((name, ms) -> System.out.println(phase + " " + name + "=" + ms));
    }

    private static void measure(String peer, int warmCycles, String elsewhere, Report report)
            throws IOException, InterruptedException {
        var process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        ClassPath.of(peer).toString(),
                        StartupBenchmark.class.getName(),
                        peer,
                        String.valueOf(warmCycles),
                        elsewhere,
                        String.valueOf(System.nanoTime()))
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
            report.add(line.substring(0, equals), Better.LESS, peer, Double.parseDouble(line.substring(equals + 1)));
        }
    }
}
