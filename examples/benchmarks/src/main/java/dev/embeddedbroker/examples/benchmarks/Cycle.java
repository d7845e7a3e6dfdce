package dev.embeddedbroker.examples.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
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
    private final OperatingSystemMXBean system;
    private final String topic;
    private long sinceNanos;

    private Cycle(OperatingSystemMXBean system, String topic) {
        this.system = system;
        this.topic = topic;
    }

    /** Figures by name, in the order they were taken. */
    static Map<String, Double> run(String peer, int number) throws Exception {
        var system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        var cycle = new Cycle(system, "first-" + number);
        cycle.run(peer);
        return cycle.figures;
    }

    private void run(String peer) throws Exception {
        int threadsBefore = Thread.getAllStackTraces().size();
        long cpuBeforeNanos = system.getProcessCpuTime();
        long startNanos = System.nanoTime();
        sinceNanos = startNanos;
        try (var broker = Peer.start(peer, Map.of())) {
            apiVersions(broker.bootstrapServers());
            lap("ready");
            figures.put("ready_cpu", (system.getProcessCpuTime() - cpuBeforeNanos) / 1e6);
            figures.put("threads", (double) (Thread.getAllStackTraces().size() - threadsBefore));
            sinceNanos = System.nanoTime();
            produce(broker.bootstrapServers());
            consume(broker.bootstrapServers());
            sinceNanos = System.nanoTime();
        }
        lap("stop");
        figures.put("cycle", (System.nanoTime() - startNanos) / 1e6);
        figures.put("cycle_cpu", (system.getProcessCpuTime() - cpuBeforeNanos) / 1e6);
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
