package dev.embeddedbroker.crash;

import dev.embeddedbroker.net.FreePort;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A broker in a process of its own, on one port and directory for all its lives. */
final class BrokerProcess implements AutoCloseable {
    private final int port;
    private final Path directory;
    private final Path output;
    private final List<String> settings;
    private Process process;

    /** @param settings names and values in turn */
    BrokerProcess(Path root, String... settings) throws IOException {
        this.settings = List.of(settings);
        port = FreePort.any();
        directory = root.resolve("data");
        output = root.resolve("output");
        process = start();
    }

    String bootstrapServers() {
        return "localhost:" + port;
    }

    private Process start() throws IOException {
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xshare:auto",
                "-cp",
                System.getProperty("java.class.path"),
                KilledBroker.class.getName(),
                Integer.toString(port),
                directory.toString()));
        command.addAll(settings);
        var started = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.appendTo(output.toFile()))
                .start();
        var said = new BufferedReader(new java.io.InputStreamReader(started.getInputStream(), StandardCharsets.UTF_8));
        for (String line = said.readLine(); !"ready".equals(line); line = said.readLine()) {
            if (line == null) {
                throw new IOException("the broker did not start: " + Files.readString(output));
            }
            Files.writeString(
                    output,
                    line + "\n",
                    java.nio.file.StandardOpenOption.CREATE,
                    java.nio.file.StandardOpenOption.APPEND);
        }
        return started;
    }

    /** SIGKILL, and a new process in its place. */
    void killAndRestart() throws IOException {
        kill();
        process = start();
    }

    String output() throws IOException {
        return Files.readString(output);
    }

    private void kill() {
        process.destroyForcibly();
        process.onExit().join();
    }

    @Override
    public void close() {
        kill();
    }
}
