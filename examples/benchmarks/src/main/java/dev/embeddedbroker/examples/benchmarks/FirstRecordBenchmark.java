package dev.embeddedbroker.examples.benchmarks;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** One consumer in a group that is new, on a broker that is warm: subscribe, be assigned, see the first record. */
final class FirstRecordBenchmark implements Workload {
    private static final int WARM_UP = 60;
    private static final int COUNTED = 40;

    @Override
    public String about() {
        return "a consumer in a fresh group on a warm broker: ms from subscribe";
    }

    @Override
    public void run(Arguments arguments, Report report) throws Exception {
        for (int round = 0; round < arguments.number("rounds", 3); round++) {
            for (String peer : arguments.list("peers", String.join(",", Report.PEERS))) {
                measure(peer, (figure, value) -> report.add(figure, Better.LESS, peer, value));
            }
        }
    }

    private static void measure(String peer, Figures figures) throws Exception {
        try (var broker = BrokerProcess.start(peer, Map.of())) {
            String bootstrap = broker.bootstrapServers();
            Figures.topic(bootstrap, "one", 1);
            try (var producer = new KafkaProducer<>(
                    Map.of("bootstrap.servers", bootstrap), new StringSerializer(), new StringSerializer())) {
                producer.send(new ProducerRecord<>("one", "k", "v")).get();
            }
            for (int i = 0; i < WARM_UP + COUNTED; i++) {
                boolean isCounted = i >= WARM_UP;
                for (String protocol : List.of("classic", "consumer")) {
                    once(bootstrap, protocol, i, isCounted ? figures : (name, value) -> {});
                }
            }
        }
    }

    private static void once(String bootstrap, String protocol, int number, Figures figures) {
        try (var consumer = new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers",
                        bootstrap,
                        "group.id",
                        protocol + "-" + number,
                        "group.protocol",
                        protocol,
                        "auto.offset.reset",
                        "earliest"),
                new StringDeserializer(),
                new StringDeserializer())) {
            long startNanos = System.nanoTime();
            consumer.subscribe(List.of("one"), new ConsumerRebalanceListener() {
                @Override
                public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
                    figures.add("fresh group, " + protocol + ": assigned", (System.nanoTime() - startNanos) / 1e6);
                }

                @Override
                public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
                    // on close
                }
            });
            while (consumer.poll(Duration.ofSeconds(10)).isEmpty()) {
                // it comes
            }
            figures.add("fresh group, " + protocol + ": first record", (System.nanoTime() - startNanos) / 1e6);
        }
    }
}
