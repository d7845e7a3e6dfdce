package dev.embeddedbroker.examples.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What Apache Kafka's own administrative tools print when they are pointed at the standalone main. */
class AdminToolsTest {
    private static final String TOOLS = "org.apache.kafka.tools.";
    private static final String GROUPS = TOOLS + "consumer.group.ConsumerGroupCommand";
    private static final String CONFIGS = "kafka.admin.ConfigCommand";
    private static final String REASSIGN = TOOLS + "reassign.ReassignPartitionsCommand";

    @TempDir
    static Path directory;

    private static Command.Running broker;
    private static String bootstrap;

    @BeforeAll
    static void start() throws IOException {
        broker = Command.standalone(directory.resolve("data"), "--topic", "orders:2", "--topic", "other:1");
        bootstrap = broker.bootstrap();
    }

    @AfterAll
    static void stop() throws InterruptedException {
        broker.close();
    }

    @Test
    void kafkaTopicsSaysWhatIsWrong() throws Exception {
        assertThat(fails(TOOLS + "TopicCommand", "--create", "--topic", "orders"))
                .contains("Topic 'orders' already exists.");
        assertThat(fails(TOOLS + "TopicCommand", "--create", "--topic", "three", "--replication-factor", "3"))
                .contains("Unable to replicate the partition 3 time(s)");
        assertThat(fails(TOOLS + "TopicCommand", "--describe", "--topic", "nowhere"))
                .contains("Topic 'nowhere' does not exist as expected");
        assertThat(fails(TOOLS + "TopicCommand", "--alter", "--topic", "orders", "--partitions", "1"))
                .contains("The topic orders currently has 2 partition(s); 1 would not be an increase.");
        assertThat(run(TOOLS + "TopicCommand", "--describe", "--under-replicated-partitions"))
                .doesNotContain("orders");
        run(TOOLS + "TopicCommand", "--create", "--topic", "short-lived");
        run(TOOLS + "TopicCommand", "--delete", "--topic", "short-lived");
        assertThat(run(TOOLS + "TopicCommand", "--list")).doesNotContain("short-lived");
    }

    @Test
    void kafkaConfigsOfBrokersGroupsClientsAndLoggers() throws Exception {
        String[] all = {"--entity-type", "brokers", "--entity-default"};
        assertThat(run(CONFIGS, with(all, "--alter", "--add-config", "log.cleaner.threads=2")))
                .contains("Completed updating default config for brokers in the cluster.");
        assertThat(run(CONFIGS, with(all, "--describe")))
                .contains("log.cleaner.threads=2 sensitive=false"
                        + " synonyms={DYNAMIC_DEFAULT_BROKER_CONFIG:log.cleaner.threads=2");
        assertThat(run(CONFIGS, "--entity-type", "brokers", "--entity-name", "0", "--describe", "--all"))
                .contains("All configs for broker 0 are:")
                .contains("log.cleaner.threads=2")
                .contains("log.retention.hours=168 sensitive=false synonyms={DEFAULT_CONFIG:log.retention.hours=168}");
        assertThat(run(CONFIGS, with(all, "--alter", "--delete-config", "log.cleaner.threads")))
                .contains("Completed updating");
        assertThat(fails(
                        CONFIGS,
                        "--entity-type",
                        "brokers",
                        "--entity-name",
                        "0",
                        "--alter",
                        "--add-config",
                        "log.dirs=/elsewhere"))
                .contains("Cannot update these configs dynamically");

        String[] group = {"--entity-type", "groups", "--entity-name", "g"};
        run(CONFIGS, with(group, "--alter", "--add-config", "consumer.session.timeout.ms=46000"));
        assertThat(run(CONFIGS, with(group, "--describe"))).contains("consumer.session.timeout.ms=46000");

        String[] client = {"--entity-type", "clients", "--entity-name", "me"};
        run(CONFIGS, with(client, "--alter", "--add-config", "producer_byte_rate=1000000"));
        assertThat(run(CONFIGS, with(client, "--describe")))
                .contains("Quota configs for client-id 'me' are producer_byte_rate=1000000.0");
        run(CONFIGS, with(client, "--alter", "--delete-config", "producer_byte_rate"));
        assertThat(run(CONFIGS, "--entity-type", "broker-loggers", "--entity-name", "0", "--describe"))
                .contains("Dynamic configs for broker-logger 0 are:");
    }

