package dev.embeddedbroker.examples.benchmarks;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * What one stock producer gets through: records a second, and the broker's CPU time for a million of them. Arguments:
 * {@code bytes}, {@code partitions}, {@code codecs}, {@code acks} and {@code batches} (lists, all combined), {@code
 * seconds} of a turn, {@code rounds} and {@code warmups}.
 */
final class ProduceBenchmark implements Workload {
    private static final int VALUES = 4096;
    private int topics;

    /** One combination of what a producer may be told. */
    private record Load(int bytes, int partitions, String codec, String acks, int batchBytes, int seconds) {
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
        int seconds = arguments.number("seconds", 4);
        var unused = new Report();
        try (var brokers = BrokerPair.start(arguments.list("peers", String.join(",", Report.PEERS)), Map.of())) {
            for (String bytes : arguments.list("bytes", "100,1024")) {
                for (String partitions : arguments.list("partitions", "1,12")) {
                    for (String codec : arguments.list("codecs", "none,lz4,zstd")) {
                        for (String acks : arguments.list("acks", "all")) {
                            for (String batch : arguments.list("batches", "16384")) {
                                var load = new Load(
                                        Integer.parseInt(bytes),
                                        Integer.parseInt(partitions),
                                        codec,
                                        acks,
                                        Integer.parseInt(batch),
                                        seconds);
                                brokers.rounds(
                                        arguments.number("warmups", 1),
                                        (peer, broker) -> produce(load, peer, broker, unused));
                                brokers.rounds(
                                        arguments.number("rounds", 5),
                                        (peer, broker) -> produce(load, peer, broker, report));
                            }
                        }
                    }
                }
            }
        }
    }

    @SuppressWarnings("FutureReturnValueIgnored") // the callback sees to failures
    private void produce(Load load, String peer, BrokerProcess broker, Report report) throws Exception {
        String topic = "produce-" + ++topics;
        var values = values(load.bytes());
        var failure = new AtomicReference<Exception>();
        try (var admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            admin.createTopics(List.of(new NewTopic(topic, load.partitions(), (short) 1)))
                    .all()
                    .get();
            try (var producer = producer(load, broker)) {
                producer.send(new ProducerRecord<>(topic, values[0])).get();
                long records = 0;
                long clientBefore = ownCpuNanos();
                long brokerBefore = broker.cpu().toNanos();
                long start = System.nanoTime();
                long end = start + load.seconds() * 1_000_000_000L;
                while (System.nanoTime() < end) {
                    for (int i = 0; i < 1_000; i++, records++) {
                        producer.send(new ProducerRecord<>(topic, values[(int) (records % VALUES)]), (metadata, e) -> {
                            if (e != null) {
                                failure.compareAndSet(null, e);
                            }
                        });
                    }
                }
                producer.flush();
                double seconds = (System.nanoTime() - start) / 1e9;
                if (failure.get() != null) {
                    throw new ExecutionException(load + " failed at " + peer, failure.get());
                }
                report.add(load + ": records/s", Better.MORE, peer, records / seconds);
                long brokerNanos = broker.cpu().toNanos() - brokerBefore;
                report.add(load + ": broker CPU s/M", Better.LESS, peer, brokerNanos / 1e3 / records);
                long clientNanos = ownCpuNanos() - clientBefore;
                report.add(load + ": client CPU s/M", Better.LESS, peer, clientNanos / 1e3 / records);
            }
            admin.deleteTopics(List.of(topic)).all().get();
        }
    }

    private static long ownCpuNanos() {
        return ProcessHandle.current().info().totalCpuDuration().orElseThrow().toNanos();
    }

    private static KafkaProducer<byte[], byte[]> producer(Load load, BrokerProcess broker) {
        return new KafkaProducer<>(
                Map.of(
                        "bootstrap.servers", broker.bootstrapServers(),
                        "acks", load.acks(),
                        "enable.idempotence", load.acks().equals("all"),
                        "batch.size", load.batchBytes(),
                        "linger.ms", 5,
                        "compression.type", load.codec()),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    /** Values that look like JSON and compress like it. */
    private static byte[][] values(int bytes) {
        var random = new Random(1);
        var values = new byte[VALUES][];
        for (int i = 0; i < VALUES; i++) {
            var text = new StringBuilder("{\"order\":" + random.nextInt(1_000_000));
            while (text.length() < bytes) {
                text.append(",\"item")
                        .append(random.nextInt(20))
                        .append("\":\"")
                        .append(Long.toString(random.nextLong(), 36))
                        .append('"');
            }
            values[i] = text.substring(0, bytes).getBytes(StandardCharsets.US_ASCII);
        }
        return values;
    }
}
