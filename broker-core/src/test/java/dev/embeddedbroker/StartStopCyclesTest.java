package dev.embeddedbroker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** A thousand brokers in one JVM leave nothing behind: no thread, file descriptor, mapping, heap or temporary file. */
@EnabledOnOs(OS.LINUX)
class StartStopCyclesTest {
    private static final int WARM_UP = 50;
    private static final int CYCLES = 1_000;
    private static final long HEAP_SLACK_BYTES = 4 << 20;

    @Test
    void aThousandCyclesLeaveNothingBehind() throws Exception {
        cycles(WARM_UP);
        var before = Footprint.now();

        cycles(CYCLES);

        var after = Footprint.now();
        assertThat(after.threads()).allSatisfy((name, count) -> assertThat(count)
                .as("threads named " + name)
                .isLessThanOrEqualTo(before.threads().getOrDefault(name, 0L)));
        assertThat(after.fileDescriptors()).isLessThanOrEqualTo(before.fileDescriptors());
        assertThat(after.mappedLogFiles()).isLessThanOrEqualTo(before.mappedLogFiles());
        assertThat(after.temporaryDirectories()).isEqualTo(before.temporaryDirectories());
        assertThat(after.heapBytes()).isLessThan(before.heapBytes() + HEAP_SLACK_BYTES);
    }

    private static void cycles(int count) throws Exception {
        for (int i = 0; i < count; i++) {
            var builder = EmbeddedBroker.builder().topic("t", 1);
            if (i % 2 == 0) {
                builder.temporaryDirectory();
            }
            try (var broker = builder.build().start()) {
                if (i % 50 < 2) {
                    useIt(broker);
                }
            }
        }
    }

    private static void useIt(EmbeddedBroker broker) throws Exception {
        try (var producer =
                new KafkaProducer<>(broker.clientProperties(), new StringSerializer(), new StringSerializer())) {
            producer.send(new ProducerRecord<>("t", "value")).get();
        }
    }

    /** What this process holds of the machine, as the kernel counts it. */
    private record Footprint(
            Map<String, Long> threads,
            long fileDescriptors,
            long mappedLogFiles,
            Set<Path> temporaryDirectories,
            long heapBytes) {
        static Footprint now() throws IOException {
            return new Footprint(threadNames(), descriptors(), mappings(), TemporaryDirectories.now(), usedHeap());
        }

        /** Live threads by name without their numbers; the JVM's own are left out, which come and go as it likes. */
        private static Map<String, Long> threadNames() {
            return Thread.getAllStackTraces().keySet().stream()
                    .filter(thread -> thread.getThreadGroup() != null)
                    .filter(thread -> !"system".equals(thread.getThreadGroup().getName()))
                    .collect(Collectors.groupingBy(
                            thread -> thread.getName().replaceAll("\\d+", "N"), TreeMap::new, Collectors.counting()));
        }

        private static long descriptors() throws IOException {
            try (var entries = Files.list(Path.of("/proc/self/fd"))) {
                return entries.count();
            }
        }

        private static long mappings() throws IOException {
            try (var lines = Files.lines(Path.of("/proc/self/maps"))) {
                return lines.filter(line -> line.contains(".log") || line.contains("index"))
                        .filter(line -> line.contains(System.getProperty("java.io.tmpdir")))
                        .count();
            }
        }

        private static long usedHeap() {
            long least = Long.MAX_VALUE;
            for (int i = 0; i < 3; i++) {
                System.gc();
                least = Math.min(
                        least,
                        ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
            }
            return least;
        }
    }
}
