package dev.embeddedbroker.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embeddedbroker.metadata.TestImages;
import dev.embeddedbroker.partition.OneBroker;
import dev.embeddedbroker.partition.Partition;
import dev.embeddedbroker.protocol.ApiKey;
import dev.embeddedbroker.protocol.ErrorCode;
import dev.embeddedbroker.protocol.Uuid;
import dev.embeddedbroker.protocol.request.FetchRequest;
import dev.embeddedbroker.protocol.request.FetchRequest.FetchPartition;
import dev.embeddedbroker.protocol.request.FetchRequest.FetchTopic;
import dev.embeddedbroker.storage.batch.AppendOrigin;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;
import org.apache.kafka.common.record.internal.ControlRecordType;
import org.apache.kafka.common.record.internal.EndTransactionMarker;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FetchHandlerTest {

    private static final List<Integer> BOTH = List.of(1, 2);

    @TempDir
    Path directory;

    private OneBroker broker;
    private FetchHandler handler;

    @BeforeEach
    void start() {
        broker = new OneBroker(directory, 3).topic("t", 6).topic("u", 1);
        handler = new FetchHandler(
                broker.partitions, broker::image, broker.loops.group(), 1 << 20, 1000, new SplittableRandom(3));
    }

    @AfterEach
    void stop() {
        broker.close();
    }

    private static FetchRequest request() {
        return new FetchRequest().setMinBytes(1).setMaxBytes(1 << 20).setMaxWaitMs(500);
    }

    private static FetchPartition from(int partition, long offset) {
        return new FetchPartition()
                .setPartition(partition)
                .setFetchOffset(offset)
                .setPartitionMaxBytes(1 << 20);
    }

    private FetchRequest add(FetchRequest request, String topic, FetchPartition... partitions) {
        var image = broker.topicImage(topic);
        request.topics.add(new FetchTopic()
                .setTopic(topic)
                .setTopicId(image == null ? new Uuid(4, 2) : image.id())
                .setPartitions(List.of(partitions)));
        return request;
    }

    private RecordedRequest send(int version, FetchRequest request) {
        return send(0, version, request);
    }

    private RecordedRequest send(int loop, int version, FetchRequest request) {
        if (version >= 13) request.topics.forEach(topic -> topic.topic = "");
        else request.topics.forEach(topic -> topic.topicId = Uuid.ZERO);
        var context = new RecordedRequest(broker.loop(loop), ApiKey.FETCH, version);
        broker.loops.inside(context.loop(), () -> context.handledBy(handler, request));
        broker.loops.runAll();
        return context;
    }

    private static FetchResponseData read(RecordedRequest request) {
        return request.answer(new FetchResponseData());
    }

    private static List<PartitionData> partitionsOf(RecordedRequest request) {
        var all = new ArrayList<PartitionData>();
        read(request).responses().forEach(topic -> all.addAll(topic.partitions()));
        return all;
    }

    private static PartitionData only(RecordedRequest request) {
        assertThat(partitionsOf(request)).hasSize(1);
        return partitionsOf(request).get(0);
    }

    private static ErrorCode errorOf(PartitionData data) {
        return ErrorCode.forId(data.errorCode());
    }

    private static List<String> valuesOf(PartitionData data) {
        var values = new ArrayList<String>();
        for (var record : ((MemoryRecords) data.records()).records()) {
            var bytes = new byte[record.valueSize()];
            record.value().get(bytes);
            values.add(new String(bytes));
        }
        return values;
    }

    @Test
    void recordsAreReadableByKafkasClassesInEveryVersion() {
        broker.append("t", 1, "a", "b");
        broker.append("t", 1, "c");
        for (int version = 4; version <= 18; version++) {
            var answer = send(version, add(request(), "t", from(1, 0)));
            var data = only(answer);
            assertThat(errorOf(data)).as("v%d", version).isEqualTo(ErrorCode.NONE);
            assertThat(valuesOf(data)).containsExactly("a", "b", "c");
            assertThat(data.highWatermark()).isEqualTo(3);
            assertThat(data.lastStableOffset()).isEqualTo(3);
            assertThat(data.logStartOffset()).isEqualTo(version >= 5 ? 0 : -1);
            assertThat(data.abortedTransactions()).isNull();
            assertThat(data.preferredReadReplica()).isEqualTo(-1);
            assertThat(answer.leaseCount()).isEqualTo(1);
        }
    }

    @Test
    void offsetInsideABatchGivesTheWholeBatch() {
        broker.append("t", 0, "a", "b", "c");
        assertThat(valuesOf(only(send(12, add(request(), "t", from(0, 2)))))).containsExactly("a", "b", "c");
    }

    @Test
    void nothingToReadIsZeroBytesNotNull() {
        var data = only(send(12, add(request().setMaxWaitMs(0), "t", from(0, 0))));
        assertThat(data.records()).isNotNull();
        assertThat(data.records().sizeInBytes()).isZero();
    }

    @Test
    void errorsOfOnePartitionLeaveTheOthersAlone() {
        broker.append("t", 0, "a");
        var answer = send(12, add(request(), "t", from(0, 0), from(1, 5), from(9, 0)));
        var all = partitionsOf(answer);
        assertThat(all)
                .extracting(FetchHandlerTest::errorOf)
                .containsExactly(ErrorCode.NONE, ErrorCode.OFFSET_OUT_OF_RANGE, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
        assertThat(all.get(1).highWatermark()).isEqualTo(-1);
        assertThat(all.get(1).records().sizeInBytes()).isZero();
    }

    @Test
    void unknownTopicIsNamedByVersion() {
        var wait = request().setMaxWaitMs(0);
        assertThat(errorOf(only(send(12, add(wait, "nowhere", from(0, 0))))))
                .isEqualTo(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
        assertThat(errorOf(only(send(13, add(request(), "nowhere", from(0, 0))))))
                .isEqualTo(ErrorCode.UNKNOWN_TOPIC_ID);
    }

    @Test
    void waitingFetchIsAnsweredWhenRecordsCome() {
        var parked = send(12, add(request(), "t", from(0, 0), from(1, 0), from(2, 0)));
        assertThat(parked.isAnswered()).isFalse();
        broker.append("t", 2, "a");
        assertThat(valuesOf(partitionsOf(parked).get(2))).containsExactly("a");
    }

    @Test
    void waitingFetchIsAnsweredWhenTimeIsUp() {
        var parked = send(12, add(request(), "t", from(0, 0)));
        broker.loops.advanceMs(499);
        assertThat(parked.isAnswered()).isFalse();
        broker.loops.advanceMs(1);
        assertThat(only(parked).records().sizeInBytes()).isZero();
    }

    @Test
    void waitingFetchIsAnsweredAtOnceWhenTheClientSendsMore() {
        var parked = send(12, add(request(), "t", from(0, 0), from(1, 0)));
        broker.loops.inside(parked.loop(), parked::sendMore);
        broker.loops.runAll();
        assertThat(parked.isAnswered()).isTrue();
        broker.append("t", 0, "late");
        broker.loops.advanceMs(1000);
    }

    @Test
    void fetchWaitsForItsMinimumOfBytesAcrossPartitions() {
        int one = OneBroker.batch("a").remaining();
        var parked = send(12, add(request().setMinBytes(2 * one), "t", from(0, 0), from(1, 0)));
        broker.append("t", 0, "a");
        assertThat(parked.isAnswered()).isFalse();
        broker.append("t", 1, "a");
        assertThat(parked.isAnswered()).isTrue();
        assertThat(parked.leaseCount()).isEqualTo(2);
    }

    @Test
    void deletedTopicEndsTheWait() {
        var parked = send(12, add(request(), "u", from(0, 0)));
        broker.delete("u");
        assertThat(errorOf(only(parked))).isEqualTo(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
    }

    @Test
    void lostLeadershipEndsTheWaitAndNamesTheNewLeader() {
        broker.alsoBroker(2).topic("r", 1, BOTH);
        var parked = send(16, add(request(), "r", from(0, 0).setCurrentLeaderEpoch(0)));
        broker.change("r", 0, old -> TestImages.partition(0, 2, 1, BOTH, BOTH));
        var data = only(parked);
        assertThat(errorOf(data)).isEqualTo(ErrorCode.FENCED_LEADER_EPOCH);
        assertThat(data.currentLeader().leaderId()).isEqualTo(2);
        assertThat(data.currentLeader().leaderEpoch()).isEqualTo(1);
        assertThat(read(parked).nodeEndpoints().find(2).host()).isEqualTo("host-2");
    }

    @Test
    void firstBatchComesWholeAndTheRestKeepsTheLimits() {
        for (int p = 0; p < 6; p++) {
            for (int i = 0; i < 3; i++) broker.append("t", p, "x".repeat(100));
        }
        int one = OneBroker.batch("x".repeat(100)).remaining();
        var partitions = new FetchPartition[6];
        for (int p = 0; p < 6; p++) partitions[p] = from(p, 0);
        // less than a batch: the first partition gives one all the same
        assertThat(sizes(send(12, add(request().setMaxBytes(1), "t", partitions))))
                .containsExactly(one, 0, 0, 0, 0, 0);
        // a limit of each partition
        for (var partition : partitions) partition.setPartitionMaxBytes(2 * one);
        assertThat(sizes(send(12, add(request(), "t", partitions))))
                .containsExactly(2 * one, 2 * one, 2 * one, 2 * one, 2 * one, 2 * one);
        // a limit of all: partitions of one loop share it exactly; together they never exceed it
        var sizes = sizes(send(12, add(request().setMaxBytes(5 * one), "t", partitions)));
        assertThat(sizes.stream().mapToInt(i -> i).sum()).isBetween(4 * one, 5 * one);
        assertThat(sizes.get(0)).isEqualTo(2 * one);
    }

    private static List<Integer> sizes(RecordedRequest request) {
        return partitionsOf(request).stream()
                .map(p -> p.records().sizeInBytes())
                .toList();
    }

    @Test
    void everyPartitionOfASessionGetsItsTurn() {
        for (int p = 0; p < 6; p++) broker.append("t", p, "x");
        var partitions = new FetchPartition[6];
        for (int p = 0; p < 6; p++) partitions[p] = from(p, 0);
        var opened = send(12, add(request().setMaxBytes(1).setSessionEpoch(0), "t", partitions));
        int id = read(opened).sessionId();
        var served = new ArrayList<Integer>();
        for (int epoch = 1; epoch <= 6; epoch++) {
            var next = send(12, request().setMaxBytes(1).setSessionId(id).setSessionEpoch(epoch));
            partitionsOf(next).stream()
                    .filter(p -> p.records().sizeInBytes() > 0)
                    .forEach(p -> served.add(p.partitionIndex()));
        }
        assertThat(served).containsExactlyInAnyOrder(0, 1, 2, 3, 4, 5);
    }

    @Test
    void sessionGoesOnOverAConnectionOfAnotherLoop() {
        broker.append("t", 0, "a");
        var opened = send(0, 13, add(request().setSessionEpoch(0), "t", from(0, 0), from(1, 0)));
        int id = read(opened).sessionId();
        assertThat(id).isNotZero();
        var next = send(1, 13, add(request().setSessionId(id).setSessionEpoch(1), "t", from(0, 1)));
        broker.append("t", 1, "b");
        var data = only(next);
        assertThat(data.partitionIndex()).isEqualTo(1);
        assertThat(valuesOf(data)).containsExactly("b");
        var reopened =
                send(2, 13, add(request().setMaxWaitMs(0).setSessionId(id).setSessionEpoch(0), "t", from(0, 1)));
        assertThat(read(reopened).sessionId()).isNotZero().isNotEqualTo(id);
        var old = send(0, 13, request().setSessionId(id).setSessionEpoch(2));
        assertThat(ErrorCode.forId(read(old).errorCode())).isEqualTo(ErrorCode.FETCH_SESSION_ID_NOT_FOUND);
        assertThat(read(old).sessionId()).isZero();
    }

    @Test
    void overtakenFetchGivesItsRecordsBack() {
        var opened = send(12, add(request().setMaxWaitMs(0).setSessionEpoch(0), "t", from(0, 0)));
        int id = read(opened).sessionId();
        var slow = send(12, request().setSessionId(id).setSessionEpoch(1));
        var fast = send(12, request().setMaxWaitMs(0).setSessionId(id).setSessionEpoch(2));
        assertThat(read(fast).errorCode()).isZero();
        broker.append("t", 0, "a");
        assertThat(ErrorCode.forId(read(slow).errorCode())).isEqualTo(ErrorCode.INVALID_FETCH_SESSION_EPOCH);
        assertThat(slow.leaseCount()).isZero();
    }

    @Test
    void incrementalAnswerLeavesOutWhatTheClientKnows() {
        broker.append("t", 0, "a");
        var opened = send(12, add(request().setMaxWaitMs(0).setSessionEpoch(0), "t", from(0, 1), from(1, 0)));
        assertThat(partitionsOf(opened)).hasSize(2);
        var next = send(
                12,
                request().setMaxWaitMs(0).setSessionId(read(opened).sessionId()).setSessionEpoch(1));
        assertThat(read(next).responses()).isEmpty();
    }

    @Test
    void committedReadersStopAtTheOpenTransactionAndLearnOfAbortedOnes() {
        transactional(0, "lost");
        broker.append("t", 0, "plain");
        assertThat(committed(0).records().sizeInBytes()).isZero();
        assertThat(valuesOf(only(send(12, add(request(), "t", from(0, 0)))))).containsExactly("lost", "plain");
        end(ControlRecordType.ABORT);
        var data = committed(0);
        assertThat(data.lastStableOffset()).isEqualTo(3);
        assertThat(data.abortedTransactions()).singleElement().satisfies(txn -> {
            assertThat(txn.producerId()).isEqualTo(7);
            assertThat(txn.firstOffset()).isZero();
        });
        assertThat(committed(3).abortedTransactions()).isEmpty();
    }

    @Test
    void endOfATransactionWakesItsReaders() {
        transactional(0, "a");
        var parked = send(12, add(request().setIsolationLevel((byte) 1), "t", from(0, 0)));
        broker.append("t", 0, "plain");
        assertThat(parked.isAnswered()).isFalse();
        end(ControlRecordType.COMMIT);
        assertThat(parked.isAnswered()).isTrue();
    }

    private void transactional(int sequence, String value) {
        ByteBuffer batch = OneBroker.copy(MemoryRecords.withTransactionalRecords(
                Compression.NONE, 7L, (short) 0, sequence, OneBroker.records(value)));
        assertThat(broker.on("t", 0, p -> p.append(batch, AppendOrigin.CLIENT, -1))
                        .isAppended())
                .isTrue();
        broker.loops.runAll();
    }

    private void end(ControlRecordType how) {
        var marker = MemoryRecords.withEndTransactionMarker(
                1_700_000_000_000L, 7L, (short) 0, new EndTransactionMarker(how, 0));
        var outcome = broker.on("t", 0, p -> p.append(OneBroker.copy(marker), AppendOrigin.COORDINATOR, -1));
        assertThat(outcome.error()).as(outcome.message()).isEqualTo(ErrorCode.NONE);
        broker.loops.runAll();
    }

    private PartitionData committed(long offset) {
        return only(send(12, add(request().setMaxWaitMs(0).setIsolationLevel((byte) 1), "t", from(0, offset))));
    }

    @Test
    void divergingLogIsToldAtOnce() {
        broker.append("t", 0, "a");
        broker.change("t", 0, old -> TestImages.partition(0, 1, 2, List.of(1), List.of(1)));
        broker.append("t", 0, "b");
        var data = only(send(12, add(request(), "t", from(0, 2).setLastFetchedEpoch(1))));
        assertThat(errorOf(data)).isEqualTo(ErrorCode.NONE);
        assertThat(data.divergingEpoch().epoch()).isZero();
        assertThat(data.divergingEpoch().endOffset()).isEqualTo(1);
        assertThat(data.records().sizeInBytes()).isZero();
    }

    @Test
    void followersReadToTheEndAndRaiseTheHighWatermark() {
        broker.alsoBroker(2).topic("r", 1, BOTH);
        broker.append("r", 0, "a");
        var consumer = send(12, add(request(), "r", from(0, 0)));
        assertThat(consumer.isAnswered()).isFalse();
        assertThat(valuesOf(only(send(12, add(request().setReplicaId(2), "r", from(0, 0))))))
                .containsExactly("a");
        var caughtUp = add(request().setMaxWaitMs(0), "r", from(0, 1));
        caughtUp.replicaState.replicaId = 2;
        send(15, caughtUp);
        assertThat(broker.on("r", 0, Partition::highWatermark)).isEqualTo(1);
        assertThat(valuesOf(only(consumer))).containsExactly("a");
        assertThat(errorOf(only(send(12, add(request().setReplicaId(5), "r", from(0, 0))))))
                .isEqualTo(ErrorCode.NOT_LEADER_OR_FOLLOWER);
    }

    @Test
    void refusalNamesPartitionsByNameOnly() {
        var request = add(request(), "t", from(0, 0));
        for (int version : new int[] {4, 12, 13}) {
            var context = new RecordedRequest(broker.loop(0), ApiKey.FETCH, version);
            context.reply(handler.refuse(request, (short) version, ErrorCode.UNKNOWN_SERVER_ERROR, null));
            assertThat(partitionsOf(context)).hasSize(version < 13 ? 1 : 0);
            assertThat(read(context).errorCode()).isEqualTo(version < 7 ? 0 : ErrorCode.UNKNOWN_SERVER_ERROR.id());
        }
    }
}
