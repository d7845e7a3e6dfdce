package dev.embeddedbroker.examples.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What one stock producer gets through. Arguments: {@code bytes}, {@code partitions}, {@code codecs}, {@code acks} and
 * {@code batches} (lists, all combined), {@code seconds} of a turn, {@code rounds} and {@code warmups}.
 */
final class ProduceBenchmark implements Workload {
    private int topics;

    /** One combination of what a producer may be told. */
    record Load(int bytes, int batchBytes, String codec, int partitions, String acks) {
        /** Every combination that the arguments ask for. */
        static List<Load> all(Arguments arguments, String defaultAcks) {
            var loads = new ArrayList<Load>();
            for (String bytes : arguments.list("bytes", "100,1024")) {
                for (String batch : arguments.list("batches", "16384")) {
                    for (String codec : arguments.list("codecs", "none,lz4,zstd")) {
                        for (String partitions : arguments.list("partitions", "1,12")) {
                            for (String acks : arguments.list("acks", defaultAcks)) {
                                loads.add(new Load(
                                        Integer.parseInt(bytes),
                                        Integer.parseInt(batch),
                                        codec,
                                        Integer.parseInt(partitions),
                                        acks));
                            }
                        }
                    }
                }
            }
            return loads;
        }

        Map<String, Object> producerSettings() {
            return Map.of(
                    "acks", acks,
                    "enable.idempotence", acks.equals("all"),
                    "batch.size", batchBytes,
                    "linger.ms", 5,
                    "compression.type", codec);
        }

        @Override
        public String toString() {
            return bytes + " B, " + batchBytes / 1024 + "K batches, " + codec + ", " + partitions
                    + (partitions == 1 ? " partition" : " partitions") + ", acks " + acks;
        }
    }

    @Override
    public String about() {
        return "one stock producer: records/s, and CPU seconds for a million records";
    }

    @Override
    public void run(Arguments arguments, Report report) throws Exception {
        long turnNanos = arguments.number("seconds", 4) * 1_000_000_000L;
        try (var brokers = BrokerPair.startForMuch(
                arguments.list("peers", String.join(",", Report.PEERS)), arguments.settings())) {
            for (var load : Load.all(arguments, "1,all")) {
                var unused = new Report();
                brokers.rounds(
                        arguments.number("warmups", 1),
                        (peer, broker) -> produce(load, turnNanos, peer, broker, unused));
                brokers.rounds(
                        arguments.number("rounds", 5),
                        (peer, broker) -> produce(load, turnNanos, peer, broker, report));
            }
        }
    }

    private void produce(Load load, long turnNanos, String peer, BrokerProcess broker, Report report) throws Exception {
        var payload = new Payload(load.bytes());
        try (var topic = Topic.create(broker, "produce-" + ++topics, load.partitions());
                var producer = topic.producer(load.producerSettings())) {
            topic.fill(producer, payload, sent -> sent == 0); // connects
            var cpu = new CpuTime(broker);
            long start = System.nanoTime();
            long records = topic.fill(producer, payload, sent -> System.nanoTime() - start < turnNanos);
            report.add(load + ": records/s", Better.MORE, peer, records * 1e9 / (System.nanoTime() - start));
            cpu.addPerMillion(report, load.toString(), peer, records);
        }
    }
}
