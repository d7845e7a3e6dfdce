package dev.embeddedbroker.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embeddedbroker.clients.ClientRelease;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiFunction;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * A topic is copied exactly once by stock clients of two releases, while producers die in the middle of a transaction, come
 * back as zombies, and the broker is killed (SIGKILL) and started again on its directory. In the end every record is there
 * once, in order, and the group's offsets stand at the end.
 */
class ExactlyOnceTest {
    private static final List<String> RELEASES = List.of("4.4.0", "3.9.2");
    private static final int PARTITIONS = 3;
    private static final int RECORDS_PER_SECOND = 500;
    private static final long PATIENCE_NANOS = TimeUnit.MINUTES.toNanos(5);

    @TempDir
    Path root;

    /** One copier, told what to do through its queue. */
    private static final class Instance implements AutoCloseable {
        final Queue<String> orders = new ConcurrentLinkedQueue<>();
        final AtomicReference<Map<String, Integer>> counts = new AtomicReference<>(Map.of());
        final AtomicReference<Throwable> failure = new AtomicReference<>();
        private final ClientRelease release;
        private final Thread thread;

        Instance(String version, String bootstrap) throws Exception {
            release = new ClientRelease(version);
            @SuppressWarnings("unchecked")
            var copier =
                    (BiFunction<Map<String, String>, Queue<String>, Map<String, Integer>>) release.make(Copier.class);
            var settings = Map.of("bootstrap", bootstrap, "transactional.id", "copier-" + version);
            thread = new Thread(() -> counts.set(copier.apply(settings, orders)), "copier-" + version);
            thread.setContextClassLoader(release.loader());
            thread.setUncaughtExceptionHandler((ended, cause) -> failure.set(cause));
            thread.start();
        }

        @Override
        public void close() throws Exception {
            orders.clear();
            orders.add("stop");
            thread.join();
            release.close();
        }
    }

    @Test
    void everyRecordIsCopiedOnceWhateverDies() throws Exception {
        run(6, 0);
    }

    @Test
    @EnabledIfSystemProperty(named = "long.tests", matches = "true")
    void everyRecordIsCopiedOnceWhateverDiesForTenMinutes() throws Exception {
        run(0, Long.getLong("exactly.once.minutes", 10));
    }

    /** So many misfortunes and at least so many minutes. */
    private void run(int misfortunes, long minutes) throws Exception {
        long seed = new Random().nextLong();
        var random = new Random(seed);
        long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(minutes);
        var happened = new TreeMap<String, Integer>();
        try (var broker = new BrokerProcess(
                root, "offsets.topic.num.partitions", "4", "transaction.state.log.num.partitions", "4")) {
            createTopics(broker.bootstrapServers());
            var stop = new CountDownLatch(1);
            var source = new Source(broker.bootstrapServers(), stop);
            var instances = new ArrayList<Instance>();
            try {
                for (String release : RELEASES) {
                    instances.add(new Instance(release, broker.bootstrapServers()));
                }
                for (int i = 0; i < misfortunes || System.nanoTime() - end < 0; i++) {
                    awaitCopies(broker.bootstrapServers(), 200 + random.nextInt(800));
                    String what = List.of("kill", "die", "zombie").get(i % 3);
                    happened.merge(what, 1, Integer::sum);
                    if (what.equals("kill")) {
                        broker.killAndRestart();
                    } else {
                        instances.get(random.nextInt(instances.size())).orders.add(what);
                    }
                }
                stop.countDown();
                source.join();
                assertThat(source.failure.get()).as("seed " + seed).isNull();
                awaitOffsets(broker.bootstrapServers(), source.sent);
            } finally {
                stop.countDown();
                for (var instance : instances) {
                    instance.close();
                }
            }
            var counts =
                    instances.stream().map(instance -> instance.counts.get()).toList();
            String what = "seed " + seed + ", copiers " + counts + ", the broker said: " + broker.output();
            for (var instance : instances) {
                assertThat(instance.failure.get()).as(what).isNull();
                assertThat(instance.counts.get()).as(what).doesNotContainKey("ZOMBIE COMMITTED");
            }
            var copies = check(broker.bootstrapServers(), source.sent, what);
            if (minutes > 0) {
                System.out.println(copies + " records copied once and in order; " + happened + "; copiers " + counts);
            }
        }
    }

    // ---- the source ----

