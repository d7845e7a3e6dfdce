package dev.embeddedbroker.examples.benchmarks;

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
 * group, close consumer and broker. Times in ms.
 */
final class Cycle {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private Cycle() {}

    static Map<String, Double> run(String peer, int number) throws Exception {
        var times = new LinkedHashMap<String, Double>();
        int threadsBefore = Thread.getAllStackTraces().size();
        long startNanos = System.nanoTime();
        try (var broker = Peer.start(peer)) {
            apiVersions(broker.bootstrapServers());
            long readyNanos = System.nanoTime();
            times.put("ready", millis(startNanos, readyNanos));
            times.put("threads", (double) (Thread.getAllStackTraces().size() - threadsBefore));

            long beforeClientsNanos = System.nanoTime();
            String topic = "first-" + number;
            try (var producer = new KafkaProducer<>(
                    Map.of("bootstrap.servers", broker.bootstrapServers()),
                    new StringSerializer(),
                    new StringSerializer())) {
                producer.send(new ProducerRecord<>(topic, "k", "v")).get();
                long ackedNanos = System.nanoTime();
                times.put("produce", millis(beforeClientsNanos, ackedNanos));
                consume(broker.bootstrapServers(), topic, times, ackedNanos);
                times.put("total", times.get("ready") + times.get("produce") + times.get("consume"));
            }
            startNanos = System.nanoTime();
        }
        times.put("stop", millis(startNanos, System.nanoTime()));
        return times;
    }

    private static void consume(String bootstrap, String topic, Map<String, Double> times, long fromNanos) {
        long closeNanos;
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
            closeNanos = System.nanoTime();
            times.put("consume", millis(fromNanos, closeNanos));
        }
        times.put("close", millis(closeNanos, System.nanoTime()));
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

    private static double millis(long fromNanos, long toNanos) {
        return (toNanos - fromNanos) / 1e6;
    }
}
