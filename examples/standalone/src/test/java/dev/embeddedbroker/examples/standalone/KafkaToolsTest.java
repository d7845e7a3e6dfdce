package dev.embeddedbroker.examples.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** Apache Kafka's own command-line tools, each in a process of its own, against the standalone main in another. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class KafkaToolsTest {
    private static final String TOOLS = "org.apache.kafka.tools.";
    private static final String LINES = IntStream.range(0, 100)
            .mapToObj(i -> "key-" + i + ":value-" + i)
            .collect(Collectors.joining("\n", "", "\n"));

    @TempDir
    static Path directory;

    private static Command.Running broker;
    private static String bootstrap;

    @BeforeAll
    static void startStandalone() throws IOException {
        broker = start();
        bootstrap = broker.bootstrap();
    }

    @AfterAll
    static void stop() throws InterruptedException {
        broker.close();
    }

    @Test
    @Order(1)
    void kafkaTopicsCreatesListsAndDescribes() throws Exception {
        assertThat(tool("TopicCommand", "--create", "--topic", "tools", "--partitions", "2"))
                .contains("Created topic tools.");
        assertThat(tool("TopicCommand", "--list")).contains("tools").contains("orders");
        assertThat(tool("TopicCommand", "--describe", "--topic", "tools"))
                .containsPattern("Topic: tools\\s+TopicId: \\S+\\s+PartitionCount: 2\\s+ReplicationFactor: 1")
                .containsPattern("Partition: 1\\s+Leader: \\d+\\s+Replicas: \\d+\\s+Isr: \\d+");
        assertThat(tool("TopicCommand", "--alter", "--topic", "tools", "--partitions", "3"))
                .doesNotContain("Error");
        assertThat(tool("TopicCommand", "--describe", "--topic", "tools")).contains("PartitionCount: 3");
    }

    @Test
    @Order(2)
    void kafkaConfigsAltersAndDescribes() throws Exception {
        String[] topic = {"--entity-type", "topics", "--entity-name", "tools"};
        assertThat(configs("--alter", "--add-config", "retention.ms=12345", topic))
                .contains("Completed updating");
        assertThat(configs("--describe", "--all", null, topic))
                .contains("retention.ms=12345")
                .contains("segment.bytes=");
        assertThat(configs("--alter", "--delete-config", "retention.ms", topic)).contains("Completed updating");
        assertThat(configs("--describe", null, null, topic)).doesNotContain("retention.ms=12345");
    }

    @Test
    @Order(3)
    void consoleProducerAndConsumerMoveRecords() throws Exception {
        var produced = Command.run(
                LINES,
                Command.java(
                        TOOLS + "ConsoleProducer",
                        "--bootstrap-server",
                        bootstrap,
                        "--topic",
                        "tools",
                        "--property",
                        "parse.key=true",
                        "--property",
                        "key.separator=:"));
        assertThat(produced.exitCode()).as(produced.output()).isZero();

        String consumed = tool(
                "consumer.ConsoleConsumer",
                "--topic",
                "tools",
                "--group",
                "tool-group",
                "--from-beginning",
                "--max-messages",
                "100",
                "--timeout-ms",
                "30000");
        assertThat(consumed).contains("Processed a total of 100 messages");
        assertThat(consumed.lines().filter(line -> line.startsWith("value-")).collect(Collectors.toSet()))
                .hasSize(100);
    }

    @Test
    @Order(4)
    void getOffsetsSeesTheEnd() throws Exception {
        int total = tool("GetOffsetShell", "--topic", "tools")
                .lines()
                .filter(line -> line.startsWith("tools:"))
                .mapToInt(line -> Integer.parseInt(line.substring(line.lastIndexOf(':') + 1)))
                .sum();
        assertThat(total).isEqualTo(100);
    }

    @Test
    @Order(5)
    void consumerGroupsDescribesResetsAndDeletes() throws Exception {
        String groups = "consumer.group.ConsumerGroupCommand";
        assertThat(tool(groups, "--list")).contains("tool-group");
        assertThat(tool(groups, "--describe", "--group", "tool-group"))
                .contains("has no active members")
                .containsPattern("tool-group\\s+tools\\s+0\\s+\\d+\\s+\\d+\\s+0");
        assertThat(tool(
                        groups,
                        "--reset-offsets",
                        "--to-earliest",
                        "--execute",
                        "--group",
                        "tool-group",
                        "--topic",
                        "tools"))
                .containsPattern("tool-group\\s+tools\\s+0\\s+0");
        assertThat(tool(groups, "--delete", "--group", "tool-group")).contains("was successful");
    }

    @Test
    @Order(6)
    void perfToolsRunToTheEnd() throws Exception {
        var produced = Command.run(
                "",
                Command.java(
                        TOOLS + "ProducerPerformance",
                        "--topic",
                        "perf",
                        "--num-records",
                        "20000",
                        "--record-size",
                        "100",
                        "--throughput",
                        "-1",
                        "--producer-props",
                        "bootstrap.servers=" + bootstrap));
        assertThat(produced.exitCode()).as(produced.output()).isZero();
        assertThat(produced.output()).contains("20000 records sent");
        assertThat(tool("ConsumerPerformance", "--topic", "perf", "--messages", "20000"))
                .contains("start.time");
    }

    @Test
    @Order(7)
    void dumpLogSegmentsIsCleanAfterTheBrokerClosed() throws Exception {
        broker.close();
        Path segment = directory.resolve("tools-0").resolve("00000000000000000000.log");
        Path index = directory.resolve("perf-0").resolve("00000000000000000000.index");
        Path perf = directory.resolve("perf-0").resolve("00000000000000000000.log");
        String dump = dump("--deep-iteration", "--print-data-log", "--files", segment.toString());
        assertThat(dump)
                .contains("Log starting offset: 0")
                .contains("payload: value-")
                .doesNotContain("corrupt");
        assertThat(dump("--deep-iteration", "--files", perf.toString()))
                .contains("isvalid: true")
                .doesNotContain("isvalid: false");
        assertThat(index).exists();
        assertThat(Files.size(index)).isPositive();
        assertThat(dump("--index-sanity-check", "--files", index.toString())).contains("passed sanity check");
        assertThat(dump("--verify-index-only", "--files", index.toString())).doesNotContain("Mismatches");
        assertThat(dump(
                        "--files",
                        index.resolveSibling("00000000000000000000.timeindex").toString()))
                .doesNotContain("Found timestamp mismatch")
                .doesNotContain("Found out of order timestamp");

        broker = start();
        bootstrap = broker.bootstrap();
        getOffsetsSeesTheEnd();
    }

    private static Command.Running start() throws IOException {
        return Command.standalone(directory, "--topic", "orders:1", "--config", "num.partitions=1");
    }

    private static String tool(String name, String... arguments) throws Exception {
        var command = Command.java(TOOLS + name, "--bootstrap-server", bootstrap);
        command.addAll(java.util.List.of(arguments));
        var result = Command.run("", command);
        assertThat(result.exitCode()).as(result.output()).isZero();
        return result.output();
    }

    private static String configs(String verb, String option, String value, String... entity) throws Exception {
        var command = Command.java("kafka.admin.ConfigCommand", "--bootstrap-server", bootstrap, verb);
        if (option != null) {
            command.add(option);
        }
        if (value != null) {
            command.add(value);
        }
        command.addAll(java.util.List.of(entity));
        var result = Command.run("", command);
        assertThat(result.exitCode()).as(result.output()).isZero();
        return result.output();
    }

    private static String dump(String... arguments) throws Exception {
        var result = Command.run("", Command.java(TOOLS + "DumpLogSegments", arguments));
        assertThat(result.exitCode()).as(result.output()).isZero();
        return result.output();
    }
}