    /** Writes numbers into the topic that is copied, each once. */
    private static final class Source extends Thread {
        final int[] sent = new int[PARTITIONS];
        final AtomicReference<Exception> failure = new AtomicReference<>();
        private final String bootstrap;
        private final CountDownLatch stop;

        Source(String bootstrap, CountDownLatch stop) {
            super("source");
            this.bootstrap = bootstrap;
            this.stop = stop;
            start();
        }

        @Override
        public void run() {
            Map<String, Object> properties = Map.of(
                    "bootstrap.servers", bootstrap, "acks", "all", "linger.ms", 1, "reconnect.backoff.max.ms", 100);
            try (var producer = new KafkaProducer<>(properties, new StringSerializer(), new StringSerializer())) {
                for (int n = 0; !stop.await(1_000_000 / RECORDS_PER_SECOND, TimeUnit.MICROSECONDS); n++) {
                    int partition = n % PARTITIONS;
                    var record = new ProducerRecord<>("in", partition, "k", Integer.toString(sent[partition]++));
                    producer.send(record, (written, failed) -> failure.compareAndSet(null, failed));
                }
                producer.flush();
            } catch (InterruptedException e) {
                failure.compareAndSet(null, e);
            }
        }
    }

    private static void createTopics(String bootstrap) throws Exception {
        try (var admin = admin(bootstrap)) {
            admin.createTopics(List.of(
                            new NewTopic("in", PARTITIONS, (short) 1), new NewTopic("out", PARTITIONS, (short) 1)))
                    .all()
                    .get();
        }
    }

    private static Admin admin(String bootstrap) {
        return Admin.create(Map.of("bootstrap.servers", (Object) bootstrap));
    }

    // ---- looking ----

    private static long committed(Admin admin) throws Exception {
        return admin.listConsumerGroupOffsets("copiers").partitionsToOffsetAndMetadata().get().values().stream()
                .mapToLong(OffsetAndMetadata::offset)
                .sum();
    }

    /** Waits until so many more records were copied. */
    private static void awaitCopies(String bootstrap, int more) throws Exception {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        try (var admin = admin(bootstrap)) {
            long goal = committed(admin) + more;
            while (committed(admin) < goal) {
                assertThat(System.nanoTime()).as("%s more copies", more).isLessThan(deadline);
            }
        }
    }

    private static void awaitOffsets(String bootstrap, int[] sent) throws Exception {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        Map<TopicPartition, Long> wanted = new HashMap<>();
        for (int i = 0; i < PARTITIONS; i++) {
            wanted.put(new TopicPartition("in", i), (long) sent[i]);
        }
        try (var admin = admin(bootstrap)) {
            Map<TopicPartition, Long> found;
            do {
                found = new HashMap<>();
                for (var entry : admin.listConsumerGroupOffsets("copiers")
                        .partitionsToOffsetAndMetadata()
                        .get()
                        .entrySet()) {
                    found.put(entry.getKey(), entry.getValue().offset());
                }
                assertThat(System.nanoTime())
                        .as("offsets %s, wanted %s", found, wanted)
                        .isLessThan(deadline);
            } while (!found.equals(wanted));
        }
    }

    /** Every record once and in order; returns how many there are. */
    private static int check(String bootstrap, int[] sent, String what) {
        var partitions = new ArrayList<TopicPartition>();
        for (int i = 0; i < PARTITIONS; i++) {
            partitions.add(new TopicPartition("out", i));
        }
        var next = new AtomicInteger[PARTITIONS];
        Map<String, Object> properties =
                Map.of("bootstrap.servers", bootstrap, "isolation.level", "read_committed", "group.id", "checker");
        try (var consumer = new KafkaConsumer<>(properties, new StringDeserializer(), new StringDeserializer())) {
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            var ends = consumer.endOffsets(partitions);
            for (int i = 0; i < PARTITIONS; i++) {
                next[i] = new AtomicInteger();
            }
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                for (var record : consumer.poll(Duration.ofMillis(100))) {
                    assertThat(record.value())
                            .as("at %s-%s; %s", record.partition(), record.offset(), what)
                            .isEqualTo("copy of " + next[record.partition()].getAndIncrement());
                }
            }
        }
        int all = 0;
        for (int i = 0; i < PARTITIONS; i++) {
            assertThat(next[i].get())
                    .as("copies in partition " + i + "; " + what)
                    .isEqualTo(sent[i]);
            all += sent[i];
        }
        return all;
    }
}
