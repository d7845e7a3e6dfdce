package dev.embeddedbroker.examples.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceRequestData.PartitionProduceData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceDataCollection;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.MessageUtil;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.apache.kafka.common.requests.RequestHeader;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Apache Kafka's {@code kafka-transactions}, as a process of its own, against the standalone main in another. */
class KafkaTransactionsToolTest {
    private static final long HOUR_MS = 3_600_000;

    @TempDir
    static Path directory;

    private static Command.Running broker;
    private static String bootstrap;

    @BeforeAll
    static void startStandalone() throws IOException {
        // without the question to the coordinator a transaction may come to hang, as before KIP-890
        broker = Command.standalone(
                directory,
                "--topic",
                "orders:1",
                "--topic",
                "hung:1",
                "--config",
                "transaction.partition.verification.enable=false");
        bootstrap = broker.bootstrap();
    }

    @AfterAll
    static void stop() throws InterruptedException {
        broker.close();
    }

    @Test
    void transactionsAreListedDescribedAndTerminated() throws Exception {
        try (var open = producer("open-tx");
                var idle = producer("idle-tx")) {
            open.initTransactions();
            idle.initTransactions();
            open.beginTransaction();
            open.send(new ProducerRecord<>("orders", "k", "v")).get();

            assertThat(tool("list"))
                    .containsPattern("open-tx\\s+\\d+\\s+\\d+\\s+Ongoing")
                    .containsPattern("idle-tx\\s+\\d+\\s+\\d+\\s+Empty");
            assertThat(tool("list", "--transactional-id-pattern", "op.*"))
                    .contains("open-tx")
                    .doesNotContain("idle-tx");
            assertThat(tool("list", "--duration-filter", Long.toString(HOUR_MS)))
                    .doesNotContain("open-tx");
            assertThat(tool("describe", "--transactional-id", "open-tx"))
                    .containsPattern("open-tx\\s+\\d+\\s+0\\s+Ongoing\\s+60000\\s+.*orders-0");
            assertThat(tool("describe-producers", "--topic", "orders", "--partition", "0"))
                    .containsPattern("\\d+\\s+0\\s+-1\\s+0\\s+\\d+\\s+0"); // its transaction starts at offset 0

            tool("forceTerminateTransaction", "--transactionalId", "open-tx");
            assertThat(tool("describe", "--transactional-id", "open-tx")).doesNotContain("Ongoing");
            assertThat(tool("describe-producers", "--topic", "orders", "--partition", "0"))
                    .containsPattern("\\s+None\\s*");
            assertThatThrownBy(open::commitTransaction).isInstanceOf(KafkaException.class);
        }
    }

    @Test
    void hangingTransactionIsFoundAndAborted() throws Exception {
        leaveATransactionHanging();
        assertThat(tool("find-hanging", "--topic", "hung"))
                .containsPattern("hung\\s+0\\s+4711\\s+3\\s+-1\\s+0\\s+\\d+");
        tool("abort", "--topic", "hung", "--partition", "0", "--start-offset", "0");
        assertThat(tool("find-hanging", "--topic", "hung")).doesNotContain("4711");
        assertThat(tool("describe-producers", "--topic", "hung", "--partition", "0"))
                .containsPattern("4711\\s+3\\s+\\d+\\s+0\\s+\\d+\\s+None");
    }

    private static KafkaProducer<String, String> producer(String id) {
        return new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrap, "transactional.id", id),
                new StringSerializer(),
                new StringSerializer());
    }

    private static String tool(String command, String... arguments) throws Exception {
        var line = Command.java("org.apache.kafka.tools.TransactionsCommand", "--bootstrap-server", bootstrap, command);
        line.addAll(List.of(arguments));
        var result = Command.run("", line);
        assertThat(result.exitCode()).as(result.output()).isZero();
        return result.output();
    }

    /** A batch of a transaction that no coordinator knows, an hour old. */
    private static void leaveATransactionHanging() throws IOException {
        short version = 11; // the last one that does not add the partition to the transaction
        var batch = MemoryRecords.withTransactionalRecords(
                Compression.NONE,
                4711,
                (short) 3,
                0,
                new SimpleRecord(
                        System.currentTimeMillis() - HOUR_MS, null, "undecided".getBytes(StandardCharsets.UTF_8)));
        var topics = new TopicProduceDataCollection();
        topics.add(new TopicProduceData()
                .setName("hung")
                .setPartitionData(List.of(new PartitionProduceData().setIndex(0).setRecords(batch))));
        var request = new ProduceRequestData()
                .setTransactionalId("nobody")
                .setAcks((short) -1)
                .setTimeoutMs(30_000)
                .setTopicData(topics);
        var header = new RequestHeader(ApiKeys.PRODUCE, version, "test", 1);
        var head = MessageUtil.toByteBufferAccessor(header.data(), header.headerVersion())
                .buffer();
        var body = MessageUtil.toByteBufferAccessor(request, version).buffer();
        int colon = bootstrap.lastIndexOf(':');
        try (var socket = new Socket(bootstrap.substring(0, colon), Integer.parseInt(bootstrap.substring(colon + 1)))) {
            var out = new DataOutputStream(socket.getOutputStream());
            out.writeInt(head.remaining() + body.remaining());
            out.write(head.array(), head.arrayOffset() + head.position(), head.remaining());
            out.write(body.array(), body.arrayOffset() + body.position(), body.remaining());
            out.flush();
            var in = new DataInputStream(socket.getInputStream());
            var answer = new byte[in.readInt()];
            in.readFully(answer);
            var buffer = ByteBuffer.wrap(answer).position(5); // behind the header: correlation id, no tagged fields
            var answered = new ProduceResponseData(new ByteBufferAccessor(buffer), version);
            assertThat(answered.responses()
                            .iterator()
                            .next()
                            .partitionResponses()
                            .get(0)
                            .errorCode())
                    .isZero();
        }
    }
}
