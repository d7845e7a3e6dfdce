package dev.embeddedbroker.examples.benchmarks;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;

/**
 * The broker without a client's cost: {@link RawLoad} sends one Produce or Fetch again and again. Arguments: {@code what}
 * (produce, fetch), {@code bytes} of a record, {@code batches} (bytes), {@code connections} (lists, all combined), {@code
 * depth} of the pipeline, {@code seconds} of a turn, {@code rounds} and {@code warmups}.
 */
final class RawBenchmark implements Workload {
    private static final int FETCHED_BYTES = 1 << 20;
    private int topics;

    /** What is sent. */
    private record Load(String what, int recordBytes, int batchBytes, int connections, int depth) {
        @Override
        public String toString() {
            return what + ", " + recordBytes + " B, " + batchBytes / 1024 + "K, " + connections
                    + (connections == 1 ? " connection" : " connections");
        }
    }

    @Override
    public String about() {
        return "raw frames, pipelined by one thread of another process: MB/s, and the broker's CPU";
    }

    @Override
    public void run(Arguments arguments, Report report) throws Exception {
        long nanos = arguments.number("seconds", 3) * 1_000_000_000L;
        var unused = new Report();
        try (var brokers =
                BrokerPair.startForMuch(arguments.list("peers", String.join(",", Report.ALL)), arguments.settings())) {
            for (String what : arguments.list("what", "produce,fetch")) {
                for (String bytes : arguments.list("bytes", "100,1024")) {
                    for (String batch : arguments.list("batches", "16384")) {
                        for (String connections : arguments.list("connections", "1,8")) {
                            var load = new Load(
                                    what,
                                    Integer.parseInt(bytes),
                                    Integer.parseInt(batch),
                                    Integer.parseInt(connections),
                                    arguments.number("depth", 16));
                            brokers.rounds(
                                    arguments.number("warmups", 1),
                                    (peer, broker) -> measure(load, nanos, peer, broker, unused));
                            brokers.rounds(
                                    arguments.number("rounds", 5),
                                    (peer, broker) -> measure(load, nanos, peer, broker, report));
                        }
                    }
                }
            }
        }
    }

    private void measure(Load load, long nanos, String peer, BrokerProcess broker, Report report) throws Exception {
        boolean produces = load.what().equals("produce");
        if (!produces && peer.equals(Report.NOTHING)) {
            return;
        }
        ByteBuffer batch = RawFrames.batch(load.batchBytes(), load.recordBytes());
        try (var topic = Topic.create(broker, "raw-" + ++topics, 1)) {
            ByteBuffer produce = RawFrames.produce(topic.name(), batch, (short) 1);
            // Apache Kafka refuses the first ones: it tells of a topic before its partition is led
            RawLoad first;
            do {
                first = new RawLoad(addressOf(broker), produce, 1);
                first.run(1, 1);
            } while (!peer.equals(Report.NOTHING) && endOf(topic.name(), broker) == 0);
            while (!produces && first.bytesOut() < 2 * FETCHED_BYTES) {
                first.run(1, 1);
            }
            long from = peer.equals(Report.NOTHING) ? 0 : endOf(topic.name(), broker);
            ByteBuffer frame = produces ? produce : RawFrames.fetch(topic.name(), FETCHED_BYTES);
            var raw = new RawLoad(addressOf(broker), frame, produces ? load.depth() : 2);
            var cpu = new CpuTime(broker);
            double seconds = raw.run(load.connections(), nanos);
            double brokerCpu = cpu.brokerSeconds();
            double loadCpu = cpu.clientSeconds();
            long bytes = produces ? raw.bytesOut() : raw.bytesIn();
            report.add(load + ": MB/s", Better.MORE, peer, bytes / 1e6 / seconds);
            report.add(load + ": broker CPU µs/request", Better.LESS, peer, brokerCpu * 1e6 / raw.answers());
            report.add(load + ": load's CPU, % of a core", Better.LESS, peer, loadCpu * 100 / seconds);
            if (produces && !peer.equals(Report.NOTHING)) {
                requireEnd(from + raw.answers() * recordsOf(batch), endOf(topic.name(), broker));
            }
        }
    }

    private static int recordsOf(ByteBuffer batch) {
        return batch.getInt(batch.position() + 57); // the count in a batch of magic 2
    }

    private static void requireEnd(long expected, long end) {
        if (end != expected) {
            throw new IllegalStateException("the topic ends at " + end + " (expected: " + expected + ")");
        }
    }

    private static long endOf(String topic, BrokerProcess broker) throws Exception {
        var partition = new TopicPartition(topic, 0);
        try (var admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            return admin.listOffsets(Map.of(partition, OffsetSpec.latest()))
                    .partitionResult(partition)
                    .get()
                    .offset();
        }
    }

    private static InetSocketAddress addressOf(BrokerProcess broker) {
        var parts = List.of(broker.bootstrapServers().split(":", 2));
        return new InetSocketAddress(parts.get(0), Integer.parseInt(parts.get(1)));
    }
}