    @Test
    void kafkaConsumerGroupsKafkaGroupsAndKafkaGetOffsets() throws Exception {
        produce(5);
        assertThat(run(
                        TOOLS + "consumer.ConsoleConsumer",
                        "--topic",
                        "orders",
                        "--group",
                        "readers",
                        "--from-beginning",
                        "--max-messages",
                        "5",
                        "--timeout-ms",
                        "60000"))
                .contains("Processed a total of 5 messages");
        assertThat(run(TOOLS + "GroupsCommand", "--list"))
                .containsPattern("GROUP\\s+TYPE\\s+PROTOCOL")
                .containsPattern("readers\\s+Classic\\s+consumer");
        assertThat(run(GROUPS, "--describe", "--group", "readers", "--state"))
                .containsPattern("readers\\s+localhost:\\d+\\s+\\(0\\)\\s+\\S*\\s*Empty\\s+0");
        assertThat(run(GROUPS, "--describe", "--all-groups", "--offsets")).containsPattern("readers\\s+orders\\s+");
        assertThat(run(GROUPS, "--list", "--state")).containsPattern("readers\\s+Empty");
        assertThat(fails(GROUPS, "--describe", "--group", "nobody")).contains("Group nobody not found.");
        assertThat(run(GROUPS, "--delete-offsets", "--group", "readers", "--topic", "orders"))
                .containsPattern("orders\\s+1\\s+Successful");
        assertThat(run(TOOLS + "GetOffsetShell", "--topic", "orders", "--time", "earliest"))
                .contains("orders:0:0")
                .contains("orders:1:0");
        assertThat(run(TOOLS + "GetOffsetShell", "--topic-partitions", "orders:0-2", "--time", "max-timestamp"))
                .contains("orders:");
    }

    @Test
    void kafkaDeleteRecordsAndKafkaLogDirs() throws Exception {
        Path request = Files.writeString(directory.resolve("delete.json"), """
            {"partitions": [{"topic": "other", "partition": 0, "offset": -1}], "version": 1}\
            """);
        assertThat(run(TOOLS + "DeleteRecordsCommand", "--offset-json-file", request.toString()))
                .containsPattern("partition: other-0\\s+low_watermark: \\d+");
        assertThat(run(TOOLS + "LogDirsCommand", "--describe", "--broker-list", "0", "--topic-list", "orders"))
                .contains("Received log directory information from brokers 0")
                .contains("\"partition\":\"orders-1\"")
                .contains(directory.resolve("data").toString());
    }

    @Test
    void kafkaFeaturesKafkaMetadataQuorumAndKafkaCluster() throws Exception {
        assertThat(run(TOOLS + "FeatureCommand", "describe"))
                .containsPattern("Feature: metadata.version\\s+SupportedMinVersion: 3.3-IV3")
                .containsPattern("Feature: group.version\\s+SupportedMinVersion: 0\\s+SupportedMaxVersion: 1"
                        + "\\s+FinalizedVersionLevel: 1");
        assertThat(fails(TOOLS + "FeatureCommand", "downgrade", "--feature", "no.such=0"))
                .contains("no.such");
        assertThat(run(TOOLS + "MetadataQuorumCommand", "describe", "--status"))
                .containsPattern("ClusterId:\\s+\\S{22}")
                .containsPattern("LeaderId:\\s+0")
                .containsPattern("CurrentVoters:\\s+\\[.*0.*]");
        assertThat(run(TOOLS + "MetadataQuorumCommand", "describe", "--replication"))
                .containsPattern("NodeId\\s+DirectoryId\\s+LogEndOffset\\s+Lag")
                .containsPattern("0\\s+\\S+\\s+\\d+\\s+0\\s+\\d+\\s+\\d+\\s+Leader");
        assertThat(result(TOOLS + "ClusterTool", "cluster-id", "--bootstrap-server", bootstrap)
                        .output())
                .containsPattern("Cluster ID: \\S{22}");
        assertThat(result(TOOLS + "ClusterTool", "list-endpoints", "--bootstrap-server", bootstrap)
                        .output())
                .containsPattern("0\\s+localhost\\s+\\d+");
        assertThat(run(TOOLS + "BrokerApiVersionsCommand"))
                .containsPattern("localhost:\\d+ \\(id: 0 rack: null isFenced: false\\) -> \\(")
                .contains("Metadata(3): 0 to 13 [usable: 13]");
    }

