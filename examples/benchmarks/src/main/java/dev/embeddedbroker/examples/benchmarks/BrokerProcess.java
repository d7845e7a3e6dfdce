package dev.embeddedbroker.examples.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A peer in a JVM of its own, so that the broker's CPU time and memory can be told from the clients'. Both peers may run
 * at once: the one that is not measured idles. Its data directory is its own and goes away with it.
 */
final class BrokerProcess implements AutoCloseable {
    private static final String READY = "ready ";

    /** System property: options for the brokers' JVMs, a profiler's agent say, separated by blanks. */
    private static final String JVM_OPTIONS = "benchmark.broker.jvm";

    private final Process process;
    private final BufferedReader output;
    private final Writer input;
    private String bootstrapServers;

    private BrokerProcess(Process process) throws IOException {
        this.process = process;
        this.output = process.inputReader(StandardCharsets.UTF_8);
        this.input = new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8);
        this.bootstrapServers = awaitReady();
    }

    /** Starts that peer with these broker settings beside its usual ones. */
    static BrokerProcess start(String peer, Map<String, String> settings, String... jvmOptions) throws IOException {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(jvmOptions));
        command.addAll(List.of(System.getProperty(JVM_OPTIONS, "").split(" ", -1)));
        command.removeIf(String::isEmpty);
        command.addAll(List.of("-cp", ClassPath.of(peer).toString(), BrokerProcess.class.getName(), peer));
        settings.forEach((name, value) -> command.add(name + "=" + value));
        return new BrokerProcess(new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start());
    }

    private String awaitReady() throws IOException {
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            if (line.startsWith(READY)) {
                return line.substring(READY.length());
            }
        }
        throw new IOException("the broker's process ended before it was ready");
    }

    String bootstrapServers() {
        return bootstrapServers;
    }

    /** Stops the broker within its process and starts it again on the same data; clients connect anew. */
    void restart() throws IOException {
        input.write("restart\n");
        input.flush();
        bootstrapServers = awaitReady();
    }

    /** CPU time of the whole process so far. */
    Duration cpu() {
        return process.toHandle().info().totalCpuDuration().orElseThrow();
    }

    /** Resident memory in bytes, as Linux tells it. */
    long residentBytes() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc", String.valueOf(process.pid()), "status"))) {
            if (line.startsWith("VmRSS:")) {
                return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
            }
        }
        throw new IOException("no VmRSS for process " + process.pid());
    }

    long pid() {
        return process.pid();
    }

    /** Ends the broker and its process, and waits for it. */
    @Override
    public void close() throws IOException {
        input.close();
        process.onExit().join();
    }

    /** The process itself: runs the broker until its input ends. */
    public static void main(String[] args) throws Exception {
        var settings = new TreeMap<String, String>();
        for (String setting : List.of(args).subList(1, args.length)) {
            int equals = setting.indexOf('=');
            settings.put(setting.substring(0, equals), setting.substring(equals + 1));
        }
        try (var peer = Peer.start(args[0], settings);
                var commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            System.out.println(READY + peer.bootstrapServers());
            for (String line = commands.readLine(); line != null; line = commands.readLine()) {
                peer.restart();
                System.out.println(READY + peer.bootstrapServers());
            }
        }
        System.exit(0);
    }
}
