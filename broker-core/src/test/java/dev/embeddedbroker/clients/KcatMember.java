package dev.embeddedbroker.clients;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.function.BiConsumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A member of a group that is kcat (librdkafka), in a process of its own. It commits by itself, now and then. */
final class KcatMember implements BiConsumer<String, Map<String, Object>> {
    private final Process process;

    KcatMember(String bootstrap, String group, String clientId, String topic) throws IOException {
        process = new ProcessBuilder(
                        "kcat",
                        "-b",
                        bootstrap,
                        "-G",
                        group,
                        "-q",
                        "-u",
                        "-X",
                        "client.id=" + clientId,
                        "-X",
                        "auto.offset.reset=earliest",
                        "-X",
                        "auto.commit.interval.ms=200",
                        "-X",
                        "session.timeout.ms=3000",
                        "-X",
                        "heartbeat.interval.ms=500",
                        "-f",
                        "%p %o\\n",
                        topic)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    static boolean isInstalled() {
        return Stream.of(System.getenv("PATH").split(Pattern.quote(File.pathSeparator)))
                .anyMatch(folder -> Path.of(folder, "kcat").toFile().canExecute());
    }

    /** Hands on what kcat prints, until it ends. */
    @Override
    @SuppressWarnings("unchecked")
    public void accept(String topic, Map<String, Object> arguments) {
        var saw = (BiConsumer<String, long[]>) arguments.get("saw");
        var assigned = (CountDownLatch) arguments.get("assigned");
        try (var lines = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                List<String> words = List.of(line.split(" ", 2));
                assigned.countDown();
                saw.accept(topic, new long[] {Long.parseLong(words.get(0)), -1, Long.parseLong(words.get(1))});
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void end(int fate) {
        var handle = process.toHandle(); // which, unlike the process, leaves what it printed to be read to its end
        if (fate == GroupMember.CRASHED) {
            handle.destroyForcibly();
        } else {
            handle.destroy();
        }
    }
}
