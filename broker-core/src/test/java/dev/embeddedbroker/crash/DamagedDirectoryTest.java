package dev.embeddedbroker.crash;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import dev.embeddedbroker.EmbeddedBroker;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/**
 * One file of a data directory is damaged: the broker starts, or says which file keeps it from that; what clients get is
 * what was written; and nothing is lost without a word.
 *
 * <p>To run a seed of a failure alone: {@code -Dfuzz.seed=…}.
 */
class DamagedDirectoryTest {
    private static final List<TopicPartition> PARTITIONS =
            List.of(new TopicPartition("plain", 0), new TopicPartition("plain", 1), new TopicPartition("compacted", 0));

    @TempDir
    static Path root;

    private static final Map<TopicPartition, Map<Long, String>> WRITTEN = new HashMap<>();

    @BeforeAll
    static void write() throws Exception {
        Path directory = root.resolve("clean");
        try (var broker = broker(directory)) {
            try (var admin = Admin.create(broker.clientProperties())) {
                admin.createTopics(List.of(
                                new NewTopic("plain", 2, (short) 1)
                                        .configs(Map.of("index.interval.bytes", "300", "segment.bytes", "1048576")),
                                new NewTopic("compacted", 1, (short) 1)
                                        .configs(Map.of("cleanup.policy", "compact", "index.interval.bytes", "300"))))
                        .all()
                        .get();
            }
            produce(broker);
            broker.runCompaction("compacted");
            for (var partition : PARTITIONS) {
                WRITTEN.put(partition, new HashMap<>());
            }
            read(broker, () -> false, (partition, offset, value) -> WRITTEN.get(partition)
                    .put(offset, value));
            copy(directory, root.resolve("crashed"));
        }
        assertThat(WRITTEN.values()).allMatch(records -> records.size() > 30);
    }

    private static EmbeddedBroker broker(Path directory) {
        return EmbeddedBroker.builder()
                .dataDirectory(directory)
                .config("offsets.topic.num.partitions", "1")
                .config("transaction.state.log.num.partitions", "1")
                .config("group.initial.rebalance.delay.ms", "0")
                .config("metadata.log.max.record.bytes.between.snapshots", "1500")
                .build()
                .start();
    }

