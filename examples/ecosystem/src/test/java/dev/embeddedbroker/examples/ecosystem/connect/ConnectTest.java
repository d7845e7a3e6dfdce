package dev.embeddedbroker.examples.ecosystem.connect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embeddedbroker.EmbeddedBroker;
import dev.embeddedbroker.examples.ecosystem.Topics;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Kafka Connect: a file goes through a topic into another file while the worker and the broker are started again. */
@Timeout(300)
class ConnectTest {
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final int BROKER = 0;

    @TempDir
    Path directory;

    private final List<String> lines = new ArrayList<>();

    @Test
    void everyLineGoesThroughOnceThoughWorkerAndBrokerAreStartedAgain() throws Exception {
        try (var broker = EmbeddedBroker.builder()
                        .dataDirectory(directory.resolve("broker"))
                        .build()
                        .start();
                var topics = new Topics(broker.bootstrapServers())) {
            topics.create(1, "lines");
            append(1000);
            try (var worker = ConnectWorker.start(broker.bootstrapServers())) {
                worker.put(
                        "source",
                        "org.apache.kafka.connect.file.FileStreamSourceConnector",
                        in(),
                        Map.of("topic", "lines", "exactly.once.support", "required"));
                worker.put(
                        "sink",
                        "org.apache.kafka.connect.file.FileStreamSinkConnector",
                        out(),
                        Map.of("topics", "lines"));
                awaitAll(worker, topics);
                append(1000);
                broker.stopBroker(BROKER);
                broker.startBroker(BROKER);
                append(1000);
                awaitAll(worker, topics);
            }
            append(1000);
            try (var worker = ConnectWorker.start(broker.bootstrapServers())) {
                awaitAll(worker, topics);
            }
            assertThat(topics.all("lines", new StringDeserializer()).values())
                    .as("the topic")
                    .containsExactly(lines);
            // the sink promises at least once
            assertThat(Files.readAllLines(out()).stream().distinct())
                    .as("the file")
                    .containsExactlyElementsOf(lines);
            assertThat(broker.failure()).isEmpty();
        }
    }

    private Path in() {
        return directory.resolve("in.txt");
    }

    private Path out() {
        return directory.resolve("out.txt");
    }

    private void append(int count) throws Exception {
        var more = IntStream.range(lines.size(), lines.size() + count)
                .mapToObj(i -> "line " + i)
                .toList();
        lines.addAll(more);
        Files.write(in(), more, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    /** Waits until all lines are committed in the topic, and in the file. */
    private void awaitAll(ConnectWorker worker, Topics topics) throws Exception {
        topics.await(
                () -> worker.check("source"),
                "lines",
                new StringDeserializer(),
                "all lines",
                seen -> seen.size() >= lines.size());
        long deadlineNanos = System.nanoTime() + PATIENCE.toNanos();
        while (!Files.exists(out()) || Files.readAllLines(out()).size() < lines.size()) {
            worker.check("sink");
            assertThat(System.nanoTime() - deadlineNanos)
                    .as("time left for the sink")
                    .isNegative();
            Topics.pause();
        }
    }
}
