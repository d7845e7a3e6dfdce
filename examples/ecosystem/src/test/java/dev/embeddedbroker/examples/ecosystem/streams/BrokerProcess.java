package dev.embeddedbroker.examples.ecosystem.streams;

import dev.embeddedbroker.EmbeddedBroker;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** A broker in a process of its own that can be killed, on one port and directory for all its lives. */
public final class BrokerProcess implements AutoCloseable {
    private static final String READY = "ready";

    private final int port;
    private final Path directory;
    private Process process;

    BrokerProcess(Path directory) throws IOException {
        port = freePort();
        this.directory = directory;
        process = start();
    }

    /** None that the system gives to somebody else while the broker is down: those are 32,768 and up. */
    private static int freePort() throws IOException {
        for (int port = 20_000 + (int) (ProcessHandle.current().pid() % 10_000); ; port++) {
            try (var free = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return free.getLocalPort();
            } catch (BindException taken) {
                continue;
            }
        }
    }

    String bootstrapServers() {
        return "localhost:" + port;
    }

    private Process start() throws IOException {
        var started = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx128m",
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        BrokerProcess.class.getName(),
                        Integer.toString(port),
                        directory.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        var said = started.inputReader(StandardCharsets.UTF_8);
        for (String line = said.readLine(); !READY.equals(line); line = said.readLine()) {
            if (line == null) {
                throw new IOException("the broker did not start");
            }
        }
        return started;
    }

    /** SIGKILL, and a new process in its place. */
    void killAndRestart() throws IOException {
        close();
        process = start();
    }

    @Override
    public void close() {
        process.destroyForcibly();
        process.onExit().join();
    }

    /** The process itself: PORT and DIRECTORY; it ends with its parent. */
    public static void main(String[] args) throws IOException {
        EmbeddedBroker.builder()
                .port(Integer.parseInt(args[0]))
                .dataDirectory(Path.of(args[1]))
                .build()
                .start();
        System.out.println(READY);
        while (System.in.read() >= 0) {
            continue; // the parent writes nothing; the end of its output is its end
        }
        Runtime.getRuntime().halt(0);
    }
}
