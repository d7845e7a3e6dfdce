package dev.embeddedbroker;

import dev.embeddedbroker.explain.Explanation;
import dev.embeddedbroker.explain.Sightings;
import dev.embeddedbroker.fault.FaultFilter;
import dev.embeddedbroker.fault.Faults;
import dev.embeddedbroker.fixture.Fixtures;
import dev.embeddedbroker.inspect.Inspector;
import dev.embeddedbroker.metadata.ClusterImage;
import dev.embeddedbroker.node.BrokerNode;
import dev.embeddedbroker.node.NodeParts;
import dev.embeddedbroker.node.NodeSettings;
import dev.embeddedbroker.recorder.FlightRecorder;
import dev.embeddedbroker.recorder.RecorderOptions;
import dev.embeddedbroker.storage.disk.Disk;
import dev.embeddedbroker.storage.disk.MemoryDisk;
import dev.embeddedbroker.virtualtime.TimeKeeper;
import dev.embeddedbroker.virtualtime.VirtualTime;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A Kafka-compatible broker in this process, for any stock Kafka client.
 *
 * <pre>{@code
 * try (var broker = new EmbeddedBroker().start()) {
 *     var producer = new KafkaProducer<>(broker.clientProperties(), new StringSerializer(), new StringSerializer());
 *     ...
 * }
 * }</pre>
 *
 * <p>Several brokers in one JVM do not notice each other: nothing is static, no System property is read or set, no
 * shutdown hook is registered, every thread is a daemon and ends with {@link #close()}.
 *
 * <p>Thread-safe.
 */
public final class EmbeddedBroker implements AutoCloseable {
    private final FaultFilter faultFilter = new FaultFilter();
    private final @Nullable TimeKeeper keeper;
    private final FlightRecorder recorder;
    private final Sightings sightings = new Sightings();
    private NodeSettings settings;
    private @Nullable BrokerNode node;
    private boolean stopped;
    private boolean closed;
    private final Object resetting = new Object();

    /** A broker on a free port of localhost, with its data in memory, and no topics. */
    public EmbeddedBroker() {
        this(builder());
    }

    private EmbeddedBroker(Builder builder) {
        var ofMachine = NodeParts.ofMachine()
                .on(builder.diskOrNull())
                .filteredBy(sightings)
                .filteredBy(faultFilter)
                .resetting(faultFilter.faults()::clear)
                .resetting(sightings::clear);
        keeper = builder.manualTime
                ? new TimeKeeper(builder.timeStart == null ? Instant.now() : builder.timeStart)
                : null;
        var parts = keeper == null ? ofMachine : ofMachine.in(keeper.clock(), keeper, keeper.gate());
        recorder = new FlightRecorder(builder.recorderOptions, builder.records, parts.clock(), this::imageOrNull);
        settings = new NodeSettings(
                builder.host,
                builder.port,
                builder.dataDirectory,
                false,
                new LinkedHashMap<>(builder.config),
                List.copyOf(builder.topics),
                parts.heardBy(recorder.tap()),
                null);
    }

    /** A builder with the defaults of {@link #EmbeddedBroker()}. */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Starts the broker. When it returns, the port is bound, what the data directory held is loaded, the topics of the
     * builder exist with their leaders, and clients are served.
     *
     * @return this
     * @throws IllegalArgumentException if a setting's value is not valid; the message says what was expected
     * @throws IllegalStateException if this broker was started or closed before, or its data directory is in use
     * @throws java.io.UncheckedIOException if the port can't be bound, or the directory can't be read or written
     */
    public synchronized EmbeddedBroker start() {
        if (closed) {
            throw new IllegalStateException("this broker was closed (expected: a new EmbeddedBroker)");
        }
        if (node != null) {
            throw new IllegalStateException("this broker was started before (expected: start() once)");
        }
        node = BrokerNode.start(settings);
        return this;
    }

    /**
     * Where clients find this broker: {@code host:port}, as their setting {@code bootstrap.servers} wants it.
     *
     * @throws IllegalStateException if the broker does not run
     */
    public String bootstrapServers() {
        return running().bootstrapServers();
    }

    /**
     * The port that is bound, 1 to 65535.
     *
     * @throws IllegalStateException if the broker does not run
     */
    public int port() {
        return running().port();
    }

    /**
     * What a stock client needs to reach this broker, as its own settings. The map is the caller's to change.
     *
     * @throws IllegalStateException if the broker does not run
     */
    public Map<String, Object> clientProperties() {
        var properties = new HashMap<String, Object>();
        properties.put("bootstrap.servers", bootstrapServers());
        return properties;
    }

    /**
     * Stops one broker cleanly, and keeps its port and its data for {@link #startBroker}. When it returns, clients are cut
     * off and nothing listens.
     *
     * @param id the broker's {@code node.id}
     * @throws IllegalStateException if that broker does not run
     */
    public synchronized void stopBroker(int id) {
        end(id, BrokerNode::stop);
    }

    /**
     * Ends one broker as if its process had been killed, and keeps its port and what it had written for {@link #startBroker},
     * which recovers. When it returns, clients find their connections reset and nothing listens; nothing was flushed, no
     * group was left, no transaction ended, no file trimmed, no checkpoint and no mark of a clean end written. In memory, too.
     *
     * @param id the broker's {@code node.id}
     * @throws IllegalStateException if that broker does not run
     */
    public synchronized void crashBroker(int id) {
        end(id, BrokerNode::crash);
    }

    private void end(int id, Function<BrokerNode, NodeSettings> way) {
        var running = running(id);
        if (stopped) {
            throw new IllegalStateException("broker " + id + " is stopped (expected: running)");
        }
        settings = way.apply(running);
        stopped = true;
    }

    /**
     * Starts a broker again that was stopped or crashed, on the same port, with the data it had. When it returns, clients are
     * served as after {@link #start}; groups and transactions go on where they were, as soon as their coordinators have read
     * what they were about.
     *
     * @param id the broker's {@code node.id}
     * @throws IllegalStateException if that broker was not stopped
     */
    public synchronized void startBroker(int id) {
        running(id);
        if (!stopped) {
            throw new IllegalStateException("broker " + id + " runs (expected: stopped)");
        }
        node = BrokerNode.start(settings);
        stopped = false;
    }

    /**
     * Makes a topic, as a client of the Admin API would. When it returns, its partitions have their leaders.
     *
     * @throws IllegalArgumentException if there is such a topic, or can't be one of that name
     * @throws IllegalStateException if the broker does not run
     */
    public void createTopic(String name, int partitions) {
        running().createTopic(name, partitions);
    }

    /**
     * Takes everything back to the state after the first start, for the next test. When it returns, the topics of the builder
     * are there and empty, and no other topics, no committed offsets, no transactions or producers' states, no groups but of
     * connected members, no settings, quotas or SCRAM users that were altered since: a request that is made from now on
     * meets nothing old. What a data directory held at the start is gone, too.
     *
     * <p>Connections stay. A client finds its topics deleted and created again, with new ids: producers go on; a consumer in
     * a group stays in it and goes on where {@code auto.offset.reset} says; a transactional producer must be made anew.
     * Records that a client holds in its own memory, fetched or not yet sent, are still its own.
     *
     * <p>Requests under way while this runs count as made before it or after it. Any thread; two calls follow one another.
     *
     * @throws IllegalStateException if the broker does not run
     */
    public void reset() {
        synchronized (resetting) {
            runningAndNotStopped().reset(); // without the lock of this: the broker works meanwhile, and may be asked
        }
    }

    private synchronized BrokerNode runningAndNotStopped() {
        if (stopped) {
            throw new IllegalStateException("this broker is stopped (expected: running)");
        }
        return running();
    }

    /**
     * Deletes, in all partitions, what {@code retention.ms}, {@code retention.bytes} and DeleteRecords ask for at this
     * moment, without waiting for {@code log.retention.check.interval.ms}. When it returns, it is done.
     *
     * @throws IllegalStateException if the broker does not run
     */
    public void runRetention() {
        running().logMaintenance().runRetentionNow().join();
    }

    /**
     * Compacts a topic whose {@code cleanup.policy} has {@code compact}, dirty enough or not. When it returns, of all records
     * older than {@code min.compaction.lag.ms} and in no open transaction the newest of each key are left. A topic that is
     * not compacted, or not there, stays as it is.
     *
     * @throws IllegalStateException if the broker does not run
     */
    public void runCompaction(String topic) {
        running().logMaintenance().runCompactionNow(topic).join();
    }

    /** The rules by which it fails on purpose; there are none at first. Also before the start, and while it is stopped. */
    public Faults faults() {
        return faultFilter.faults();
    }

    /**
     * Waits for states of this broker, and questions about what it holds, without a client. What is returned stays good over
     * a stop and a start again; it can be used while the broker runs.
     */
    public Inspector inspect() {
        return new Inspector(() -> upAndRunning().insides());
    }

    /**
     * Puts records into this broker without a client: from code, CSV or lines of JSON. What is returned stays good over a
     * stop and a start again; it can be used while the broker runs.
     */
    public Fixtures fixtures() {
        return new Fixtures(() -> upAndRunning().door());
    }

    /**
     * The time this broker goes by, to be advanced. There from the start of its life to its end, whether it runs or not.
     *
     * @throws IllegalStateException if this broker was built without {@link Builder#manualTime()}
     */
    public VirtualTime time() {
        if (keeper == null) {
            throw new IllegalStateException(
                    "this broker goes by the machine's clock (expected: EmbeddedBroker.builder().manualTime())");
        }
        return keeper.time();
    }

    /**
     * The recorder of this broker's requests and answers: off, unless the builder or {@link FlightRecorder#start()} turned it
     * on. It may be asked in any state of the broker, after {@link #close()} too.
     */
    public FlightRecorder recorder() {
        return recorder;
    }

    /**
     * Says why consumers of a group got nothing of a topic, or less than was expected: the causes in order of likelihood, with
     * facts and times. Its {@code toString()} is a text to be read. What it says holds for the moment of the call.
     *
     * <p>It needs nothing to be turned on; with the {@linkplain #recorder() flight recorder} on, the group's last requests are
     * in the text, too.
     *
     * @throws IllegalStateException if the broker does not run, or when called on one of its own threads
     */
    public Explanation explain(String group, String topic) {
        return upAndRunning().explainer().explain(group, topic, sightings, recorder);
    }

    private synchronized @Nullable ClusterImage imageOrNull() {
        return node == null ? null : node.imageOrNull();
    }

    /** The first bug that this broker met in itself, if any. A test may rethrow it to see the cause. */
    public synchronized Optional<Throwable> failure() {
        return node == null ? Optional.empty() : node.failure();
    }

    /**
     * Stops the broker. When it returns, the port is free, data in a directory of the caller's is on disk and marked as
     * cleanly closed, memory and a temporary directory are given back, and no thread, mapping or open file is left. Closing twice, or
     * before the start, does nothing. Bounded: connections are cut, nothing waits for a client.
     */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        if (keeper != null) {
            keeper.close();
        }
        if (stopped) {
            BrokerNode.discard(settings);
        } else if (node != null) {
            node.close();
        }
    }

    private BrokerNode running(int id) {
        var running = running();
        if (running.id() != id) {
            throw new IllegalArgumentException("broker is " + id + " (expected: " + running.id() + ")");
        }
        return running;
    }

    private synchronized BrokerNode upAndRunning() {
        var running = running();
        if (stopped) {
            throw new IllegalStateException("broker " + running.id() + " is stopped (expected: running)");
        }
        return running;
    }

    private synchronized BrokerNode running() {
        if (node == null || closed) {
            throw new IllegalStateException(closed ? "this broker was closed" : "this broker was not started");
        }
        return node;
    }

    /** Settings of a broker to be. Not thread-safe. */
    public static final class Builder {
        private String host = "localhost";
        private int port;
        private @Nullable Path dataDirectory;
        private @Nullable Disk disk;
        private boolean inMemory = true;
        private boolean manualTime;
        private @Nullable Instant timeStart;
        private boolean records;
        private RecorderOptions recorderOptions = RecorderOptions.defaults();
        private final Map<String, String> config = new LinkedHashMap<>();
        private final List<NodeSettings.Topic> topics = new ArrayList<>();

        private Builder() {}

        /** The port to bind, 0 to 65535; 0, the default, takes a free one. */
        public Builder port(int port) {
            if (port < 0 || port > 65535) {
                throw new IllegalArgumentException("port is " + port + " (expected: 0 to 65535)");
            }
            this.port = port;
            return this;
        }

        /** The host name or address to bind and to tell clients; {@code localhost} by default. */
        public Builder host(String host) {
            if (host.isBlank()) {
                throw new IllegalArgumentException("host is blank (expected: a name or an address)");
            }
            this.host = host;
            return this;
        }

        /**
         * The directory that keeps the data, in Apache Kafka's own format. It is created if missing, and kept on close.
         * Without one the broker keeps its data {@linkplain #inMemory in memory}.
         */
        public Builder dataDirectory(Path directory) {
            this.dataDirectory = directory;
            return this;
        }

        /**
         * Keeps the data in a temporary directory, which is deleted on {@link EmbeddedBroker#close}: for more of it than
         * fits in memory.
         */
        public Builder temporaryDirectory() {
            this.dataDirectory = null;
            this.inMemory = false;
            return this;
        }

        /**
         * Keeps the data in memory, outside the heap, until {@link EmbeddedBroker#close}: the default.
         * {@link EmbeddedBroker#stopBroker} and {@link EmbeddedBroker#startBroker} keep it. What it may take is bounded by
         * {@code -XX:MaxDirectMemorySize}, which is as large as the heap may be unless set; where that is used up, producers
         * get KAFKA_STORAGE_ERROR as on a full disk.
         */
        public Builder inMemory() {
            this.dataDirectory = null;
            this.inMemory = true;
            return this;
        }

        private @Nullable Disk diskOrNull() {
            boolean named = dataDirectory != null || config.containsKey("log.dirs") || config.containsKey("log.dir");
            return disk == null && inMemory && !named ? new MemoryDisk() : disk;
        }

        /** Puts the data directory on a disk of a test's own. */
        Builder disk(Disk disk) {
            this.disk = disk;
            return this;
        }

        /**
         * A server setting under Apache Kafka's name, such as {@code auto.create.topics.enable}. The value is checked at
         * {@link #start()}; an unknown name is passed over with one warning, as Kafka does.
         *
         * <p>{@code feature.NAME} sets the level of a feature (KIP-584) for the first start on a data directory, as
         * {@code kafka-storage format --feature} does; {@code feature.metadata.version} also takes a version's name, such as
         * {@code 3.9-IV0} or {@code 3.9}, and the other features then get the levels that came with it.
         */
        public Builder config(String name, String value) {
            config.put(name, value);
            return this;
        }

        /** Has the {@linkplain EmbeddedBroker#recorder() flight recorder} on from the start, with its defaults. */
        public Builder flightRecorder() {
            return flightRecorder(RecorderOptions.defaults());
        }

        /** Has the {@linkplain EmbeddedBroker#recorder() flight recorder} on from the start. */
        public Builder flightRecorder(RecorderOptions options) {
            this.records = true;
            this.recorderOptions = options;
            return this;
        }

        /** A topic that exists when {@link #start()} returns; one that the data directory has already stays as it is. */
        public Builder topic(String name, int partitions) {
            if (partitions < 1) {
                throw new IllegalArgumentException(
                        "topic " + name + " has " + partitions + " partitions (expected: at least 1)");
            }
            topics.add(new NodeSettings.Topic(name, partitions));
            return this;
        }

        /**
         * Makes the broker's time stand still until it is advanced, with {@link EmbeddedBroker#time()}. It begins with the
         * machine's at {@link #build()}.
         */
        public Builder manualTime() {
            this.manualTime = true;
            this.timeStart = null;
            return this;
        }

        /** As {@link #manualTime()}, but the broker's time begins with that moment, at or after the epoch. */
        public Builder manualTime(Instant start) {
            if (start.isBefore(Instant.EPOCH)) {
                throw new IllegalArgumentException("start is " + start + " (expected: " + Instant.EPOCH + " or later)");
            }
            this.manualTime = true;
            this.timeStart = start;
            return this;
        }

        /**
         * How many brokers the cluster has.
         *
         * @throws UnsupportedOperationException for more than one: clusters in one process do not exist yet
         */
        public Builder brokers(int count) {
            if (count < 1) {
                throw new IllegalArgumentException("brokers is " + count + " (expected: 1)");
            }
            if (count > 1) {
                throw new UnsupportedOperationException(
                        "brokers is " + count + " (expected: 1): clusters of several brokers are not there yet");
            }
            return this;
        }

        /** A broker with these settings, not started. The builder may be used again. */
        public EmbeddedBroker build() {
            return new EmbeddedBroker(this);
        }
    }
}
