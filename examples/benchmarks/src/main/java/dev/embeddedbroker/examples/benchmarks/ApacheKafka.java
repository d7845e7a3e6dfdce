package dev.embeddedbroker.examples.benchmarks;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.Properties;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.MetadataVersion;

/**
 * Apache Kafka's own broker in this process: one node, broker and controller, in a temporary directory. Its settings
 * are those a test would give it: small internal topics and no initial rebalance delay.
 */
final class ApacheKafka implements Peer {
    private static final int NODE_ID = 1;

    private final Path directory;
    private final Properties properties;
    private KafkaRaftServer server;
    private final String bootstrapServers;

    private ApacheKafka(Path directory, Properties properties, String bootstrapServers) {
        this.directory = directory;
        this.properties = properties;
        this.bootstrapServers = bootstrapServers;
        this.server = startServer();
    }

    private KafkaRaftServer startServer() {
        var started = new KafkaRaftServer(KafkaConfig.fromProps(properties, false), Time.SYSTEM);
        started.startup();
        return started;
    }

    static ApacheKafka start(Map<String, String> settings) throws Exception {
        Path directory = Files.createTempDirectory("apache-kafka");
        int brokerPort = freePort();
        int controllerPort = freePort();
        new Formatter()
                .setPrintStream(new PrintStream(OutputStream.nullOutputStream()))
                .setNodeId(NODE_ID)
                .setClusterId(Uuid.randomUuid().toString())
                .addDirectory(directory.toString())
                .setMetadataLogDirectory(directory.toString())
                .setControllerListenerName("CONTROLLER")
                .setReleaseVersion(MetadataVersion.latestProduction())
                .run();
        var properties = properties(directory, brokerPort, controllerPort);
        properties.putAll(settings);
        return new ApacheKafka(directory, properties, "localhost:" + brokerPort);
    }

    private static Properties properties(Path directory, int brokerPort, int controllerPort) {
        var properties = new Properties();
        properties.put("process.roles", "broker,controller");
        properties.put("node.id", String.valueOf(NODE_ID));
        properties.put(
                "listeners", "PLAINTEXT://localhost:" + brokerPort + ",CONTROLLER://localhost:" + controllerPort);
        properties.put("advertised.listeners", "PLAINTEXT://localhost:" + brokerPort);
        properties.put("controller.listener.names", "CONTROLLER");
        properties.put("controller.quorum.voters", NODE_ID + "@localhost:" + controllerPort);
        properties.put("log.dirs", directory.toString());
        properties.put("offsets.topic.num.partitions", "1");
        properties.put("offsets.topic.replication.factor", "1");
        properties.put("transaction.state.log.num.partitions", "1");
        properties.put("transaction.state.log.replication.factor", "1");
        properties.put("transaction.state.log.min.isr", "1");
        properties.put("log.initial.task.delay.ms", "1000");
        properties.put("group.initial.rebalance.delay.ms", "0");
        return properties;
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @Override
    public String bootstrapServers() {
        return bootstrapServers;
    }

    @Override
    public void restart() {
        stopServer();
        server = startServer();
    }

    private void stopServer() {
        server.shutdown();
        server.awaitShutdown();
    }

    @Override
    public void close() throws IOException {
        stopServer();
        try (var files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
