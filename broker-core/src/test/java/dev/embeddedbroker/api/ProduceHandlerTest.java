package dev.embeddedbroker.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embeddedbroker.metadata.TestImages;
import dev.embeddedbroker.partition.OneBroker;
import dev.embeddedbroker.partition.Partition;
import dev.embeddedbroker.partition.PartitionSettings;
import dev.embeddedbroker.protocol.ApiKey;
import dev.embeddedbroker.protocol.ErrorCode;
import dev.embeddedbroker.protocol.Uuid;
import dev.embeddedbroker.protocol.request.ProduceRequest;
import dev.embeddedbroker.protocol.request.ProduceRequest.PartitionProduceData;
import dev.embeddedbroker.protocol.request.ProduceRequest.TopicProduceData;
import dev.embeddedbroker.storage.batch.BatchRules;
import dev.embeddedbroker.storage.log.LogOptions;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.message.ProduceResponseData.PartitionProduceResponse;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProduceHandlerTest {

    private static final List<Integer> BOTH = List.of(1, 2);

    @TempDir
    Path directory;

    private OneBroker broker;
    private ProduceHandler handler;

    @BeforeEach
    void start() {
        broker = new OneBroker(directory, 2).topic("t", 4);
        handler = new ProduceHandler(
                broker.partitions,
                broker::image,
                new TransactionAdmission(() -> true, (id, command, answer, refuse) -> answer.accept(ErrorCode.NONE)));
    }

    @AfterEach
    void stop() {
        broker.close();
    }

    private static ProduceRequest request(int acks) {
        return new ProduceRequest().setAcks((short) acks).setTimeoutMs(1000);
    }

    private ProduceRequest add(ProduceRequest request, String topic, int partition, ByteBuffer records) {
        var image = broker.topicImage(topic);
        request.topicData.add(new TopicProduceData()
                .setName(topic)
                .setTopicId(image == null ? new Uuid(4, 2) : image.id())
                .setPartitionData(
                        List.of(new PartitionProduceData().setIndex(partition).setRecords(records))));
        return request;
    }

    private RecordedRequest send(int version, ProduceRequest request) {
        return send(new RecordedRequest(broker.loop(0), ApiKey.PRODUCE, version), request);
    }

    private RecordedRequest send(RecordedRequest context, ProduceRequest request) {
        broker.loops.inside(context.loop(), () -> context.handledBy(handler, request));
        broker.loops.runAll();
        return context;
    }

    private PartitionProduceResponse onlyAnswer(RecordedRequest request) {
        return request.answer(new ProduceResponseData()).responses().stream()
                .findFirst()
                .orElseThrow()
                .partitionResponses()
                .get(0);
    }

    private PartitionProduceResponse produce(int version, String topic, int partition, ByteBuffer records) {
        return onlyAnswer(send(version, add(request(-1), topic, partition, records)));
    }

    private void assertRefused(PartitionProduceResponse answer, ErrorCode error) {
        assertThat(ErrorCode.forId(answer.errorCode())).isEqualTo(error);
        assertThat(answer.baseOffset()).isEqualTo(-1);
        assertThat(answer.logAppendTimeMs()).isEqualTo(-1);
    }

    @Test
    void recordsGetTheirOffsetsInEveryVersion() {
        long next = 0;
        for (int version = 3; version <= 13; version++) {
            var answer = produce(version, "t", 1, OneBroker.batch("a", "b"));
            assertThat(ErrorCode.forId(answer.errorCode())).as("v%d", version).isEqualTo(ErrorCode.NONE);
            assertThat(answer.baseOffset()).isEqualTo(next);
            assertThat(answer.logAppendTimeMs()).isEqualTo(-1);
            assertThat(answer.logStartOffset()).isEqualTo(version >= 5 ? 0 : -1);
            next += 2;
        }
    }

    @Test
    void partitionsOfSeveralLoopsAreAnsweredTogether() {
        var request = request(-1);
        for (int p = 0; p < 4; p++) add(request, "t", p, OneBroker.batch("a"));
        // one topic entry per partition: Kafka's class keeps one of each name, so the broker's own order is not asked
        // here
        var answer = send(12, request).answer(new ProduceResponseData());
        assertThat(answer.responses()).hasSize(4);
        for (int p = 0; p < 4; p++)
            assertThat(broker.on("t", p, Partition::endOffset)).isEqualTo(1);
    }

    @Test
    void unknownTopicsAndPartitionsAreNamedByVersion() {
        assertRefused(produce(12, "nowhere", 0, OneBroker.batch("a")), ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
        assertRefused(produce(13, "nowhere", 0, OneBroker.batch("a")), ErrorCode.UNKNOWN_TOPIC_ID);
        assertRefused(produce(12, "t", 9, OneBroker.batch("a")), ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
        assertRefused(produce(13, "t", 9, OneBroker.batch("a")), ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
    }

    @Test
    void acksMustBeMinusOneZeroOrOne() {
        for (int acks : new int[] {2, -2, 100}) {
            assertRefused(
                    onlyAnswer(send(12, add(request(acks), "t", 0, OneBroker.batch("a")))),
                    ErrorCode.INVALID_REQUIRED_ACKS);
        }
        assertThat(broker.on("t", 0, Partition::endOffset)).isZero();
    }

    @Test
    void everyPartitionNeedsExactlyOneBatch() {
        assertRefused(produce(12, "t", 0, null), ErrorCode.INVALID_RECORD);
        assertRefused(produce(12, "t", 0, ByteBuffer.allocate(0)), ErrorCode.INVALID_RECORD);
        var one = OneBroker.batch("a");
        var two = ByteBuffer.allocate(one.remaining() * 2).put(one.duplicate()).put(one.duplicate());
        assertRefused(produce(12, "t", 0, two.flip()), ErrorCode.INVALID_RECORD);
        assertRefused(produce(12, "t", 0, one.slice(0, one.remaining() - 1)), ErrorCode.INVALID_RECORD);
    }

    @Test
    void formatsBeforeV2AreInvalidRecords() {
        var old = MemoryRecords.withRecords(
                (byte) 1, Compression.NONE, new SimpleRecord(1, "k".getBytes(), "v".getBytes()));
        assertRefused(produce(12, "t", 0, OneBroker.copy(old)), ErrorCode.INVALID_RECORD);
        var none = OneBroker.batch("a");
        none.put(16, (byte) 9);
        assertRefused(produce(12, "t", 0, none), ErrorCode.CORRUPT_MESSAGE);
    }

    @Test
    void zstdNeedsVersionSeven() {
        var zstd = MemoryRecords.withRecords(Compression.zstd().build(), OneBroker.records("a"));
        assertRefused(produce(6, "t", 0, OneBroker.copy(zstd)), ErrorCode.UNSUPPORTED_COMPRESSION_TYPE);
        assertThat(produce(7, "t", 0, OneBroker.copy(zstd)).errorCode()).isZero();
    }

    @Test
    void flippedBitIsACorruptMessage() {
        var batch = OneBroker.batch("a");
        batch.put(batch.limit() - 1, (byte) ~batch.get(batch.limit() - 1));
        var answer = produce(12, "t", 0, batch);
        assertRefused(answer, ErrorCode.CORRUPT_MESSAGE);
        assertThat(answer.logStartOffset()).isEqualTo(-1);
    }

    @Test
    void keylessRecordInACompactedTopicIsNamedInTheAnswer() {
        var rules = BatchRules.DEFAULT;
        var compacted = new BatchRules(
                null,
                0,
                false,
                rules.timestampBeforeMaxMs(),
                rules.timestampAfterMaxMs(),
                true,
                rules.maxMessageBytes(),
                rules.maxDecompressedMessageBytes());
        var options = LogOptions.builder().cleanupPolicy(false, true).batches(compacted);
        broker.settings("c", new PartitionSettings(options.build(), 1)).topic("c", 1);
        var keyless = MemoryRecords.withRecords(
                Compression.NONE,
                new SimpleRecord(1, "k".getBytes(), "v".getBytes()),
                new SimpleRecord(1, null, "v".getBytes()));
        var answer = produce(8, "c", 0, OneBroker.copy(keyless));
        assertRefused(answer, ErrorCode.INVALID_RECORD);
        assertThat(answer.logStartOffset()).isZero();
        assertThat(answer.errorMessage()).isNotBlank();
        assertThat(answer.recordErrors()).singleElement().satisfies(e -> assertThat(e.batchIndex())
                .isEqualTo(1));
    }

    @Test
    void internalTopicsAreForTheAdminClientOnly() {
        broker.topic("__consumer_offsets", 1);
        assertRefused(produce(12, "__consumer_offsets", 0, OneBroker.batch("a")), ErrorCode.INVALID_TOPIC_EXCEPTION);
        var admin = new RecordedRequest(broker.loop(0), ApiKey.PRODUCE, 12).from("__admin_client");
        var request = add(request(-1), "__consumer_offsets", 0, OneBroker.batch("a"));
        assertThat(onlyAnswer(send(admin, request)).errorCode()).isZero();
    }

    private static ByteBuffer idempotent(int sequence, String... values) {
        return OneBroker.copy(MemoryRecords.withIdempotentRecords(
                Compression.NONE, 7L, (short) 0, sequence, OneBroker.records(values)));
    }

    @Test
    void batchSentTwiceIsAnsweredLikeTheFirstTime() {
        assertThat(produce(12, "t", 0, idempotent(0, "a", "b")).baseOffset()).isZero();
        assertThat(produce(12, "t", 0, idempotent(2, "c")).baseOffset()).isEqualTo(2);
        var again = produce(12, "t", 0, idempotent(0, "a", "b"));
        assertThat(again.errorCode()).isZero();
        assertThat(again.baseOffset()).isZero();
        assertThat(broker.on("t", 0, Partition::endOffset)).isEqualTo(3);
    }

    @Test
    void gapInTheSequenceIsRefused() {
        produce(12, "t", 0, idempotent(0, "a"));
        var answer = produce(12, "t", 0, idempotent(5, "b"));
        assertRefused(answer, ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
        assertThat(answer.logStartOffset()).isZero();
    }

    private static ByteBuffer transactional(long producerId, int sequence) {
        return OneBroker.copy(MemoryRecords.withTransactionalRecords(
                Compression.NONE, producerId, (short) 0, sequence, OneBroker.records("a")));
    }

    @Test
    void transactionalRecordsNeedATransactionalId() {
        assertRefused(produce(12, "t", 0, transactional(7, 0)), ErrorCode.TRANSACTIONAL_ID_AUTHORIZATION_FAILED);
        var request = add(request(-1), "t", 0, transactional(7, 0)).setTransactionalId("tx");
        assertThat(onlyAnswer(send(12, request)).errorCode()).isZero();
        assertThat(broker.on("t", 0, Partition::lastStableOffset)).isZero();
        assertThat(broker.on("t", 0, Partition::highWatermark)).isEqualTo(1);
    }

    @Test
    void transactionOfTwoProducersIsRefused() {
        var request = add(request(-1), "t", 0, transactional(7, 0)).setTransactionalId("tx");
        add(request, "t", 1, transactional(8, 0));
        assertRefused(onlyAnswer(send(12, request)), ErrorCode.INVALID_PRODUCER_ID_MAPPING);
    }

    @Test
    void withoutAcksThereIsNoAnswer() {
        var request = send(12, add(request(0), "t", 0, OneBroker.batch("a")));
        assertThat(request.isAnsweredWithNothing()).isTrue();
        assertThat(broker.on("t", 0, Partition::endOffset)).isEqualTo(1);
    }

    @Test
    void withoutAcksAnErrorClosesTheConnection() {
        var request = send(12, add(request(0), "nowhere", 0, OneBroker.batch("a")));
        assertThat(request.disconnectReason()).contains("UNKNOWN_TOPIC_OR_PARTITION");
    }

    @Test
    void leaderElsewhereIsNamedWithItsAddressFromVersionTen() {
        broker.alsoBroker(2).topic("far", 1, List.of(2));
        var old = send(9, add(request(-1), "far", 0, OneBroker.batch("a")));
        assertRefused(onlyAnswer(old), ErrorCode.NOT_LEADER_OR_FOLLOWER);
        for (int version : new int[] {10, 13}) {
            var request = send(version, add(request(-1), "far", 0, OneBroker.batch("a")));
            var answer = onlyAnswer(request);
            assertRefused(answer, ErrorCode.NOT_LEADER_OR_FOLLOWER);
            assertThat(answer.currentLeader().leaderId()).isEqualTo(2);
            assertThat(answer.currentLeader().leaderEpoch()).isZero();
            var node = request.answer(new ProduceResponseData()).nodeEndpoints().find(2);
            assertThat(node.host()).isEqualTo("host-2");
            assertThat(node.port()).isEqualTo(9092);
            assertThat(node.rack()).isEqualTo("rack-2");
        }
    }

    @Test
    void allAcksWaitForFollowersAndOneDoesNot() {
        broker.topic("r", 1, BOTH);
        assertThat(send(12, add(request(1), "r", 0, OneBroker.batch("a"))).isAnswered())
                .isTrue();
        var waiting = send(12, add(request(-1), "r", 0, OneBroker.batch("b")));
        assertThat(waiting.isAnswered()).isFalse();
        broker.on("r", 0, p -> {
            p.followerFetched(2, 2, 0);
            return null;
        });
        broker.loops.runAll();
        assertThat(onlyAnswer(waiting).baseOffset()).isEqualTo(1);
    }

    @Test
    void followersThatNeverComeEndInATimeout() {
        broker.topic("r", 1, BOTH);
        var waiting = send(12, add(request(-1), "r", 0, OneBroker.batch("b")));
        broker.loops.advanceMs(999);
        assertThat(waiting.isAnswered()).isFalse();
        broker.loops.advanceMs(1);
        assertRefused(onlyAnswer(waiting), ErrorCode.REQUEST_TIMED_OUT);
    }

    @Test
    void isrBelowTheMinimumRefusesAllAcksOnly() {
        broker.settings("r", new PartitionSettings(LogOptions.DEFAULT, 2)).topic("r", 1, BOTH);
        broker.change("r", 0, old -> TestImages.partition(0, 1, 0, BOTH, List.of(1)));
        assertRefused(produce(12, "r", 0, OneBroker.batch("a")), ErrorCode.NOT_ENOUGH_REPLICAS);
        assertThat(onlyAnswer(send(12, add(request(1), "r", 0, OneBroker.batch("a"))))
                        .errorCode())
                .isZero();
    }

    @Test
    void refusalNamesEveryPartition() {
        var request = add(request(-1), "t", 0, OneBroker.batch("a"));
        var context = new RecordedRequest(broker.loop(0), ApiKey.PRODUCE, 12);
        context.reply(handler.refuse(request, (short) 12, ErrorCode.UNKNOWN_SERVER_ERROR, "bug"));
        assertRefused(onlyAnswer(context), ErrorCode.UNKNOWN_SERVER_ERROR);
        assertThat(onlyAnswer(context).errorMessage()).isEqualTo("bug");
    }
}
