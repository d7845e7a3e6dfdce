package dev.embeddedbroker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.embeddedbroker.net.WireClient;
import dev.embeddedbroker.storage.disk.MappedDisk;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.KafkaStorageException;
import org.apache.kafka.common.message.EndTxnRequestData;
import org.apache.kafka.common.message.EndTxnResponseData;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.FindCoordinatorRequestData;
import org.apache.kafka.common.message.FindCoordinatorResponseData;
import org.apache.kafka.common.message.ListOffsetsRequestData;
import org.apache.kafka.common.message.ListOffsetsResponseData;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetCommitResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What a broker does whose disk is full or fails: the partition concerned is offline, all else goes on, and nothing
 * acknowledged is lost when it is started again with a disk that works.
 */
class DiskFaultsTest {
    private static final TopicPartition BAD = new TopicPartition("bad", 0);
    private static final TopicPartition GOOD = new TopicPartition("good", 0);
    /** Five make a segment. */
    private static final String LARGE = "x".repeat(200_000);

    private static final Duration LONG = Duration.ofSeconds(60);

    @TempDir
    Path directory;

    private final FaultyDisk disk = new FaultyDisk(new MappedDisk());

    /** One thing that can fail while records are appended to {@code bad}, or read from it. */
    enum Failing {
        WRITE_OF_RECORDS((operation, path) -> operation.equals("write") && path.matches(".*/bad-0/\\d+\\.log")),
        NEW_SEGMENT((operation, path) -> operation.equals("open") && path.matches(".*/bad-0/\\d*[1-9]\\d*\\.log")),
        INDEX((operation, path) -> path.matches(".*/bad-0/.*index") && operation.matches("open|write")),
        PRODUCER_SNAPSHOT(
                (operation, path) -> path.matches(".*/bad-0/.*snapshot") && operation.equals("writeAtomically")),
        FSYNC((operation, path) -> operation.equals("force") && path.contains("/bad-0/")),
        ALL((operation, path) -> path.contains("/bad-0/"));

        private final FaultyDisk.Fault fault;

        Failing(FaultyDisk.Fault fault) {
            this.fault = fault;
        }
    }

    private EmbeddedBroker start(String... config) {
        var builder = EmbeddedBroker.builder()
                .dataDirectory(directory)
                .disk(disk.disk())
                .config("offsets.topic.num.partitions", "3");
        for (int i = 0; i < config.length; i += 2) {
            builder.config(config[i], config[i + 1]);
        }
        return builder.build().start();
    }

    private static KafkaProducer<String, String> producer(EmbeddedBroker broker, String acks) {
        Map<String, Object> config = new HashMap<>(broker.clientProperties());
        config.put("acks", acks);
        config.put("enable.idempotence", acks.equals("all"));
        config.put("retries", acks.equals("all") ? 1 : 0);
        config.put("batch.size", 0);
        return new KafkaProducer<>(config, new StringSerializer(), new StringSerializer());
    }

    private static void send(KafkaProducer<String, String> producer, TopicPartition to, String value) throws Exception {
        producer.send(new ProducerRecord<>(to.topic(), to.partition(), null, value))
                .get();
    }

    private static List<String> read(EmbeddedBroker broker, TopicPartition from) {
        Map<String, Object> config = new HashMap<>(broker.clientProperties());
        config.put("auto.offset.reset", "earliest");
        List<String> values = new ArrayList<>();
        try (var consumer = new KafkaConsumer<>(config, new StringDeserializer(), new StringDeserializer())) {
            consumer.assign(List.of(from));
            consumer.seekToBeginning(List.of(from));
            long end = consumer.endOffsets(List.of(from)).get(from);
            while (consumer.position(from) < end) {
                consumer.poll(LONG).forEach(record -> values.add(record.value()));
            }
        }
        return values;
    }

