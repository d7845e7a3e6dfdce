package dev.embeddedbroker.node;

import dev.embeddedbroker.api.ApiRouter;
import dev.embeddedbroker.api.ApiTable;
import dev.embeddedbroker.api.MemberConnections;
import dev.embeddedbroker.api.RequestFilter;
import dev.embeddedbroker.config.BrokerConfig;
import dev.embeddedbroker.config.BrokerKeys;
import dev.embeddedbroker.config.FeatureSettings;
import dev.embeddedbroker.config.LiveConfig;
import dev.embeddedbroker.config.SettingRules;
import dev.embeddedbroker.coordinator.host.GroupCoordinators;
import dev.embeddedbroker.coordinator.host.GroupRoles;
import dev.embeddedbroker.coordinator.host.TransactionCoordinators;
import dev.embeddedbroker.coordinator.host.TransactionRoles;
import dev.embeddedbroker.coordinator.host.TxnMarkers;
import dev.embeddedbroker.explain.Explainer;
import dev.embeddedbroker.fixture.FixtureDoor;
import dev.embeddedbroker.inspect.BrokerInsides;
import dev.embeddedbroker.inspect.Changes;
import dev.embeddedbroker.loop.Loop;
import dev.embeddedbroker.loop.Maintenance;
import dev.embeddedbroker.maintain.LogMaintenance;
import dev.embeddedbroker.metadata.BrokerImage;
import dev.embeddedbroker.metadata.BrokerRegistration;
import dev.embeddedbroker.metadata.ClusterImage;
import dev.embeddedbroker.metadata.ControllerClient;
import dev.embeddedbroker.metadata.ControllerHost;
import dev.embeddedbroker.metadata.ControllerSettings;
import dev.embeddedbroker.metadata.CorruptMetadata;
import dev.embeddedbroker.metadata.CreatedTopic;
import dev.embeddedbroker.metadata.KRaftLog;
import dev.embeddedbroker.metadata.NewTopic;
import dev.embeddedbroker.net.HeldPorts;
import dev.embeddedbroker.net.NettyLoops;
import dev.embeddedbroker.net.NettyServer;
import dev.embeddedbroker.partition.Partitions;
import dev.embeddedbroker.plugin.TelemetryReceivers;
import dev.embeddedbroker.plugin.UserAssignors;
import dev.embeddedbroker.plugin.UserPolicies;
import dev.embeddedbroker.protocol.ErrorCode;
import dev.embeddedbroker.protocol.Uuid;
import dev.embeddedbroker.storage.disk.Disk;
import dev.embeddedbroker.storage.disk.MappedDisk;
import dev.embeddedbroker.storage.disk.StorageException;
import dev.embeddedbroker.storage.log.LogId;
import dev.embeddedbroker.time.Clock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One broker, wired: what is made in which order, and undone in the opposite one.
 *
 * <p><b>Owner:</b> whoever started it closes it; questions may come from any thread.
 */
public final class BrokerNode implements AutoCloseable {

    /*
     * Sockets are bound before the broker registers, because the registration names their ports; they accept when
     * everything behind them is there. So a client that knows the port from an earlier run waits in the backlog instead
     * of meeting a broker that is half there.
     */
    private static final LogId METADATA_LOG = new LogId("__cluster_metadata", 0);
    private static final Uuid METADATA_TOPIC_ID = new Uuid(0, 1);
    private static final short PLAINTEXT = 0;

    private final NodeSettings settings;
    private final Clock clock;
    private final Disk disk;
    private final RandomGenerator random = new Random();
    private final Failures failures = new Failures();
    private final Undo undo = new Undo();
    private final List<NettyServer> servers = new ArrayList<>();
    private final List<Integer> boundPorts = new ArrayList<>();
    private List<Listener> listeners = List.of();
    private @Nullable DataDirectory data;
    private @Nullable LogMaintenance upkeep;
    private @Nullable ApiTable apis;
    private @Nullable ControllerClient controller;
    private @Nullable Reset reset;
    private @Nullable BrokerInsides insides;
    private @Nullable FixtureDoor door;
    private @Nullable ControllerHost metadata;
    private @Nullable Explainer explainer;
    private int id = -1;

    private BrokerNode(NodeSettings settings) {
        this.settings = settings;
        this.clock = settings.parts().clock();
        this.disk = diskOf(settings);
    }

    private static Disk diskOf(NodeSettings settings) {
        Disk given = settings.parts().disk();
        if (given != null) {
            return given;
        }
        return settings.temporary() || directories(settings).isEmpty() ? MappedDisk.forScratch() : new MappedDisk();
    }

