package dev.embeddedbroker.examples.benchmarks;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Small transactions, one after the other, of one producer or of several at once: commits per second of all of them, and
 * how long a commit takes, {@code flush()} included. Arguments: {@code records} of a
 * transaction, {@code bytes} of a record, {@code producers} and {@code partitions} (lists, all combined), {@code seconds}
 * of a turn, {@code rounds} and {@code warmups}.
 */
final class TransactionBenchmark implements Workload {
    private int topics;

    @Override
    public String about() {
        return "small transactions: commits/s, and the time of a commit in µs";
    }

    /** What is done in a turn. */
    private record Load(int records, int bytes, int producers, int partitions, long turnNanos) {
        @Override
        public String toString() {
            return producers
                    + (producers == 1 ? " producer, " : " producers, ")
                    + partitions
                    + (partitions == 1 ? " partition" : " partitions");
        }
    }

    @Override
    public void run(Arguments arguments, Report report) throws Exception {
        try (var brokers =
                BrokerPair.start(arguments.list("peers", String.join(",", Report.PEERS)), arguments.settings())) {
            for (String producers : arguments.list("producers", "1,8")) {
                for (String partitions : arguments.list("partitions", "1,6")) {
                    var load = new Load(
                            arguments.number("records", 10),
                            arguments.number("bytes", 100),
                            Integer.parseInt(producers),
                            Integer.parseInt(partitions),
                            arguments.number("seconds", 4) * 1_000_000_000L);
                    var unused = new Report();
                    brokers.rounds(
                            arguments.number("warmups", 1), (peer, broker) -> measure(load, peer, broker, unused));
                    brokers.rounds(
                            arguments.number("rounds", 5), (peer, broker) -> measure(load, peer, broker, report));
                }
            }
        }
    }

    private void measure(Load load, String peer, BrokerProcess broker, Report report) throws Exception {
        var producers = new ArrayList<KafkaProducer<byte[], byte[]>>();
        var threads = Executors.newFixedThreadPool(load.producers());
        try (var topic = Topic.create(broker, "transactions-" + ++topics, load.partitions())) {
            for (int i = 0; i < load.producers(); i++) {
                var producer = topic.producer(Map.of("transactional.id", topic.name() + "-" + i));
                producers.add(producer);
                producer.initTransactions();
                commit(load, topic.name(), producer, new Payload(load.bytes())); // connects
            }
            var cpu = new CpuTime(broker);
            long start = System.nanoTime();
            var turns = new ArrayList<Callable<List<Long>>>();
            for (var producer : producers) {
                turns.add(() -> commits(load, topic.name(), producer, start + load.turnNanos()));
            }
            var nanos = new ArrayList<Long>();
            for (Future<List<Long>> turn : threads.invokeAll(turns)) {
                nanos.addAll(turn.get());
            }
            double seconds = (System.nanoTime() - start) / 1e9;
            double cpuSeconds = cpu.brokerSeconds();
            report.add(load + ": commits/s", Better.MORE, peer, nanos.size() / seconds);
            addPercentiles(load, nanos, peer, report);
            report.add(load + ": broker CPU ms/commit", Better.LESS, peer, cpuSeconds * 1e3 / nanos.size());
        } finally {
            threads.shutdown();
            producers.forEach(KafkaProducer::close);
        }
    }

    /** Transactions until {@code endNanos}; the times of their commits. */
    private static List<Long> commits(Load load, String topic, KafkaProducer<byte[], byte[]> producer, long endNanos) {
        var payload = new Payload(load.bytes());
        var nanos = new ArrayList<Long>();
        while (System.nanoTime() < endNanos) {
            nanos.add(commit(load, topic, producer, payload));
        }
        return nanos;
    }

    @SuppressWarnings("FutureReturnValueIgnored") // the commit throws what a send failed with
    private static long commit(Load load, String topic, KafkaProducer<byte[], byte[]> producer, Payload payload) {
        producer.beginTransaction();
        for (int i = 0; i < load.records(); i++) {
            producer.send(new ProducerRecord<>(topic, i % load.partitions(), null, payload.get(i)));
        }
        long start = System.nanoTime();
        // without this the client seems to send, on a busy machine, the end before the records at times, which is fatal
        producer.flush();
        producer.commitTransaction();
        return System.nanoTime() - start;
    }

    private static void addPercentiles(Load load, List<Long> nanos, String peer, Report report) {
        long[] sorted = nanos.stream().mapToLong(Long::longValue).toArray();
        Arrays.sort(sorted);
        for (int percent : new int[] {50, 99}) {
            int index = (int) Math.ceil(sorted.length * percent / 100.0) - 1;
            report.add(load + ": commit p" + percent, Better.LESS, peer, sorted[index] / 1e3);
        }
    }
}