    @ParameterizedTest
    @EnumSource
    void theDiskOfOnePartitionFails(Failing failing) throws Exception {
        String[] config = {"log.flush.interval.messages", "1", "log.segment.bytes", "1048576"};
        List<String> acknowledged = new ArrayList<>();
        try (var broker = start(config);
                var producer = producer(broker, "all");
                var admin = Admin.create(broker.clientProperties())) {
            admin.createTopics(List.of(new NewTopic("bad", 1, (short) 1), new NewTopic("good", 1, (short) 1)))
                    .all()
                    .get();
            for (int i = 0; i < 5; i++) {
                send(producer, BAD, acknowledged(acknowledged, i));
                send(producer, GOOD, "before " + i);
            }
            disk.fail(failing.fault);
            assertThatThrownBy(() -> {
                        for (int i = 5; i < 100; i++) {
                            send(producer, BAD, LARGE + i);
                            acknowledged.add(LARGE + i);
                        }
                    })
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(KafkaStorageException.class);
            assertThat(disk.failures()).isPositive();
            disk.heal(); // which brings an offline partition back no sooner than a restart
            assertThatThrownBy(() -> send(producer, BAD, "too late")).hasCauseInstanceOf(KafkaStorageException.class);
            assertThat(fetchError(broker, admin)).isEqualTo(Errors.KAFKA_STORAGE_ERROR);
            assertThat(listOffsetsError(broker)).isEqualTo(Errors.KAFKA_STORAGE_ERROR);

            send(producer, GOOD, "after");
            assertThat(read(broker, GOOD)).hasSize(6).endsWith("after");
            assertThat(broker.failure()).isEmpty();
        }
        assertThat(directory.resolve(".kafka_cleanshutdown")).doesNotExist();

        try (var broker = start(config);
                var producer = producer(broker, "all")) {
            var kept = read(broker, BAD);
            assertThat(kept).startsWith(acknowledged.toArray(String[]::new));
            assertThat(kept.size()).isBetween(acknowledged.size(), acknowledged.size() + 1);
            assertThat(read(broker, GOOD)).hasSize(6);
            send(producer, BAD, "again");
            assertThat(read(broker, BAD)).hasSize(kept.size() + 1).endsWith("again");
            assertThat(broker.failure()).isEmpty();
        }
        assertThat(directory.resolve(".kafka_cleanshutdown")).exists();
    }

    private static String acknowledged(List<String> values, int i) {
        values.add(LARGE + i);
        return LARGE + i;
    }

    @Test
    void aMappingThatFailsTakesThePartitionOffline() throws Exception {
        try (var broker = start();
                var producer = producer(broker, "1");
                var admin = Admin.create(broker.clientProperties())) {
            admin.createTopics(List.of(new NewTopic("bad", 1, (short) 1))).all().get();
            send(producer, BAD, "kept");
            disk.fail((operation, path) -> operation.equals("map") && path.contains("/bad-0/"));
            assertThat(fetchError(broker, admin)).isEqualTo(Errors.KAFKA_STORAGE_ERROR);
            disk.heal();
            assertThatThrownBy(() -> send(producer, BAD, "too late")).hasCauseInstanceOf(KafkaStorageException.class);
        }
        try (var broker = start()) {
            assertThat(read(broker, BAD)).containsExactly("kept");
        }
    }

    @Test
    void anOfflinePartitionCanBeDeletedAndMadeAnew() throws Exception {
        try (var broker = start();
                var producer = producer(broker, "1");
                var admin = Admin.create(broker.clientProperties())) {
            admin.createTopics(List.of(new NewTopic("bad", 1, (short) 1))).all().get();
            send(producer, BAD, "lost with its topic");
            disk.fail(Failing.WRITE_OF_RECORDS.fault);
            assertThatThrownBy(() -> send(producer, BAD, "no")).hasCauseInstanceOf(KafkaStorageException.class);
            disk.heal();
            admin.deleteTopics(List.of("bad")).all().get();
            admin.createTopics(List.of(new NewTopic("bad", 1, (short) 1))).all().get();
            try (var another = producer(broker, "1")) {
                send(another, BAD, "new");
            }
            assertThat(read(broker, BAD)).containsExactly("new");
        }
        assertThat(directory.resolve(".kafka_cleanshutdown")).exists();
    }

