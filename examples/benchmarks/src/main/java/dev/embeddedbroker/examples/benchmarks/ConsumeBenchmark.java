package dev.embeddedbroker.examples.benchmarks;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * What one stock consumer gets through, reading a topic from its start: just written, and again after the broker was
 * stopped and started. Arguments as for {@code produce}, and {@code megabytes} in the topic.
 */
final class ConsumeBenchmark implements Workload {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private int topics;

    @Override
    public String about() {
        return "one stock consumer: records/s, and CPU seconds for a million records";
    }

    @Override
    public void run(Arguments arguments, Report report) throws Exception {
        int rounds = arguments.number("rounds", 5);
        int warmups = arguments.number("warmups", 1);
        long bytes = arguments.number("megabytes", 500) * 1_000_000L;
        try (var brokers =
                BrokerPair.start(arguments.list("peers", String.join(",", Report.PEERS)), arguments.settings())) {
            for (var load : ProduceBenchmark.Load.all(arguments, "all")) {
                measure(load, bytes / load.bytes(), warmups, rounds, brokers, report);
            }
        }
    }

    private void measure(
            ProduceBenchmark.Load load, long records, int warmups, int rounds, BrokerPair brokers, Report report)
            throws Exception {
        String name = "consume-" + ++topics;
        var unused = new Report();
        brokers.rounds(1, (peer, broker) -> fill(load, name, records, broker));
        brokers.rounds(warmups, (peer, broker) -> consume(load, name, records, "hot, " + load, peer, broker, unused));
        brokers.rounds(rounds, (peer, broker) -> consume(load, name, records, "hot, " + load, peer, broker, report));
        String what = "first after restart, " + load;
        for (int i = 0; i < rounds; i++) {
            brokers.rounds(1, (peer, broker) -> {
                broker.restart();
                consume(load, name, records, what, peer, broker, report);
            });
        }
        brokers.rounds(1, (peer, broker) -> Topic.existing(broker, name).close());
    }

    private static void fill(ProduceBenchmark.Load load, String name, long records, BrokerProcess broker)
            throws Exception {
        var topic = Topic.create(broker, name, load.partitions());
        try (var producer = topic.producer(load.producerSettings())) {
            topic.fill(producer, new Payload(load.bytes()), count -> count < records);
        } finally {
            topic.forget();
        }
    }

    private static void consume(
            ProduceBenchmark.Load load,
            String topic,
            long records,
            String what,
            String peer,
            BrokerProcess broker,
            Report report) {
        try (var consumer = new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers",
                        broker.bootstrapServers(),
                        "auto.offset.reset",
                        "earliest",
                        "max.poll.records",
                        5_000,
                        "check.crcs",
                        true,
                        "enable.auto.commit",
                        false),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = new ArrayList<>();
            for (int i = 0; i < load.partitions(); i++) {
                partitions.add(new TopicPartition(topic, i));
            }
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            var cpu = new CpuTime(broker);
            long start = System.nanoTime();
            long seen = 0;
            while (seen < records) {
                var batch = consumer.poll(PATIENCE);
                if (batch.isEmpty()) {
                    throw new IllegalStateException(peer + " gave " + seen + " of " + records + " records of " + what);
                }
                seen += batch.count();
            }
            report.add(what + ": records/s", Better.MORE, peer, seen * 1e9 / (System.nanoTime() - start));
            cpu.addPerMillion(report, what, peer, seen);
        }
    }
}
