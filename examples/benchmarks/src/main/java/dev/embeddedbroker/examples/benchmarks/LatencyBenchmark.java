package dev.embeddedbroker.examples.benchmarks;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * One record at a time: from its sending to its acknowledgement (acks=all), and to its arrival at a consumer whose fetch
 * was waiting. Arguments: {@code records} of a turn, {@code rounds}, {@code warmups}.
 */
final class LatencyBenchmark implements Workload {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private int topics;

    @Override
    public String about() {
        return "one record at a time, in µs";
    }

    @Override
    public void run(Arguments arguments, Report report) throws Exception {
        int records = arguments.number("records", 5_000);
        try (var brokers =
                BrokerPair.start(arguments.list("peers", String.join(",", Report.PEERS)), arguments.settings())) {
            var unused = new Report();
            brokers.rounds(arguments.number("warmups", 2), (peer, broker) -> measure(records, peer, broker, unused));
            brokers.rounds(arguments.number("rounds", 5), (peer, broker) -> measure(records, peer, broker, report));
        }
    }

    private void measure(int records, String peer, BrokerProcess broker, Report report) throws Exception {
        var payload = new Payload(100);
        try (var topic = Topic.create(broker, "latency-" + ++topics, 1);
                var producer = topic.producer(Map.of("acks", "all", "linger.ms", 0));
                var consumer = new KafkaConsumer<>(
                        Map.of("bootstrap.servers", broker.bootstrapServers(), "auto.offset.reset", "earliest"),
                        new ByteArrayDeserializer(),
                        new ByteArrayDeserializer())) {
            consumer.assign(List.of(new TopicPartition(topic.name(), 0)));
            topic.fill(producer, payload, sent -> sent == 0);
            for (int seen = 0; seen < 1_000; ) {
                seen += consumer.poll(PATIENCE).count();
            }
            double[] acked = new double[records];
            double[] consumed = new double[records];
            for (int i = 0; i < records; i++) {
                long start = System.nanoTime();
                producer.send(new ProducerRecord<>(topic.name(), payload.get(i)))
                        .get();
                acked[i] = (System.nanoTime() - start) / 1e3;
                if (consumer.poll(PATIENCE).isEmpty()) {
                    throw new IllegalStateException("record " + i + " did not arrive from " + peer);
                }
                consumed[i] = (System.nanoTime() - start) / 1e3;
            }
            addPercentiles("send → ack", acked, peer, report);
            addPercentiles("send → consumed", consumed, peer, report);
        }
    }

    private static void addPercentiles(String what, double[] micros, String peer, Report report) {
        Arrays.sort(micros);
        for (double percent : new double[] {50, 99, 99.9}) {
            int index = (int) Math.min(micros.length - 1, Math.ceil(micros.length * percent / 100) - 1);
            String name = percent == Math.rint(percent) ? String.valueOf((int) percent) : String.valueOf(percent);
            report.add(what + " p" + name, Better.LESS, peer, micros[index]);
        }
    }
}