    @Test
    void aLogThatCannotBeOpenedIsOfflineAndTheDirectoryNotClean() throws Exception {
        try (var broker = start();
                var producer = producer(broker, "1");
                var admin = Admin.create(broker.clientProperties())) {
            admin.createTopics(List.of(new NewTopic("bad", 1, (short) 1))).all().get();
            send(producer, BAD, "kept");
        }
        disk.fail((operation, path) -> path.contains("/bad-0/") && operation.equals("sizeOf"));
        try (var broker = start();
                var admin = Admin.create(broker.clientProperties())) {
            assertThat(fetchError(broker, admin)).isEqualTo(Errors.KAFKA_STORAGE_ERROR);
            assertThat(broker.failure()).isEmpty();
        }
        disk.heal();
        assertThat(directory.resolve(".kafka_cleanshutdown")).doesNotExist();
        try (var broker = start()) {
            assertThat(read(broker, BAD)).containsExactly("kept");
        }
    }

    @Test
    void aGroupWhoseOffsetsCannotBeKeptHasNoCoordinatorUntilTheRestart() throws Exception {
        try (var broker = start();
                var admin = Admin.create(broker.clientProperties())) {
            admin.createTopics(List.of(new NewTopic("good", 1, (short) 1)))
                    .all()
                    .get();
            admin.alterConsumerGroupOffsets("g", Map.of(GOOD, new OffsetAndMetadata(7)))
                    .all()
                    .get();
            disk.fail((operation, path) -> operation.equals("write") && path.contains("/__consumer_offsets-"));
            assertThat(commitError(broker, 8)).isEqualTo(Errors.NOT_COORDINATOR);
            assertThat(coordinatorError(broker)).isEqualTo(Errors.COORDINATOR_NOT_AVAILABLE);
            disk.heal();
            assertThat(commitError(broker, 9)).isEqualTo(Errors.NOT_COORDINATOR);
            try (var producer = producer(broker, "all")) {
                send(producer, GOOD, "goes on");
            }
            assertThat(broker.failure()).isEmpty();
        }
        try (var broker = start();
                var admin = Admin.create(broker.clientProperties())) {
            var offsets = admin.listConsumerGroupOffsets("g")
                    .partitionsToOffsetAndMetadata()
                    .get();
            assertThat(offsets.get(GOOD).offset()).isEqualTo(7);
            assertThat(commitError(broker, 10)).isEqualTo(Errors.NONE);
        }
    }

    @Test
    void aTransactionWhoseStateCannotBeKeptEndsWithAnErrorAndIsAbortedAfterTheRestart() throws Exception {
        Map<String, Object> config = new HashMap<>();
        config.put("transactional.id", "tx");
        try (var broker = start("transaction.state.log.num.partitions", "2");
                var admin = Admin.create(broker.clientProperties())) {
            admin.createTopics(List.of(new NewTopic("good", 1, (short) 1)))
                    .all()
                    .get();
            config.putAll(broker.clientProperties());
            var producer = new KafkaProducer<>(config, new StringSerializer(), new StringSerializer());
            try {
                producer.initTransactions();
                producer.beginTransaction();
                producer.send(new ProducerRecord<>("good", 0, null, "never committed"))
                        .get();
                disk.fail((operation, path) -> operation.equals("write") && path.contains("/__transaction_state-"));
                var state = admin.describeTransactions(List.of("tx"))
                        .description("tx")
                        .get();
                assertThat(endError(broker, state.producerId(), state.producerEpoch()))
                        .isEqualTo(Errors.NOT_COORDINATOR);
                assertThat(endError(broker, state.producerId(), state.producerEpoch()))
                        .isEqualTo(Errors.NOT_COORDINATOR);
            } finally {
                producer.close(Duration.ZERO);
            }
            disk.heal();
            assertThat(broker.failure()).isEmpty();
        }
        try (var broker = start("transaction.state.log.num.partitions", "2")) {
            config.putAll(broker.clientProperties());
            try (var producer = new KafkaProducer<>(config, new StringSerializer(), new StringSerializer())) {
                producer.initTransactions();
                producer.beginTransaction();
                producer.send(new ProducerRecord<>("good", 0, null, "committed"))
                        .get();
                producer.commitTransaction();
            }
            Map<String, Object> committed = new HashMap<>(broker.clientProperties());
            committed.put("isolation.level", "read_committed");
            try (var consumer = new KafkaConsumer<>(committed, new StringDeserializer(), new StringDeserializer())) {
                consumer.assign(List.of(GOOD));
                consumer.seekToBeginning(List.of(GOOD));
                List<String> values = new ArrayList<>();
                while (values.isEmpty()) {
                    consumer.poll(LONG).forEach(record -> values.add(record.value()));
                }
                assertThat(values).containsExactly("committed");
            }
        }
    }

