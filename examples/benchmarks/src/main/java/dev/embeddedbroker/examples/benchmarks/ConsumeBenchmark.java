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
                brokers.rounds(
                        1,
                        (peer, broker) -> measure(load, bytes / load.bytes(), warmups, rounds, peer, broker, report));
            }
        }
    }

    private void measure(
            ProduceBenchmark.Load load,
            long records,
            int warmups,
            int rounds,
            String peer,
            BrokerProcess broker,
            Report report)
            throws Exception {
        String name = "consume-" + ++topics;
        try (var topic = Topic.create(broker, name, load.partitions())) {
            long sent;
            try (var producer = topic.producer(load.producerSettings())) {
                sent = topic.fill(producer, new Payload(load.bytes()), count -> count < records);
            }
            for (int i = 0; i < warmups; i++) {
                consume(load, name, sent, "hot, " + load, peer, broker, new Report());
            }
            for (int i = 0; i < rounds; i++) {
                consume(load, name, sent, "hot, " + load, peer, broker, report);
            }
        }
        try (var topic = Topic.create(broker, name + "-r", load.partitions())) {
            long sent;
            try (var producer = topic.producer(load.producerSettings())) {
                sent = topic.fill(producer, new Payload(load.bytes()), count -> count < records);
            }
            broker.restart();
            consume(load, topic.name(), sent, "first after restart, " + load, peer, broker, report);
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
