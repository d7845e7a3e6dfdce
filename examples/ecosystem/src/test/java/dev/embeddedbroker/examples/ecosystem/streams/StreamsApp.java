package dev.embeddedbroker.examples.ecosystem.streams;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embeddedbroker.examples.ecosystem.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.apache.kafka.streams.processor.StateRestoreListener;

/**
 * One instance of a Kafka Streams application. It must not fail: what its threads throw fails the test.
 *
 * <p><b>Owner:</b> the test's thread; what it notes of restored state is written by the application's.
 */
final class StreamsApp implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    /** A restoration of one partition of a store: from which offset, to which, and of how many records. */
    record Restored(long from, long to, long records) {}

    private final KafkaStreams streams;
    private final Map<String, Restored> restored = new ConcurrentHashMap<>();
    private final AtomicReference<Throwable> failure = new AtomicReference<>();

    private StreamsApp(Topology topology, Properties config) {
        streams = new KafkaStreams(topology, config);
        streams.setUncaughtExceptionHandler(thrown -> {
            failure.compareAndSet(null, thrown);
            return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
        });
        streams.setGlobalStateRestoreListener(new Restorations());
    }

    /** Starts an instance, and waits until it has its tasks and their state. */
    static StreamsApp start(Topology topology, Properties config) {
        var app = new StreamsApp(topology, config);
        app.streams.start();
        app.awaitRunning();
        return app;
    }

    /** Settings of an application: each record forwarded on its own (no caches), and a commit every 100 ms. */
    static Properties config(String bootstrap, String applicationId, Guarantee guarantee, Path stateDirectory) {
        var config = new Properties();
        config.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap);
        config.put(StreamsConfig.APPLICATION_ID_CONFIG, applicationId);
        config.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, guarantee.setting);
        config.put(StreamsConfig.STATE_DIR_CONFIG, stateDirectory.toString());
        config.put(StreamsConfig.DEFAULT_KEY_SERDE_CLASS_CONFIG, Serdes.String().getClass());
        config.put(
                StreamsConfig.DEFAULT_VALUE_SERDE_CLASS_CONFIG, Serdes.String().getClass());
        config.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, 0);
        config.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, 100);
        config.put(StreamsConfig.REPLICATION_FACTOR_CONFIG, 1);
        config.put(StreamsConfig.consumerPrefix("auto.offset.reset"), "earliest");
        // how soon an instance learns that another one came or went
        config.put(StreamsConfig.consumerPrefix("heartbeat.interval.ms"), 100);
        return config;
    }

    KafkaStreams streams() {
        return streams;
    }

    /** What was restored from changelogs since the start, by {@code store-partition}. */
    Map<String, Restored> restored() {
        return restored;
    }

    void awaitRunning() {
        await("the application to run", () -> streams.state() == KafkaStreams.State.RUNNING);
    }

    /** Waits for a state of this application or of what it does. */
    void await(String what, Condition condition) {
        long deadlineNanos = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.holds()) {
            check();
            if (System.nanoTime() > deadlineNanos) {
                throw new AssertionError("waited " + PATIENCE + " for " + what + "; it is " + streams.state());
            }
            Topics.pause();
        }
    }

    void check() {
        Throwable thrown = failure.get();
        if (thrown != null) {
            throw new AssertionError("a thread of the application threw " + thrown, thrown);
        }
    }

    /** Ends this instance at once for its group, and proves that no thread of it failed. */
    @Override
    public void close() {
        boolean closed = streams.close(CloseOptions.timeout(PATIENCE)
                .withGroupMembershipOperation(CloseOptions.GroupMembershipOperation.LEAVE_GROUP));
        check();
        assertThat(closed).as("closed").isTrue();
    }

    /** Something to wait for. */
    interface Condition {
        boolean holds();
    }

    private final class Restorations implements StateRestoreListener {
        private final Map<TopicPartition, Long> starts = new ConcurrentHashMap<>();

        @Override
        public void onRestoreStart(TopicPartition partition, String store, long from, long to) {
            starts.put(partition, from);
        }

        @Override
        public void onBatchRestored(TopicPartition partition, String store, long end, long count) {
            // the end says it all
        }

        @Override
        public void onRestoreEnd(TopicPartition partition, String store, long count) {
            long from = starts.getOrDefault(partition, 0L);
            restored.put(store + "-" + partition.partition(), new Restored(from, from + count, count));
        }
    }
}
