package dev.embeddedbroker.examples.benchmarks;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * The life of a test, timed: start a broker, produce one record to a topic that is not there yet, consume it in a new
 * group, close the clients and the broker. Times in ms.
 */
final class Cycle {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Map<String, Double> figures = new LinkedHashMap<>();
    private final String topic;
    /** When the process was asked for, by the clock of the one that asked; zero: a later cycle of it. */
    private final long processNanos;

    private long sinceNanos;

    private Cycle(String topic, long processNanos) {
        this.topic = topic;
        this.processNanos = processNanos;
    }

    /** How a cycle comes by its broker. */
    @FunctionalInterface
    interface Start {
        Peer peer() throws Exception;
    }

    /** Figures by name, in the order they were taken. The topic is one that the broker does not have yet. */
    static Map<String, Double> run(Start start, String topic, long processNanos) throws Exception {
        var cycle = new Cycle(topic, processNanos);
        cycle.run(start);
        return cycle.figures;
    }

    private void run(Start start) throws Exception {
        int threadsBefore = Thread.getAllStackTraces().size();
        long cpuBeforeNanos = cpuNanos();
        long startNanos = System.nanoTime();
        sinceNanos = startNanos;
        try (var broker = start.peer()) {
            apiVersions(broker.bootstrapServers());
            lap("ready");
            figures.put("ready_cpu", (cpuNanos() - cpuBeforeNanos) / 1e6);
            figures.put("threads", (double) (Thread.getAllStackTraces().size() - threadsBefore));
            figures.put("resident MB", residentMegabytes());
            sinceNanos = System.nanoTime();
            produce(broker.bootstrapServers());
            consume(broker.bootstrapServers());
            sinceNanos = System.nanoTime();
        }
        lap("stop");
        figures.put("cycle", (System.nanoTime() - startNanos) / 1e6);
        figures.put("cycle_cpu", (cpuNanos() - cpuBeforeNanos) / 1e6);
    }

    private static long cpuNanos() {
        return ProcessHandle.current().info().totalCpuDuration().orElseThrow().toNanos();
    }

    private static double residentMegabytes() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
            if (line.startsWith("VmRSS:")) {
                return Long.parseLong(line.replaceAll("\\D", "")) * 1024 / 1e6;
            }
        }
        throw new IOException("no VmRSS in /proc/self/status");
    }

    /** Notes the time since the last lap. */
    private void lap(String name) {
        long now = System.nanoTime();
        figures.put(name, (now - sinceNanos) / 1e6);
        sinceNanos = now;
    }

    private void produce(String bootstrap) throws Exception {
        try (var producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrap), new StringSerializer(), new StringSerializer())) {
            producer.send(new ProducerRecord<>(topic, "k", "v")).get();
            lap("produce");
        }
        lap("close_producer");
    }

    private void consume(String bootstrap) {
        try (var consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", bootstrap, "group.id", "g-" + topic, "auto.offset.reset", "earliest"),
                new StringDeserializer(),
                new StringDeserializer())) {
            consumer.subscribe(List.of(topic));
            long deadlineNanos = System.nanoTime() + PATIENCE.toNanos();
            while (consumer.poll(Duration.ofSeconds(1)).isEmpty()) {
                if (System.nanoTime() > deadlineNanos) {
                    throw new IllegalStateException("nothing consumed in " + PATIENCE);
                }
            }
            lap("consume");
            if (processNanos != 0) {
                figures.put("process → consumed", (System.nanoTime() - processNanos) / 1e6);
            }
        }
        lap("close_consumer");
    }

    /** Ready is when a raw ApiVersions request is answered. */
    private static void apiVersions(String bootstrap) throws Exception {
        int colon = bootstrap.lastIndexOf(':');
        var address =
                new InetSocketAddress(bootstrap.substring(0, colon), Integer.parseInt(bootstrap.substring(colon + 1)));
        try (var socket = SocketChannel.open(address)) {
            var request = ByteBuffer.allocate(14)
                    .putInt(10)
                    .putShort((short) 18)
                    .putShort((short) 0)
                    .putInt(7);
            request.putShort((short) -1).flip();
            socket.write(request);
            var length = ByteBuffer.allocate(4);
            while (length.hasRemaining() && socket.read(length) >= 0) {
                // a few bytes at a time
            }
            if (length.hasRemaining() || length.getInt(0) < 10) {
                throw new IllegalStateException("no answer to ApiVersions");
            }
        }
    }
}
