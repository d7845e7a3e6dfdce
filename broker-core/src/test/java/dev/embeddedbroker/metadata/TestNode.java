package dev.embeddedbroker.metadata;

import dev.embeddedbroker.loop.Maintenance;
import dev.embeddedbroker.loop.ManualLoop;
import dev.embeddedbroker.protocol.Uuid;
import dev.embeddedbroker.storage.disk.MappedDisk;
import dev.embeddedbroker.storage.log.LogOptions;
import dev.embeddedbroker.storage.log.PartitionLog;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;

/** A controller with its log in a real directory, on a loop without a thread. */
public final class TestNode implements AutoCloseable {

    static final Uuid LOG_DIR = new Uuid(77, 7);

    public final ManualLoop loop = new ManualLoop();
    public final ControllerHost host;
    public final ControllerClient controller;
    final List<ImageDelta> deltas = new ArrayList<>();
    private final Random random;

    TestNode(Path directory, long seed) {
        this(directory, seed, ConfigRules.none());
    }

    TestNode(Path directory, long seed, ConfigRules rules) {
        this(directory, seed, rules, Policies.NONE);
    }

    TestNode(Path directory, long seed, ConfigRules rules, Policies policies) {
        this(directory, seed, rules, policies, SnapshotSettings.DEFAULT, LogOptions.DEFAULT);
    }

    TestNode(
            Path directory,
            long seed,
            ConfigRules rules,
            Policies policies,
            SnapshotSettings snapshots,
            LogOptions options) {
        this.random = new Random(seed);
        var disk = MappedDisk.forScratch();
        var log = PartitionLog.open(
                disk,
                directory.resolve("__cluster_metadata-0"),
                options,
                loop.clock().wallMs());
        host = new ControllerHost(new ControllerHost.Parts(
                1,
                "4L6g3nShT-eMCtK--X86sw",
                loop,
                new KRaftLog(disk, log),
                ControllerSettings.kafkaDefaults(),
                rules,
                policies,
                random,
                snapshots,
                new Maintenance(loop, (where, cause) -> {
                    throw new AssertionError(where, cause);
                }),
                new Maintenance(loop, (where, cause) -> {
                    throw new AssertionError(where, cause);
                })));
        controller = host.client();
        host.addListener((delta, image, done) -> {
            deltas.add(delta);
            done.run();
        });
    }

    /** Starts the controller and lets a broker join. */
    public static TestNode started(Path directory, long seed) {
        var node = new TestNode(directory, seed);
        node.start();
        return node;
    }

    void start() {
        host.start(ControllerHost.FirstStart.likeKafka(1));
        var endpoint = new BrokerImage.Endpoint("PLAINTEXT", "localhost", 9092, (short) 0);
        get(host.registerBroker(
                new BrokerRegistration(1, Uuid.random(random), null, List.of(endpoint), List.of(LOG_DIR))));
    }

    <T> T get(CompletableFuture<T> answer) {
        loop.runAll();
        return answer.getNow(null);
    }

    public ClusterImage image() {
        return host.image();
    }

    CreatedTopic create(NewTopic topic) {
        return get(controller.createTopics(List.of(topic), false)).get(0);
    }

    public CreatedTopic create(String name, int partitions) {
        return create(NewTopic.of(name, partitions));
    }

    CreatedTopic create(String name, int partitions, Map<String, String> configs) {
        return create(NewTopic.of(name, partitions, 1, configs));
    }

    @Override
    public void close() {
        host.close();
    }
}