    @Test
    void withoutAMetadataLogNothingIsAdministeredButRecordsFlow() throws Exception {
        try (var broker = start();
                var producer = producer(broker, "all");
                var admin = Admin.create(broker.clientProperties())) {
            admin.createTopics(List.of(new NewTopic("good", 1, (short) 1)))
                    .all()
                    .get();
            send(producer, GOOD, "before"); // which gives it its producer id: new ones are written to the metadata log
            disk.fail((operation, path) -> operation.equals("write") && path.contains("/__cluster_metadata-0/"));
            assertThatThrownBy(() -> admin.createTopics(List.of(new NewTopic("other", 1, (short) 1)))
                            .all()
                            .get())
                    .hasCauseInstanceOf(KafkaStorageException.class);
            disk.heal();
            assertThatThrownBy(() -> admin.deleteTopics(List.of("good")).all().get())
                    .hasCauseInstanceOf(KafkaStorageException.class);
            send(producer, GOOD, "flows");
            assertThat(read(broker, GOOD)).containsExactly("before", "flows");
            assertThat(broker.failure()).isEmpty();
        }
        assertThat(directory.resolve(".kafka_cleanshutdown")).doesNotExist();
        try (var broker = start();
                var admin = Admin.create(broker.clientProperties())) {
            assertThat(admin.listTopics().names().get()).containsExactly("good");
            admin.createTopics(List.of(new NewTopic("other", 1, (short) 1)))
                    .all()
                    .get();
            assertThat(read(broker, GOOD)).containsExactly("before", "flows");
        }
    }

    @Test
    void whatTheMetadataLogCannotMakeDurableIsNeitherAnsweredNorSeen() throws Exception {
        try (var broker = start();
                var admin = Admin.create(broker.clientProperties())) {
            admin.createTopics(List.of(new NewTopic("good", 1, (short) 1)))
                    .all()
                    .get();
            disk.fail((operation, path) -> operation.equals("force") && path.contains("/__cluster_metadata-0/"));
            assertThatThrownBy(() -> admin.createTopics(List.of(new NewTopic("other", 1, (short) 1)))
                            .all()
                            .get())
                    .hasCauseInstanceOf(KafkaStorageException.class);
            disk.heal();
            assertThatThrownBy(() -> admin.createTopics(List.of(new NewTopic("another", 1, (short) 1)))
                            .all()
                            .get())
                    .hasCauseInstanceOf(KafkaStorageException.class);
            assertThat(admin.listTopics().names().get()).containsExactly("good");
            try (var producer = producer(broker, "1")) {
                send(producer, GOOD, "flows");
            }
            assertThat(broker.failure()).isEmpty();
        }
        try (var broker = start();
                var admin = Admin.create(broker.clientProperties())) {
            assertThat(admin.listTopics().names().get()).contains("good").doesNotContain("another");
            assertThat(read(broker, GOOD)).containsExactly("flows");
        }
    }

    @Test
    void aDiskThatIsFullFromTheBeginningRefusesTheStart() {
        disk.fail((operation, path) -> operation.matches("write|writeAtomically"));
        assertThatThrownBy(this::start).hasMessageContaining("no space left");
    }