    /** Starts a broker; see {@link dev.embeddedbroker.EmbeddedBroker#start}. What was made is undone if a step fails. */
    public static BrokerNode start(NodeSettings settings) {
        var node = new BrokerNode(settings);
        try {
            node.start();
        } catch (StorageException | CorruptMetadata e) {
            throw closed(node, new UncheckedIOException(e.getMessage(), new IOException(e)));
        } catch (RuntimeException e) {
            throw closed(node, e);
        }
        return node;
    }

    private static RuntimeException closed(BrokerNode node, RuntimeException failure) {
        try {
            node.close();
        } catch (RuntimeException another) {
            failure.addSuppressed(another);
        }
        return failure;
    }

    private void start() {
        var config = BrokerConfig.parse(properties());
        listeners = Listener.of(config, settings.host());
        id = config.get(BrokerKeys.NODE_ID);
        var data = DataDirectory.open(disk, directories(settings), settings.temporary(), id, random);
        this.data = data;
        undo.add("data directory", data);

        String name = "embedded-broker-" + id + "-";
        var work = settings.parts().work();
        var loops = NettyLoops.start(loopCount(config), name, clock, failures, work);
        undo.add("loops", loops);
        var maintenance = Maintenance.onThread(name + "maintenance", failures, work);
        undo.add("maintenance", maintenance);
        var flushes = Maintenance.onThread(name + "flush", failures, work);
        undo.add("flushes", flushes);

        var telemetry = TelemetryReceivers.of(config);
        undo.add("telemetry", telemetry);
        var live = new LiveConfig(config);
        var rules = new SettingRules(live);
        var policies = UserPolicies.of(config);
        undo.add("policies", policies);
        Loop first = loops.group().get(0);
        var controller = inside(first, () -> controller(config, data, first, rules, policies, maintenance, flushes));
        metadata = controller;
        undo.add("controller", new Undo.Part() {
            @Override
            public void close() {
                await(CompletableFuture.runAsync(controller::close, first));
            }

            @Override
            public void crash() {
                await(CompletableFuture.runAsync(controller::abandon, first));
            }
        });
        this.controller = controller.client();
        var partitions = new Partitions(id, loops.group(), data.all(), new PartitionSettingsOf(live), controller);
        partitions.onAssignment(found -> {
            var unused = controller.client().assignDirectories(found);
        });
        undo.add("partitions", new Undo.Part() {
            @Override
            public void close() {
                partitions.close().join();
            }

            @Override
            public void crash() {
                partitions.abandon().join();
            }
        });
        var upkeep = new LogMaintenance(partitions, loops.group(), maintenance, flushes, live, data.all());
        undo.add("log maintenance", () -> upkeep.close().join());
        upkeep.start();
        this.upkeep = upkeep;
        var quotas = Quotas.of(config, clock.pacing());
        undo.add("quotas", quotas);
        var assignors = UserAssignors.of(config);
        undo.add("assignors", assignors);
        var groups = new GroupCoordinators(
                controller,
                controller.client(),
                ServedApis.internalTopics(config),
                GroupSettingsOf.config(config, assignors.all()));
        partitions.addRoleListener(new GroupRoles(groups));
        var members = new MemberConnections();
        reset = new Reset(controller.client(), groups, members, quotas, ServedApis.internalTopics(config));
        var markers = new TxnMarkers(partitions, groups);
        var transactions = new TransactionCoordinators(
                controller,
                controller.client(),
                ServedApis.internalTopics(config),
                TxnSettingsOf.config(config),
                markers);
        partitions.addRoleListener(new TransactionRoles(transactions));
        var services = new Services(
                id,
                data,
                loops.group(),
                live,
                rules,
                controller,
                controller.client(),
                partitions,
                groups,
                transactions,
                markers,
                maintenance,
                telemetry,
                random);
        controller.addListener(live);
        quotas.listenTo(controller);
        controller.addListener(partitions);
        controller.addListener(groups);
        controller.addListener(transactions);
        var changes = new Changes();
        insides = BrokerInsides.of(loops.group(), controller, partitions, groups, transactions, changes);
        door = new FixtureDoor(insides, controller.client(), ServedApis.autoTopics(config));
        controller.addListener(changes);
        var apis = new ServedApis(services).table();
        this.apis = apis;
        for (var filter : settings.parts().filters()) {
            filter.begin(apis, controller);
        }
        explainer = new Explainer(apis, loops.group(), controller);

        var router = new ApiRouter(apis, filters(quotas, members), failures);
        bind(config, live, loops, router, quotas);
        inside(first, () -> {
            controller.start(firstStart(config));
            return controller;
        });
        data.ready(await(controller.registerBroker(registration(config, data))));
        createTopics(controller);
        for (var server : servers) {
            server.accept();
        }
        undo.add("those who wait for a state", changes);
        var conductor = settings.parts().conductor();
        if (conductor != null) {
            undo.add("conductor", conductor::dismiss);
            conductor.conduct(loops.stepped());
        }
    }

