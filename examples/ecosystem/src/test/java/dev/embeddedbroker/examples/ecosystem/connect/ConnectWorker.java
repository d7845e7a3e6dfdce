package dev.embeddedbroker.examples.ecosystem.connect;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.connect.cli.ConnectDistributed;
import org.apache.kafka.connect.runtime.Connect;
import org.apache.kafka.connect.runtime.distributed.DistributedHerder;

/** A distributed worker of Kafka Connect in this process, driven by its REST interface as users do it. */
final class ConnectWorker implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private final HttpClient http = HttpClient.newHttpClient();
    private final Connect<DistributedHerder> connect;

    private ConnectWorker(Connect<DistributedHerder> connect) {
        this.connect = connect;
    }

    /** Starts a worker of the group {@code workers}, with sources that write exactly once (KIP-618). */
    static ConnectWorker start(String bootstrap) {
        var config = new HashMap<String, String>();
        config.put("bootstrap.servers", bootstrap);
        config.put("group.id", "workers");
        config.put("listeners", "http://localhost:0");
        config.put("plugin.discovery", "service_load");
        config.put("exactly.once.source.support", "enabled");
        config.put("key.converter", "org.apache.kafka.connect.storage.StringConverter");
        config.put("value.converter", "org.apache.kafka.connect.storage.StringConverter");
        config.put("offset.flush.interval.ms", "200");
        for (String kept : new String[] {"config", "offset", "status"}) {
            config.put(kept + ".storage.topic", "connect-" + kept);
            config.put(kept + ".storage.replication.factor", "1");
        }
        return new ConnectWorker(new ConnectDistributed().startConnect(config));
    }

    /** Makes a connector of one task for a file. */
    void put(String name, String connector, Path file, Map<String, String> more) throws Exception {
        var config = new HashMap<>(more);
        config.put("connector.class", connector);
        config.put("tasks.max", "1");
        config.put("file", file.toString());
        String json = config.entrySet().stream()
                .map(entry -> "\"" + entry.getKey() + "\":\"" + entry.getValue() + "\"")
                .collect(Collectors.joining(",", "{", "}"));
        long deadlineNanos = System.nanoTime() + PATIENCE.toNanos();
        var answer = send(name, json);
        // a worker that joins its group answers 409 or 503: try again
        while (answer.statusCode() != 200 && answer.statusCode() != 201) {
            if ((answer.statusCode() != 409 && answer.statusCode() != 503) || System.nanoTime() > deadlineNanos) {
                throw new AssertionError("connector " + name + ": " + answer.statusCode() + " " + answer.body());
            }
            answer = send(name, json);
        }
    }

    private HttpResponse<String> send(String connector, String config) throws Exception {
        var request = HttpRequest.newBuilder(uri(connector, "config"))
                .header("Content-Type", "application/json")
                .PUT(BodyPublishers.ofString(config, StandardCharsets.UTF_8))
                .timeout(PATIENCE)
                .build();
        return http.send(request, BodyHandlers.ofString());
    }

    /** Fails if a connector or a task of it has failed. */
    void check(String connector) {
        try {
            var request = HttpRequest.newBuilder(uri(connector, "status"))
                    .timeout(PATIENCE)
                    .build();
            String status = http.send(request, BodyHandlers.ofString()).body();
            if (status.contains("FAILED")) {
                throw new AssertionError(connector + ": " + status);
            }
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(connector + " has no status", e);
        }
    }

    private URI uri(String connector, String what) {
        return connect.rest().serverUrl().resolve("connectors/" + connector + "/" + what);
    }

    @Override
    public void close() {
        connect.stop();
        connect.awaitStop();
    }
}