    private static void produce(EmbeddedBroker broker) throws Exception {
        var settings = new HashMap<>(broker.clientProperties());
        settings.put("transactional.id", "tx");
        settings.put("batch.size", "0");
        try (var producer = new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer())) {
            producer.initTransactions();
            for (int i = 0; i < 8; i++) {
                producer.beginTransaction();
                for (int j = 0; j < 30; j++) {
                    producer.send(new ProducerRecord<>("plain", j % 2, "k", i + " " + j + "x".repeat(j)));
                    producer.send(new ProducerRecord<>("compacted", "k" + (i * 7 + j) % 50, i + " " + j));
                }
                producer.sendOffsetsToTransaction(
                        Map.of(PARTITIONS.get(0), new OffsetAndMetadata(i)), new ConsumerGroupMetadata("group"));
                if (i % 3 == 2) {
                    producer.abortTransaction();
                } else {
                    producer.commitTransaction();
                }
            }
        }
    }

    private interface Reader {
        void record(TopicPartition partition, long offset, String value);
    }

    /** Reads all there is; what cannot be read ends it, and so does an end that was lost, of which the broker speaks. */
    private static void read(EmbeddedBroker broker, BooleanSupplier mayEndEarly, Reader reader) {
        var settings = new HashMap<>(broker.clientProperties());
        // an offline partition, which the broker has spoken of, is not waited for
        settings.put("default.api.timeout.ms", mayEndEarly.getAsBoolean() ? "3000" : "60000");
        settings.put("request.timeout.ms", "3000");
        settings.put("metadata.max.age.ms", "500");
        try (var consumer = new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
            for (var partition : PARTITIONS) {
                consumer.assign(Set.of(partition));
                long end = consumer.endOffsets(Set.of(partition)).get(partition);
                consumer.seekToBeginning(Set.of(partition));
                long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
                int idlePolls = 0;
                while (consumer.position(partition) < end && !(idlePolls > 10 && mayEndEarly.getAsBoolean())) {
                    var records = consumer.poll(Duration.ofMillis(100));
                    idlePolls = records.isEmpty() ? idlePolls + 1 : 0;
                    for (var record : records) {
                        reader.record(partition, record.offset(), record.value());
                    }
                    assertThat(System.nanoTime()).as("read of " + partition).isLessThan(deadline);
                }
            }
        }
    }

    @Test
    @Timeout(300)
    void aDamagedDirectoryIsReadOrRefused() throws Exception {
        runSeeds(40);
    }

    @Test
    @Timeout(1800)
    @EnabledIfSystemProperty(named = "long.tests", matches = "true")
    void aDirectoryDamagedHundredsOfTimesIsReadOrRefused() throws Exception {
        runSeeds(600);
    }

    private static void runSeeds(int count) throws Exception {
        Long only = Long.getLong("fuzz.seed");
        long first = only != null ? only : count > 100 ? new Random().nextLong() & 0xffffff : 0;
        for (int i = 0; i < (only != null ? 1 : count); i++) {
            long seed = only != null || i >= count / 2 ? first + i : i;
            try {
                run(seed);
            } catch (Exception | AssertionError e) {
                throw new AssertionError("seed " + seed + ": " + e, e);
            }
        }
    }

    private static void run(long seed) throws Exception {
        var random = new Random(seed);
        boolean clean = random.nextBoolean();
        Path directory = copy(root.resolve(clean ? "clean" : "crashed"), root.resolve("seed-" + seed));
        List<Path> files;
        try (var all = Files.walk(directory)) {
            files = all.filter(Files::isRegularFile).sorted().toList();
        }
        Path damaged = files.get(random.nextInt(files.size()));
        Damage.to(damaged, random);
        String what = directory.relativize(damaged) + (clean ? " after a clean close" : " after a crash");
        try (var said = new Said()) {
            open(directory, damaged, what, said);
        } finally {
            delete(directory);
        }
    }

    private static void open(Path directory, Path damaged, String what, Said said) {
        EmbeddedBroker broker;
        try {
            broker = broker(directory);
        } catch (IllegalStateException | UncheckedIOException e) {
            assertThat(e.getMessage()).as(what).contains(directory.toString());
            return;
        }
        try (broker) {
            Map<TopicPartition, Map<Long, String>> found = new HashMap<>();
            boolean readable = true;
            try {
                read(broker, () -> !said.lines.isEmpty(), (partition, offset, value) -> found.computeIfAbsent(
                                partition, p -> new HashMap<>())
                        .put(offset, value));
            } catch (KafkaException e) {
                readable = false; // the broker said so, or the client saw it
            }
            assertThat(broker.failure()).as(what).isEmpty();
            boolean silent = readable && said.lines.isEmpty();
            for (var partition : PARTITIONS) {
                var records = found.getOrDefault(partition, Map.of());
                if (silent) {
                    assertThat(records).as(partition + " of " + what).isEqualTo(WRITTEN.get(partition));
                } else {
                    assertThat(WRITTEN.get(partition).entrySet())
                            .as(partition + " of " + what + ", said: " + said.lines)
                            .containsAll(records.entrySet());
                }
            }
        }
    }

    /** What the broker logs from WARN on. */
    private static final class Said extends AppenderBase<ILoggingEvent> implements AutoCloseable {
        private final Logger logger = (Logger) LoggerFactory.getLogger("dev.embeddedbroker");
        private final Queue<String> lines = new ConcurrentLinkedQueue<>();

        Said() {
            setContext((LoggerContext) LoggerFactory.getILoggerFactory());
            start();
            logger.setAdditive(false);
            logger.addAppender(this);
        }

        @Override
        protected void append(ILoggingEvent event) {
            if (event.getLevel().isGreaterOrEqual(Level.WARN)) {
                lines.add(event.getFormattedMessage());
            }
        }

        @Override
        public void close() {
            logger.detachAppender(this);
            logger.setAdditive(true);
            stop();
        }
    }

    private static Path copy(Path from, Path to) throws IOException {
        try (var files = Files.walk(from)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                Path target = to.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(file, target);
                }
            }
        }
        return to;
    }

    private static void delete(Path directory) throws IOException {
        try (var files = Files.walk(directory)) {
            for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