    private List<RequestFilter> filters(Quotas quotas, MemberConnections members) {
        var filters = new ArrayList<>(settings.parts().filters());
        filters.add(members);
        filters.add(quotas.filter());
        return filters;
    }

    /** What the user set, over where this broker is to listen and to keep its data. */
    private Map<String, String> properties() {
        var properties = new LinkedHashMap<>(settings.config());
        properties.putIfAbsent("listeners", "PLAINTEXT://" + settings.host() + ":" + settings.port());
        Path directory = settings.dataDirectory();
        if (directory != null) {
            properties.put("log.dirs", directory.toString());
        }
        return properties;
    }

    private static List<Path> directories(NodeSettings settings) {
        if (settings.dataDirectory() != null) {
            return List.of(settings.dataDirectory());
        }
        String given =
                settings.config().getOrDefault("log.dirs", settings.config().get("log.dir"));
        return given == null
                ? List.of()
                : Stream.of(given.split(",", -1))
                        .map(String::strip)
                        .filter(each -> !each.isEmpty())
                        .distinct()
                        .map(Path::of)
                        .toList();
    }

    /**
     * As many as are asked for, up to one a core; by default one for two cores, since the clients are on this machine too
     * and each request that meets its partition on another loop costs two wake-ups.
     */
    private int loopCount(BrokerConfig config) {
        int cores = Runtime.getRuntime().availableProcessors();
        boolean isGiven = properties().containsKey(BrokerKeys.NUM_NETWORK_THREADS.name());
        int most = isGiven ? cores : Math.max(1, cores / 2);
        return Math.min(config.get(BrokerKeys.NUM_NETWORK_THREADS), most);
    }

    private ControllerHost controller(
            BrokerConfig config,
            DataDirectory data,
            Loop loop,
            SettingRules rules,
            UserPolicies policies,
            Maintenance maintenance,
            Maintenance flushes) {
        var options = MetadataSettingsOf.log(config);
        var log = data.logs().open(METADATA_LOG, METADATA_TOPIC_ID.toString(), options, clock.wallMs());
        return new ControllerHost(new ControllerHost.Parts(
                config.get(BrokerKeys.NODE_ID),
                data.clusterId(),
                loop,
                new KRaftLog(disk, log),
                new ControllerSettings(
                        config.get(BrokerKeys.NUM_PARTITIONS),
                        config.get(BrokerKeys.DEFAULT_REPLICATION_FACTOR).shortValue(),
                        config.get(BrokerKeys.MIN_INSYNC_REPLICAS)),
                rules,
                policies,
                random,
                MetadataSettingsOf.snapshots(config),
                maintenance,
                flushes));
    }

    private static ControllerHost.FirstStart firstStart(BrokerConfig config) {
        return ControllerHost.FirstStart.likeKafka(
                FeatureSettings.ofNewCluster(config.atStart()), config.get(BrokerKeys.MIN_INSYNC_REPLICAS));
    }

    private void bind(BrokerConfig config, LiveConfig live, NettyLoops loops, ApiRouter router, Quotas quotas) {
        giveBack(settings.heldPorts());
        for (var listener : listeners) {
            try {
                var server = NettyServer.bind(
                        NetSettings.of(listener, config),
                        loops,
                        router,
                        quotas,
                        settings.parts().tap());
                servers.add(server);
                boundPorts.add(server.address().getPort());
                undo.add("listener " + listener.name(), new Undo.Part() {
                    @Override
                    public void close() {
                        server.close();
                    }

                    @Override
                    public void crash() {
                        server.reset();
                    }
                });
                live.follow(next -> server.limit(NetSettings.of(listener, next)));
            } catch (IOException e) {
                throw new UncheckedIOException(e.getMessage(), e);
            }
        }
    }

    private static void giveBack(@Nullable HeldPorts ports) {
        if (ports != null) {
            ports.close();
        }
    }

    private BrokerRegistration registration(BrokerConfig config, DataDirectory data) {
        var endpoints = new ArrayList<BrokerImage.Endpoint>();
        for (int i = 0; i < listeners.size(); i++) {
            var listener = listeners.get(i);
            endpoints.add(
                    new BrokerImage.Endpoint(listener.name(), listener.advertisedHost(), advertisedPort(i), PLAINTEXT));
        }
        return new BrokerRegistration(
                config.get(BrokerKeys.NODE_ID),
                Uuid.random(random),
                config.find(BrokerKeys.BROKER_RACK),
                endpoints,
                data.directoryIds());
    }

    private void createTopics(ControllerHost controller) {
        var wanted = topics();
        if (!wanted.isEmpty()) {
            requireThere(await(controller.client().createTopics(wanted, false)));
        }
    }

    private List<NewTopic> topics() {
        var wanted = new ArrayList<NewTopic>();
        for (var topic : settings.topics()) {
            wanted.add(NewTopic.of(topic.name(), topic.partitions()));
        }
        return wanted;
    }

