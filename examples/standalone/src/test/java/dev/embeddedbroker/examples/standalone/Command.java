package dev.embeddedbroker.examples.standalone;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Programs that a test starts as processes of their own, and what they printed. */
final class Command {
    private static final long PATIENCE_SECONDS = 60;

    private Command() {}

    /** What a program left behind: its exit code and all that it printed, both streams. */
    record Result(int exitCode, String output) {}

    /** The command that runs a main class of this test's class path, with its arguments. */
    static List<String> java(String mainClass, String... arguments) {
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xshare:auto",
                "-cp",
                System.getProperty("java.class.path"),
                mainClass));
        command.addAll(List.of(arguments));
        return command;
    }

    /** Starts the standalone main on a free port and on that directory, and waits until it is ready. */
    static Running standalone(Path directory, String... arguments) throws IOException {
        var command = java(Standalone.class.getName(), "--port", "0", "--data-dir", directory.toString());
        command.addAll(List.of(arguments));
        return start("ready at", command);
    }

    /** Runs to the end, with {@code input} on its standard input. */
    static Result run(String input, List<String> command) throws IOException, InterruptedException {
        Path output = Files.createTempFile("command", ".out");
        try {
            var process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            try (OutputStream stdin = process.getOutputStream()) {
                stdin.write(input.getBytes(StandardCharsets.UTF_8));
            }
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
                throw new IllegalStateException(command.get(command.size() - 1) + " did not end in " + PATIENCE_SECONDS
                        + " s:\n" + Files.readString(output));
            }
            return new Result(process.exitValue(), Files.readString(output));
        } finally {
            Files.delete(output);
        }
    }

    /** Starts a program that goes on, and waits for a line that contains {@code text}. */
    static Running start(String text, List<String> command) throws IOException {
        var process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        var reader = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        for (String line = reader.readLine(); line != null; line = reader.readLine()) {
            if (line.contains(text)) {
                return new Running(process, line);
            }
        }
        throw new IllegalStateException("ended without saying '" + text + "': " + command);
    }

    /** A program that goes on until it is closed, with a signal it can answer. */
    record Running(Process process, String line) implements AutoCloseable {
        /** Where a standalone main is, which it says at the end of its line. */
        String bootstrap() {
            return line.substring(line.lastIndexOf(' ') + 1);
        }

        @Override
        public void close() throws InterruptedException {
            process.destroy();
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
                throw new IllegalStateException("did not end within " + PATIENCE_SECONDS + " s of a signal");
            }
        }
    }
}
