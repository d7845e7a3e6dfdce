package dev.embeddedbroker.outgrow;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import dev.embeddedbroker.net.FreePort;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.MetadataVersion;
import org.slf4j.LoggerFactory;

/** Apache Kafka's own server in this JVM, broker and controller in one, on a directory; and what it wrote to its log. */
public final class ApacheKafka implements AutoCloseable {
    public static final int NODE_ID = 1;
    private static final List<String> LOGGERS = List.of("org.apache.kafka", "kafka", "state.change.logger");

    private static final Pattern REPAIR = Pattern.compile(
            "(?i)recovering|corrupt|rebuilding (index|segment)|stray|truncat|not properly|sanity|could not find offset index");

    /**
     * What it warns of on any directory, a fresh one of its own included: taking over as the controller, and on a slow
     * machine registering before it did, which it tries again, and whatever else took long.
     */
    private static final Pattern ANY_START = Pattern.compile("Performing controller activation\\.$"
            + "|Unexpected error handling request .*NotControllerException"
            + "|(?i)timed out|took longer|exceptionally slow");

    private final KafkaRaftServer server;
    private final int port;
    private final Said said;

    static {
        // clients that outlive a broker say so while the next one starts
        ((Logger) LoggerFactory.getLogger("org.apache.kafka.clients")).setLevel(Level.ERROR);
    }

    private ApacheKafka(KafkaRaftServer server, int port, Said said) {
        this.server = server;
        this.port = port;
        this.said = said;
    }

    /** Makes a directory a new cluster's, as {@code kafka-storage format} does. */
    public static void format(Path directory, String clusterId) throws Exception {
        new Formatter()
                .setPrintStream(new PrintStream(OutputStream.nullOutputStream()))
                .setNodeId(NODE_ID)
                .setClusterId(clusterId)
                .addDirectory(directory.toString())
                .setMetadataLogDirectory(directory.toString())
                .setControllerListenerName("CONTROLLER")
                .setReleaseVersion(MetadataVersion.latestProduction())
                .run();
    }

    public static ApacheKafka start(Path directory, int port, Map<String, String> more) throws IOException {
        int controllerPort = FreePort.any();
        var settings = new Properties();
        settings.put("process.roles", "broker,controller");
        settings.put("node.id", Integer.toString(NODE_ID));
        settings.put("listeners", "PLAINTEXT://localhost:" + port + ",CONTROLLER://localhost:" + controllerPort);
        settings.put("advertised.listeners", "PLAINTEXT://localhost:" + port);
        settings.put("controller.listener.names", "CONTROLLER");
        settings.put("controller.quorum.voters", NODE_ID + "@localhost:" + controllerPort);
        settings.put("log.dirs", directory.toString());
        settings.putAll(SMALL);
        settings.putAll(more);
        var said = new Said();
        said.listen();
        try {
            var server = new KafkaRaftServer(KafkaConfig.fromProps(settings, false), Time.SYSTEM);
            server.startup();
            return new ApacheKafka(server, port, said);
        } catch (RuntimeException e) {
            said.stop();
            throw e;
        }
    }

    /** Settings that both brokers run with: few internal partitions, no waiting. */
    public static final Map<String, String> SMALL = Map.of(
            "offsets.topic.num.partitions", "3",
            "offsets.topic.replication.factor", "1",
            "transaction.state.log.num.partitions", "2",
            "transaction.state.log.replication.factor", "1",
            "transaction.state.log.min.isr", "1",
            "share.coordinator.state.topic.num.partitions", "1",
            "share.coordinator.state.topic.replication.factor", "1",
            "share.coordinator.state.topic.min.isr", "1",
            "group.initial.rebalance.delay.ms", "0");

    public String bootstrapServers() {
        return "localhost:" + port;
    }

    /** What it logged from WARN on, but for what it says of its own start. */
    List<String> complaints() {
        return said.lines(event -> event.getLevel().isGreaterOrEqual(Level.WARN)).stream()
                .filter(line -> !ANY_START.matcher(line).find())
                .toList();
    }

    /** What it logged from INFO on of files that were not as it expects them; it reads its metadata log again anyway. */
    List<String> repairs() {
        return said.lines(event -> REPAIR.matcher(event.getFormattedMessage()).find()
                && !event.getFormattedMessage().contains("partition=__cluster_metadata-0"));
    }

    /** Whether it logged something with these words. */
    boolean said(String words) {
        return !said.lines(event -> event.getFormattedMessage().contains(words)).isEmpty();
    }

    @Override
    public void close() {
        try {
            server.shutdown();
            server.awaitShutdown();
        } finally {
            said.stop();
        }
    }

    /** The lines of Kafka's loggers, kept instead of printed. The clients' are left out: they are ours in these tests. */
    private static final class Said extends AppenderBase<ILoggingEvent> {
        private final Queue<ILoggingEvent> events = new ConcurrentLinkedQueue<>();

        void listen() {
            setContext((LoggerContext) LoggerFactory.getILoggerFactory());
            start();
            for (String name : LOGGERS) {
                var logger = logger(name);
                logger.setLevel(Level.INFO);
                logger.setAdditive(false);
                logger.addAppender(this);
            }
        }

        @Override
        public void stop() {
            super.stop();
            for (String name : LOGGERS) {
                var logger = logger(name);
                logger.detachAppender(this);
                logger.setAdditive(true);
                logger.setLevel(null);
            }
        }

        private static Logger logger(String name) {
            return (Logger) LoggerFactory.getLogger(name);
        }

        @Override
        protected void append(ILoggingEvent event) {
            events.add(event);
        }

        List<String> lines(Predicate<ILoggingEvent> wanted) {
            return events.stream()
                    .filter(wanted)
                    .map(event -> event.getLevel() + " " + event.getLoggerName() + ": " + event.getFormattedMessage()
                            + (event.getThrowableProxy() == null
                                    ? ""
                                    : " (" + event.getThrowableProxy().getClassName() + ": "
                                            + event.getThrowableProxy().getMessage() + ")"))
                    .toList();
        }
    }
}