    private static void requireThere(List<CreatedTopic> topics) {
        for (var topic : topics) {
            if (topic.result().error() != ErrorCode.TOPIC_ALREADY_EXISTS) {
                requireMade(topic);
            }
        }
    }

    private static void requireMade(CreatedTopic topic) {
        var result = topic.result();
        if (!result.isOk()) {
            throw new IllegalArgumentException(
                    "topic " + topic.name() + " can't be created: " + result.error() + ": " + result.message());
        }
    }

    /** Makes a topic; see {@link dev.embeddedbroker.EmbeddedBroker#createTopic}. */
    public void createTopic(String name, int partitions) {
        var client = Objects.requireNonNull(controller, "createTopic() comes after start()");
        requireMade(await(client.createTopics(List.of(NewTopic.of(name, partitions)), false))
                .get(0));
    }

    /** Goes back to the state after the first start; see {@link dev.embeddedbroker.EmbeddedBroker#reset}. */
    public void reset() {
        settings.parts().resets().forEach(Runnable::run);
        requireThere(
                Objects.requireNonNull(reset, "reset() comes after start()").to(topics()));
    }

    /** Where clients find this broker: host and port of its first listener. */
    public String bootstrapServers() {
        String host = listeners.get(0).advertisedHost();
        return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + advertisedPort(0);
    }

    /** The port that the first listener is bound to. */
    public int port() {
        return boundPort(0);
    }

    private int boundPort(int listener) {
        return boundPorts.get(listener);
    }

    private int advertisedPort(int listener) {
        int told = listeners.get(listener).advertisedPort();
        return told != 0 ? told : boundPort(listener);
    }

    /** The cluster as this broker knows it; null before the start. */
    public @Nullable ClusterImage imageOrNull() {
        var view = metadata;
        return view == null ? null : view.image();
    }

    /** The first bug met, if any. */
    public Optional<Throwable> failure() {
        return failures.first();
    }

    /** What is served. */
    ApiTable apis() {
        return Objects.requireNonNull(apis, "apis() comes after start()");
    }

    /** What explains why consumers got nothing; there once the broker has started. */
    public Explainer explainer() {
        return Objects.requireNonNull(explainer, "explainer() comes after start()");
    }

    /** What retains and compacts the logs; there once the broker has started. */
    public LogMaintenance logMaintenance() {
        return Objects.requireNonNull(upkeep, "logMaintenance() comes after start()");
    }

    /** What can be looked at; there once the broker has started. */
    public BrokerInsides insides() {
        return Objects.requireNonNull(insides, "insides() comes after start()");
    }

    /** What records are put into; there once the broker has started. */
    public FixtureDoor door() {
        return Objects.requireNonNull(door, "door() comes after start()");
    }

    /** The broker's {@code node.id}. */
    public int id() {
        return id;
    }

    /** Ends the broker cleanly, and says how to start it again where it was. */
    public NodeSettings stop() {
        return stop(undo::run);
    }

    /** Ends the broker as if its process was killed, and says how to start it again where it was. */
    public NodeSettings crash() {
        return stop(undo::crash);
    }

    private NodeSettings stop(Runnable end) {
        var directory = Objects.requireNonNull(data, "stop() and crash() come after start()");
        directory.keep();
        var config = new LinkedHashMap<>(settings.config());
        config.put("listeners", boundListeners());
        end.run();
        var heldPorts = new HeldPorts();
        servers.forEach(server -> heldPorts.hold(server.address())); // their loops have ended, so nobody listens
        return new NodeSettings(
                settings.host(),
                port(),
                directories(settings).size() > 1 ? null : directory.logs().root(),
                directory.isTemporary(),
                config,
                settings.topics(),
                settings.parts().on(disk),
                heldPorts);
    }

    private String boundListeners() {
        var bound = new ArrayList<String>();
        for (int i = 0; i < listeners.size(); i++) {
            var listener = listeners.get(i);
            bound.add(listener.name() + "://" + listener.bindHost() + ":" + boundPort(i));
        }
        return String.join(",", bound);
    }

    @Override
    public void close() {
        undo.run();
    }

    /** Gives back what a broker left that was stopped and will not be started again. */
    public static void discard(NodeSettings stopped) {
        giveBack(stopped.heldPorts());
        if (stopped.temporary() && stopped.dataDirectory() != null) {
            diskOf(stopped).deleteTree(stopped.dataDirectory());
        }
    }

    /** Runs something on a loop and waits for what it gives; what it throws is thrown here. */
    private static <T> T inside(Loop loop, Supplier<T> work) {
        return await(CompletableFuture.supplyAsync(work, loop));
    }

    static <T> T await(CompletableFuture<T> future) {
        try {
            return future.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw e;
        }
    }
}
