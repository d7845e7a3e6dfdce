package dev.embeddedbroker.examples.benchmarks;

import dev.embeddedbroker.EmbeddedBroker;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * What many partitions, and a large one, cost Embedded Broker alone, in this process and on a directory of its own: to
 * create {@code partitions} and to open them again after a clean stop, and to open one of {@code gigabytes}. The first
 * round, in which the JVM is cold, does not count.
 */
final class ScaleBenchmark implements Workload {
    private static final int RECORD_BYTES = 500_000;

    @Override
    public String about() {
        return "many idle partitions, and a large one";
    }

    @Override
    public void run(Arguments arguments, Report report) throws Exception {
        int partitions = arguments.number("partitions", 2_000);
        for (int round = 0; round <= arguments.number("rounds", 3); round++) {
            idle(partitions, round == 0 ? new Report() : report);
        }
        int gigabytes = arguments.number("gigabytes", 10);
        if (gigabytes > 0) {
            large(gigabytes, arguments.number("rounds", 3), report);
        }
    }

    private static void idle(int partitions, Report report) throws Exception {
        var directory = Files.createTempDirectory("scale");
        String what = partitions + " partitions: ";
        try (var broker = start(directory);
                var admin = Admin.create(broker.clientProperties())) {
            create(admin, "first", 1);
            long heap = heapBytes();
            long bytes = bytesOf(directory);
            long from = System.nanoTime();
            create(admin, "idle", partitions);
            add(report, what + "create, ms", from);
            add(report, what + "heap, MB", (heapBytes() - heap) / 1e6);
            add(report, what + "disk, MB", (bytesOf(directory) - bytes) / 1e6);
            restart(broker, what, report);
        } finally {
            deleteTree(directory);
        }
    }

    private static void large(int gigabytes, int rounds, Report report) throws Exception {
        var directory = Files.createTempDirectory("scale");
        String what = gigabytes + " GB in one partition: ";
        try (var broker = start(directory)) {
            try (var admin = Admin.create(broker.clientProperties())) {
                create(admin, "large", 1);
            }
            fill(broker, gigabytes * 1_000_000_000L / RECORD_BYTES);
            for (int round = 0; round < rounds; round++) {
                restart(broker, what, report);
            }
        } finally {
            deleteTree(directory);
        }
    }

    private static EmbeddedBroker start(Path directory) {
        return EmbeddedBroker.builder().dataDirectory(directory).build().start();
    }

    private static void create(Admin admin, String topic, int partitions) throws Exception {
        admin.createTopics(List.of(new NewTopic(topic, partitions, (short) 1)))
                .all()
                .get();
    }

    @SuppressWarnings("FutureReturnValueIgnored") // closing the producer waits; what is missing would show in the size
    private static void fill(EmbeddedBroker broker, long records) {
        Map<String, Object> config = new HashMap<>(broker.clientProperties());
        config.put("batch.size", RECORD_BYTES);
        var value = new byte[RECORD_BYTES];
        new Random(1).nextBytes(value);
        try (var producer = new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer())) {
            for (long i = 0; i < records; i++) {
                producer.send(new ProducerRecord<>("large", 0, null, value));
            }
        }
    }

    private static void restart(EmbeddedBroker broker, String what, Report report) {
        long from = System.nanoTime();
        broker.stopBroker(0);
        add(report, what + "stop, ms", from);
        from = System.nanoTime();
        broker.startBroker(0);
        add(report, what + "open again, ms", from);
    }

    private static void add(Report report, String figure, long fromNanos) {
        add(report, figure, (System.nanoTime() - fromNanos) / 1e6);
    }

    private static void add(Report report, String figure, double value) {
        report.add(figure, Better.LESS, Report.DISK, value);
    }

    private static long heapBytes() {
        var runtime = Runtime.getRuntime();
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 4; i++) {
            System.gc();
            least = Math.min(least, runtime.totalMemory() - runtime.freeMemory());
        }
        return least;
    }

    /** What the file system has given to it, directories included. */
    private static long bytesOf(Path directory) throws IOException, InterruptedException {
        var du = new ProcessBuilder("du", "-sk", directory.toString()).start();
        String answer = new String(du.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        du.waitFor();
        return Long.parseLong(answer.split("\\s", 2)[0]) * 1024;
    }

    private static void deleteTree(Path directory) throws IOException {
        try (var files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
