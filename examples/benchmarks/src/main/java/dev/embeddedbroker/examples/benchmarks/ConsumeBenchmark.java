package dev.embeddedbroker.examples.benchmarks;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * What one stock consumer gets through, reading a topic from its start: just written, {@code passes} times in one turn,
 * and once after the broker was stopped and started. Arguments as for {@code produce}, and {@code megabytes} in the
 * topic.
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
        int passes = arguments.number("passes", 5);
        long bytes = arguments.number("megabytes", 500) * 1_000_000L;
        try (var brokers = BrokerPair.startForMuch(
                arguments.list("peers", String.join(",", Report.PEERS)), arguments.settings())) {
            for (var load : ProduceBenchmark.Load.all(arguments, "all")) {
                measure(new Reading(load, bytes / load.bytes(), passes), warmups, rounds, brokers, report);
            }
        }
    }

    /** What one consumer reads in a turn. */
    private record Reading(ProduceBenchmark.Load load, long records, int passes) {}

    private void measure(Reading reading, int warmups, int rounds, BrokerPair brokers, Report report) throws Exception {
        String name = "consume-" + ++topics;
        var unused = new Report();
        var load = reading.load();
        brokers.rounds(1, (peer, broker) -> fill(load, name, reading.records(), broker));
        brokers.rounds(warmups, (peer, broker) -> consume(reading, name, "hot, " + load, peer, broker, unused));
        brokers.rounds(rounds, (peer, broker) -> consume(reading, name, "hot, " + load, peer, broker, report));
        var once = new Reading(load, reading.records(), 1);
        String what = "first after restart, " + load;
        for (int i = 0; i < rounds; i++) {
            brokers.rounds(1, (peer, broker) -> {
                broker.restart();
                consume(once, name, what, peer, broker, report);
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
            Reading reading, String topic, String what, String peer, BrokerProcess broker, Report report) {
        try (var consumer = new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers",
                        broker.bootstrapServers(),
                        "auto.offset.reset",
                        "earliest",
                        "max.poll.records",
                        5_000,
                        "fetch.max.wait.ms", // the fetch sent at the topic's end is parked, and the next pass waits for
                        // it
                        1,
                        "check.crcs",
                        true,
                        "enable.auto.commit",
                        false),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = new ArrayList<>();
            for (int i = 0; i < reading.load().partitions(); i++) {
                partitions.add(new TopicPartition(topic, i));
            }
            consumer.assign(partitions);
            var cpu = new CpuTime(broker);
            long start = System.nanoTime();
            for (int pass = 0; pass < reading.passes(); pass++) {
                consumer.seekToBeginning(partitions);
                read(consumer, reading.records(), peer + ", " + what);
            }
            long seen = reading.records() * reading.passes();
            report.add(what + ": records/s", Better.MORE, peer, seen * 1e9 / (System.nanoTime() - start));
            cpu.addPerMillion(report, what, peer, seen);
        }
    }

    private static void read(KafkaConsumer<byte[], byte[]> consumer, long records, String what) {
        for (long seen = 0; seen < records; ) {
            var batch = consumer.poll(PATIENCE);
            if (batch.isEmpty()) {
                throw new IllegalStateException(what + " gave " + seen + " of " + records + " records");
            }
            seen += batch.count();
        }
    }
}