    @Test
    void kafkaReassignPartitionsAndKafkaLeaderElection() throws Exception {
        Path topics = Files.writeString(directory.resolve("topics.json"), """
            {"topics": [{"topic": "orders"}], "version": 1}\
            """);
        assertThat(run(REASSIGN, "--generate", "--broker-list", "0", "--topics-to-move-json-file", topics.toString()))
                .contains("Current partition replica assignment")
                .contains("Proposed partition reassignment configuration")
                .contains("\"topic\":\"orders\",\"partition\":1,\"replicas\":[0]");
        Path plan = Files.writeString(directory.resolve("plan.json"), """
            {"version": 1, "partitions": [{"topic": "orders", "partition": 0, "replicas": [0]}]}\
            """);
        assertThat(run(REASSIGN, "--execute", "--reassignment-json-file", plan.toString()))
                .contains("Successfully started partition reassignment for orders-0");
        assertThat(run(REASSIGN, "--verify", "--reassignment-json-file", plan.toString()))
                .contains("Reassignment of partition orders-0 is completed.");
        assertThat(run(REASSIGN, "--list")).contains("No partition reassignments found.");
        Path elsewhere = Files.writeString(directory.resolve("elsewhere.json"), """
            {"version": 1, "partitions": [{"topic": "orders", "partition": 0, "replicas": [7]}]}\
            """);
        assertThat(fails(REASSIGN, "--execute", "--reassignment-json-file", elsewhere.toString()))
                .contains("7");
        assertThat(run(TOOLS + "LeaderElectionCommand", "--election-type", "preferred", "--all-topic-partitions"))
                .doesNotContain("Error");
        assertThat(run(
                        TOOLS + "LeaderElectionCommand",
                        "--election-type",
                        "unclean",
                        "--topic",
                        "orders",
                        "--partition",
                        "0"))
                .contains("Valid replica already elected for partitions orders-0");
    }

    @Test
    void kafkaClientMetricsAltersListsDescribesAndDeletes() throws Exception {
        String metrics = TOOLS + "ClientMetricsCommand";
        assertThat(run(
                        metrics,
                        "--alter",
                        "--name",
                        "basic",
                        "--metrics",
                        "org.apache.kafka.producer.",
                        "--interval",
                        "60000"))
                .contains("Altered client metrics config for basic.");
        assertThat(run(metrics, "--list")).contains("basic");
        assertThat(run(metrics, "--describe", "--name", "basic"))
                .contains("Client metrics configs for basic are:")
                .contains("interval.ms=60000")
                .contains("metrics=org.apache.kafka.producer.");
        assertThat(run(metrics, "--delete", "--name", "basic")).contains("Deleted client metrics config for basic.");
        assertThat(run(metrics, "--list")).doesNotContain("basic");
    }

    private static void produce(int count) throws Exception {
        var lines = new StringBuilder();
        for (int i = 0; i < count; i++) {
            lines.append("value-").append(i).append('\n');
        }
        var produced = Command.run(
                lines.toString(),
                Command.java(TOOLS + "ConsoleProducer", "--bootstrap-server", bootstrap, "--topic", "orders"));
        assertThat(produced.exitCode()).as(produced.output()).isZero();
    }

    private static String[] with(String[] entity, String... more) {
        var all = new ArrayList<>(List.of(entity));
        all.addAll(List.of(more));
        return all.toArray(String[]::new);
    }

    /** What the tool prints when it succeeds. */
    private static String run(String tool, String... arguments) throws Exception {
        var result = result(tool, withBootstrap(arguments));
        assertThat(result.exitCode()).as(result.output()).isZero();
        return result.output();
    }

    /** What the tool prints when it does not succeed, with its exit code or without. */
    private static String fails(String tool, String... arguments) throws Exception {
        return result(tool, withBootstrap(arguments)).output();
    }

    private static String[] withBootstrap(String... arguments) {
        return with(new String[] {"--bootstrap-server", bootstrap}, arguments);
    }

    private static Command.Result result(String tool, String... arguments) throws Exception {
        return Tool.run(tool, arguments);
    }
}