    @Test
    void aCloseThatCannotWriteSaysSoAndLosesNothing() throws Exception {
        var broker = start();
        try (var producer = producer(broker, "1");
                var admin = Admin.create(broker.clientProperties())) {
            admin.createTopics(List.of(new NewTopic("good", 1, (short) 1)))
                    .all()
                    .get();
            send(producer, GOOD, "kept");
        }
        disk.fail((operation, path) -> operation.equals("writeAtomically") && path.endsWith("checkpoint"));
        assertThatThrownBy(broker::close).hasMessageContaining("no space left");
        disk.heal();
        assertThat(directory.resolve(".kafka_cleanshutdown")).doesNotExist();
        try (var again = start()) {
            assertThat(read(again, GOOD)).containsExactly("kept");
        }
    }

    // ---- raw requests, since clients hide these errors by asking again

    private static Errors fetchError(EmbeddedBroker broker, Admin admin) throws Exception {
        var id = admin.describeTopics(List.of("bad"))
                .allTopicNames()
                .get()
                .get("bad")
                .topicId();
        var request = new FetchRequestData()
                .setMaxWaitMs(0)
                .setMinBytes(1)
                .setSessionEpoch(-1)
                .setTopics(List.of(new FetchRequestData.FetchTopic()
                        .setTopicId(id)
                        .setPartitions(List.of(new FetchRequestData.FetchPartition()
                                .setPartition(0)
                                .setFetchOffset(0)
                                .setPartitionMaxBytes(1 << 20)))));
        var answer = (FetchResponseData) ask(broker, ApiKeys.FETCH, 13, request);
        return Errors.forCode(answer.responses().get(0).partitions().get(0).errorCode());
    }

    private static Errors listOffsetsError(EmbeddedBroker broker) throws IOException {
        var request = new ListOffsetsRequestData()
                .setReplicaId(-1)
                .setTopics(List.of(new ListOffsetsRequestData.ListOffsetsTopic()
                        .setName("bad")
                        .setPartitions(List.of(new ListOffsetsRequestData.ListOffsetsPartition()
                                .setPartitionIndex(0)
                                .setTimestamp(-1)))));
        var answer = (ListOffsetsResponseData) ask(broker, ApiKeys.LIST_OFFSETS, 7, request);
        return Errors.forCode(answer.topics().get(0).partitions().get(0).errorCode());
    }

    private static Errors commitError(EmbeddedBroker broker, long offset) throws IOException {
        var request = new OffsetCommitRequestData()
                .setGroupId("g")
                .setTopics(List.of(new OffsetCommitRequestData.OffsetCommitRequestTopic()
                        .setName("good")
                        .setPartitions(List.of(new OffsetCommitRequestData.OffsetCommitRequestPartition()
                                .setPartitionIndex(0)
                                .setCommittedOffset(offset)))));
        var answer = (OffsetCommitResponseData) ask(broker, ApiKeys.OFFSET_COMMIT, 8, request);
        return Errors.forCode(answer.topics().get(0).partitions().get(0).errorCode());
    }

    private static Errors endError(EmbeddedBroker broker, long producerId, int epoch) throws IOException {
        var request = new EndTxnRequestData()
                .setTransactionalId("tx")
                .setProducerId(producerId)
                .setProducerEpoch((short) epoch)
                .setCommitted(true);
        var answer = (EndTxnResponseData) ask(broker, ApiKeys.END_TXN, 5, request);
        return Errors.forCode(answer.errorCode());
    }

    private static Errors coordinatorError(EmbeddedBroker broker) throws IOException {
        var request = new FindCoordinatorRequestData().setCoordinatorKeys(List.of("g"));
        var answer = (FindCoordinatorResponseData) ask(broker, ApiKeys.FIND_COORDINATOR, 4, request);
        return Errors.forCode(answer.coordinators().get(0).errorCode());
    }

    private static ApiMessage ask(EmbeddedBroker broker, ApiKeys key, int version, ApiMessage request)
            throws IOException {
        try (var client = new WireClient(new InetSocketAddress("localhost", broker.port()))) {
            return client.ask(key, version, 7, request).data();
        }
    }
}
